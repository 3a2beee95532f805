import { world } from "../api.js";
import { follow, listen } from "../stream.js";
import { Order } from "./order.js";

// kinds are what WhatsApp's part tells; the world itself tells of its faults, in sentences.
const kinds = ["begin", "message", "status", "webhook", "attempt", "request", "fault_met", "profile", "lost"];

// followWorld gives what happens in a world to take, as events of a fake: what its WhatsApp
// tells, and of the world's own events those of Redis, faults and replicas. arrange gets all of
// them if some came too late for their order. about is told what the world is, whenever that
// changes. state is as for listen.
//
// A world that has begun anew, or a new process, is another one: everything begins anew.
export function followWorld(take, arrange, state, about) {
  const order = new Order(take, arrange);
  const states = { own: "waiting", fake: "waiting" };
  const tell = (stream) => (now) => {
    states[stream] = now;
    state(states.own === "open" && states.fake === "open" ? "open" : "waiting");
  };
  let which; // world it is
  let end = () => {};

  const begin = ({ run, began, seed }) => {
    end();
    order.begin({ n: 0, at: began, kind: "begin", data: { seed } });
    let origin; // of the events: the other part of their ids
    let last = 0;
    end = follow((event, id) => {
      const from = id.slice(id.indexOf("-"));
      if (!from.endsWith(`-${run}`) || (origin ?? from) !== from || event.n <= last) return; // of another world, or again
      [origin, last] = [from, event.n];
      order.fake(event);
    }, tell("fake"), kinds);
  };

  const read = {
    world: (now) => {
      const one = `${now.process ?? ""} ${now.run}`;
      if (one !== which) begin(now);
      which = one;
      about(now);
      order.until(now.now, now.events);
    },
    message: (event) => order.own(event),
  };
  const refused = () => (which = undefined);
  listen(`${world}events`, Object.keys(read), ({ type, data }) => read[type](JSON.parse(data)), tell("own"), refused);
}
