(kind, name, within) => {
  const named = (e) => {
    const label = e.getAttribute("aria-label") ?? [...(e.labels ?? [])].map((l) => l.innerText).join(" ");
    return (label || e.innerText || e.title || "").replace(/\s+/g, " ").trim();
  };
  const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.getAttribute("aria-busy") !== "true";
  document.querySelector("[data-wanted]")?.removeAttribute("data-wanted");
  for (const place of document.querySelectorAll(within || "body")) {
    const found = [...place.querySelectorAll(kind)].filter((e) => seen(e));
    const exact = found.find((e) => named(e) === name) ?? (name.length > 3 ? found.find((e) => named(e).includes(name)) : undefined);
    if (!exact) continue;
    exact.setAttribute("data-wanted", "");
    exact.scrollIntoView({ block: "center", inline: "center" });
    return true;
  }
  return false;
}
