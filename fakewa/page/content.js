import { urlOf } from "./api.js";

const media = ["image", "video", "audio", "sticker", "document"];

// contentOf says what a person sees of a message: {tag, title, body, footer, media, choices}. tag is
// what it is if it is no text; choices can be tapped, as {title, detail, way}; way is what tapping does
// if it is no answer: "flow", "location", "link" or "contact".
export function contentOf(message, templates) {
  const type = message.type;
  const of = message.message?.[type] ?? {};
  const write = writers[type];
  const content = write ? write(of, message, templates) : media.includes(type) ? fileOf(type, of) : { tag: type };
  return { tag: "", title: "", body: "", footer: "", media: null, choices: [], ...content };
}

const names = { image: "photo", video: "video", audio: "voice note", sticker: "sticker", document: "document" };

function fileOf(type, of) {
  const kind = type === "audio" && of.voice === undefined && !of.id ? "audio" : names[type];
  return { tag: of.filename ? `${kind} · ${of.filename}` : kind, body: of.caption ?? "", media: of.id ? { kind: type, url: urlOf(`media/${encodeURIComponent(of.id)}`) } : null, footer: of.link ?? "" };
}

const writers = {
  text: (of) => ({ body: of.body ?? "" }),
  location: (of) => ({ tag: "location", title: of.name ?? "", body: of.address ?? "", footer: `${of.latitude}, ${of.longitude}` }),
  contacts: (of) => ({ tag: "contact", body: [of].flat().map((c) => [c.name?.formatted_name, ...(c.phones ?? []).map((p) => p.phone)].filter(Boolean).join("\n")).join("\n\n") }),
  button: (of) => ({ tag: "tapped", body: of.text ?? "" }),
  reaction: (of) => ({ tag: "reaction", body: of.emoji || "taken back" }),
  system: (of) => ({ tag: "system", body: of.body ?? "" }),
  order: (of) => ({ tag: "order", body: `${of.product_items?.length ?? 0} products` }),
  unsupported: () => ({ tag: "unsupported" }),
  interactive: interactiveOf,
  template: templateOf,
};

function interactiveOf(of) {
  const answer = of.button_reply ?? of.list_reply;
  if (answer) return { tag: "tapped", body: answer.title ?? "", footer: answer.description ?? "" };
  if (of.nfm_reply) return { tag: "flow finished", body: of.nfm_reply.body ?? "", footer: of.nfm_reply.response_json ?? "" };
  if (of.call_permission_reply) return { tag: "call permission", body: of.call_permission_reply.response ?? "" };
  const action = of.action ?? {};
  const choices = [
    ...(action.buttons ?? []).map((b) => ({ title: b.reply?.title ?? "" })),
    ...(action.sections ?? []).flatMap((s) => (s.rows ?? []).map((row) => ({ title: row.title, detail: row.description ?? "" }))),
  ];
  const words = action.parameters ?? {};
  if (of.type === "flow") choices.push({ title: words.flow_cta ?? "Open", way: "flow" });
  if (of.type === "cta_url") choices.push({ title: words.display_text ?? "Open", detail: words.url, way: "link" });
  if (of.type === "location_request_message") choices.push({ title: "Send location", way: "location" });
  if (of.type === "request_contact_info") choices.push({ title: "request_contact_info" });
  const header = of.header ?? {};
  const file = media.includes(header.type) ? fileOf(header.type, header[header.type] ?? {}) : {};
  return { tag: file.tag ?? (action.button ? `list · ${action.button}` : choices.length ? "" : (of.type ?? "")), media: file.media, title: header.text ?? "", body: of.body?.text ?? "", footer: of.footer?.text ?? "", choices };
}

// templateOf looks for the template as it is: its buttons are not in what the bot sent.
function templateOf(of, message, templates) {
  const known = templates.find((t) => t.name === of.name && t.language === (of.language?.code ?? of.language));
  const part = (type) => known?.components?.find((c) => c.type === type) ?? {};
  const choices = (part("BUTTONS").buttons ?? []).map((b) => ({ title: b.text ?? b.type, way: { FLOW: "flow", URL: "link", PHONE_NUMBER: "link" }[b.type], detail: b.url ?? b.phone_number ?? "" }));
  return { tag: `template · ${of.name}`, title: part("HEADER").text ?? "", body: message.rendered ?? "", footer: part("FOOTER").text ?? "", choices };
}

// lineOf says in one line what a message is.
export function lineOf(message, templates) {
  const { tag, title, body } = contentOf(message, templates);
  return [tag && `[${tag}]`, title, body].filter(Boolean).join(" ").replaceAll(/\s+/g, " ");
}

// reasonOf says why a message failed.
export function reasonOf({ error }) {
  if (!error) return "";
  return `${error.code}: ${error.error_data?.details || error.message}`;
}
