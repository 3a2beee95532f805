import { call, get, post, userPath } from "./api.js";
import { button, field, form } from "./form.js";
import { element } from "./parts/element.js";
import { tell } from "./toast.js";

// openFlow opens the flow of the latest message that has one, as a dialog: the phone's screens
// with their fields, as the fake tells them.
export async function openFlow(user, title) {
  const dialog = element("dialog", { class: "flow", "aria-label": `Flow: ${title}` });
  const show = (screen) => {
    if (screen.closed) {
      dialog.close();
      tell(`The flow is over: ${screen.closed}.`);
      return screen;
    }
    dialog.replaceChildren(...drawn(screen));
    dialog.querySelector("input, select, button")?.focus();
    return screen;
  };
  const press = async (words, values, fields) => {
    for (const one of fields) {
      const given = values.getAll(one.name).filter((value) => value !== "");
      const ticked = one.type === "OptIn";
      if (given.length > 0) await post(userPath(user, "flow", "fill"), { field: one.name, ...(ticked ? {} : { values: given }) });
    }
    return show(await post(userPath(user, "flow", "press"), { button: words }));
  };
  const drawn = (screen) => {
    const fields = (screen.fields ?? []).filter((one) => one.enabled !== false);
    const inside = fields.map((one) => control(one));
    const [footer = "Continue"] = (screen.buttons ?? []).slice(-1);
    const made = form({ label: screen.title || title, submit: footer }, [
      ...(screen.texts ?? []).map((text) => element("p", { class: "wide", dir: "auto", text })),
      screen.message ? element("p", { class: "wide failed", role: "alert", text: screen.message }) : "",
      ...inside,
    ], () => press(footer, new FormData(made), fields));
    return [
      element("header", {}, element("h2", { text: screen.title || title }),
        button("Back", async () => show(await post(userPath(user, "flow", "back")))),
        button("Close", async () => show(await call("DELETE", userPath(user, "flow"))))),
      made,
      ...(screen.buttons ?? []).slice(0, -1).map((words) => button(words, () => press(words, new FormData(made), fields))),
    ];
  };
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  try {
    await post(userPath(user, "flow"), { button: title });
    show(await get(userPath(user, "flow")));
    if (dialog.isConnected && !dialog.open) dialog.showModal();
  } catch (error) {
    dialog.remove();
    throw error;
  }
}

// control is a field of a screen.
function control(one) {
  const options = (one.options ?? []).filter((o) => o.enabled !== false).map((o) => [o.id, o.title]);
  const label = one.label || one.name;
  const hint = one.error ?? "";
  if (options.length > 0) {
    const several = /Check|Chips/.test(one.type);
    return field(label, one.name, { of: "select", multiple: several, options: several ? options : [["", "–"], ...options], hint, wide: true });
  }
  if (one.type === "OptIn") return field(label, one.name, { type: "checkbox", hint, wide: true });
  const type = one.type === "DatePicker" || one.type === "CalendarPicker" ? "date" : { email: "email", number: "number", phone: "tel", password: "password" }[one.input_type] ?? "text";
  return field(label, one.name, { type, value: typeof one.value === "string" ? one.value : null, hint, wide: true });
}
