import { get, urlOf } from "./api.js";
import { rawOf } from "./raw.js";

const kinds = ["begin", "message", "status", "webhook", "attempt", "request", "fault_injected", "fault_met", "fault_removed", "profile", "clock", "lost"];

// listen gives the messages of a stream with these names to take, and tells state whether the
// stream is there: "open", "waiting". It returns what ends it.
//
// The browser connects again by itself, and goes on after the last message. What refuses it is
// asked again a second later, from the beginning: refused, if given, is told before. A page out of
// sight does not listen, since browsers have few connections to one place for all its pages.
export function listen(url, names, take, state, refused = () => {}) {
  let source;
  let again;
  let last = ""; // the id of the last message
  const taken = (message) => {
    last = message.lastEventId;
    take(message);
  };
  const open = () => {
    source = new EventSource(last ? `${url}${url.includes("?") ? "&" : "?"}after=${encodeURIComponent(last)}` : url);
    source.onopen = () => state("open");
    source.onerror = () => {
      state("waiting");
      if (source.readyState !== EventSource.CLOSED) return;
      refused(); // it starts, or begins anew
      last = "";
      again = setTimeout(open, 1000);
    };
    for (const name of names) source.addEventListener(name, taken);
  };
  const close = () => {
    clearTimeout(again);
    source.close();
  };
  const seen = () => {
    clearTimeout(again);
    if (document.hidden) again = setTimeout(close, 1000);
    else if (source.readyState === EventSource.CLOSED) open();
  };
  open();
  document.addEventListener("visibilitychange", seen);
  return () => {
    document.removeEventListener("visibilitychange", seen);
    close();
  };
}

// follow gives every event of the fake to take, from the oldest that is kept on, or those of
// some kinds, with its id in the stream. state is as for listen. It returns what ends it.
export function follow(take, state, only = kinds) {
  const read = (message) => {
    const event = JSON.parse(message.data);
    if (event.kind === "attempt" || event.kind === "webhook") event.raw = rawOf(rawOf(message.data, "data"), "body");
    take(event, message.lastEventId);
  };
  return listen(only === kinds ? urlOf("events") : `${urlOf("events")}?kind=${only.join()}`, only, read, state);
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
