import { post, userPath } from "./api.js";
import { button, field, form } from "./form.js";
import { element } from "./parts/element.js";
import { attempt } from "./toast.js";

const largest = 700000; // bytes of a file: as base64 in JSON they fit into the megabyte that a call may have

// composer lets a person write: a text, or what the menu offers. Sent messages answer the one
// that quote() returns, if any.
export function composer(user, quote, sent) {
  const send = async (content) => {
    const answered = quote();
    const { webhook } = await post(userPath(user, "messages"), answered ? { ...content, context: { id: answered } } : content);
    sent();
    if (webhook.status !== 200) throw new Error(webhook.error || `the bot answered the webhook with ${webhook.status}${webhook.body ? `: ${webhook.body.slice(0, 200)}` : ""}`);
    return webhook;
  };
  const words = element("textarea", { rows: "1", placeholder: "Message", "aria-label": "Message", dir: "auto", enterkeyhint: "send" });
  const say = async () => {
    const body = words.value;
    if (!body.trim()) return;
    words.value = "";
    fit();
    await attempt("Send", () => send({ type: "text", text: { body } }));
  };
  const fit = () => {
    words.style.height = "auto";
    words.style.height = `${Math.min(words.scrollHeight + 2, 140)}px`;
  };
  words.addEventListener("input", fit);
  words.addEventListener("keydown", (press) => {
    if (press.key !== "Enter" || press.shiftKey || press.isComposing) return;
    press.preventDefault();
    say();
  });

  const more = element("details", { class: "more" }, element("summary", { "aria-label": "Send something else", title: "Photo, voice note, location, contact" }, "+"));
  more.append(element("div", { class: "sheet" }, ...offers(send, () => (more.open = false))));
  return element("form", { class: "composer", slot: "composer", "aria-label": "Write", on: { submit: (e) => (e.preventDefault(), say()) } }, more, words, element("button", { type: "submit", "aria-label": "Send", text: "➤" }));
}

// offers are what can be sent instead of a text.
function offers(send, close) {
  const then = (run) => async (...given) => {
    close();
    return run(...given);
  };
  const file = element("input", { type: "file", "aria-label": "Choose a file to send" });
  file.addEventListener("change", () => attempt("Send the file", then(async () => {
    const [chosen] = file.files;
    if (chosen) await send(await fileContent(chosen));
    file.value = "";
  })));
  const location = form({ label: "Send a location", submit: "Send location", done: close }, [
    field("Latitude", "latitude", { value: "-12.0464", inputmode: "decimal", required: true }),
    field("Longitude", "longitude", { value: "-77.0428", inputmode: "decimal", required: true }),
    field("Name", "name", { wide: true, value: "Plaza de Armas" }),
  ], async ({ latitude, longitude, name }) => send({ type: "location", location: { latitude: number(latitude), longitude: number(longitude), ...(name ? { name } : {}) } }));
  const contact = form({ label: "Send a contact", submit: "Send contact", done: close }, [
    field("Name", "name", { value: "Carla Ruiz", required: true }),
    field("Number", "phone", { value: "+16505550199", required: true, inputmode: "tel" }),
  ], async ({ name, phone }) => send({ type: "contacts", contacts: [{ name: { formatted_name: name, first_name: name }, phones: [{ phone, type: "CELL" }] }] }));
  return [
    element("div", { class: "actions" },
      button("Photo", then(async () => send(await photo()))),
      button("Voice note", then(() => send({ type: "audio", audio: { voice: true, mime_type: "audio/ogg; codecs=opus" } }))),
      button("Sticker", then(() => send({ type: "sticker", sticker: {} })))),
    element("label", { class: "filed" }, element("span", { text: "A file of yours" }), file),
    element("details", {}, element("summary", { text: "Location" }), location),
    element("details", {}, element("summary", { text: "Contact" }), contact),
  ];
}

function number(text) {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new Error(`${text} is no number`);
  return value;
}

// photo draws a small picture, so that there is one to send: a sky at some hour.
async function photo() {
  const canvas = element("canvas", { width: "320", height: "200" });
  const draw = canvas.getContext("2d");
  const hue = Math.floor(Math.random() * 360);
  for (let band = 0; band < 5; band++) {
    draw.fillStyle = `hsl(${hue + band * 9} ${46 + band * 4}% ${42 + band * 8}%)`;
    draw.fillRect(0, band * 34, 320, 200);
  }
  draw.fillStyle = `hsl(${(hue + 60) % 360} 90% 90%)`;
  draw.beginPath();
  draw.arc(60 + Math.random() * 200, 70 + Math.random() * 40, 26, 0, 7);
  draw.fill();
  for (let hill = 0; hill < 3; hill++) {
    draw.fillStyle = `hsl(${hue} 30% ${34 - hill * 9}%)`;
    draw.beginPath();
    draw.moveTo(0, 200);
    for (let x = 0; x <= 320; x += 8) draw.lineTo(x, 140 + hill * 18 + 14 * Math.sin(x / 38 + hill * 2 + hue));
    draw.lineTo(320, 200);
    draw.fill();
  }
  return fileContent(await new Promise((made) => canvas.toBlob(made, "image/png")));
}

// fileContent is the message with a file: a photo, a video, a voice note or a document.
async function fileContent(blob) {
  if (blob.size > largest) throw new Error(`the file has ${blob.size} bytes, and a call to the fake takes ${largest}`);
  const mime = blob.type || "application/octet-stream";
  const type = ["image", "video", "audio"].find((kind) => mime.startsWith(`${kind}/`)) ?? "document";
  const url = await new Promise((read, failed) => {
    const reader = new FileReader();
    reader.onload = () => read(reader.result);
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
  return { type, [type]: { mime_type: mime, data: url.slice(url.indexOf(",") + 1), ...(type === "document" && blob.name ? { filename: blob.name } : {}) } };
}
