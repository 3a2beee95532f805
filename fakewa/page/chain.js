import { bodyOf } from "./store.js";

const together = 600000; // milliseconds after which what the bot says no longer belongs to what was said before

// chainsOf sorts what happens into chains: what a message led to, or one event alone. A chain is
// {user, at, last, events}; at and last are the times of its first and latest event.
//
// Which message made the bot call is not told by anybody: it is the one that the call names, or
// else the latest of the user within ten minutes.
export function chainsOf(store) {
  const all = [];
  const byMessage = new Map(); // by id
  const latest = new Map(); // by user
  const byWebhook = new Map(); // by the number of the event that posts it

  const begin = (event) => {
    const chain = { user: event.user ?? "", at: event.at, last: event.at, events: [] };
    all.push(chain);
    if (all.length > 50000) all.splice(0, 25000);
    return chain;
  };

  const current = (user, at) => {
    const chain = latest.get(user);
    return chain && Date.parse(at) - Date.parse(chain.last) < together ? chain : null;
  };

  const ofMessage = (event, message) => {
    const named = byMessage.get(message.message?.context?.message_id ?? message.message?.context?.id);
    const said = message.direction === "in" ? null : (named ?? current(message.user, event.at));
    const chain = said ?? begin(event);
    byMessage.set(message.id, chain);
    latest.set(message.user, chain);
    return chain;
  };

  const ofRequest = (event) => {
    const body = bodyOf(event.data);
    const named = byMessage.get(event.data.id) ?? byMessage.get(body.message_id);
    if (named) return named;
    const to = typeof body.to === "string" ? `+${body.to.replace(/\D/g, "")}` : event.user;
    return (to && current(event.user ?? to, event.at)) || begin({ ...event, user: event.user ?? to });
  };

  const ofIDs = (event) => {
    for (const id of event.ids ?? []) {
      const chain = byMessage.get(id.split(" ").pop());
      if (chain) return chain;
    }
    return null;
  };

  const chainOf = (event) => {
    switch (event.kind) {
      case "message":
        return ofMessage(event, event.data);
      case "request":
        return ofRequest(event);
      case "redis": { // whose key it is, its name may tell
        const user = [...latest.keys()].find((one) => (event.data.text ?? "").includes(one.replace("+", "")));
        const before = all.at(-1); // what a bot does for nobody in particular stays together
        const beside = event.data.what === "commands" && before?.idle === event.data.who ? before : null;
        return (user && current(user, event.at)) || beside || Object.assign(begin(event), event.data.what === "commands" ? { idle: event.data.who } : {});
      }
      case "status":
        return ofIDs(event) ?? byMessage.get(event.data.id) ?? begin(event);
      case "webhook":
      case "attempt": {
        const chain = byWebhook.get(event.of) ?? ofIDs(event) ?? begin(event);
        if (event.kind === "webhook") byWebhook.set(event.n, chain);
        return chain;
      }
    }
    return begin(event);
  };

  return {
    all,
    of: (id) => byMessage.get(id),
    take(event) {
      if (event.kind === "begin" || event.kind === "lost") return void begin(event).events.push(event);
      const chain = chainOf(event);
      chain.events.push(event);
      chain.last = event.at;
      chain.row = undefined; // it is written anew when it is in sight
    },
  };
}
