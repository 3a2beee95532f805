import { element, copying } from "./element.js";

// <event-inspector> shows everything about one event.
export class EventInspector extends HTMLElement {
  #title = element("h2", { tabindex: "-1" });
  #fields = element("dl");
  #actions = element("p", { class: "actions" });

  connectedCallback() {
    if (!this.#title.isConnected) this.append(this.#title, this.#fields, this.#actions);
  }

  // show shows fields, pairs of a name and a text or {code} or {value}: code is shown as it is, a
  // value folded, as JSON. Actions are buttons, pairs of a label and what it does.
  show(title, fields, actions = []) {
    this.connectedCallback();
    this.#title.textContent = title;
    this.#fields.replaceChildren();
    for (const [name, value] of fields) this.#fields.append(element("dt", { text: name }), element("dd", {}, inspected(value)));
    this.#actions.replaceChildren(...actions.map(([label, run]) => element("button", { type: "button", class: "quiet", text: label, on: { click: run } })));
    this.#actions.append(copying("Copy as JSON", () => JSON.stringify(Object.fromEntries(fields.map(([name, value]) => [name, value?.code ?? value?.value ?? value])), null, 2)));
  }
}

function inspected(value) {
  if (value?.code !== undefined) {
    const parsed = jsonOf(value.code);
    return parsed === undefined ? element("pre", { tabindex: "0", text: value.code }) : folded(parsed);
  }
  if (value?.value !== undefined) return folded(value.value);
  return element("span", { class: "plain", dir: "auto", text: String(value) });
}

// jsonOf returns the object or list that a text is; undefined: it is none.
export function jsonOf(text) {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// folded shows a value of JSON with parts that open and close.
export function folded(value, name) {
  const label = name === undefined ? null : element("span", { class: "key", text: `${name}: ` });
  if (value === null || typeof value !== "object") return element("div", { class: "json" }, label, element("span", { class: typeof value, text: JSON.stringify(value) }));
  const parts = Object.entries(value);
  const kind = Array.isArray(value) ? `[${parts.length}]` : `{${parts.length}}`;
  const details = element("details", { class: "json", open: name === undefined || parts.length < 8 }, element("summary", {}, label, kind));
  details.append(...parts.map(([key, part]) => folded(part, key)));
  return details;
}
customElements.define("event-inspector", EventInspector);
