import { post } from "../api.js";
import { field, form, group } from "../form.js";
import { element } from "../parts/element.js";
import { sentenceOf } from "../rows.js";
import { tell } from "../toast.js";

const happens = [
  ["code", "is refused with a code"], ["fails", "is accepted, and the message fails with a code"], ["delay", "takes longer"], ["silent", "is not answered, and not processed"],
  ["lost", "is processed, and the answer is lost"], ["duplicate", "is processed twice"],
];

// faults is the form of what goes wrong from now on. What is active stands in the bar.
export function faults() {
  const sentence = element("p", { class: "sentence wide", role: "status" });
  const read = (values) => {
    const fault = {};
    for (const name of ["endpoint", "user", "type"]) if (values[name]) fault[name] = values[name].trim();
    for (const name of ["every", "times"]) if (values[name]) fault[name] = whole(values[name]);
    if (values.probability) fault.probability = whole(values.probability) / 100;
    const what = values.what;
    fault[what] = what === "code" || what === "fails" ? whole(values.code) : what === "delay" ? values.delay.trim() : true;
    return fault;
  };
  const made = form({ label: "Let a fault begin", submit: "Let it begin" }, [
    group("Which calls",
      field("Endpoint", "endpoint", { of: "select", options: [["messages", "messages"], ["media", "media"], ["webhook", "webhooks to the bot"], ["flow", "endpoints of flows"], ["message_templates", "message_templates"], ["", "all"]] }),
      field("Of the person", "user", { placeholder: "everybody" }),
      field("Type of message", "type", { placeholder: "any, such as text" })),
    group("What happens",
      field("The call", "what", { of: "select", options: happens, wide: true }),
      field("Code", "code", { value: "131016", inputmode: "numeric", hint: "Meta's, or 429, 500, 502, 503, 504" }),
      field("By", "delay", { value: "12s", hint: "such as 800ms or 12s" })),
    group("How often",
      field("Each n-th", "every", { inputmode: "numeric", placeholder: "1" }),
      field("Times", "times", { inputmode: "numeric", placeholder: "until healed" }),
      field("Percent", "probability", { inputmode: "numeric", placeholder: "100" })),
    sentence,
  ], async (values) => {
    const answer = await post("faults", read(values));
    tell("The fault is active.");
    return answer;
  });
  const draw = () => {
    const values = Object.fromEntries(new FormData(made));
    made.querySelector("[name=code]").closest(".field").hidden = values.what !== "code" && values.what !== "fails";
    made.querySelector("[name=delay]").closest(".field").hidden = values.what !== "delay";
    try {
      const words = sentenceOf(read(values));
      sentence.textContent = `${words[0].toUpperCase()}${words.slice(1)}.`;
    } catch (error) {
      sentence.textContent = error.message;
    }
  };
  made.addEventListener("input", draw);
  draw();
  return { name: "Faults", panel: element("section", { class: "faulty" }, element("div", { class: "inside" }, made)) };
}

function whole(text) {
  const n = Number(text);
  if (!Number.isInteger(n)) throw new Error(`${text} is no whole number`);
  return n;
}
