// @great-detail/whatsapp
import { Client } from "@great-detail/whatsapp";
import { APP_SECRET, GRAPH_URL, PHONE_ID, run, TOKEN } from "./steps.mjs";

const request = { headers: { Authorization: `Bearer ${TOKEN}` } };
const { message, media, webhook } = new Client({ baseUrl: GRAPH_URL, request });
const phoneNumberID = PHONE_ID;

async function send(to, type, content) {
  const answer = await message.createMessage({ phoneNumberID, to, type, [type]: content }).json();
  const { messaging_product, contacts, messages } = answer;
  return { product: messaging_product, input: contacts[0].input, waID: contacts[0].wa_id, id: messages[0].id };
}

await run({
  text: (to, body) => send(to, "text", { body }),
  image: (to, image) => send(to, "image", image),
  buttons: (to, text, buttons) =>
    send(to, "interactive", {
      type: "button",
      body: { text },
      action: { buttons: buttons.map((reply) => ({ type: "reply", reply })) },
    }),
  list: (to, text, button, title, rows) =>
    send(to, "interactive", { type: "list", body: { text }, action: { button, sections: [{ title, rows }] } }),
  template: (to, name, code) => send(to, "template", { name, language: { code } }),
  reaction: (to, message_id, emoji) => send(to, "reaction", { message_id, emoji }),
  markRead: async (message_id) =>
    (await message.createStatus({ phoneNumberID, status: "read", message_id }).json()).success,

  upload: async (bytes, mimeType, filename) => {
    const file = new Blob([bytes], { type: mimeType });
    return (await media.upload({ phoneNumberID, file, filename, mimeType }).json()).id;
  },
  metadata: async (mediaID) => {
    const answer = await media.getURL({ mediaID, phoneNumberID }).json();
    const { messaging_product, id, mime_type, sha256, file_size, url } = answer;
    return { product: messaging_product, id, mimeType: mime_type, sha256, size: file_size, url };
  },
  download: (mediaID, mediaURL) => media.download({ mediaURL, request }).arrayBuffer(),

  receive: async (body, signature) => {
    const headers = { "x-hub-signature-256": signature };
    const event = await webhook.eventNotification({ method: "POST", headers, body });
    await event.verifySignature(APP_SECRET);
    const { metadata, messages = [], statuses = [] } = event.eventNotification.entry[0].changes[0].value;
    return { phoneID: metadata.phone_number_id, messages, statuses };
  },
  code: (error) => error.data.error.code,
});
