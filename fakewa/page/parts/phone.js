import { element } from "./element.js";
import { clockOf, dayOf } from "./time.js";

const phonePage = 40; // messages that are drawn at once; older ones come when somebody scrolls up

const ticks = {
  pending: ["◷", "on its way to WhatsApp"],
  sent: ["✓", "sent"],
  delivered: ["✓✓", "delivered"],
  read: ["✓✓", "read"],
  played: ["▶", "played"],
  failed: ["!", "failed"],
};

// <chat-phone> shows one person's side of a conversation.
//
// A message is {id, mine, at, tag, title, body, footer, media, quote, reacted, choices, status, reason,
// note}: mine says that the person wrote it; media is {kind, url}, quote the words that it answers,
// reacted emojis; note, instead of all but id and at, is a line between messages. Choices are {title,
// detail}; if the phone has the attribute "live", they are buttons, and a tap is the event
// "choose" with {message, choice} in its detail; and each message has a menu, whose events are
// "react" with {message, emoji} and "quote" with {message}. What is put into its slots is kept: an
// element with slot="tools" stands in the head, one with slot="composer" at the foot.
export class ChatPhone extends HTMLElement {
  #count = 0;
  #message = () => null;
  #from = 0;
  #follows = true; // the latest message stays in sight
  #drawn = new Map(); // by id: {node, as}
  #list = element("ol", { class: "messages" });
  #scroll = element("div", { class: "screen", tabindex: "0", role: "region" }, this.#list);
  #name = element("h2");
  #number = element("p", { class: "muted" });
  #state = element("p", { class: "state", hidden: true });

