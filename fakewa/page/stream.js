import { get, urlOf } from "./api.js";
import { rawOf } from "./raw.js";

const kinds = ["begin", "message", "status", "webhook", "attempt", "request", "fault_injected", "fault_met", "fault_removed", "profile", "clock", "lost"];

// follow gives every event of the fake to take, from the oldest that is kept on, and tells
// state whether the fake is there: "open", "waiting". It returns what ends it.
//
// The browser connects again by itself, and goes on after the last event.
export function follow(take, state) {
  const source = new EventSource(urlOf("events"));
  let again;
  let ended = () => source.close();
  source.onopen = () => state("open");
  source.onerror = () => {
    state("waiting");
    if (source.readyState !== EventSource.CLOSED) return;
    // It refused: the fake starts, or begins anew.
    again = setTimeout(() => (ended = follow(take, state)), 1000);
  };
  for (const kind of kinds)
    source.addEventListener(kind, (message) => {
      const event = JSON.parse(message.data);
      if (kind === "attempt" || kind === "webhook") event.raw = rawOf(rawOf(message.data, "data"), "body");
      take(event);
    });
  return () => {
    clearTimeout(again);
    source.close();
    ended();
  };
}

// clockEvery asks for the time each second while the page is in sight, and tells it with
// the moment at which the answer came and what is scheduled.
export function clockEvery(tell) {
  const ask = async () => {
    if (document.hidden) return;
    try {
      const { now, scheduled } = await get("/_fakewa/clock");
      tell(now, performance.now(), scheduled);
    } catch {
      // The stream says that the fake is away.
    }
  };
  const timer = setInterval(ask, 1000);
  document.addEventListener("visibilitychange", ask);
  ask();
  return { ask, end: () => clearInterval(timer) };
}
