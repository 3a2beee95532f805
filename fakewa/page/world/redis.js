import { get, world as path } from "../api.js";
import { element } from "../parts/element.js";
import { attempt } from "../toast.js";
import "../parts/keys.js";

// redis shows the keys with their values and TTLs, and what has changed since the world last was at rest.
export function redis(world, store) {
  const list = element("key-list");
  const place = element("section", { class: "redis" }, list);
  let before = new Map();
  let after = new Map(); // by database and name
  let run = 0;
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
  const ask = () => attempt("Redis", async () => {
    const { now, keys } = await get(`${path}redis`);
    const read = new Map(keys.map((key) => [nameOf(key), { ...key, value: key.value || `(${key.type})`, ends: key.ttl === null ? null : Date.parse(now) + key.ttl * 1000 }]));
    const { run: current } = world.about();
    const same = (one, other) => one.size === other.size && [...one].every(([name, { value }]) => other.get(name)?.value === value);
    if (run !== current) [run, before] = [current, read];
    else if (!same(read, after)) before = after;
    after = read;
    show();
  });
  world.addEventListener("change", ask);
  store.addEventListener("time", show);
  return { name: "Redis", panel: place, shown: ask };
}
