import { post } from "../api.js";
import { button, field, form } from "../form.js";
import { element } from "../parts/element.js";
import { tell } from "../toast.js";

// templates lists the templates with what Meta's review can decide, and adds more.
export function templates(store) {
  const list = element("ul", { class: "cards", "aria-label": "Templates" });
  const place = element("section", { class: "templates" }, element("div", { class: "inside" }, list, element("details", { class: "card" }, element("summary", { text: "New template" }), creation(store))));
  let known;
  const draw = () => {
    if (place.hidden || !place.isConnected || known === store.templates) return;
    known = store.templates;
    list.replaceChildren(...known.map((t) => card(store, t)), ...(known.length ? [] : [element("li", { class: "muted nothing", text: "There are no templates." })]));
  };
  store.addEventListener("change", draw);
  return { name: "Templates", panel: place, shown: () => (store.later("templates"), draw()) };
}

function card(store, t) {
  const part = (type) => t.components?.find((c) => c.type === type);
  const decide = (label, body) => button(label, async () => {
    await post(`templates/${t.id}`, body);
    store.later("templates");
  }, { label: `${label}: ${t.name} in ${t.language}` });
  const reason = element("input", { type: "text", placeholder: "Reason", "aria-label": `Reason of the rejection of ${t.name}` });
  return element("li", { class: "card" },
    element("p", { class: "head" }, element("b", { text: t.name }), element("span", { class: "muted", text: ` ${t.language} · ${t.category.toLowerCase()}` }), element("span", { class: `badge ${t.status.toLowerCase()}`, text: t.status.toLowerCase().replaceAll("_", " ") }), t.quality && t.quality !== "UNKNOWN" ? element("span", { class: `badge ${t.quality.toLowerCase()}`, text: t.quality.toLowerCase() }) : null),
    element("p", { class: "words", dir: "auto", text: [part("HEADER")?.text, part("BODY")?.text, part("FOOTER")?.text].filter(Boolean).join("\n") }),
    part("BUTTONS") ? element("p", { class: "muted", text: part("BUTTONS").buttons.map((b) => `[${b.text ?? b.type}]`).join(" ") }) : null,
    element("p", { class: "actions" }, decide("Approve", { status: "APPROVED" }), decide("Pause", { status: "PAUSED" }), decide("Quality red", { quality: "RED" }),
      reason, button("Reject", async () => {
        await post(`templates/${t.id}`, { status: "REJECTED", reason: reason.value });
        store.later("templates");
      }, { label: `Reject: ${t.name} in ${t.language}` })),
  );
}

function creation(store) {
  const label = "New template";
  return form({ label, submit: "Add it, approved", done: (f) => f.reset() }, [
    field("Name", "name", { required: true, placeholder: "order_ready", hint: "a-z, 0-9 and _" }),
    field("Language", "language", { value: "en", required: true }),
    field("Category", "category", { of: "select", options: [["UTILITY", "utility"], ["MARKETING", "marketing"]] }),
    field("Header", "header"),
    field("Body", "body", { of: "textarea", rows: "3", required: true, wide: true, placeholder: "Order {{1}} is ready." }),
    field("Footer", "footer"),
    field("Quick replies", "buttons", { placeholder: "Yes, No", hint: "with commas between them" }),
  ], async ({ name, language, category, header, body, footer, buttons }) => {
    const components = [{ type: "BODY", text: body }];
    if (header) components.unshift({ type: "HEADER", format: "TEXT", text: header });
    if (footer) components.push({ type: "FOOTER", text: footer });
    const replies = buttons.split(",").map((text) => text.trim()).filter(Boolean);
    if (replies.length) components.push({ type: "BUTTONS", buttons: replies.map((text) => ({ type: "QUICK_REPLY", text })) });
    const made = await post("templates", { name, language, category, components });
    store.later("templates");
    tell(`The template ${name} can be sent.`);
    return made;
  });
}
