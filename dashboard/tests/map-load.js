// The map under load, with a network made up here: what a frame costs the page's own script.
// map-load.html?stations=5000&ships=20000&rate=1000&speed=300&lanes=600; the figures are in
// window.load(seconds). Served by hand and never with the program.

import { Address } from "../address.js";
import { mount } from "../map/map.js";
import { Model } from "../model/model.js";

const query = new URLSearchParams(location.search);
const number = (name, otherwise) => Number(query.get(name) ?? otherwise);
const STATIONS = number("stations", 5000);
const SHIPS = number("ships", 20_000);
const RATE = number("rate", 1000);
const SPEED = number("speed", 300);
const LANES = number("lanes", 600);
const HOUR = 3_600_000;
const EPOCH = Date.parse("2200-01-01T00:00:00Z");

/** The same network each time: mulberry32. */
let seed = number("seed", 7);
function random() {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const pick = (items) => items[Math.floor(random() * items.length)];
const iso = (ms) => new Date(ms).toISOString();

const KINDS = ["planet", "planet", "station", "outpost", "gate"];
const STARS = ["Wolf", "Ross", "Lalande", "Luyten", "Gliese", "Groombridge", "Kapteyn", "Struve"];

function stations() {
  const made = [];
  for (let system = 0; made.length < STATIONS; system += 1) {
    const radius = 62 * Math.cbrt(random());
    const angle = random() * Math.PI * 2;
    const flat = random() * 2 - 1;
    const centre = { x: Math.cos(angle) * radius, y: flat * 16 * Math.sqrt(random()), z: Math.sin(angle) * radius };
    const name = `${pick(STARS)} ${100 + system}`;
    const count = Math.min(1 + Math.floor(random() * 5), STATIONS - made.length);
    for (let place = 0; place < count; place += 1) {
      made.push({
        id: `p-${system}-${place}`, name: place === 0 ? `${name} b` : `${pick(["Payne", "Oort", "Bok", "Leavitt", "Cannon", "Hoyle"])} ${pick(["Works", "Market", "Camp", "Gate"])} ${system}`,
        kind: place === 0 ? "planet" : pick(KINDS), system: name.toLowerCase().replace(" ", "-"), owner: "o", sequence: 1,
        position: { x: centre.x + random() * 0.01, y: centre.y, z: centre.z + random() * 0.01 },
      });
    }
  }
  return made;
}

const model = new Model();
model.clock.set({ time: iso(EPOCH), speed: SPEED });
model.setStations(stations());
const places = [...model.stations.values()];
let sequence = 1;
let next = 0;

function journey(now, done) {
  const origin = pick(places);
  let destination = pick(places);
  // Mostly to somewhere near, as trade goes.
  for (let tries = 0; tries < 6; tries += 1) {
    const other = pick(places);
    const far = (to) => Math.hypot(to.position.x - origin.position.x, to.position.z - origin.position.z);
    if (other.system !== origin.system && far(other) < far(destination)) destination = other;
  }
  const hours = 24 + random() * 72;
  const departed = now - hours * HOUR * done;
  return { origin: origin.id, destination: destination.id, departed, planned: departed + hours * HOUR };
}

function ship(now) {
  const { origin, destination, departed, planned } = journey(now, random());
  const luck = random();
  const id = `s-${(next += 1)}`;
  const base = {
    shipmentId: id, origin, destination, owner: "o", consignee: "o", carrier: "c", vessel: null, sequence: (sequence += 1),
    status: "in_transit", onHold: null, delayed: null, plannedDeparture: iso(departed), actualDeparture: iso(departed), plannedArrival: iso(planned),
    estimatedArrival: iso(planned), actualArrival: null, position: null, lines: [{ commodity: "water-ice", quantity: 40 }],
  };
  if (luck < 0.03) return { ...base, estimatedArrival: iso(planned + 9 * HOUR), delayed: { reason: "estimate", code: "storm" } };
  if (luck < 0.045) return { ...base, plannedArrival: iso(now - HOUR) };
  if (luck < 0.055) return { ...base, onHold: { reason: "customs" } };
  if (luck < 0.065) model.silent.add(id);
  if (luck > 0.97) return { ...base, status: "arrived", actualArrival: iso(now - HOUR) };
  if (luck > 0.6) {
    const from = model.placeOf(origin);
    const to = model.placeOf(destination);
    const part = (now - departed) / (planned - departed);
    const at = (axis) => from[axis] + (to[axis] - from[axis]) * part;
    return { ...base, position: { x: at("x"), y: at("y"), z: at("z"), at: iso(now - random() * 4 * HOUR) } };
  }
  return base;
}

for (let count = 0; count < SHIPS; count += 1) model.setShipment(ship(EPOCH));
model.isLoaded = true;

const flows = Array.from({ length: LANES }, () => {
  const { origin, destination } = journey(EPOCH, 0.5);
  return { origin, destination, shippedUnits: Math.ceil(4000 * random() ** 3) };
});
window.fetch = async () => Response.json({ items: flows });

const app = { model, address: new Address(), session: { may: () => true }, connection: { state: "live" }, delay: () => 0.2 };
const view = mount(document.getElementById("main"), app);
const ids = [...model.shipments.keys()];

/** One event of a network at work: trades, reports, estimates, arrivals and departures. */
function event(now) {
  const luck = random();
  const make = (type, data) => ({ type, time: iso(now), recordedat: iso(now), sequence: String((sequence += 1)), data });
  if (luck < 0.6) return make("trade.settled", { station: pick(places).id, total: Math.ceil(10 ** (1 + random() * 6)) });
  const index = Math.floor(random() * ids.length);
  const shipment = model.shipments.get(ids[index]);
  if (!shipment) return make("trade.settled", { station: pick(places).id, total: 10 });
  const shipmentId = shipment.id;
  if (luck < 0.75) return make("shipment.position", { shipmentId, position: model.placeOf(shipment.origin) && between(shipment, now) });
  if (luck < 0.85) return make("shipment.estimated", { shipmentId, estimatedArrival: iso((shipment.estimated ?? now) + (random() - 0.7) * HOUR) });
  if (luck < 0.93) {
    const id = `s-${(next += 1)}`;
    ids[index] = id;
    return [
      make("shipment.received", { shipmentId, complete: true }),
      make("shipment.booked", { ...ship(now), shipmentId: id }),
      make("shipment.departed", { shipmentId: id }),
    ];
  }
  return make("stock.adjusted", { station: shipment.origin });
}

function between(shipment, now) {
  const from = model.placeOf(shipment.origin);
  const to = model.placeOf(shipment.destination);
  const part = Math.min(1, Math.max(0, (now - shipment.departed) / (shipment.planned - shipment.departed)));
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part, z: from.z + (to.z - from.z) * part };
}

