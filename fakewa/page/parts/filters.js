import { element } from "./element.js";

// <event-filters> asks which events to list. Its event "filter" has {person, kind, trouble} as
// detail: "" is everybody and everything, trouble is failures and faults alone.
export class EventFilters extends HTMLElement {
  #person = element("select");
  #kind = element("select");
  #trouble = element("input", { type: "checkbox" });

  connectedCallback() {
    if (this.#person.isConnected) return;
    this.append(
      element("label", {}, element("span", { text: "Person" }), this.#person),
      element("label", {}, element("span", { text: "Kind" }), this.#kind),
      element("label", { class: "check" }, this.#trouble, element("span", { text: "Failed and faults only" })),
    );
    this.addEventListener("change", () => this.dispatchEvent(new CustomEvent("filter", { bubbles: true, detail: this.value })));
  }

  get value() {
    return { person: this.#person.value, kind: this.#kind.value, trouble: this.#trouble.checked };
  }

  // offer sets what there is to choose from: pairs of a value and its name.
  offer(people, kinds) {
    for (const [select, all, offered] of [[this.#person, "Everybody", people], [this.#kind, "Everything", kinds]]) {
      const before = select.value;
      select.replaceChildren(...[["", all], ...offered].map(([value, text]) => element("option", { value, text })));
      select.value = before;
    }
  }
}
customElements.define("event-filters", EventFilters);
