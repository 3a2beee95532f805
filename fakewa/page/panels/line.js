import { element } from "../parts/element.js";
import { button } from "../form.js";
import { chainRow, rowOf } from "../rows.js";
import "../parts/filters.js";
import "../parts/timeline.js";

const kinds = [["message", "Messages"], ["attempt", "Webhooks"], ["request", "API calls"], ["status", "Statuses"], ["fault", "Faults"], ["clock", "Clock"]];
const hidden = new Set(["webhook"]); // its answer says the same, and how it went

// line is the time line: one line for each message with all that it led to, or every event.
export function line(store, inspect, world) {
  const filters = element("event-filters");
  const list = element("event-list");
  const each = element("input", { type: "checkbox" });
  const place = element("section", { class: "line" }, filters, list);
  const gap = element("p", { class: "gap muted", hidden: true });
  place.prepend(gap);
  let rows = [];
  let known = "";

  const fits = (value) => (one) => {
    const events = one.events ?? [one];
    if (value.person && one.user !== value.person && !events.some((e) => e.user === value.person)) return false;
    if (value.kind && !events.some((e) => e.kind.startsWith(value.kind))) return false;
    return !value.trouble || Boolean(rowFor(one).tone);
  };
  const rowFor = (one) => (one.events ? (one.row ??= chainRow(one, store)) : rowOf(one, store));
  const draw = () => {
    if (place.hidden || !place.isConnected) return;
    const people = [...store.conversations.keys()].map((user) => [user, store.name(user)]);
    if (JSON.stringify(people) !== known) {
      known = JSON.stringify(people);
      filters.offer(people, world ? [...kinds, ["redis", "Redis, timers, faults"]] : kinds);
    }
    const scroll = list.querySelector(".rows");
    const follow = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
    const chosen = rows[list.chosen];
    const all = each.checked ? store.events.filter((e) => !hidden.has(e.kind)) : store.chains.all;
    const value = filters.value;
    rows = value.person || value.kind || value.trouble ? all.filter(fits(value)) : all.slice();
    list.classList.toggle("chains", !each.checked);
    list.show(rows.length, (n) => rowFor(rows[n]));
    if (chosen && rows[list.chosen] !== chosen) list.choose(rows.indexOf(chosen));
    if (follow && !chosen) scroll.scrollTop = scroll.scrollHeight;
    gap.hidden = !store.lost;
    gap.textContent = `${store.lost} older events are no longer kept.`;
  };

  list.addEventListener("choose", ({ detail }) => {
    inspect(rows[detail]);
    requestAnimationFrame(() => list.choose(list.chosen)); // the inspector takes room: it must stay in sight
  });
  filters.addEventListener("filter", draw);
  each.addEventListener("change", draw);
  store.addEventListener("change", draw);
  const end = button("To the end", () => {
    list.choose(-1);
    draw();
    list.querySelector(".rows").scrollTop = 1e9;
  });
  const shown = () => {
    if (!end.isConnected) filters.append(element("label", { class: "check" }, each, element("span", { text: "Every event" })), end);
    draw();
  };
  return { name: "Time line", panel: place, shown };
}
