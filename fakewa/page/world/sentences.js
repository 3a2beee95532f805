import { get, post, world as path } from "../api.js";
import { button, field, form } from "../form.js";
import { element } from "../parts/element.js";
import { tell } from "../toast.js";

// sentences are the faults of a world, as a form: a sentence is chosen, and its blanks are filled in.
export function sentences(world) {
  const blanks = element("div", { class: "blanks wide" });
  const sentence = field("Sentence", "sentence", { of: "select", wide: true });
  const select = sentence.querySelector("select");
  const said = element("p", { class: "sentence wide", role: "status" });
  let known = { sentences: [], blanks: {} };

  const read = () => {
    const inputs = [...blanks.querySelectorAll("input, select")];
    let n = 0;
    return select.value.replace(/\{[^}]+\}/g, () => inputs[n++]?.value ?? "");
  };
  const fill = () => {
    blanks.replaceChildren(...[...select.value.matchAll(/\{([^}]+)\}/g)].map(([, name], n) => {
      const { takes = "", example = "", one_of: options } = known.blanks[name] ?? {};
      return field(name, `blank ${n}`, options ? { of: "select", options } : { value: example, hint: takes });
    }));
    said.textContent = read();
  };
  const made = form({ label: "Let a fault begin", submit: "Let it begin" }, [sentence, blanks, said], async () => {
    await shown(); // they may not be there yet
    const answer = await post(`${path}faults`, { sentence: read() });
    tell("The fault is active.");
    return answer;
  });
  select.addEventListener("change", fill);
  made.addEventListener("input", () => (said.textContent = read()));
  const shown = async () => {
    if (select.options.length) return;
    known = await get(`${path}faults`);
    select.replaceChildren(...known.sentences.map((text) => element("option", { value: text, text })));
    fill();
  };
  const place = element("section", { class: "faulty" }, element("div", { class: "inside" }, made, element("p", { class: "actions" }, button("Heal all", () => world.heal(), { label: "End all faults" }))));
  return { name: "Faults", panel: place, shown: () => shown().catch(() => {}) };
}
