import { get, post } from "../api.js";
import { field, form } from "../form.js";
import { element } from "../parts/element.js";
import { tell } from "../toast.js";

// webhooks sends the bot a webhook of any field: a ready one, or any value.
export function webhooks() {
  const ready = field("Field", "field", { of: "select", options: [] });
  const json = (text, name) => {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new Error(`${name} is no JSON: ${error.message}`);
    }
  };
  const sent = (answer) => (tell("The webhook is on its way; the time line shows how the bot answers."), answer);
  const place = element("section", { class: "webhooks" }, element("div", { class: "inside" },
    element("p", { class: "muted", text: "Meta tells a bot more than messages. What is sent here is signed, and changes nothing in the fake." }),
    form({ label: "A ready webhook", submit: "Send the ready webhook" }, [
      element("h3", { class: "wide", text: "A ready webhook" }), ready,
      field("Fields of its value", "with", { of: "textarea", rows: "3", wide: true, class: "code", placeholder: '{"event": "DISABLED_UPDATE"}', hint: "JSON; what it leaves out is filled in" }),
    ], async (values) => sent(await post("notices", { field: values.field, ...(values.with.trim() ? { with: json(values.with, "Fields of its value") } : {}) }))),
    form({ label: "Any webhook", submit: "Send any webhook" }, [
      element("h3", { class: "wide", text: "Any webhook" }),
      field("Field", "field", { required: true, placeholder: "smb_message_echoes" }),
      field("Value", "value", { of: "textarea", rows: "6", required: true, wide: true, class: "code", placeholder: '{"message_echoes": []}', hint: "JSON, sent as it is" }),
    ], async ({ field, value }) => sent(await post("notices", { field, value: json(value, "Value") }))),
    form({ label: "An error of no message", submit: "Tell the bot of the error" }, [
      element("h3", { class: "wide", text: "An error of no message" }),
      field("Code", "code", { required: true, inputmode: "numeric", value: "130429" }),
      field("Details", "details", { placeholder: "Too many messages" }),
    ], async ({ code, details }) => sent(await post("errors", { code: Number(code), details }))),
  ));
  const select = ready.querySelector("select");
  const shown = async () => {
    if (select.options.length) return;
    const { fields } = await get("notices");
    select.replaceChildren(...fields.map((name) => element("option", { value: name, text: name })));
  };
  return { name: "Webhooks", panel: place, shown: () => shown().catch(() => {}) };
}
