import { element } from "./element.js";
import { lengthOf } from "./time.js";

const keysPage = 200; // keys that are drawn; a bot with more is filtered by name

// <key-list> shows the keys in Redis.
//
// A key is {db, name, value, left, change}: left is its TTL in milliseconds, null for none; change
// is "", "new", "changed" or "gone" since the last step.
export class KeyList extends HTMLElement {
  #keys = [];
  #find = element("input", { type: "search", placeholder: "Find a key", "aria-label": "Find a key" });
  #rows = element("ul", { class: "keys" });
  #count = element("span", { class: "muted", role: "status" });

  connectedCallback() {
    if (this.#rows.isConnected) return;
    this.append(element("div", { class: "find" }, this.#find, this.#count), this.#rows);
    this.#find.addEventListener("input", () => this.#draw());
  }

  show(keys) {
    this.#keys = keys;
    this.connectedCallback();
    this.#draw();
  }

  #draw() {
    const several = new Set(this.#keys.map((key) => key.db)).size > 1;
    const words = this.#find.value.toLowerCase();
    const found = this.#keys.filter((key) => key.name.toLowerCase().includes(words));
    const there = this.#keys.filter((key) => key.change !== "gone").length;
    this.#count.textContent = found.length > keysPage ? `the first ${keysPage} of ${found.length}` : there === 1 ? "1 key" : `${there} keys`;
    const open = new Set([...this.#rows.querySelectorAll("details[open]")].map((details) => details.dataset.key));
    this.#rows.replaceChildren(...found.slice(0, keysPage).map((key) => keyRow(key, several, open.has(`${key.db} ${key.name}`))));
    if (found.length === 0) this.#rows.append(element("li", { class: "muted nothing", text: there ? "No key has that in its name." : "Redis is empty." }));
  }
}

function keyRow(key, numbered, open) {
  const left = key.change === "gone" ? "" : key.left === null ? "for ever" : lengthOf(key.left);
  const details = element(
    "details",
    { open },
    element("summary", {}, element("span", { class: "name" }, numbered ? element("span", { class: "muted", title: "database", text: `${key.db} ` }) : null, key.name),
      key.change ? element("em", { class: `change ${key.change}`, text: key.change }) : null, element("span", { class: "left", text: left })),
    element("pre", { tabindex: "0", text: key.value }),
  );
  details.dataset.key = `${key.db} ${key.name}`;
  return element("li", { class: key.change }, details, element("p", { class: "glance", "aria-hidden": "true", text: key.value.slice(0, 300).split("\n", 1)[0] }));
}
customElements.define("key-list", KeyList);
