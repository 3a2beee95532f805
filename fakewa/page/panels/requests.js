import { element } from "../parts/element.js";
import { endpointOf, rowOf } from "../rows.js";

// requests lists the calls of the bot, refused ones with why.
export function requests(store, inspect) {
  const list = element("event-list");
  const refused = element("input", { type: "checkbox" });
  const find = element("input", { type: "search", placeholder: "Part of the path", "aria-label": "Part of the path" });
  const count = element("span", { class: "muted", role: "status" });
  const place = element("section", { class: "requests" }, element("div", { class: "find" }, find, element("label", { class: "check" }, refused, element("span", { text: "Refused only" })), count), list);
  let rows = [];
  const draw = () => {
    if (place.hidden || !place.isConnected) return;
    rows = store.events.filter(({ kind, data }) => kind === "request" && (!refused.checked || data.error || !data.status) && `${data.method} ${data.path}`.includes(find.value));
    count.textContent = rows.length === 1 ? "1 call" : `${rows.length} calls`;
    const scroll = list.querySelector(".rows");
    const follow = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
    list.show(rows.length, (n) => ({ ...rowOf(rows[n], store), who: rows[n].user ? store.name(rows[n].user) : "", lane: "person", what: endpointOf(rows[n].data), text: rowOf(rows[n], store).text.replace(endpointOf(rows[n].data), "") }));
    if (follow) scroll.scrollTop = scroll.scrollHeight;
  };
  list.addEventListener("choose", ({ detail }) => inspect(rows[detail]));
  find.addEventListener("input", draw);
  refused.addEventListener("change", draw);
  store.addEventListener("change", draw);
  return { name: "Requests", panel: place, shown: draw };
}
