import { bar } from "./bar.js";
import { get, world as worldPath } from "./api.js";
import { faults } from "./panels/faults.js";
import { inspector } from "./panels/inspect.js";
import { line } from "./panels/line.js";
import { report } from "./panels/report.js";
import { requests } from "./panels/requests.js";
import { scheduled } from "./panels/scheduled.js";
import { templates } from "./panels/templates.js";
import { webhooks } from "./panels/webhooks.js";
import { people } from "./people.js";
import { Store } from "./store.js";
import { clockEvery, follow } from "./stream.js";
import { tabs } from "./tabs.js";

// worldOf returns the parts of a world, or null: a fake alone has no such path.
async function worldOf(store) {
  try {
    const about = await get(worldPath);
    const { World } = await import("./world/world.js");
    return new World(about, store);
  } catch {
    return null;
  }
}

const store = new Store();
const world = await worldOf(store);
document.title = world ? "sim: a world" : "fakewa";
document.getElementById("bar").append(...bar(store, world));
const there = people(store, world, document.getElementById("phones"));
const { place, inspect } = inspector(store);
const panels = [line(store, inspect, world), requests(store, inspect), world ? world.faults() : faults(), scheduled(store, world), templates(store), webhooks(), report(store, inspect), ...(world ? world.panels() : [])];
const { place: tabbed, choose } = tabs("Panels", panels);
document.getElementById("side").append(tabbed, place);
choose(panels[0].name);
const take = (event) => store.take(event);
const state = (now) => {
  store.state = now;
  store.changed();
};
await there;
if (world) world.follow(take, state);
else {
  follow(take, state);
  clockEvery((now, moment, scheduled) => {
    store.tell(now, moment);
    store.schedule(scheduled);
  });
}
store.reload();
document.body.classList.add("ready");
