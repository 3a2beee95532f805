import { element } from "../parts/element.js";
import { clockOf, lengthOf } from "../parts/time.js";

// scheduled lists what will happen, as far as the world knows, with how long that is from now.
export function scheduled(world, store) {
  const list = element("ul", { class: "cards", "aria-label": "Scheduled" });
  const place = element("section", { class: "scheduled" }, element("div", { class: "inside" }, element("p", { class: "muted", text: "Keys that expire and faults that end. What the bot's own timers do, and WhatsApp later, is found by “Next event”." }), list));
  let left = [];
  const tick = () => {
    for (const [node, at] of left) node.textContent = `in ${lengthOf(at - store.instant())}`;
  };
  const draw = () => {
    if (place.hidden || !place.isConnected) return;
    left = [];
    list.replaceChildren(...world.scheduled.slice(0, 300).map(({ at, what, text }) => {
      const countdown = element("b");
      left.push([countdown, Date.parse(at)]);
      return element("li", { class: "card" }, element("p", { class: "head" }, countdown, element("span", { class: "muted", text: `${clockOf(at)} · ${what}` })), element("p", { class: "words", dir: "auto", text }));
    }));
    if (world.scheduled.length === 0) list.append(element("li", { class: "muted nothing", text: "Nothing is scheduled." }));
    tick();
  };
  world.addEventListener("scheduled", draw);
  store.addEventListener("time", tick);
  return { name: "Scheduled", panel: place, shown: draw };
}
