import { call, get, post, world as path } from "../api.js";
import { button } from "../form.js";
import { attempt, tell } from "../toast.js";
import { inTurn } from "../turn.js";
import { keep } from "./keep.js";
import { redis } from "./redis.js";
import { sentences } from "./sentences.js";
import { followWorld } from "./stream.js";

// World is what a world has and a fake alone has not: its pace, the next event, Redis, sentences of
// faults, and the talk that is kept. Its event "change" says that something of it has changed, if
// only the time; "happened" says that it is not the time alone, which runs by itself.
export class World extends EventTarget {
  #about;
  #store;
  #known; // of what was told last
  #panels;

  constructor(about, store) {
    super();
    this.#about = about;
    this.#store = store;
    this.#panels = { faults: sentences(this), others: [redis(this, store), keep(this, store)] };
  }

  about = () => this.#about;
  pace = () => (this.#about.broken ? `broken: ${this.#about.broken}` : this.#about.pace === "real" ? "runs as on the wall" : "stands still");
  active = () => this.#about.active.map((text) => ({ text }));
  people = () => this.#about.people;
  faults = () => this.#panels.faults;
  panels = () => this.#panels.others;

  follow(take, state) {
    followWorld(take, (events) => this.#store.arrange(events), state, (about) => this.#changed(about));
  }

  #changed(about) {
    this.#about = about;
    for (const { name, user } of about.people) this.#store.names.set(user, name);
    this.#store.tell(about.now, performance.now());
    this.#store.runs = about.pace === "real";
    this.#store.changed();
    this.dispatchEvent(new Event("change"));
    const known = JSON.stringify([about.process, about.run, about.steps, about.events, about.active]);
    if (about.pace === "real" && known === this.#known) return;
    this.#known = known;
    this.dispatchEvent(new Event("happened"));
    this.#schedule();
  }

  #schedule = inTurn(() => get(`${path}next`).then(({ scheduled }) => this.#store.schedule(scheduled), () => {}));

  // timerOf returns the next key with the number of a user in its name whose end the bot is told, or
  // undefined. Other keys are no timers: nothing follows from their end.
  timerOf(user) {
    const digits = user.replace(/\D/g, "");
    return this.#store.scheduled.find(({ told, text }) => told && text.includes(digits));
  }

  move = (how) => post(`${path}time`, how);

  async heal() {
    await call("DELETE", `${path}faults`);
  }

  // paceButton lets time run, or stops it.
  paceButton() {
    const pace = button("", () => attempt("Pace", () => this.move({ pace: this.#about.pace === "real" ? "paused" : "real" })));
    const draw = () => {
      const real = this.#about.pace === "real";
      pace.textContent = real ? "Pause" : "Run";
      pace.setAttribute("aria-label", real ? "Pause time" : "Let time run as on the wall");
    };
    this.addEventListener("change", draw);
    draw();
    return pace;
  }
}