  connectedCallback() {
    if (this.#scroll.isConnected) return;
    this.append(element("header", {}, element("span", { class: "face", "aria-hidden": "true" }), element("div", {}, this.#name, this.#number), this.#state), this.#scroll);
    for (const kept of this.querySelectorAll(":scope > [slot=tools]")) this.querySelector("header").append(kept);
    for (const kept of this.querySelectorAll(":scope > [slot=composer]")) this.append(kept);
    // A picture takes room only once it is there; load does not bubble.
    this.#list.addEventListener("load", () => this.#follows && (this.#scroll.scrollTop = this.#scroll.scrollHeight), true);
    this.#scroll.addEventListener("scroll", () => this.#older());
  }

  // person is {name, number, state}; state is what is unusual, like "phone off".
  set person({ name, number, state = "" }) {
    this.#name.textContent = name || number;
    this.#number.textContent = name ? number : "";
    this.#state.textContent = state;
    this.#state.hidden = !state;
    this.#scroll.setAttribute("aria-label", `Messages on the phone of ${name || number}`);
    this.connectedCallback();
    this.querySelector(".face").textContent = [...(name || "?")][0];
  }

  // show shows the first count messages; message returns the n-th, from 0.
  show(count, message) {
    const away = this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight;
    const stays = away > 80 && count >= this.#count; // somebody reads further up
    if (!stays) this.#from = Math.max(0, count - phonePage);
    this.#count = count;
    this.#message = message;
    this.#draw();
    this.#follows = !stays;
    if (!stays) this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  #older() {
    if (this.#from === 0 || this.#scroll.scrollTop > 40) return;
    const below = this.#scroll.scrollHeight - this.#scroll.scrollTop;
    this.#from = Math.max(0, this.#from - phonePage);
    this.#draw();
    this.#scroll.scrollTop = this.#scroll.scrollHeight - below;
  }

  #draw() {
    const nodes = [];
    const drawn = new Map();
    let day = this.#from > 0 ? dayOf(this.#message(this.#from - 1).at) : "";
    for (let n = this.#from; n < this.#count; n++) {
      const message = this.#message(n);
      if (dayOf(message.at) !== day) {
        day = dayOf(message.at);
        nodes.push(element("li", { class: "day", text: day }));
      }
      const as = JSON.stringify(message);
      const before = this.#drawn.get(message.id);
      const node = before?.as === as ? before.node : this.#bubble(message);
      drawn.set(message.id, { node, as });
      nodes.push(node);
    }
    this.#drawn = drawn;
    if (nodes.length === 0) nodes.push(element("li", { class: "day", text: "no messages yet" }));
    this.#list.replaceChildren(...nodes);
  }

  #bubble(message) {
    if (message.note) return element("li", { class: "note", text: message.note });
    const [sign, words] = ticks[message.status] ?? [];
    const said = element("div", { class: "bubble" });
    if (message.quote) said.append(element("p", { class: "quote", dir: "auto", text: message.quote }));
    if (message.media) said.append(seen(message.media, message.tag));
    if (message.tag) said.append(element("span", { class: "tag", text: message.tag }));
    if (message.title) said.append(element("p", { class: "title", dir: "auto", text: message.title }));
    if (message.body) said.append(element("p", { class: "words", dir: "auto", text: message.body }));
    if (message.footer) said.append(element("p", { class: "footer", dir: "auto", text: message.footer }));
    said.append(
      element("span", { class: "when" }, element("time", { datetime: message.at, text: clockOf(message.at) }),
        sign ? element("span", { class: `ticks ${message.status}`, role: "img", "aria-label": words, title: message.reason || words, text: sign }) : null),
    );
    if (message.reason) said.append(element("p", { class: "reason", text: message.reason }));
    if (message.reacted) said.append(element("span", { class: "reacted", role: "img", "aria-label": `reaction ${message.reacted}`, text: message.reacted }));
    if (this.hasAttribute("live")) said.append(this.#menu(message));
    const offered = element("ul", { class: "choices", "aria-label": "offered" });
    for (const choice of message.choices ?? []) offered.append(element("li", {}, this.#choice(message, choice)));
    return element("li", { class: message.mine ? "mine" : "theirs" }, element("span", { class: "unseen", text: message.mine ? "says:" : "the bot:" }), said, offered.children.length ? offered : null);
  }

  #menu(message) {
    const menu = element("details", { class: "act" }, element("summary", { "aria-label": `React or reply to ${message.body || message.tag || "it"}`.slice(0, 80), text: "⌄" }));
    const act = (name, text, detail, label) => element("button", { type: "button", class: "quiet", "aria-label": label, text, on: { click: () => {
      menu.open = false;
      this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: { message, ...detail } }));
    } } });
    const emojis = message.mine ? [] : ["👍", "❤️", "😂", "😮"].map((emoji) => act("react", emoji, { emoji }, `React with ${emoji}`));
    if (message.reacted && !message.mine) emojis.push(act("react", "none", { emoji: "" }, "Take the reaction back"));
    menu.append(element("div", { class: "acts" }, ...emojis, act("quote", "Reply", {}, null)));
    return menu;
  }

  #choice(message, choice) {
    const inside = [element("span", { text: choice.title }), choice.detail ? element("small", { text: choice.detail }) : null];
    if (!this.hasAttribute("live")) return element("span", { class: "choice" }, ...inside);
    const tap = () => this.dispatchEvent(new CustomEvent("choose", { bubbles: true, detail: { message, choice } }));
    return element("button", { type: "button", class: "choice", on: { click: tap } }, ...inside);
  }
}

// seen is a file as the phone shows it; without its bytes there are the words beside it.
function seen({ kind, url }, words) {
  const tag = { image: "img", sticker: "img", video: "video", audio: "audio" }[kind];
  if (!tag) return element("a", { class: "file", href: url, download: "", text: "Save the file" });
  const file = element(tag, { class: "media", src: url, ...(tag === "img" ? { alt: words, loading: "lazy" } : { controls: true, preload: "metadata", "aria-label": words }) });
  file.addEventListener("error", () => file.remove());
  return file;
}
customElements.define("chat-phone", ChatPhone);
