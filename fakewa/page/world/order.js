import { sortable } from "../parts/time.js";

const quiet = 40; // milliseconds after which a stream of WhatsApp that says nothing has nothing more to say
const patience = 5000; // and after which a world that owes events is no longer waited for
const call = 120; // and after which it is not about to tell what came with an event at its own instant
const first = 2000; // for the first word of WhatsApp
const most = 200000; // events that are kept to put them into order; then the older half is forgotten

// Order brings what a world and its WhatsApp tell, each in its own order, into one: by time. A
// talk may take no time at all, so within an instant the world's events say where WhatsApp's
// belong: who says, delivers, answers and calls is in both. What the world says of these is a
// mark, and is not given on.
//
// What one stream tells is given to take when the other is past it. Nobody can know that of
// WhatsApp's, so what comes too late has everything told anew, in order, to arrange.
export class Order {
  #take;
  #arrange;
  #fake = []; // {key, mark, event, passed, given}: passed in the order, and given to take
  #own = [];
  #next = [0, 0]; // of fake and own
  #marked = new Map(); // WhatsApp's, by their mark
  #missed = new Set(); // marks of the world, with their time, of which WhatsApp had told nothing
  #instant = ""; // of what was given last
  #loose = false; // that was of WhatsApp, and no mark of the world had its place
  #late = 0; // since when something is known that came too late; 0: nothing is
  #now = ""; // until when the world has told everything, when it has told so many events
  #events = 0;
  #told = 0;
  #heard = [0, 0]; // when, of each stream
  #later;

  constructor(take, arrange) {
    this.#take = take;
    this.#arrange = arrange;
  }

