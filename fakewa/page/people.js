import { call, post, userPath, world as worldPath } from "./api.js";
import { composer } from "./composer.js";
import { contentOf, reasonOf } from "./content.js";
import { openFlow } from "./flow.js";
import { button, field, form } from "./form.js";
import { element } from "./parts/element.js";
import { lengthOf } from "./parts/time.js";
import { attempt, tell } from "./toast.js";
import "./parts/phone.js";

const window24 = 24 * 3600 * 1000;
const first = ["+16505551234", "+16505551235"]; // who is on the page before anybody has said something

// people shows phones side by side, and lets more people in. In a world they have names, which
// the world gives numbers. It is done when the first phones are there.
export async function people(store, world, into) {
  const shown = new Map(); // by user
  const dismissed = new Set();
  const row = element("div", { class: "row", role: "list", "aria-label": "Phones" });
  const add = adding(store, world, (user) => {
    dismissed.delete(user);
    return open(user).phone.querySelector("textarea");
  });
  into.append(row, add);

  const open = (user) => {
    if (!shown.has(user)) {
      const made = person(store, world, user, () => {
        made.place.remove();
        shown.delete(user);
        dismissed.add(user);
      });
      shown.set(user, made);
      row.append(made.place);
      made.draw();
    }
    return shown.get(user);
  };
  const draw = () => {
    for (const user of store.conversations.keys()) if (!dismissed.has(user) && !user.startsWith("group:") && shown.size < 24) open(user);
    for (const { draw } of shown.values()) draw();
  };
  store.addEventListener("change", draw);
  store.addEventListener("time", () => shown.forEach(({ tick }) => tick()));
  if (!world) {
    await Promise.all(first.map((user) => store.ask(user))); // a phone that is in sight does not change its name
    return first.forEach(open);
  }
  if (world.people().length === 0) {
    add.open = true;
    add.querySelector("input").value = "Ana";
  }
  const enter = () => world.people().forEach(({ user }) => dismissed.has(user) || open(user));
  world.addEventListener("change", enter);
  store.addEventListener("scheduled", () => shown.forEach(({ tick }) => tick()));
  enter();
}

// adding is the form for another person. It closes when it is sent: the phone may be there before
// the answer is, and who writes on it by then, or opens the form again, is left alone.
function adding(store, world, add) {
  const who = world ? field("Name or number", "who", { placeholder: "Carla", required: true }) : field("Number", "who", { placeholder: "+1 650 555 1236", required: true, inputmode: "tel" });
  const inside = [who, ...(world ? [] : [field("Name", "name", { placeholder: "Carla" })])];
  const enter = (user) => {
    const words = add(user);
    if (!place.open && [title, document.body].includes(document.activeElement)) words.focus();
  };
  const sent = (f) => {
    f.reset();
    place.open = false;
    title.focus();
  };
  const refused = (f, values) => {
    if (place.open) return;
    for (const [name, value] of Object.entries(values)) f.elements[name].value = value;
    place.open = true;
  };
  const made = form({ label: "Add a person", submit: "Add", sent, refused }, inside, async ({ who, name }) => {
    if (world) {
      const person = await post(`${worldPath}people`, { name: who.trim() });
      enter(person.user);
      return person;
    }
    const user = who.trim().startsWith("+") || /\D/.test(who.trim().replace(/[\s().-]/g, "")) ? who.trim().replace(/[\s().-]/g, "") : `+${who.replace(/\D/g, "")}`;
    const profile = await call("PATCH", userPath(user), name ? { name } : {});
    store.profiles.set(user, profile);
    enter(user);
    return profile;
  });
  const title = element("summary", { text: "Add a person" });
  const place = element("details", { class: "adding" }, title, made);
  return place;
}

function person(store, world, user, close) {
  const phone = element("chat-phone", { live: true });
  const left = element("span", { class: "left" });
  const timer = element("span", { class: "timer", hidden: true });
  const typing = element("span", { class: "typing", text: "the bot is typing …", hidden: true });
  const quoted = element("p", { class: "quoted", hidden: true });
  let answered = "";
  const quote = (message) => {
    answered = message?.id ?? "";
    quoted.hidden = !answered;
    if (answered) quoted.replaceChildren(element("span", { dir: "auto", text: `Reply to: ${message.body || message.tag}` }), button("×", () => quote(null), { label: "Do not reply to it" }));
  };
  const tools = toolsOf(store, user, close);
  phone.append(tools.place, element("div", { slot: "composer", class: "foot" }, element("p", { class: "strip" }, typing, timer, left), quoted, composer(user, () => answered, () => quote(null))));
  const place = element("div", { class: "person", role: "listitem" }, phone);

  phone.addEventListener("choose", ({ detail }) => attempt("Tap", () => tapped(user, detail)));
  phone.addEventListener("react", ({ detail }) => attempt("React", () => post(userPath(user, "react"), { message_id: detail.message.id, emoji: detail.emoji })));
  phone.addEventListener("quote", ({ detail }) => {
    quote(detail.message);
    phone.querySelector("textarea").focus();
  });

  const tick = () => {
    const since = lastSaid(store, user);
    const open = since + window24 - store.instant();
    left.className = `left ${since ? (open > 0 ? "" : "over") : "never"}`;
    left.textContent = !since ? "no window: only templates reach this phone" : open > 0 ? `window open for ${lengthOf(open)}` : "window closed: only templates arrive";
    const next = world?.timerOf(user);
    timer.hidden = !next;
    if (next) timer.textContent = `timer in ${lengthOf(Date.parse(next.at) - store.instant())}`;
    typing.hidden = !((store.typing.get(user) ?? 0) > store.instant());
  };
  const draw = () => {
    const profile = store.profile(user);
    const state = [profile.silent && "phone off", profile.blocks && "blocked", profile.not_on_whatsapp && "no WhatsApp"].filter(Boolean).join(", ");
    phone.person = { name: store.names.get(user) ?? profile.name ?? "", number: user, state };
    tools.draw(profile);
    const { messages, reactions } = listed(store.conversations.get(user) ?? []);
    phone.show(messages.length, (n) => drawn(messages[n], store, reactions));
    tick();
  };
  return { place, phone, draw, tick };
}

