import { call, get, post } from "./api.js";
import { button } from "./form.js";
import { element } from "./parts/element.js";
import { sentenceOf } from "./rows.js";
import { tell } from "./toast.js";

const steps = [["+1 s", "1s", "1 second"], ["+15 s", "15s", "15 seconds"], ["+1 h", "1h", "1 hour"], ["+24 h", "24h", "24 hours"]];

// bar is what is always in sight: what this is, its time, and the faults that are active. world
// is null, or the panels of a world, which have their own time and faults.
export function bar(store, world) {
  const day = element("span", { class: "day" });
  const hour = element("span", { class: "hour" });
  const runs = element("span", { class: "runs muted" });
  const state = element("span", { class: "pulse", role: "img" });
  const place = element("span", { class: "place muted" });
  const active = element("ul", { class: "active", "aria-label": "Active faults" });
  const healed = element("span", { class: "muted calm", text: "No faults" });
  const heal = button("Heal all", () => (world ? world.heal() : call("DELETE", "faults")), { label: "Heal all faults", kind: "heal" });
  const move = async (how) => {
    const { now, scheduled } = await (world ? world.move(how) : post("/_fakewa/clock", how));
    store.tell(now, performance.now());
    if (scheduled) store.schedule(scheduled);
    return now;
  };
  const advance = async (length, words) => {
    await move({ advance: length });
    tell(`The clock moved by ${words}.`);
  };
  const next = async () => {
    try {
      tell(`It is ${(await move({ to: "next" })).slice(11, 23).replace("Z", "")}.`);
    } catch (refused) {
      if (refused.status !== 409) throw refused;
      tell(refused.message); // nothing is due
    }
  };

  const showTime = () => {
    if (!store.now) return;
    const text = new Date(store.instant()).toISOString();
    [day.textContent, hour.textContent] = [text.slice(0, 10), text.slice(11, 19)];
    runs.textContent = world ? world.pace() : store.runs ? "runs" : "stands still";
  };
  const showFaults = () => {
    const sentences = world ? world.active() : store.faults.map((f) => ({ id: f.id, text: sentenceOf(f) }));
    active.replaceChildren(...sentences.map(({ id, text }) => element("li", {}, element("span", { dir: "auto", text }), id === undefined ? null : button("×", () => call("DELETE", `faults/${id}`), { label: `Remove the fault: ${text}` }))));
    active.hidden = heal.hidden = sentences.length === 0;
    healed.hidden = sentences.length > 0;
  };
  const showPlace = async () => {
    const { businesses } = await get("/_fakewa/businesses");
    const { display_phone_number: number, webhook } = businesses[0];
    place.textContent = `${number}${webhook ? ` → ${webhook}` : " · no webhook"}`;
  };

  store.addEventListener("time", showTime);
  store.addEventListener("change", () => {
    state.className = `pulse ${store.state}`;
    state.setAttribute("aria-label", store.state === "open" ? "connected" : "waiting for the fake");
    showFaults();
  });
  setInterval(showTime, 250);
  showPlace().catch(() => {});

  return [
    element("div", { class: "brand" }, element("img", { src: "/_page/icon.svg", alt: "", width: "28", height: "28" }), element("h1", { text: world ? "sim" : "fakewa" }), state, place),
    element(
      "div",
      { class: "clock", role: "group", "aria-label": "Time" },
      element("p", { class: "now" }, day, hour, runs),
      element("div", { class: "steps" }, ...steps.map(([text, length, words]) => button(text, () => advance(length, words), { label: `Move the clock by ${words}` })), button("Next event", next, { label: "Move the clock to the next event" }), ...(world ? [world.paceButton()] : [])),
    ),
    element("div", { class: "faults", role: "group", "aria-label": "Faults" }, healed, active, heal),
  ];
}
