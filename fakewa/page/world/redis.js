import { get, world as path } from "../api.js";
import { element } from "../parts/element.js";
import { attempt } from "../toast.js";
import { inTurn } from "../turn.js";
import "../parts/keys.js";

// redis shows the keys with their values and TTLs, and what the last step has changed.
export function redis(world, store) {
  const list = element("key-list");
  const place = element("section", { class: "redis" }, list);
  let before = new Map();
  let after = new Map(); // by database and name
  let run = "";
  let step = ""; // the latest: a move of time is one too, but not that time runs by itself
  const nameOf = ({ db, name }) => `${db} ${name}`;

  const show = () => {
    if (place.hidden || !place.isConnected) return;
    const passed = store.instant();
    const shown = [...after.values()].map((key) => {
      const old = before.get(nameOf(key));
      return { ...key, left: key.ends === null ? null : Math.max(0, key.ends - passed), change: old ? (old.value === key.value ? "" : "changed") : "new" };
    });
    const gone = [...before.values()].filter((key) => !after.has(nameOf(key))).map((key) => ({ ...key, left: null, change: "gone" }));
    list.show([...shown, ...gone]);
  };
  const read = inTurn(() => attempt("Redis", async () => {
    const steps = asked.splice(0);
    const current = `${world.about().process ?? ""} ${world.about().run}`;
    const { now, keys } = await get(`${path}redis`);
    const found = new Map(keys.map((key) => [nameOf(key), { ...key, value: key.value || `(${key.type})`, ends: key.ttl === null ? null : Date.parse(now) + key.ttl * 1000 }]));
    const same = (one, other) => one.size === other.size && [...one].every(([name, { value }]) => other.get(name)?.value === value);
    const several = new Set(steps).size > 1; // what the last one of them has changed is not known
    if (run !== current || several) before = found;
    else if (steps[0] !== step || !same(found, after)) before = after;
    [run, step, after] = [current, steps.at(-1), found];
    show();
  }));
  const asked = []; // steps after which somebody wants to know
  const ask = () => {
    const { run, steps, now, pace } = world.about();
    asked.push(pace === "real" ? `${run} ${steps}` : `${run} ${steps} ${now}`);
    read();
  };
  world.addEventListener("happened", ask);
  store.addEventListener("time", show);
  return { name: "Redis", panel: place, shown: ask };
}
