// The steps that every client takes, and what must come of each. A client is
// an object of functions around a published package; see kapso.mjs. The fake
// must be one that was started with this webhook and secret; the user is to
// write WORDS once "listening" is printed.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

// What the Go test gives. WEBHOOK_FD is a listening socket.
const { WEBHOOK_FD, WABA_ID, USER, WORDS } = process.env;
export const { GRAPH_URL, TOKEN, PHONE_ID, APP_SECRET } = process.env;

const PHOTO = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

// Node would show the line that threw, and published packages are one long line.
process.on("uncaughtException", (error) => {
  console.error(error);
  process.exit(1);
});

export async function run(client) {
  const webhook = await listen(client);
  console.log("listening");
  const step = async (name, take) => {
    const result = await take();
    console.log(`ok ${name}`);
    return result;
  };
  // sends has a message sent, and waits for what the fake says became of it.
  const sends = (name, send) =>
    step(name, async () => {
      const { product, input, waID, id } = await send();
      assert.equal(product, "whatsapp");
      assert.equal(input, USER, "the input must be as it was sent");
      assert.equal(waID, USER.replace(/\D/g, ""));
      assert.match(id, /^wamid\.[A-Za-z0-9+/]+=*$/);
      await webhook.event(`sent ${id}`).happened;
      if (name !== "reaction") await webhook.event(`delivered ${id}`).happened;
    });

  const inbound = await step("webhook", async () => {
    const { message, raw, signature } = await webhook.event("message").happened;
    assert.equal(message.from, USER.replace(/\D/g, ""));
    assert.equal(message.text.body, WORDS);
    assert.doesNotMatch(raw, /[^\x20-\x7e]|[^\\]\//, "Meta writes webhooks in ASCII, and / as \\/");
    assert.equal(JSON.parse(raw).entry[0].id, WABA_ID);
    await assert.rejects(client.receive(raw.replace(WABA_ID, "1"), signature), "a webhook with a wrong signature must not pass");
    return message;
  });
  await sends("text", () => client.text(USER, WORDS));

  const mediaID = await step("upload", async () => {
    const id = await client.upload(PHOTO, "image/png", "photo.png");
    assert.match(id, /^\d+$/);
    return id;
  });
  const url = await step("metadata", async () => {
    const media = await client.metadata(mediaID);
    assert.equal(media.product, "whatsapp");
    assert.equal(media.id, mediaID);
    assert.equal(media.mimeType, "image/png");
    assert.equal(media.size, PHOTO.length);
    assert.equal(media.sha256, createHash("sha256").update(PHOTO).digest("hex"));
    return media.url;
  });
  await step("download", async () => {
    assert.deepEqual(Buffer.from(await client.download(mediaID, url)), PHOTO);
    assert.equal((await fetch(url)).status, 401, "media must not be had without the token");
  });
  await sends("image by id", () => client.image(USER, { id: mediaID, caption: WORDS }));
  await sends("image by link", () => client.image(USER, { link: webhook.photo, caption: WORDS }));

  const buttons = [
    { id: "yes", title: "Yes ✓" },
    { id: "no", title: "No" },
  ];
  await sends("buttons", () => client.buttons(USER, "Tea?", buttons));
  const rows = [
    { id: "green", title: "Green", description: "from Japan" },
    { id: "black", title: "Black" },
  ];
  await sends("list", () => client.list(USER, "Which one?", "Choose", "Teas", rows));
  await sends("template", () => client.template(USER, "hello_world", "en_US"));
  await sends("reaction", () => client.reaction(USER, inbound.id, "👍"));
  await step("mark as read", async () => assert.equal(await client.markRead(inbound.id), true));
  await step("refusal", async () => {
    const refused = client.template(USER, "no_such_template", "en_US");
    await assert.rejects(refused, (error) => client.code(error) === 132001);
  });
  webhook.server.close();
}

// listen answers webhooks with the client's own check of the signature, and
// has the photo for messages with a link.
async function listen(client) {
  const events = new Map();
  const event = (name) => {
    if (!events.has(name)) {
      let settle;
      const happened = new Promise((resolve) => (settle = resolve));
      events.set(name, { happened, settle });
    }
    return events.get(name);
  };
  const server = createServer(async (request, response) => {
    if (request.url === "/photo.png") {
      response.setHeader("Content-Type", "image/png").end(PHOTO);
      return;
    }
    const raw = await text(request);
    const signature = request.headers["x-hub-signature-256"];
    const { phoneID, messages, statuses } = await client.receive(raw, signature);
    assert.equal(phoneID, PHONE_ID);
    for (const message of messages) event("message").settle({ message, raw, signature });
    for (const { id, status, errors } of statuses) {
      assert.notEqual(status, "failed", JSON.stringify(errors));
      event(`${status} ${id}`).settle();
    }
    response.end();
  });
  await new Promise((resolve) => server.listen({ fd: Number(WEBHOOK_FD) }, resolve));
  return { server, event, photo: `http://127.0.0.1:${server.address().port}/photo.png` };
}
