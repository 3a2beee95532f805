import { element } from "../parts/element.js";
import { clockOf, lengthOf } from "../parts/time.js";

// scheduled lists what will happen, as far as it is known, with how long that is from now.
export function scheduled(store, world) {
  const known = world ? "Keys that expire, faults that end, and what WhatsApp does later. What the bot's own timers do is found by “Next event”." : "What WhatsApp does later, like webhooks that it delivers again. The bot's own timers are not known here.";
  const list = element("ul", { class: "cards", "aria-label": "Scheduled" });
  const place = element("section", { class: "scheduled" }, element("div", { class: "inside" }, element("p", { class: "muted", text: known }), list));
  let left = [];
  const tick = () => {
    for (const [node, at] of left) node.textContent = `in ${lengthOf(at - store.instant())}`;
  };
  const draw = () => {
    if (place.hidden || !place.isConnected) return;
    left = [];
    list.replaceChildren(...store.scheduled.slice(0, 300).map(({ at, what, text }) => {
      const countdown = element("b");
      left.push([countdown, Date.parse(at)]);
      return element("li", { class: "card" }, element("p", { class: "head" }, countdown, element("span", { class: "muted", text: `${clockOf(at)} · ${what}` })), element("p", { class: "words", dir: "auto", text: text.replace(/\+\d{7,15}/g, (number) => store.name(number)) }));
    }));
    if (store.scheduled.length === 0) list.append(element("li", { class: "muted nothing", text: "Nothing is scheduled." }));
    tick();
  };
  store.addEventListener("scheduled", draw);
  store.addEventListener("time", tick);
  return { name: "Scheduled", panel: place, shown: draw };
}
