import { get, post, world as path } from "../api.js";
import { button, field, form } from "../form.js";
import { element } from "../parts/element.js";
import { attempt, tell } from "../toast.js";

const kinds = [["scenario", "Scenario (.feature)"], ["go", "Go test"], ["recording", "Recording (one HTML file)"], ["trace", "Trace (JSON Lines)"]];

// keep saves the talk as a file, and goes back to one of its steps.
export function keep(world, store) {
  const steps = element("ol", { class: "cards", "aria-label": "Steps" });
  const name = field("Name", "name", { value: "talk" });
  const save = ([as, label]) => button(label, async () => {
    const word = name.querySelector("input").value || "talk";
    const url = `${path}keep?${new URLSearchParams({ as, name: word })}`;
    const response = await fetch(url);
    if (!response.ok) throw new Error((await response.json()).error);
    const file = /filename="?([^";]+)/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? word;
    const link = element("a", { href: URL.createObjectURL(await response.blob()), download: file });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    tell(`${file} is saved.`);
  });
  let asked = "";
  // sure asks for a second press, since what is lost cannot be had again.
  const sure = (what, lost) => {
    if (asked === what) {
      asked = "";
      return true;
    }
    asked = what;
    setTimeout(() => (asked = asked === what ? "" : asked), 10000);
    tell(`${what}? ${lost}: save it first, or press once more.`);
    return false;
  };
  const restart = (n) => sure(`Go on from step ${n}`, "What came after it is lost") && post(`${path}restart`, { to: n });
  const place = element("section", { class: "keep" }, element("div", { class: "inside" },
    element("h3", { text: "Save the talk" }), name, element("p", { class: "actions" }, ...kinds.map(save)),
    element("p", {}, element("a", { href: `${path}viewer`, target: "_blank", rel: "noopener", text: "Open a recording" })),
    element("h3", { text: "Begin anew" }),
    form({ label: "Begin anew", submit: "Begin anew" }, [field("Seed", "seed", { inputmode: "numeric", placeholder: String(world.about().seed) })], async ({ seed }) => {
      if (!sure("Begin anew", "This talk is lost")) return {};
      const before = world.people();
      const about = await post(`${path}restart`, seed ? { seed: Number(seed) } : {});
      for (const { name } of before) await post(`${path}people`, { name }); // the same ones, whose phones are in sight
      tell(`A new world has begun, with the seed ${about.seed}.`);
      return about;
    }),
    element("h3", { text: "Steps" }), steps));
  const draw = () => {
    if (place.hidden || !place.isConnected) return;
    attempt("Steps", async () => {
      const { steps: taken } = await get(`${path}steps`);
      steps.replaceChildren(...taken.slice(-200).map(({ n, at, text }) => element("li", { class: "card" }, element("p", { class: "head" }, element("span", { class: "muted", text: `${n} · ${at.slice(11, 19)}` }), element("span", { dir: "auto", text }), button("Go on from here", () => restart(n), { label: `Go on from step ${n}` })))));
      if (taken.length === 0) steps.append(element("li", { class: "muted nothing", text: "Nothing was done so far." }));
    });
  };
  world.addEventListener("happened", draw);
  return { name: "Keep", panel: place, shown: draw };
}
