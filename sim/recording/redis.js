import { instantOf } from "./time.js";

const between = 256; // changes between two copies of everything; more, if everything is more
const pieces = 1024; // of a value, before they are joined

// Value is a key with its value in pieces, which share the texts of those before.
class Value {
  constructor(change, before) {
    this.db = change.db;
    this.name = change.name;
    this.expires = change.expires;
    this.pieces = change.parts ? change.parts.flatMap((part) => (typeof part === "string" ? [part] : cut(before.pieces, ...part))) : [change.value];
    if (this.pieces.length > pieces) this.pieces = [this.value];
  }

  get value() {
    return this.pieces.length === 1 ? this.pieces[0] : this.pieces.join("");
  }
}

// cut returns the pieces from one place to another.
function cut(all, from, to) {
  const found = [];
  let at = 0;
  for (const piece of all) {
    if (at >= to) break;
    if (at + piece.length > from) found.push(piece.slice(Math.max(0, from - at), to - at));
    at += piece.length;
  }
  return found;
}

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
    const all = this.#replay(moment - 1);
    const before = this.#unexpired(all, moment - 1);
    for (let index = this.#count(moment - 1); index < this.#count(moment); index++) apply(all, this.#changes[index]);
    const now = this.#unexpired(all, moment);
    const keys = [];
    for (const [id, key] of now) {
      const was = before.get(id);
      const change = !was ? "new" : was !== key && (was.expires !== key.expires || was.value !== key.value) ? "changed" : "";
      keys.push(shown(key, key.expires ? instantOf(key.expires) - this.#instant(moment) : null, change));
    }
    for (const [id, key] of before) if (!now.has(id)) keys.push(shown(key, null, "gone"));
    return keys.sort((a, b) => a.db - b.db || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  #instant = (moment) => (moment > 0 ? instantOf(this.#events[moment - 1].at) : -Infinity);

  // replay returns what was set and not deleted, by database and name.
  #replay(moment) {
    const count = this.#count(moment);
    const copy = this.#copies.findLast((copy) => copy.count <= count);
    const held = new Map(copy.held);
    for (let index = copy.count; index < count; index++) apply(held, this.#changes[index]);
    return held;
  }

  #unexpired(held, moment) {
    const now = this.#instant(moment);
    return new Map([...held].filter(([, key]) => !key.expires || instantOf(key.expires) > now));
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

// shown is a key as <key-list> shows it, which asks for few of the values.
function shown(key, left, change) {
  return { db: key.db, name: key.name, left, change, get value() { return key.value; } };
}

function apply(held, change) {
  const id = `${change.db} ${change.name}`;
  if (change.value === undefined && !change.parts) held.delete(id);
  else held.set(id, new Value(change, held.get(id)));
}
