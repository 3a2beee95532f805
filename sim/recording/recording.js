import { element, copying } from "./element.js";
import { clockOf, dayOf, exactClockOf } from "./time.js";
import { Story, kinds } from "./story.js";
import { Redis } from "./redis.js";
import { drawStrip } from "./strip.js";
import { opened } from "./open.js";

const data = await opened();
const story = new Story(data);
const { events } = data;
const redis = data.keys ? new Redis(events, data.keys.changes) : null;
const until = data.keys?.until; // from this event on it is not known what was in Redis; undefined: it is
let moment = 0; // the number of the event up to which everything is shown
let listed = []; // numbers of the events that fit the filter

// What is on the page.
const phones = new Map();
const list = element("event-list");
const filters = element("event-filters");
const inspector = element("event-inspector");
const keys = element("key-list");
const ended = until ? element("p", { class: "muted nothing", role: "status", text: `From event ${until} on it is not known what was in Redis: its changes until then fill the ${sizeOf(data.keys.most)} that are kept of them.` }) : null;
const slider = element("input", { type: "range", min: events.length ? 1 : 0, max: events.length, value: 0, step: 1, "aria-label": "Moment" });
const strip = element("canvas", { class: "strip", "aria-hidden": "true" });
const place = element("output", { class: "place" });
const toBreak = data.broke ? element("button", { type: "button", class: "break", text: "Where it broke", on: { click: () => go(data.broke) } }) : null;

function step(label, title, to) {
  return element("button", { type: "button", class: "quiet step", title, "aria-label": title, text: label, on: { click: () => go(to()) } });
}

const isMessage = (event) => event.what !== "acts" && story.isMessage(event);
const messageAfter = () => events.slice(moment).find(isMessage)?.n ?? events.length;
const messageBefore = () => events.slice(0, Math.max(0, moment - 1)).findLast(isMessage)?.n ?? 1;

function heading() {
  const themes = { "": "dark", dark: "light", light: "" };
  const theme = element("button", { type: "button", class: "quiet", text: "Light or dark" });
  theme.addEventListener("click", () => {
    const root = document.documentElement;
    const next = themes[root.dataset.theme ?? ""];
    if (next) root.dataset.theme = next;
    else delete root.dataset.theme;
    drawStrip(strip, story, data.broke);
  });
  return element(
    "header", { class: "top" },
    element("div", { class: "title" }, element("h1", { text: data.title }), theme),
    data.property ? element("p", { class: "broken" }, element("strong", { text: "It does not hold that " }), data.property) : null,
    data.why ? element("p", { class: data.property ? "why muted" : "why broken", text: data.why }) : null,
    data.replay ? element("div", { class: "replay" }, element("span", { class: "muted", text: "Replay" }), element("code", { tabindex: "0", text: data.replay }), copying("Copy", () => data.replay)) : null,
  );
}

function scrubber() {
  return element(
    "section", { class: "scrub", "aria-label": "Time" },
    element("div", { class: "track" }, strip, slider),
    element(
      "div", { class: "steps" },
      step("⇤", "First event (Home)", () => 1),
      step("«", "Message before (Shift+←)", messageBefore),
      step("‹", "Event before (←)", () => moment - 1),
      step("›", "Next event (→)", () => moment + 1),
      step("»", "Next message (Shift+→)", messageAfter),
      step("⇥", "Last event (End)", () => events.length),
      toBreak, place,
    ),
  );
}

function panel(title, name, ...inside) {
  return element("section", { class: `panel ${name}`, "aria-label": title }, element("h2", { text: title }), ...inside);
}

function build() {
  const rack = element("section", { class: "phones", "aria-label": "Phones" });
  for (const number of story.people) {
    const phone = element("chat-phone");
    phone.person = { name: data.names?.[number] ?? "", number };
    phones.set(number, phone);
    rack.append(phone);
  }
  if (phones.size === 0) rack.append(element("p", { class: "muted nothing", text: "Nobody says anything." }));
  const storage = redis ? [ended, keys] : [element("p", { class: "muted nothing", text: "What was in Redis was not recorded." })];
  document.body.append(heading(), scrubber(), element("main", { class: phones.size === 1 ? "alone" : "" }, rack, panel("Redis", "redis-panel", ...storage), panel("Events", "events", filters, list), element("section", { class: "panel event", "aria-label": "Event" }, inspector)));
  filters.offer([...story.people].map((number) => [number, story.name(number)]), kinds.filter(([kind]) => events.some((event) => story.kind(event) === kind)));
}

