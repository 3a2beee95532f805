import { lineOf, reasonOf } from "./content.js";
import { lengthOf } from "./parts/time.js";
import { bodyOf } from "./store.js";

// Each event has a way to be said: [who, what, text, lane, tone].

const signs = { sent: "✓", delivered: "✓✓", read: "✓✓ read", played: "✓✓ played", failed: "failed", held: "held" };

// took writes nanoseconds.
export const took = (ns) => (ns >= 1e9 ? `${(ns / 1e9).toFixed(1)} s` : `${Math.max(1, Math.round(ns / 1e6))} ms`);

// answerOf says how the bot answered a webhook.
export function answerOf({ answer, lost, took_ns }) {
  if (answer.status) return `${answer.status} in ${took(took_ns)}`;
  return lost ? "lost" : answer.error || "no answer";
}

const acknowledged = (attempt) => attempt.answer.status === 200;

// endpointOf leaves what is the same in every call out.
export const endpointOf = ({ method, path }) => `${method} ${path.replace(/^\/v[\d.]+/, "").replace(/^\/\d+(?=\/.)/, "")}`;

// statuses are those that a webhook tells; none: it tells something else.
const statuses = ({ data }) => (data.ids ?? []).map((id) => id.split(" ")).filter((parts) => parts.length > 1).map(([status]) => status);

const say = {
  begin: () => ["fake", "begins", "", "world", ""],
  lost: (e) => ["fake", "no longer keeps", `${e.data.to - e.data.from + 1} events that came before`, "world", ""],
  message: (e, store) => (e.data.direction === "in" ? [store.name(e.user), "says", lineOf(e.data, store.templates), "person", ""] : ["bot", `to ${store.name(e.data.user)}`, lineOf(e.data, store.templates), "bot", e.data.status === "failed" ? "failed" : ""]),
  status: (e, store) => ["whatsapp", e.data.direction === "in" ? `${store.name(e.data.user)}'s message is` : `to ${store.name(e.data.user)}:`, [e.data.status, reasonOf(e.data)].filter(Boolean).join(" · "), "whatsapp", e.data.status === "failed" ? "failed" : ""],
  webhook: (e) => ["whatsapp", "posts", `${statuses(e).join(", ") || e.data.field}${e.data.attempt > 1 ? `, attempt ${e.data.attempt}` : ""}`, "whatsapp", ""],
  attempt: (e) => ["bot", "answers", `${statuses(e).join(", ") || e.data.field}: ${answerOf(e.data)}${e.data.attempt > 1 ? `, attempt ${e.data.attempt}` : ""}`, "bot", acknowledged(e.data) ? "" : "failed"],
  request: (e) => ["bot", "calls", `${endpointOf(e.data)} → ${e.data.status || "no answer"}${refusedOf(e.data)}`, "bot", e.data.error || !e.data.status || e.data.lost ? "failed" : ""],
  fault_injected: (e) => ["fault", "begins", sentenceOf(e.data), "world", "fault"],
  fault_met: (e) => ["fault", "is met", sentenceOf(e.data), "world", "fault"],
  fault_removed: (e) => ["fault", "is over", sentenceOf(e.data), "world", "fault"],
  profile: (e, store) => [store.name(e.user), "is now", [e.data.name || "without a name", e.data.username && `@${e.data.username}`, e.data.silent && "phone off", e.data.blocks && "has blocked the business", e.data.not_on_whatsapp && "no WhatsApp"].filter(Boolean).join(", "), "person", ""],
  redis: (e) => [e.data.who, e.data.what, [e.data.text, e.data.answer && `→ ${e.data.answer}`].filter(Boolean).join(" "), e.data.what === "injects" ? "world" : e.data.what === "expires" ? "redis" : "bot", e.data.what === "injects" ? "fault" : e.data.what === "crashes" ? "failed" : ""],
  clock: (e) => ["clock", "moves", `by ${lengthOfSeconds(e.data.by_s)}`, "world", ""],
};

const refusedOf = ({ error, why, lost }) => (error ? ` · ${error.code}: ${why || error.error_data?.details || error.message}` : lost ? " · the answer was lost" : "");

function lengthOfSeconds(s) {
  let left = Math.round(s * 1000); // milliseconds: a fraction of a second is not exact
  const parts = [["d", 86400000], ["h", 3600000], ["min", 60000]].flatMap(([unit, length]) => {
    const n = Math.floor(left / length);
    left -= n * length;
    return n ? [`${n} ${unit}`] : [];
  });
  if (left || parts.length === 0) parts.push(`${left / 1000} s`);
  return parts.join(" ");
}

