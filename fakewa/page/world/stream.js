import { get, urlOf, world } from "../api.js";
import { itemsOf, rawOf } from "../raw.js";

const own = new Set(["commands", "expires", "injects", "starts", "crashes"]); // what WhatsApp's lists do not tell

// followWorld gives what happens in a world to take, as events of a fake: what its WhatsApp
// lists, and of the world's own events those of Redis, faults and replicas. about is told what
// the world is, whenever that changes.
export function followWorld(take, state, about) {
  let run = 0;
  let known;
  let told = 0; // events so far
  let asked = false;
  let again = false;
  const waiting = []; // events of the world
  const forget = () => (known = { messages: new Map(), webhooks: 0, requests: 0 });
  forget();

  const refresh = async () => {
    again = true;
    if (asked) return;
    asked = true;
    while (again) {
      again = false;
      await new Promise((soon) => setTimeout(soon, 40));
      const began = run;
      try {
        const [messages, webhooks, requests] = await Promise.all([get("messages"), listed("webhooks"), get("requests")]);
        if (began === run) gather(messages.messages, webhooks, requests).forEach(take);
      } catch {
        // The stream says when the world is there again.
      }
    }
    asked = false;
  };

  const gather = (messages, { items: webhooks, dropped }, requests) => {
    const events = waiting.splice(0);
    for (const message of messages) {
      const before = known.messages.get(message.id);
      const ids = [message.id];
      if (before === undefined) events.push({ at: message.at, kind: "message", user: message.user, ids, data: message });
      else if (before !== message.status) events.push({ at: null, kind: "status", user: message.user, ids, data: message });
      known.messages.set(message.id, message.status);
    }
    for (const { data, raw } of webhooks.slice(Math.max(0, known.webhooks - dropped))) events.push({ at: data.at, kind: "attempt", ids: data.ids, data, raw });
    known.webhooks = dropped + webhooks.length;
    for (const data of requests.requests.slice(Math.max(0, known.requests - requests.dropped))) events.push({ at: data.at, kind: "request", ids: data.id ? [data.id] : [], data });
    known.requests = requests.dropped + requests.requests.length;
    const latest = events.reduce((last, { at }) => (at > last ? at : last), "");
    for (const event of events) event.at ??= latest; // lists do not tell when a status came
    for (const event of events) event.n = ++told;
    return events.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  };

  const source = new EventSource(`${world}events`);
  source.onopen = () => state("open");
  source.onerror = () => state("waiting");
  source.addEventListener("world", ({ data }) => {
    const now = JSON.parse(data);
    if (now.run !== run) {
      run = now.run;
      forget();
      waiting.length = 0;
      take({ n: 0, at: now.began, kind: "begin", data: { seed: now.seed } });
    }
    about(now);
    refresh();
  });
  source.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (own.has(event.what)) waiting.push({ at: event.at, kind: "redis", data: event });
    refresh();
  };
}

// listed returns the webhooks with the bytes of their bodies.
async function listed(path) {
  const text = await (await fetch(urlOf(path), { cache: "no-store" })).text();
  const items = itemsOf(rawOf(text, "webhooks")).map((raw) => ({ data: JSON.parse(raw), raw: rawOf(raw, "body") }));
  return { items, dropped: JSON.parse(rawOf(text, "dropped")) };
}
