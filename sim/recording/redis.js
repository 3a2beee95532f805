import { instantOf } from "./time.js";

const between = 256; // changes between two copies of everything; more, if everything is more

// Redis tells what Redis held at any moment, from the changes that were noted.
export class Redis {
  #events;
  #changes;
  #copies = [{ count: 0, held: new Map() }];

  constructor(events, changes) {
    this.#events = events;
    this.#changes = changes;
    const held = new Map();
    changes.forEach((change, index) => {
      apply(held, change);
      if (index + 1 - this.#copies.at(-1).count >= between + held.size) this.#copies.push({ count: index + 1, held: new Map(held) });
    });
  }

  // at returns the keys after the event with a number, by database and name, and what has changed
  // since the one before.
  at(moment) {
    const now = this.#held(moment);
    const before = this.#held(moment - 1);
    const keys = [];
    for (const [id, key] of now) {
      const was = before.get(id);
      const change = !was ? "new" : was.value !== key.value || was.expires !== key.expires ? "changed" : "";
      keys.push({ db: key.db, name: key.name, value: key.value, left: key.expires ? instantOf(key.expires) - this.#instant(moment) : null, change });
    }
    for (const [id, key] of before) if (!now.has(id)) keys.push({ db: key.db, name: key.name, value: key.value, left: null, change: "gone" });
    return keys.sort((a, b) => a.db - b.db || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  #instant = (moment) => (moment > 0 ? instantOf(this.#events[moment - 1].at) : -Infinity);

  // held returns what had not expired, by database and name.
  #held(moment) {
    const count = this.#count(moment);
    const copy = this.#copies.findLast((copy) => copy.count <= count);
    const held = new Map(copy.held);
    for (let index = copy.count; index < count; index++) apply(held, this.#changes[index]);
    const now = this.#instant(moment);
    for (const [id, key] of held) if (key.expires && instantOf(key.expires) <= now) held.delete(id);
    return held;
  }

  // count is how many changes there were until a moment.
  #count(moment) {
    let [from, to] = [0, this.#changes.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#changes[middle].n <= moment) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

function apply(held, change) {
  const id = `${change.db} ${change.name}`;
  if (change.value === null) held.delete(id);
  else held.set(id, change);
}
