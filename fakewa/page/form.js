import { element } from "./parts/element.js";
import { attempt } from "./toast.js";

let fields = 0;

// field makes a control with its label: properties are those of the control; of is "input",
// "textarea" or "select", whose options are values or pairs of a value and its name.
export function field(label, name, { of = "input", options = [], hint = "", wide = false, ...properties } = {}) {
  const id = `field-${++fields}`;
  const described = hint ? `${id}-hint` : null;
  const control = element(of, { id, name, "aria-describedby": described, ...(of === "input" ? { type: "text", autocomplete: "off" } : {}), ...properties });
  for (const option of options) {
    const [value, text] = [option].flat().concat(option).slice(0, 2);
    control.append(element("option", { value, text }));
  }
  if (of === "textarea" && properties.value) control.value = properties.value;
  const check = properties.type === "checkbox";
  const title = element("label", { for: id, text: label });
  return element("div", { class: `field ${wide ? "wide" : ""} ${check ? "check" : ""}` }, ...(check ? [control, title] : [title, control]), hint ? element("p", { id: described, class: "hint muted", text: hint }) : null);
}

// group is a set of fields that belong together.
export const group = (legend, ...inside) => element("fieldset", {}, element("legend", { text: legend }), ...inside);

// form makes a form that gives its values to run when it is sent; while that takes, it is not sent again.
// sent is told before run, refused if run fails, done if it does not.
export function form({ label, submit, sent, refused, done }, inside, run) {
  const button = element("button", { type: "submit", text: submit });
  const made = element("form", { class: "form", "aria-label": label }, ...inside, element("p", { class: "actions wide" }, button));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(made));
    button.disabled = true;
    sent?.(made);
    const result = await attempt(label, () => run(values, made));
    button.disabled = false;
    if (result !== undefined) done?.(made, result);
    else refused?.(made, values);
  });
  return made;
}

// button makes a button that does something, and tells why it did not work.
export function button(text, run, { label = null, kind = "quiet", ...properties } = {}) {
  const made = element("button", { type: "button", class: kind, "aria-label": label, text, ...properties });
  made.addEventListener("click", async () => {
    made.setAttribute("aria-busy", "true");
    await attempt(label ?? text, run);
    made.removeAttribute("aria-busy");
  });
  return made;
}
