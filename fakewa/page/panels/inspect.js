import { curlOf, post } from "../api.js";
import { contentOf, reasonOf } from "../content.js";
import { copying, element } from "../parts/element.js";
import { answerOf, endpointOf, rowOf, sentenceOf, took } from "../rows.js";
import { attempt, tell } from "../toast.js";
import "../parts/inspector.js";

// inspector shows everything about an event or a chain in a drawer beside the others.
export function inspector(store) {
  const inside = element("event-inspector");
  const steps = element("ol", { class: "chain" });
  const close = element("button", { type: "button", class: "quiet", "aria-label": "Close the inspector", text: "×" });
  const place = element("aside", { class: "panel inspector", "aria-label": "Inspector", hidden: true }, close, steps, inside);
  close.addEventListener("click", () => (place.hidden = true));
  place.addEventListener("keydown", (press) => press.key === "Escape" && (place.hidden = true));

  const one = (event) => {
    for (const step of steps.querySelectorAll("button")) step.setAttribute("aria-pressed", String(step.dataset.n === String(event.n)));
    const { title, fields, actions = [], copies = [] } = details[event.kind]?.(event, store) ?? plain(event, store);
    inside.show(title, [["at", event.at], ...fields.filter(([, value]) => value !== "" && value !== undefined && value !== null)], actions.map(([label, run]) => [label, () => attempt(label, run)]));
    for (const [label, text] of copies) inside.querySelector(".actions").append(copying(label, text));
  };

  const inspect = (what) => {
    place.hidden = false;
    const events = (what.events ?? [what]).filter((event) => event.kind !== "webhook");
    const shown = events.length > 0 ? events : what.events;
    steps.hidden = shown.length < 2;
    steps.replaceChildren(...shown.slice(0, 200).map((event) => {
      const { who, what: does, text, lane, tone } = rowOf(event, store);
      const step = element("button", { type: "button", class: `step ${tone}`, "aria-pressed": "false", on: { click: () => one(event) } }, element("span", { class: `who ${lane}`, text: who }), ` ${does} `, element("span", { dir: "auto", text }));
      step.dataset.n = event.n;
      return element("li", {}, step);
    }));
    one(shown[0]);
  };
  return { place, inspect };
}

const plain = (event, store) => {
  const { who, what, text } = rowOf(event, store);
  return { title: `${who} ${what}`, fields: [["what", text], ["data", { value: event.data }]] };
};

const details = {
  message: messageDetails,
  status: messageDetails,
  attempt: webhookDetails,
  webhook: webhookDetails,
  request: requestDetails,
};

function messageDetails(event, store) {
  const message = store.byID.get(event.data.id) ?? event.data;
  const { tag, title, body } = contentOf(message, store.templates);
  const mine = message.direction === "in";
  const price = message.pricing;
  return {
    title: mine ? `${store.name(message.user)} says` : `The bot to ${store.name(message.user)}`,
    fields: [
      ["status", event.kind === "status" ? `${event.data.status} (now ${message.status})` : message.status], ["why", reasonOf(message)], ["kind", tag], ["text", [title, body].filter(Boolean).join("\n")],
      ["id", message.id], ["price", price ? `${price.category}, ${price.billable ? "paid" : "free"}` : ""], ["body", { value: message.message }], ["error", message.error ? { value: message.error } : ""],
    ],
    actions: mine ? [["Redeliver its webhook", () => redeliver(store, message.id)]] : [],
  };
}

// redeliver delivers the latest webhook with a message again.
async function redeliver(store, id) {
  const event = store.events.findLast((e) => e.kind === "attempt" && e.ids?.includes(id));
  if (!event) throw new Error("no webhook of it is kept");
  return again(event.data);
}

async function again({ n }) {
  const { webhook } = await post(`webhooks/${n}/redeliver`);
  tell(webhook.status ? `The bot answered with ${webhook.status}.` : `No answer: ${webhook.error}`, webhook.status === 200 ? "" : "failed");
}

function webhookDetails(event, store) {
  const { data } = event;
  const raw = event.raw || JSON.stringify(data.body);
  const headers = { "Content-Type": "application/json", ...(data.signature ? { "X-Hub-Signature-256": data.signature } : {}) };
  const answered = data.answer !== undefined;
  return {
    title: answered ? `Webhook ${data.field}: ${answerOf(data)}` : `Webhook ${data.field}`,
    fields: [
      ["attempt", String(data.attempt)], ["to", data.url], ["answer", answered ? answerOf(data) : ""], ["answer's body", answered && data.answer.body ? { code: data.answer.body } : ""],
      ["why", faultOf(data, store)], ["signature", data.signature], ["body", { value: data.body }], ["raw bytes", { raw }],
    ].map(([name, value]) => [name, value?.raw !== undefined ? rawText(value.raw) : value]),
    actions: answered ? [["Redeliver", () => again(data)]] : [],
    copies: [["Copy as curl", () => curlOf("POST", data.url || "http://127.0.0.1:8000/webhook", headers, raw)], ["Copy raw bytes", () => raw]],
  };
}

// rawText is shown as it is, not folded: it begins with a word, so that it is not taken for JSON.
const rawText = (raw) => ({ code: `${new TextEncoder().encode(raw).length} bytes\n${raw}` });

function faultOf({ fault }, store) {
  if (!fault) return "";
  const known = store.faults.find((f) => f.id === fault) ?? store.events.findLast((e) => e.kind.startsWith("fault_") && e.data.id === fault)?.data;
  return known ? `it met the fault: ${sentenceOf(known)}` : `it met fault ${fault}`;
}

function requestDetails(event, store) {
  const { data } = event;
  const refused = data.error;
  const headers = { Authorization: "Bearer any", ...(data.body ? { "Content-Type": "application/json" } : {}) };
  return {
    title: `${endpointOf(data)} → ${data.status || "no answer"}`,
    fields: [
      ["call", `${data.method} ${data.path}`], ["answer", data.status ? `${data.status}${data.took_ns ? ` in ${took(data.took_ns)}` : ""}` : "none"], ["refused", refused ? `${refused.code}${refused.error_subcode ? `/${refused.error_subcode}` : ""}: ${refused.message}` : ""],
      ["why", data.why || refused?.error_data?.details || faultOf(data, store) || (data.lost ? "the answer never reached the bot" : "")], ["fault", data.why ? faultOf(data, store) : ""], ["unknown keys", data.unknown?.join(", ")],
      ["message", data.id], ["body", data.body ? { code: data.body } : ""], ["raw bytes", data.body ? rawText(data.body) : ""], ["error", refused ? { value: refused } : ""],
    ],
    copies: [["Copy as curl", () => curlOf(data.method, location.origin + data.path, headers, data.body)]],
  };
}
