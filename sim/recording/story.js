import { readable } from "./readable.js";

// Kinds of events, for the filter.
export const kinds = [
  ["messages", "Messages"],
  ["webhooks", "Webhooks"],
  ["redis", "Redis"],
  ["calls", "API and services"],
  ["bot", "Replicas and faults"],
  ["end", "How it ended"],
];

const kindOf = { says: "messages", acts: "messages", delivers: "webhooks", answers: "webhooks", commands: "redis", expires: "redis", holds: "end", finds: "end", leaks: "end", sends: "calls", injects: "bot", starts: "bot", crashes: "bot" };

// Story tells of a recording's events who they are about, what they mean, and what each phone
// shows after them. Events are numbered from 1, as in the trace; moment 0 is before all.
export class Story {
  constructor({ events, names = {} }) {
    this.events = events;
    this.names = names;
    this.people = peopleOf(events, names);
    this.of = events.map(() => null); // the person whom an event is about
    this.said = new Map(); // by the id of a message: the number of the event that said it
    this.statuses = new Map(); // by the id of a message: [number, status]
    this.phones = new Map([...this.people].map((person) => [person, []])); // numbers of events
    events.forEach((event) => this.#add(event));
  }

  #add(event) {
    const person = this.people.has(event.who) ? event.who : this.people.has(event.to) ? event.to : null;
    this.of[event.n - 1] = person;
    if (this.isMessage(event)) {
      for (const id of event.ids ?? []) if (!this.said.has(id)) this.said.set(id, event.n);
      this.phones.get(person)?.push(event.n);
    } else if (event.what === "injects" || (event.what === "crashes" && this.events[event.n - 2]?.what !== "injects")) {
      for (const shown of this.phones.values()) shown.push(event.n);
    } else if (event.what === "delivers" || event.what === "answers") {
      this.#status(event);
    } else if (event.what === "commands" || event.what === "expires" || event.what === "holds") {
      const named = [...this.people].filter((number) => event.text?.includes(number.replace("+", "")));
      if (named.length === 1) this.of[event.n - 1] = named[0];
    }
  }

  #status(event) {
    for (const id of event.ids ?? []) {
      const [, status, of] = /^(?:(\w+) )?(.*)$/.exec(id);
      if (this.said.has(of)) this.of[event.n - 1] ??= this.of[this.said.get(of) - 1];
      const known = status && event.what === "delivers" ? status : !status && event.what === "answers" && event.status === 200 ? "delivered" : "";
      if (!known) continue;
      if (!this.statuses.has(of)) this.statuses.set(of, []);
      this.statuses.get(of).push([event.n, known]);
    }
  }

  isMessage = (event) => event.what === "says" || event.what === "acts" || (event.what === "calls" && Boolean(event.type) && this.people.has(event.to));

  kind = (event) => (event.what === "calls" ? (this.isMessage(event) ? "messages" : "calls") : kindOf[event.what] ?? "calls");

  // tone is what is wrong with an event: "fault" was injected, "failed" is the bot's or WhatsApp's.
  tone(event) {
    if (event.what === "injects" || event.what === "crashes") return "fault";
    if (event.what === "finds" || event.what === "leaks" || event.code || event.lost || event.status >= 400) return "failed";
    if (event.what === "answers" && event.status !== 200) return "failed";
    return event.what === "delivers" && (event.to === "nobody" || event.ids?.some((id) => id.startsWith("failed "))) ? "failed" : "";
  }

  lane(event) {
    if (this.people.has(event.who)) return "person";
    if (event.who.startsWith("bot ") || event.who === "the bot") return "bot";
    return { redis: "redis", whatsapp: "whatsapp" }[event.who] ?? "world";
  }

  name = (who) => this.names[who] || who;

  // sentence is what happened, without who.
  sentence(event) {
    const to = event.to && event.to !== "redis" ? `to ${this.name(event.to)}` : "";
    const words = event.text ? (event.what === "says" || event.type ? `“${event.text.replaceAll("\n", " ⏎ ")}”` : event.text) : "";
    const ids = event.what === "delivers" || event.what === "answers" ? (event.ids ?? []).map((id) => this.#meant(id)).join(", ") : "";
    const result = event.what === "answers" || event.what === "calls" || event.status ? `→ ${event.status || "broke"}` : event.answer ? `→ ${event.answer}` : "";
    const wrong = [event.code ? `code ${event.code}` : "", event.lost ? (event.what === "expires" ? "the event is lost" : "the answer is lost") : ""].filter(Boolean).join(", ");
    return [to, event.of && event.what === "answers" ? `#${event.of}` : "", words, ids, result, wrong].filter(Boolean).join("  ");
  }

  #meant(id) {
    const [, status, of] = /^(?:(\w+) )?(.*)$/.exec(id);
    const said = this.events[this.said.get(of) - 1];
    const words = said?.text ? `“${said.text.length > 40 ? said.text.slice(0, 40) + "…" : said.text}”` : of;
    return status ? `${status}: ${words}` : words;
  }

  // shown is how many of a phone's messages there are at a moment.
  shown(person, moment) {
    const numbers = this.phones.get(person);
    let [from, to] = [0, numbers.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (numbers[middle] <= moment) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  // message is the n-th message of a phone, as it is at a moment.
  message(person, n, moment) {
    const event = this.events[this.phones.get(person)[n] - 1];
    const message = { id: `${event.n}`, at: event.at };
    if (event.what === "injects") return { ...message, note: event.text };
    if (event.what === "crashes") return { ...message, note: `${event.who} crashes` };
    if (event.what === "acts") return { ...message, note: `${this.name(person)} ${event.text}` };
    const parts = readable(event.type, event.text ?? "");
    if (event.what === "says") return { ...message, ...parts, mine: true, status: this.#reached(event.ids, moment) ?? "sent" };
    const refused = event.status !== 200 || event.code;
    const reason = event.code ? `${event.status === 200 ? "not delivered" : "refused"}: code ${event.code}` : refused ? `the call was answered ${event.status || "by nothing"}` : "";
    return { ...message, ...parts, mine: false, status: refused ? "failed" : this.#reached(event.ids, moment) ?? "pending", reason };
  }

  #reached(ids, moment) {
    const ranks = ["sent", "delivered", "read", "played", "failed"];
    let best = -1;
    for (const [n, status] of this.statuses.get(ids?.[0]) ?? []) if (n <= moment) best = Math.max(best, ranks.indexOf(status));
    return ranks[best];
  }
}

function peopleOf(events, names) {
  const people = new Set();
  const spoken = new Set(events.filter((event) => event.what === "says" || event.what === "acts" || (event.what === "calls" && event.type)).map((event) => (event.what === "calls" ? event.to : event.who)));
  for (const number of Object.keys(names).sort()) if (spoken.has(number)) people.add(number);
  for (const number of spoken) people.add(number);
  return people;
}
