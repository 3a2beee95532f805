import { chainsOf } from "./chain.js";
import { get, userPath } from "./api.js";

const kept = 100000; // events; then the older half is forgotten

// Store is what the page knows: what happened, in its order, and what follows from it. Its
// event "change" says that something is new, at most 30 times a second.
export class Store extends EventTarget {
  now = null; // the time of the fake
  runs = false; // its clock runs
  state = "waiting"; // "open": the stream of events is there
  business = {};
  names = new Map(); // of the people of a world, by user
  templates = [];
  faults = [];
  scheduled = []; // what will happen, by time
  profiles = new Map(); // by user
  events = [];
  lost = 0; // events that were no longer kept when the page asked for them
  #answered = 0; // when now was told, by the clock of the page
  #told = 0; // and the time that the fake told last when it was asked
  #asked = new Set(); // users whose profile was asked for
  #wanted; // a change that is to be told

  constructor() {
    super();
    this.#forget();
  }

  #forget() {
    this.lost = 0;
    this.events = [];
    this.byID = new Map(); // messages
    this.conversations = new Map(); // messages by user, oldest first
    this.chains = chainsOf(this);
    this.typing = new Map(); // by user: until when the bot is shown typing
    this.#asked.clear();
    for (const user of this.profiles.keys()) this.ask(user); // until it is told, phones keep their names
  }

  // take takes an event of the stream.
  take(event) {
    if (event.kind === "begin") {
      this.#forget();
      this.reload();
    }
    if (event.kind === "lost") this.lost += event.data.to - event.data.from + 1;
    if (event.kind === "message" || event.kind === "status") this.#message(event.data);
    if (event.kind === "profile" && event.user) {
      this.profiles.set(event.user, event.data);
      this.renamed();
    }
    if (event.kind.startsWith("fault_")) this.later("faults");
    if (event.kind === "attempt" && event.data.field?.startsWith("message_template")) this.later("templates");
    if (event.kind === "request") this.#called(event);
    if (event.kind === "clock") this.tell(event.data.now, performance.now());
    else if (!this.now || event.at > this.now) this.now = event.at;
    this.events.push(event);
    this.chains.take(event);
    if (this.events.length > kept) this.events.splice(0, kept / 2);
    this.changed();
  }

  // arrange puts what has happened into the order in which it is given.
  arrange(events) {
    this.events = events;
    this.chains = chainsOf(this);
    for (const event of events) this.chains.take(event);
    this.changed();
  }

  #message(message) {
    const before = this.byID.get(message.id);
    if (before) return void Object.assign(before, message);
    this.byID.set(message.id, message);
    if (!this.conversations.has(message.user)) this.conversations.set(message.user, []);
    this.conversations.get(message.user).push(message);
    if (message.direction === "out") this.typing.delete(message.user);
    this.profile(message.user);
  }

  #called({ at, data }) {
    if (data.method !== "GET" && data.path.includes("template")) this.later("templates");
    if (data.status !== 200 || !data.body.includes("typing_indicator")) return;
    const read = this.byID.get(bodyOf(data).message_id);
    if (read) this.typing.set(read.user, Date.parse(at) + 25000); // as long as WhatsApp shows it
  }

  // profile returns what is known of a user, and asks for it if that is nothing.
  profile(user) {
    if (!this.profiles.has(user) && !this.#asked.has(user) && !user.startsWith("group:")) this.ask(user);
    return this.profiles.get(user) ?? {};
  }

  // ask asks for a profile. The promise is kept even if there is no answer.
  ask(user) {
    this.#asked.add(user);
    return get(userPath(user)).then((profile) => {
      this.profiles.set(user, profile);
      this.renamed();
    }, () => {});
  }

  // name is what somebody is called, or the number if another one has the same name.
  name(user) {
    const { name } = this.profile(user);
    if (this.names.has(user)) return this.names.get(user);
    for (const [other, profile] of this.profiles) if (other !== user && profile.name === name) return user;
    return name || user;
  }

  // renamed has the lines of the time line written anew, since they have names.
  renamed() {
    for (const chain of this.chains.all) chain.row = undefined;
    this.changed();
  }

  // tell sets the time, as it was at a moment of the page's clock.
  tell(now, moment) {
    const passed = Date.parse(now) - this.#told;
    this.runs = passed > 0 && Math.abs(passed - (moment - this.#answered)) < 400;
    [this.now, this.#told, this.#answered] = [now, Date.parse(now), moment];
    this.dispatchEvent(new Event("time"));
  }

  // schedule sets what is scheduled.
  schedule(list) {
    if (JSON.stringify(list) === JSON.stringify(this.scheduled)) return;
    this.scheduled = list;
    this.dispatchEvent(new Event("scheduled"));
  }

  // instant returns the time of the fake in milliseconds; between two answers it runs on.
  instant() {
    const told = this.#told + (this.runs ? performance.now() - this.#answered : 0);
    return Math.max(told, Date.parse(this.now ?? 0));
  }

  // later asks for a list again, soon.
  later(list) {
    clearTimeout(this[`${list} timer`]);
    this[`${list} timer`] = setTimeout(async () => {
      try {
        this[list] = (await get(list))[list];
        this.changed();
      } catch {
        // The stream says that the fake is away.
      }
    }, 60);
  }

  reload() {
    this.later("faults");
    this.later("templates");
  }

  changed() {
    this.#wanted ??= setTimeout(() => {
      this.#wanted = undefined;
      this.dispatchEvent(new Event("change"));
    }, 33);
  }
}

// bodyOf returns the JSON that a call had, or an empty object.
export function bodyOf(request) {
  try {
    return JSON.parse(request.body) ?? {};
  } catch {
    return {};
  }
}
