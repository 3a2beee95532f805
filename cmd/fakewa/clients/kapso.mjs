// @kapso/whatsapp-cloud-api
import { GraphApiError, WhatsAppClient } from "@kapso/whatsapp-cloud-api";
import { normalizeWebhook, verifySignature } from "@kapso/whatsapp-cloud-api/server";
import { APP_SECRET, GRAPH_URL, PHONE_ID, run, TOKEN } from "./steps.mjs";

const { messages, media } = new WhatsAppClient({ accessToken: TOKEN, baseUrl: GRAPH_URL });
const phoneNumberId = PHONE_ID;

const sent = ({ messagingProduct, contacts: [{ input, waId }], messages: [{ id }] }) => ({
  product: messagingProduct,
  input,
  waID: waId,
  id,
});

await run({
  text: async (to, body) => sent(await messages.sendText({ phoneNumberId, to, body })),
  image: async (to, image) => sent(await messages.sendImage({ phoneNumberId, to, image })),
  buttons: async (to, bodyText, buttons) =>
    sent(await messages.sendInteractiveButtons({ phoneNumberId, to, bodyText, buttons })),
  list: async (to, bodyText, buttonText, title, rows) =>
    sent(await messages.sendInteractiveList({ phoneNumberId, to, bodyText, buttonText, sections: [{ title, rows }] })),
  template: async (to, name, code) =>
    sent(await messages.sendTemplate({ phoneNumberId, to, template: { name, language: { code } } })),
  reaction: async (to, messageId, emoji) =>
    sent(await messages.sendReaction({ phoneNumberId, to, reaction: { messageId, emoji } })),
  markRead: async (messageId) => (await messages.markRead({ phoneNumberId, messageId })).success,

  // The type of the part counts: bytes without one are refused, whatever the field type says.
  upload: async (bytes, type, fileName) => (await media.upload({ phoneNumberId, file: new Blob([bytes], { type }), type, fileName })).id,
  metadata: async (mediaId) => {
    const { messagingProduct, id, mimeType, sha256, fileSize, url } = await media.get({ mediaId, phoneNumberId });
    return { product: messagingProduct, id, mimeType, sha256, size: fileSize, url };
  },
  // Without "always" it leaves the token out, and takes the refusal for the media.
  download: (mediaId) => media.download({ mediaId, phoneNumberId, auth: "always" }),

  receive: async (rawBody, signatureHeader) => {
    if (!verifySignature({ appSecret: APP_SECRET, rawBody, signatureHeader })) throw new Error("wrong signature");
    const { phoneNumberId, messages, statuses } = normalizeWebhook(JSON.parse(rawBody));
    return { phoneID: phoneNumberId, messages, statuses };
  },
  code: (error) => error instanceof GraphApiError && error.isTemplateError() && error.code,
});