  // begin forgets everything.
  begin(event) {
    [this.#fake, this.#own, this.#next] = [[{ key: "", event, passed: true, given: true }], [], [1, 0]];
    [this.#instant, this.#loose, this.#late, this.#now, this.#events, this.#told] = ["", false, 0, "", 0, 0];
    this.#heard = [performance.now() + first, performance.now()];
    this.#marked.clear();
    this.#missed.clear();
    this.#take(event);
  }

  // until says what time it is in the world, and how many events it has told or is about to tell.
  until(now, events) {
    [this.#now, this.#events, this.#heard[1]] = [sortable(now), events, performance.now()];
    this.#give();
  }

  // fake takes an event of WhatsApp.
  fake(event) {
    this.#heard[0] = performance.now();
    if (event.kind === "begin") return; // as the world does
    const key = event.kind === "lost" ? (this.#fake.at(-1)?.key ?? "") : sortable(event.at); // what is lost was before
    const entry = { key, mark: markOfFake(event), event, passed: false, given: false, heard: this.#heard[0] };
    if (key < this.#instant || this.#missed.has(`${key} ${entry.mark}`)) this.#late ||= entry.heard;
    this.#fake.push(entry);
    this.#mark(entry);
    this.#give();
  }

  // own takes an event of the world's trace.
  own(event) {
    if (event.n <= this.#told) { // its answer has come
      const known = this.#own.findLast(({ event: one }) => one?.data.n === event.n);
      if (known) Object.assign(known.event.data, event);
      return;
    }
    const entry = { key: sortable(event.at), mark: markOfOwn(event), event: null, given: false };
    if (!entry.mark && !besides.has(event.what)) entry.event = { n: `world ${event.n}`, at: event.at, kind: "redis", data: event };
    this.#own.push(entry);
    [this.#told, this.#heard[1]] = [event.n, performance.now()];
    if (entry.event && (entry.key < this.#instant || (entry.key === this.#instant && this.#loose))) this.#late ||= this.#heard[1];
    this.#give();
  }

  #mark(entry) {
    if (this.#marked.has(entry.mark)) this.#marked.get(entry.mark).push(entry);
    else this.#marked.set(entry.mark, [entry]);
  }

  // give gives on what can be, and looks again when a stream may have had its say.
  #give() {
    const time = performance.now();
    if (this.#late && (time - Math.max(...this.#heard) > quiet || time - this.#late > patience)) this.#anew();
    let entry;
    while (!this.#late && (entry = this.#following(false))) this.#given(entry);
    if (this.#late || this.#next[0] < this.#fake.length || this.#next[1] < this.#own.length) this.#later ??= setTimeout(() => {
      this.#later = undefined;
      this.#give();
    }, quiet);
    else if (this.#fake.length + this.#own.length > most) this.#trim();
  }

  #given(entry) {
    this.#instant = entry.key;
    entry.given = true;
    this.#take(entry.event);
  }

  // following returns what happened next, or undefined if that is not known. all: WhatsApp is not waited for.
  #following(all) {
    const time = performance.now();
    for (;;) {
      const [fake, own] = [this.#fake[this.#next[0]], this.#own[this.#next[1]]];
      if (own && !(fake?.key < own.key)) {
        const coming = !all && !(fake?.key > own.key) && time - this.#heard[0] < quiet;
        const marked = own.mark && this.#marked.get(own.mark)?.find((one) => one.key === own.key);
        if (marked && !marked.passed) return this.#passes(false);
        if (coming && (own.mark ? !marked : !fake)) return undefined;
        this.#next[1]++;
        if (own.event) {
          this.#loose = false;
          return own;
        }
        if (marked) this.#marked.get(own.mark).splice(this.#marked.get(own.mark).indexOf(marked), 1);
        else if (own.mark) this.#missed.add(`${own.key} ${own.mark}`);
        continue;
      }
      if (!fake || (!fake.given && this.#early(fake, own, time))) return undefined;
      return this.#passes(true);
    }
  }

  // early says whether the world may yet tell what comes before an event of WhatsApp.
  #early(fake, own, time) {
    if (own || fake.key > this.#now) return fake.key > this.#now;
    if (this.#told < this.#events) return time - this.#heard[1] < patience;
    return fake.key === this.#now && this.#heard[1] < fake.heard && time - fake.heard < call;
  }

  // passes lets WhatsApp's next event pass.
  #passes(loose) {
    this.#loose = loose;
    const entry = this.#fake[this.#next[0]++];
    entry.passed = true;
    return entry;
  }

  // anew puts everything that was told into order again.
  #anew() {
    this.#next = [0, 0];
    this.#late = 0;
    this.#marked.clear();
    this.#missed.clear();
    for (const entry of this.#fake) {
      entry.passed = false;
      this.#mark(entry);
    }
    const all = [];
    let entry;
    while ((entry = this.#following(true))) {
      all.push(entry.event);
      if (!entry.given) this.#given(entry);
      this.#instant = entry.key;
    }
    this.#arrange(all);
  }

  #trim() {
    this.#fake.splice(0, this.#next[0] >> 1);
    this.#own.splice(0, this.#next[1] >> 1);
    this.#next = [this.#fake.length, this.#own.length];
    this.#marked.clear();
    this.#missed.clear();
  }
}

const besides = new Set(["acts", "sends", "calls"]); // what WhatsApp tells too, or shows nobody

// markOfFake and markOfOwn are equal for what is told by both. An event of the world that tells
// what only the world knows has none.
const markOfFake = ({ kind, ids = [], data }) => `${kind} ${kind === "request" && !data.id ? refused(data.status, data.error?.code) : ids.join()}`;

function markOfOwn({ what, to, ids = [], status, code }) {
  const messages = [...new Set(ids.map((id) => id.split(" ").at(-1)).filter((id) => id.startsWith("wamid.")))].join();
  switch (what) {
    case "says":
      return `message ${messages}`;
    case "delivers":
      return `webhook ${messages}`;
    case "answers":
      return `attempt ${messages}`;
    case "calls": // of a service, if it is to one
      return to === "whatsapp" || to?.startsWith("+") ? `request ${messages || refused(status, code)}` : "";
  }
  return "";
}

const refused = (status = 0, code = 0) => `${status} ${code}`;
