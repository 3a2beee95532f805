import { element } from "./parts/element.js";

let sets = 0;

// tabs shows one of several panels: each is {name, panel, shown}, and shown, if there is one, is
// called when it comes into sight. It returns the element, and a function that chooses a panel by
// name, for when the element is on the page.
export function tabs(label, panels) {
  const set = `tabs-${++sets}`;
  const list = element("div", { class: "tabs", role: "tablist", "aria-label": label });
  const choose = (name) => {
    for (const one of panels) {
      const chosen = one.name === name;
      one.tab.setAttribute("aria-selected", String(chosen));
      one.tab.tabIndex = chosen ? 0 : -1;
      one.panel.hidden = !chosen;
      if (chosen) {
        one.tab.scrollIntoView({ block: "nearest", inline: "nearest" });
        one.shown?.();
      }
    }
  };
  panels.forEach((one, n) => {
    const id = `${set}-${n}`;
    one.tab = element("button", { type: "button", role: "tab", id, "aria-controls": `${id}-panel`, text: one.name, on: { click: () => choose(one.name) } });
    Object.assign(one.panel, { id: `${id}-panel` });
    one.panel.setAttribute("role", "tabpanel");
    one.panel.setAttribute("aria-labelledby", id);
    one.panel.classList.add("panel");
    list.append(one.tab);
  });
  list.addEventListener("keydown", (press) => {
    const at = panels.findIndex((one) => one.tab === document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: panels.length - 1 }[press.key];
    if (to === undefined || at < 0) return;
    press.preventDefault();
    const next = panels[(to + panels.length) % panels.length];
    choose(next.name);
    next.tab.focus();
  });
  return { place: element("div", { class: "tabbed" }, list, ...panels.map((one) => one.panel)), choose };
}
