import { get } from "../api.js";
import { button } from "../form.js";
import { element } from "../parts/element.js";
import { attempt } from "../toast.js";

// report is the report card: what the bot did that production would punish, and what it costs.
export function report(store, inspect) {
  const findings = element("ul", { class: "cards", "aria-label": "Findings" });
  const bill = element("p", { class: "muted" });
  const place = element("section", { class: "report" }, element("div", { class: "inside" }, element("p", { class: "actions" }, button("Look again", () => draw())), findings, bill));

  const draw = async () => {
    const [card, cost] = await Promise.all([get("report"), get("bill")]);
    findings.replaceChildren(...(card.findings.length ? card.findings.map(found) : [element("li", { class: "card good" }, element("b", { text: "Nothing is wrong so far." }), element("p", { class: "muted", text: "Production would punish nothing that this bot did." }))]));
    bill.textContent = cost.billable + cost.free === 0 ? "Nothing was delivered that has a price." : `${cost.billable} messages are paid for, ${cost.free} are free: ${cost.lines.map((l) => `${l.messages} ${l.category} (${l.type.replaceAll("_", " ")})`).join(", ")}.`;
  };
  const found = (one) => element("li", { class: "card" },
    element("p", { class: "head" }, element("b", { text: one.rule }), element("span", { class: "badge rejected", text: one.count === 1 ? "once" : `${one.count} times` })),
    element("p", { text: one.advice }),
    element("ul", { class: "evidence" }, ...one.evidence.map((e) => element("li", {}, evidence(e)))));
  const evidence = (e) => {
    const words = [e.at.slice(11, 19), e.method && `${e.method} ${e.path}`, e.status ? String(e.status) : "", e.delivery ? `attempt ${e.delivery}` : "", e.detail, e.id].filter(Boolean).join(" · ");
    const event = store.events.find((one) => (one.kind === "attempt" && e.delivery && one.data.n === e.delivery) || (one.kind === "request" && e.path && one.at === e.at && one.data.path === e.path) || (one.kind === "message" && !e.delivery && !e.path && one.data.id === e.id?.split(" ").pop()));
    return event ? element("button", { type: "button", class: "link", text: words, on: { click: () => inspect(event) } }) : element("span", { text: words });
  };
  return { name: "Report card", panel: place, shown: () => attempt("Report card", draw) };
}