let owed = 0;
let last = performance.now();
/** @type {{ draw: number, fold: number, frame: number, events: number }[]} */
let samples = [];
let turn = () => {};

function frame() {
  requestAnimationFrame(frame);
  const began = performance.now();
  const passed = began - last;
  last = began;
  owed += (passed / 1000) * RATE;
  const now = model.now();
  const events = [];
  for (; owed >= 1; owed -= 1) events.push(event(now));
  const all = events.flat();
  const folding = performance.now();
  for (const one of all) {
    model.apply(one);
    view.fold(one);
  }
  const drawing = performance.now();
  turn();
  view.draw({ now, wall: Date.now(), events: all, isBacklog: false });
  const ended = performance.now();
  samples.push({ draw: ended - drawing, fold: drawing - folding, frame: passed, events: all.length });
}
requestAnimationFrame(frame);

const quantile = (values, part) => values.sort((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * part))];
const round = (value) => Math.round(value * 100) / 100;

/** Figures of so many seconds: script a frame, and frames apart. `moving`: the camera turns each frame; `pointing`: a pointer moves over it. */
window.load = async (seconds, { moving = false, pointing = false } = {}) => {
  const canvas = document.querySelector("canvas");
  let step = 0;
  turn = () => {
    step += 1;
    if (moving) {
      view.camera.orbit(3, 0);
      view.moved();
    }
    if (pointing) view.pointer = { x: 300 + (step % 200) * 3, y: 300 + (step % 50) * 4 };
  };
  samples = [];
  await new Promise((done) => setTimeout(done, seconds * 1000));
  turn = () => {};
  view.pointer = null;
  const of = (name) => samples.map((sample) => sample[name]);
  const figures = (name) => ({ mean: round(of(name).reduce((sum, value) => sum + value, 0) / samples.length), p50: round(quantile(of(name), 0.5)), p95: round(quantile(of(name), 0.95)), max: round(Math.max(...of(name))) });
  return {
    frames: samples.length, size: [canvas.width, canvas.height], draw: figures("draw"), fold: figures("fold"), frame: figures("frame"), eventsAFrame: figures("events").mean,
    ships: view.fleet.count, stations: model.stations.size, heapMb: Math.round((performance.memory?.usedJSHeapSize ?? 0) / 1e6),
  };
};
Object.assign(window, { view, model, app });
