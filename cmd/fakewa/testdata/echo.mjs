// A bot without dependencies that answers each text with the same text. It is any bot: it
// knows WhatsApp's API, and nothing of the fake but the URL that it is given.
import { createHmac } from "node:crypto";
import { createServer } from "node:http";

const { GRAPH_URL = "https://graph.facebook.com/v23.0", PHONE_ID = "106540352242922", TOKEN = "any", APP_SECRET = "secret", VERIFY_TOKEN = "verify", PORT = "8000" } = process.env;

const send = (body) => fetch(`${GRAPH_URL}/${PHONE_ID}/messages`, {
  method: "POST",
  headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" },
  body: JSON.stringify({ messaging_product: "whatsapp", ...body }),
});

createServer(async (req, res) => {
  if (req.method === "GET") { // WhatsApp checks the webhook before it delivers to it
    const query = new URL(req.url, "http://bot").searchParams;
    const known = query.get("hub.verify_token") === VERIFY_TOKEN;
    res.writeHead(known ? 200 : 403).end(known ? query.get("hub.challenge") : "");
    return;
  }
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const signature = "sha256=" + createHmac("sha256", APP_SECRET).update(body).digest("hex");
  if (req.headers["x-hub-signature-256"] !== signature) {
    res.writeHead(401).end();
    return;
  }
  res.end(); // at once: WhatsApp does not wait
  for (const entry of JSON.parse(body).entry)
    for (const { value } of entry.changes)
      for (const message of value.messages ?? [])
        await send({ to: message.from, type: "text", text: { body: `you said ${message.text?.body}` } }).catch(console.error);
}).listen(Number(PORT), "127.0.0.1");