// lastSaid returns when the user wrote last, which opens the window; 0: never.
function lastSaid(store, user) {
  const messages = store.conversations.get(user) ?? [];
  const said = messages.findLast((m) => m.direction === "in" && m.type !== "reaction");
  return said ? Date.parse(said.at) : 0;
}

// listed takes reactions out of a conversation: they stand on the messages that they are for.
function listed(conversation) {
  const reactions = new Map();
  const messages = [];
  for (const message of conversation) {
    const reaction = message.type === "reaction" ? message.message?.reaction : null;
    if (!reaction) messages.push(message);
    else reactions.set(reaction.message_id, { ...reactions.get(reaction.message_id), [message.direction]: reaction.emoji ?? "" });
  }
  return { messages, reactions };
}

// drawn is a message as a phone shows it.
function drawn(message, store, reactions) {
  const mine = message.direction === "in";
  const { tag, title, body, footer, media, choices } = contentOf(message, store.templates);
  const answered = store.byID.get(message.message?.context?.id ?? message.message?.context?.message_id);
  const reacted = Object.values(reactions.get(message.id) ?? {}).filter(Boolean).join("");
  return {
    id: message.id, mine, at: message.at, tag, title, body, footer, media, choices: mine ? [] : choices, reacted,
    quote: answered ? contentOf(answered, store.templates).body || answered.type : "",
    status: message.status, reason: reasonOf(message),
  };
}

async function tapped(user, { choice }) {
  if (choice.way === "flow") return openFlow(user, choice.title);
  if (choice.way === "link") return tell(`${choice.title} leads to ${choice.detail}. Nothing is opened from here.`);
  if (choice.way === "location") return post(userPath(user, "messages"), { type: "location", location: { latitude: -12.0464, longitude: -77.0428 } });
  const { webhook } = await post(userPath(user, "tap"), { choice: choice.title });
  if (webhook.status !== 200) throw new Error(webhook.error || `the bot answered the webhook with ${webhook.status}`);
  return webhook;
}

// toolsOf is the menu of a phone: what the person does with it and not in it.
function toolsOf(store, user, close) {
  const toggle = (key, label) => {
    const box = element("input", { type: "checkbox" });
    box.addEventListener("change", () => attempt(label, async () => store.profiles.set(user, await call("PATCH", userPath(user), { [key]: box.checked }))).then(() => store.changed()));
    return { key, box, place: element("label", { class: "check" }, box, element("span", { text: label })) };
  };
  const toggles = [toggle("silent", "Phone is off"), toggle("blocks", "Has blocked the business"), toggle("not_on_whatsapp", "Has no WhatsApp")];
  const menu = element("details", { class: "menu", slot: "tools" });
  const does = (label, ...path) => button(label, async () => {
    menu.open = false;
    await post(userPath(user, ...path.filter((part) => typeof part === "string")), path.find((part) => typeof part === "object"));
  });
  const rename = form({ label: "Rename", submit: "Rename", done: () => (menu.open = false) }, [field("Name", "name")], async ({ name }) => store.profiles.set(user, await call("PATCH", userPath(user), { name })) && store.changed());
  const summary = element("summary", { text: "⋮", title: "What this person does" });
  menu.append(summary, element("div", { class: "sheet" },
    does("Read everything", "read"), does("Play voice notes", "play"), ...toggles.map((t) => t.place),
    does("Stop marketing", "preference", { marketing: "stop" }), does("Resume marketing", "preference", { marketing: "resume" }), does("Report the business", "report"),
    rename, button("Hide this phone", close)));
  return {
    place: menu,
    draw(profile) {
      for (const { key, box } of toggles) box.checked = Boolean(profile[key]);
      summary.setAttribute("aria-label", `Menu of ${profile.name || user}`);
    },
  };
}
