// whatsapp-api-js
import { WhatsAppAPI } from "whatsapp-api-js";
import {
  ActionButtons,
  ActionList,
  Body,
  Button,
  Image,
  Interactive,
  ListSection,
  Reaction,
  Row,
  Template,
  Text,
} from "whatsapp-api-js/messages";
import { APP_SECRET, GRAPH_URL, PHONE_ID, run, TOKEN } from "./steps.mjs";

// It knows Meta's host only, and takes a fetch of one's own.
const toFake = (url, init) => fetch(String(url).replace("https://graph.facebook.com", GRAPH_URL), init);
const api = new WhatsAppAPI({ token: TOKEN, appSecret: APP_SECRET, v: "v24.0", ponyfill: { fetch: toFake } });
api.on.message = ({ phoneID, message }) => ({ phoneID, messages: [message], statuses: [] });
api.on.status = ({ phoneID, id, status, error }) => ({
  phoneID,
  messages: [],
  statuses: [{ id, status, errors: error }],
});

async function send(to, message) {
  const answer = await api.sendMessage(PHONE_ID, to, message);
  if (answer.error) throw Object.assign(new Error(answer.error.message), answer.error);
  const { messaging_product, contacts, messages } = answer;
  return { product: messaging_product, input: contacts[0].input, waID: contacts[0].wa_id, id: messages[0].id };
}

await run({
  text: (to, body) => send(to, new Text(body)),
  image: (to, { id, link, caption }) => send(to, new Image(id ?? link, Boolean(id), caption)),
  buttons: (to, body, buttons) =>
    send(to, new Interactive(new ActionButtons(...buttons.map(({ id, title }) => new Button(id, title))), new Body(body))),
  list: (to, body, label, title, rows) => {
    const section = new ListSection(title, ...rows.map((row) => new Row(row.id, row.title, row.description)));
    return send(to, new Interactive(new ActionList(label, section), new Body(body)));
  },
  template: (to, name, language) => send(to, new Template(name, language)),
  reaction: (to, messageID, emoji) => send(to, new Reaction(messageID, emoji)),
  markRead: async (messageID) => (await api.markAsRead(PHONE_ID, messageID)).success,

  upload: async (bytes, type, name) => {
    const form = new FormData();
    form.set("file", new Blob([bytes], { type }), name);
    return (await api.uploadMedia(PHONE_ID, form)).id;
  },
  metadata: async (mediaID) => {
    const { messaging_product, id, mime_type, sha256, file_size, url } = await api.retrieveMedia(mediaID, PHONE_ID);
    return { product: messaging_product, id, mimeType: mime_type, sha256, size: file_size, url };
  },
  download: async (mediaID, url) => (await api.fetchMedia(url)).arrayBuffer(),

  receive: (raw, signature) => api.post(JSON.parse(raw), raw, signature),
  code: (error) => error.code,
});
