import { element } from "./parts/element.js";

// tell shows a line for some seconds, which screen readers say. A click goes through it.
export function tell(text, tone = "") {
  const line = element("p", { class: `toast ${tone}` }, element("span", { dir: "auto", text }));
  const close = element("button", { type: "button", class: "quiet", "aria-label": "Close this notice", text: "×", on: { click: () => line.remove() } });
  line.append(close);
  const toasts = document.getElementById("toasts");
  while (toasts.children.length > 1) (toasts.querySelector(".toast:not(.failed)") ?? toasts.firstChild).remove();
  toasts.append(line);
  setTimeout(() => line.remove(), tone === "failed" ? 12000 : 5000);
}

// attempt does something, and tells why it did not work. It returns what came out, or undefined.
export async function attempt(what, run) {
  try {
    return await run();
  } catch (error) {
    tell(`${what}: ${error.message}`, "failed");
    return undefined;
  }
}