// sentenceOf says what a fault does.
export function sentenceOf(f) {
  const whom = [f.endpoint ? (f.endpoint === "webhook" ? "webhooks" : `calls to ${f.endpoint}`) : "all calls", f.type && `of type ${f.type}`, f.user && `of ${f.user}`].filter(Boolean).join(" ");
  const what = [f.code && `are refused with ${f.code}`, f.fails && `are accepted and fail with ${f.fails}`, f.silent && "are not answered", f.lost && "lose the answer", f.duplicate && "are processed twice", f.wrong_key && "have the wrong key", f.wrong_signature && "have a wrong signature", f.delay && `take ${f.delay}`].filter(Boolean).join(" and ");
  const when = [f.every > 1 && `each ${f.every}th`, f.probability > 0 && `${Math.round(f.probability * 100)} %`, f.times > 0 && `${f.times} times`].filter(Boolean).join(", ");
  return `${whom} ${what}${when ? ` (${when})` : ""}`;
}

// rowOf is the row of one event.
export function rowOf(event, store) {
  const [who, what, text, lane, tone] = say[event.kind](event, store);
  const met = event.data.fault;
  return { n: event.n, at: event.at, who, what, text, lane, tone: tone || (met ? "fault" : ""), mark: met ? "fault" : "" };
}

// chainRow is the row of a chain: what its first event says, and in a second line what followed.
export function chainRow(chain, store) {
  const [first, ...others] = chain.events;
  const row = rowOf(first, store);
  if (chain.idle) return { ...row, what: "asks Redis", text: `${chain.events.length === 1 ? "once" : `${chain.events.length} times`}, for nobody in particular\n${short(chain.events.map((e) => e.data.text).join(" · "), 200)}`, tone: "" };
  const steps = [];
  const posted = new Map(); // the step of each webhook, by number: the bot may call before it answers
  let commands = null; // one after the other
  for (const event of others) {
    const d = event.data;
    if (event.kind === "redis" && d.what === "commands") {
      if (commands) commands.n++;
      else {
        const run = (commands = { n: 1 });
        steps.push(() => (run.n === 1 ? short(d.text ?? "", 24) : `Redis ${run.n} times`));
      }
      continue;
    }
    if (event.kind !== "status") commands = null; // it is shown at its message
    if (event.kind === "webhook") posted.set(event.n, steps.push(() => "") - 1);
    else if (event.kind === "attempt") {
      const told = statuses(event);
      if (told.length === 0 || !acknowledged(d)) steps[posted.get(event.of) ?? steps.length] = () => `${told.length ? "status webhook" : "webhook"} ${answerOf(d)}${d.attempt > 1 ? ` (attempt ${d.attempt})` : ""}`;
    } else if (event.kind === "redis") steps.push(() => `${short(d.text ?? "", 24)} ${d.what}`);
    else if (event.kind === "message" && d.direction === "out") steps.push(() => later(chain, event) + answered(store.byID.get(d.id) ?? d, store));
    else if (event.kind === "request" && (d.error || d.lost || !d.id)) steps.push(() => (bodyOf(d).status === "read" && !d.error ? "marks it as read" : `${endpointOf(d)} ${d.status || "no answer"}${refusedOf(d)}`));
  }
  const own = first.kind === "message" && first.data.direction === "out" ? store.byID.get(first.data.id) : null;
  if (own) steps.unshift(() => [signs[own.status], reasonOf(own)].filter(Boolean).join(" "));
  const failed = chain.events.some((e) => rowOf(e, store).tone === "failed");
  const faulty = chain.events.some((e) => e.data.fault || e.kind === "fault_met");
  const followed = steps.map((step) => step()).filter(Boolean);
  return {
    ...row, text: short(row.text, 90) + (followed.length ? `\n→ ${followed.join("  → ")}` : ""),
    tone: failed ? "failed" : faulty ? "fault" : row.tone, mark: faulty && first.kind !== "fault_met" ? "fault" : "",
  };
}

// later says how long after the beginning of a chain something came, if a person would notice.
function later(chain, { at }) {
  const passed = Date.parse(at) - Date.parse(chain.at);
  return passed < 1000 ? "" : `${lengthOf(passed)} later `;
}

const answered = (message, store) => `“${short(lineOf(message, store.templates), 28)}” ${[signs[message.status], reasonOf(message)].filter(Boolean).join(" ")}`;

const short = (text, length = 36) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