// go shows everything as it was after the event with a number.
function go(to) {
  moment = Math.min(events.length, Math.max(events.length ? 1 : 0, to));
  const event = events[moment - 1];
  slider.value = moment;
  slider.style.setProperty("--at", `${((moment - 1) / Math.max(1, events.length - 1)) * 100}%`);
  for (const [number, phone] of phones) phone.show(story.shown(number, moment), (n) => story.message(number, n, moment));
  if (redis) showKeys();
  if (!event) return;
  const words = `${story.name(event.who)} ${event.what} ${story.sentence(event)}`;
  slider.setAttribute("aria-valuetext", `event ${moment} of ${events.length}, ${clockOf(event.at)}: ${words}`);
  place.textContent = `${dayOf(event.at)} ${exactClockOf(event.at)} · event ${moment} of ${events.length}`;
  toBreak?.classList.toggle("here", moment === data.broke);
  list.choose(listed.findLastIndex((n) => n <= moment));
  inspect(event);
}

// showKeys shows what was in Redis, or says that it is not known any more.
function showKeys() {
  keys.hidden = moment >= until;
  if (ended) ended.hidden = !keys.hidden;
  if (!keys.hidden) keys.show(redis.at(moment));
}

function sizeOf(bytes) {
  return bytes < 1 << 20 ? `${bytes.toLocaleString("en")} bytes` : `${Math.round(bytes / (1 << 20))} MB`;
}

function inspect(event) {
  const broke = event.n === data.broke ? [["broke", data.why || data.property]] : [];
  const ids = (event.ids ?? []).join("\n");
  const fields = [
    ...broke, ["time", event.at.replace("T", " ").replace("Z", " UTC")], ["who", who(event.who)], ["what", event.what], ["to", event.to && who(event.to)], ["type", event.type],
    ["text", event.text && (event.what === "commands" || /^\s*[[{]["{[]/.test(event.text) ? { code: event.text } : event.text)], ["answer", event.answer && { code: event.answer }],
    ["status", event.status], ["code", event.code], ["lost", event.lost && "yes"], ["TTL", event.ttl && `${event.ttl} s`], ["messages", ids && { code: ids }],
  ].filter(([, value]) => value !== undefined && value !== "" && value !== false && value !== null);
  const related = new Set([event.of, ...(event.ids ?? []).map((id) => story.said.get(id.replace(/^\w+ /, "")))].filter((n) => n && n !== event.n));
  inspector.show(`#${event.n}  ${story.name(event.who)} ${event.what}`, fields, [...related].map((n) => [`#${n} ${story.name(events[n - 1].who)} ${events[n - 1].what}`, () => go(n)]));
}

const who = (number) => (data.names?.[number] ? `${data.names[number]}, ${number}` : number);

function filter() {
  const { person, kind, trouble } = filters.value;
  listed = events.filter((event) => (!person || story.of[event.n - 1] === person) && (!kind || story.kind(event) === kind) && (!trouble || story.tone(event) || event.n === data.broke)).map((event) => event.n);
  list.show(listed.length, (index) => {
    const event = events[listed[index] - 1];
    const broke = event.n === data.broke;
    return { n: event.n, at: event.at, who: story.name(event.who), what: event.what, text: story.sentence(event), lane: story.lane(event), tone: broke ? "failed" : story.tone(event), mark: broke ? "breaks here" : "" };
  });
  list.choose(listed.findLastIndex((n) => n <= moment));
}

function onKey(press) {
  const keepsKeys = press.target.closest?.("select, input[type=search], textarea");
  if (keepsKeys || press.altKey || press.ctrlKey || press.metaKey) return;
  const to = {
    ArrowLeft: () => (press.shiftKey ? messageBefore() : moment - 1),
    ArrowRight: () => (press.shiftKey ? messageAfter() : moment + 1),
    Home: () => 1,
    End: () => events.length,
  }[press.key];
  if (!to) return;
  press.preventDefault();
  go(to());
}

build();
filter();
slider.addEventListener("input", () => go(Number(slider.value)));
list.addEventListener("choose", ({ detail }) => go(listed[detail]));
filters.addEventListener("filter", filter);
document.addEventListener("keydown", onKey);
new ResizeObserver(() => drawStrip(strip, story, data.broke)).observe(strip);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawStrip(strip, story, data.broke));
go(data.broke || events.length);
