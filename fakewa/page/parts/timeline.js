import { element } from "./element.js";
import { exactClockOf } from "./time.js";

const beyond = 8; // rows that are drawn outside of what is seen
let timelines = 0;

// <event-list> lists events, a row each. Only the rows in sight exist, so there may be very many.
//
// A row is {n, at, who, what, text, lane, tone, mark}: lane colours who it is (person, bot, redis,
// whatsapp, world), tone is "", "failed" or "fault", mark is a word before the text. A row that is
// chosen is the event "choose" with its number in the list as detail.
export class EventList extends HTMLElement {
  #count = 0;
  #row = () => null;
  #chosen = -1;
  #id = `events-${++timelines}`;
  #rows = new Map(); // that are drawn, by number
  #space = element("div", { class: "space" });
  #empty = element("p", { class: "muted nothing", hidden: true, text: "No event fits the filter." });
  #scroll = element("div", { class: "rows", tabindex: "0", role: "listbox", "aria-label": "Events" }, this.#space);

  connectedCallback() {
    if (this.#scroll.isConnected) return;
    this.append(this.#scroll, this.#empty);
    this.#scroll.addEventListener("scroll", () => this.#draw(), { passive: true });
    this.#scroll.addEventListener("keydown", (press) => this.#key(press));
    new ResizeObserver(() => this.#draw()).observe(this.#scroll);
  }

  get #height() {
    return parseFloat(getComputedStyle(this).getPropertyValue("--row")) || 32;
  }

  // show shows count rows; row returns the n-th, from 0. Rows that are as they were stay in the
  // page, so that nobody presses on one that goes away.
  show(count, row) {
    this.#count = count;
    this.#row = row;
    for (const [n, node] of this.#rows) {
      if (n < count && node.as === asDrawn(row(n))) {
        node.setAttribute("aria-setsize", count);
        continue;
      }
      node.remove();
      this.#rows.delete(n);
    }
    this.#empty.hidden = count > 0;
    this.#space.style.height = `${count * this.#height}px`;
    this.#draw();
  }

  get chosen() {
    return this.#chosen;
  }

  // choose marks a row and brings it into sight; -1: none is chosen.
  choose(n) {
    this.#chosen = n;
    const height = this.#height;
    const { scrollTop, clientHeight } = this.#scroll;
    if (n >= 0 && (n * height < scrollTop + height || (n + 2) * height > scrollTop + clientHeight)) this.#scroll.scrollTop = n * height - clientHeight / 2;
    this.#draw();
    for (const [at, node] of this.#rows) node.setAttribute("aria-selected", at === n);
    if (this.#rows.has(n)) this.#scroll.setAttribute("aria-activedescendant", this.#rows.get(n).id);
    else this.#scroll.removeAttribute("aria-activedescendant");
  }

  #draw() {
    const height = this.#height;
    const from = Math.max(0, Math.floor(this.#scroll.scrollTop / height) - beyond);
    const to = Math.min(this.#count, Math.ceil((this.#scroll.scrollTop + this.#scroll.clientHeight) / height) + beyond);
    for (const [n, node] of this.#rows) {
      if (n >= from && n < to) continue;
      node.remove();
      this.#rows.delete(n);
    }
    for (let n = from; n < to; n++) {
      if (this.#rows.has(n)) continue;
      const node = this.#made(n);
      node.style.transform = `translateY(${n * height}px)`;
      this.#rows.set(n, node);
      this.#space.append(node);
    }
  }

  #made(n) {
    const row = this.#row(n);
    const node = element(
      "div",
      {
        class: `row ${row.tone ?? ""}`, id: `${this.#id}-${n}`, role: "option", "aria-posinset": n + 1, "aria-setsize": this.#count,
        "aria-selected": String(n === this.#chosen), on: { click: () => this.#choose(n) },
      },
      element("time", { datetime: row.at, text: exactClockOf(row.at) }),
      element("span", { class: `who ${row.lane}`, text: row.who }),
      element("span", { class: "what" }, element("b", { text: row.what }), row.mark ? element("em", { class: "mark", text: row.mark }) : null, " ", row.text),
    );
    node.as = asDrawn(row);
    return node;
  }

  #choose(n) {
    this.choose(n);
    this.dispatchEvent(new CustomEvent("choose", { bubbles: true, detail: n }));
  }

  #key(press) {
    const page = Math.max(1, Math.floor(this.#scroll.clientHeight / this.#height) - 1);
    const by = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page }[press.key];
    if (!by || this.#count === 0 || press.altKey || press.ctrlKey || press.metaKey) return;
    press.preventDefault();
    this.#choose(Math.min(this.#count - 1, Math.max(0, this.#chosen + by)));
  }
}

const asDrawn = (row) => JSON.stringify(row);
customElements.define("event-list", EventList);
