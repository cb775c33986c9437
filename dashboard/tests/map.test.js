// The map without its pictures: where stations stand, what the buffers hold, the camera, the names.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Camera, FLIGHT_MS } from "../map/camera.js";
import { find, isShortcut } from "../map/find.js";
import { Fleet } from "../map/fleet.js";
import { Grid } from "../map/grid.js";
import { EMPTY, STRIDE, describe, locate } from "../map/journey.js";
import { Taken, place } from "../map/labels.js";
import { lines } from "../map/lanes.js";
import { Layout } from "../map/layout.js";
import { candidates, survey } from "../map/naming.js";
import { Picker } from "../map/picker.js";
import { GAP_MS, RINGS_MAX, RING_STRIDE, Rings, Settled, radius, settle } from "../map/rings.js";
import { Slots } from "../map/slots.js";
import { Model } from "../model/model.js";
import { condition, place as placeOf } from "../model/shipment.js";

const HOUR = 3_600_000;
const iso = (hours) => new Date(hours * HOUR).toISOString();
const near = (one, other, slack = 1e-3) => assert.ok(Math.abs(one - other) <= slack, `${one} is not ${other}`);

const station = (id, system, x, y, z, kind = "planet", name = id) => ({ id, name, kind, system, owner: id, sequence: 1, position: { x, y, z } });

const STATIONS = [
  station("earth", "sol", 0, 0, 0, "planet", "Earth"),
  station("ceres", "sol", 0.001, 0, 0, "station", "Ceres Station"),
  station("vega-b", "vega", 20, 0, 0, "planet", "Vega b"),
  station("far-gate", "deneb", 20, 5, 30, "gate", "Deneb Gate"),
];

let sequence = 10;

/** A model of those stations with one shipment, that left Earth at hour 0 for Vega and is promised for hour 10. */
function given(more = {}) {
  const model = new Model();
  model.setStations(STATIONS);
  model.setShipment({
    shipmentId: "s-1", status: "in_transit", origin: "earth", destination: "vega-b", owner: "o", consignee: "o", carrier: "c", vessel: null,
    plannedDeparture: iso(0), actualDeparture: iso(0), plannedArrival: iso(10), estimatedArrival: null, sequence: 5, lines: [{ commodity: "ice", quantity: 4 }], ...more,
  });
  model.isLoaded = true;
  const tell = (type, hours, data) => {
    sequence += 1;
    const event = { type, time: iso(hours), recordedat: iso(hours), sequence: String(sequence), data: { shipmentId: "s-1", ...data } };
    model.apply(event);
    return event;
  };
  return { model, layout: new Layout(model.stations.values()), tell, shipment: () => model.shipments.get("s-1") };
}

/** A shipment that takes the row of the first one. */
const ANOTHER = { shipmentId: "s-2", origin: "vega-b", destination: "far-gate", owner: "o", consignee: "o", carrier: "c", plannedDeparture: iso(1), plannedArrival: iso(9), lines: [] };

/** The first shipment is received, and another one leaves. */
function takeOver(tell) {
  tell("shipment.received", 1, { complete: true });
  tell("shipment.booked", 1, ANOTHER);
  tell("shipment.departed", 1, ANOTHER);
}

test("stations of one system stand apart, and all near their true places", () => {
  const layout = new Layout(STATIONS);
  const [earth, ceres] = [layout.spot("earth"), layout.spot("ceres")];
  assert.ok(Math.hypot(earth.x - ceres.x, earth.z - ceres.z) > 1);
  for (const { id, position } of STATIONS) {
    const spot = layout.spot(id);
    assert.ok(Math.hypot(spot.x - position.x, spot.y - position.y, spot.z - position.z) < layout.unit / 2, id);
  }
  // One alone in its system stands where it is.
  near(layout.spot("far-gate").x, 20);
  assert.equal(layout.spot("nowhere"), null);
  assert.equal(layout.nameOf(layout.systems[layout.systemIndex.get("vega")]), "Vega");
});

test("where stations stand does not depend on the order in which they came", () => {
  const one = new Layout(STATIONS);
  const other = new Layout([...STATIONS].reverse());
  for (const { id } of STATIONS) assert.deepEqual(one.spot(id), other.spot(id));
  assert.equal(new Layout([]).systems.length, 0);
});

/** The shader's place and overdue of a shipment by its floats. */
function seen(floats, hours, base) {
  const array = Float32Array.from(floats);
  const now = (hours * HOUR - base) / 1000;
  const point = { x: 0, y: 0, z: 0 };
  if (!locate(array, 0, now, point)) return null;
  return { ...point, isOverdue: now > array[8] };
}

test("the buffers know where a shipment is as the model does", () => {
  const base = 3 * HOUR;
  const cases = [
    [{}, [-1, 0, 4, 9.9, 10.1, 20]],
    [{ estimatedArrival: iso(14) }, [4, 10, 10.1, 15]],
    [{ position: { x: 5, y: 0, z: 0, at: iso(2) } }, [2, 3, 9, 11]],
    [{ status: "arrived", actualArrival: iso(9), estimatedArrival: iso(9) }, [9, 11, 400]],
  ];
  for (const [more, hours] of cases) {
    const { model, layout, shipment } = given(more);
    const floats = new Float64Array(STRIDE);
    assert.ok(describe(shipment(), layout, false, base, floats));
    for (const hour of hours) {
      const told = placeOf(shipment(), (id) => layout.spot(id), hour * HOUR);
      const at = seen(floats, hour, base);
      // What was reported is moved beside its true place as the ends are.
      const slack = more.position ? layout.unit / 4 : 0.01;
      near(at.x, told.x, slack);
      near(at.z, told.z, slack);
      assert.equal(at.isOverdue, condition(shipment(), hour * HOUR) === "overdue", `${JSON.stringify(more)} at ${hour}`);
    }
    assert.equal(model.shipments.size, 1);
  }
});

test("what is not under way is not drawn, unless it is on hold", () => {
  const floats = new Float64Array(STRIDE);
  const waiting = given({ status: "booked", actualDeparture: null });
  assert.equal(describe(waiting.shipment(), waiting.layout, false, 0, floats), false);
  assert.deepEqual(floats, EMPTY);
  waiting.tell("shipment.held", 1, { reason: "customs" });
  assert.equal(describe(waiting.shipment(), waiting.layout, false, 0, floats), true);
  assert.equal(floats[9], 4 + 8);
  const lost = given({ destination: "nowhere" });
  assert.equal(describe(lost.shipment(), lost.layout, false, 0, floats), false);
});

test("one reported after it was to be there stays where it was reported", () => {
  const { shipment, layout } = given({ position: { x: 10, y: 0, z: 0, at: iso(12) } });
  const floats = new Float64Array(STRIDE);
  describe(shipment(), layout, false, 0, floats);
  assert.deepEqual(seen(floats, 12, 0), seen(floats, 40, 0));
  assert.ok(seen(floats, 40, 0).x < 15);
});

test("slots are opened as they are needed, and only what changed is uploaded", () => {
  const slots = new Slots(2, [-1, 0], 4);
  for (const slot of [0, 1, 4]) slots.write(slot, [1, slot]);
  assert.equal(slots.capacity, 8);
  assert.ok(slots.hasGrown);
  assert.deepEqual([...slots.array.slice(0, 10)], [1, 0, 1, 1, -1, 0, -1, 0, 1, 4], "nothing is in those between");
  assert.deepEqual(slots.ranges(), [{ start: 0, count: 10 }]);
  assert.deepEqual(slots.ranges(), []);
  slots.write(1, [1, 1]);
  assert.deepEqual(slots.ranges(), [], "it says the same already");
  slots.write(1, [-1, 0]);
  assert.deepEqual(slots.ranges(), [{ start: 2, count: 2 }]);
  assert.equal(slots.end, 5);
  slots.hasGrown = false;
  slots.clear();
  slots.write(0, [7, 7]);
  assert.ok(slots.hasGrown && slots.end === 1);
});

test("many changes far apart are few uploads, and none is left out", () => {
  const slots = new Slots(1, [0], 4096);
  slots.write(3999, [2]);
  slots.ranges();
  const written = [];
  for (let slot = 0; slot < 4000; slot += 9) {
    slots.write(slot, [1]);
    written.push(slot);
  }
  const ranges = slots.ranges();
  assert.ok(ranges.length <= 64, `${ranges.length} uploads`);
  for (const slot of written) assert.ok(ranges.some(({ start, count }) => slot >= start && slot < start + count), `slot ${slot}`);
});

test("the fleet writes what changed, and nothing else", () => {
  const { model, layout, tell } = given();
  const fleet = new Fleet(model);
  fleet.follow(layout, 0);
  assert.equal(fleet.count, 1);
  fleet.slots.ranges();
  tell("shipment.estimated", 1, { estimatedArrival: iso(20) });
  fleet.follow(layout, HOUR);
  assert.deepEqual(fleet.slots.ranges(), [{ start: 0, count: STRIDE }]);
  assert.equal(fleet.slots.array[9], 1, "late");
  tell("trade.settled", 1, { station: "earth" });
  fleet.follow(layout, HOUR);
  assert.equal(fleet.slots.touched.size, 0);
  assert.equal(fleet.id(fleet.slot("s-1")), "s-1");
  tell("shipment.received", 2, { complete: true });
  fleet.follow(layout, 2 * HOUR);
  assert.equal(fleet.count, 0);
  assert.equal(fleet.slots.array[9], -1);
  assert.equal(fleet.slot("s-1"), -1);
});

test("a row that another shipment took between two frames is drawn as that one", () => {
  const { model, layout, tell } = given();
  const fleet = new Fleet(model);
  fleet.follow(layout, 0);
  takeOver(tell);
  fleet.follow(layout, HOUR);
  assert.equal(fleet.count, 1);
  assert.equal(fleet.slot("s-2"), 0);
  const to = layout.spot("far-gate");
  assert.deepEqual([...fleet.slots.array.slice(3, 6)], [to.x, to.y, to.z]);
  // Another state: its ships, and no others.
  tell("shipment.booked", 2, { ...ANOTHER, shipmentId: "s-3" });
  model.restore(structuredClone(model.save()));
  fleet.follow(layout, 2 * HOUR);
  assert.equal(fleet.count, 1);
  assert.ok(fleet.slots.hasGrown, "all of it is uploaded");
});

test("until the next frame a slot is of the ship that is drawn from it", () => {
  const { model, layout, tell } = given();
  const fleet = new Fleet(model);
  fleet.follow(layout, 0);
  takeOver(tell);
  assert.equal(model.shipments.get("s-2").row, 0, "it took the row");
  assert.equal(fleet.id(0), "s-1");
  assert.equal(fleet.slot("s-2"), -1, "not drawn yet");
  fleet.follow(layout, HOUR);
  assert.deepEqual([fleet.id(0), fleet.slot("s-2"), fleet.slot("s-1")], ["s-2", 0, -1]);
  tell("shipment.received", 2, { shipmentId: "s-2", complete: true });
  fleet.follow(layout, 2 * HOUR);
  assert.equal(fleet.id(0), null);
});

test("the fleet takes a new base before its seconds are too coarse for a float", () => {
  const { model, layout, shipment } = given();
  const fleet = new Fleet(model);
  fleet.follow(layout, 0);
  const years = 24 * 365 * 3;
  Object.assign(shipment(), { departed: years * HOUR, planned: (years + 10) * HOUR });
  fleet.follow(layout, years * HOUR);
  const point = { x: 0, y: 0, z: 0 };
  locate(fleet.slots.array, 0, fleet.seconds((years + 5) * HOUR), point);
  near(point.x, (layout.spot("earth").x + layout.spot("vega-b").x) / 2);
});

test("a silent shipment is one by its alert", () => {
  const { model, layout, tell } = given();
  const fleet = new Fleet(model);
  fleet.follow(layout, 0);
  const alert = { alertId: "a-1", kind: "shipment_silent", severity: "warning", cause: { shipmentId: "s-1" } };
  tell("alert.fired", 3, alert);
  fleet.follow(layout, 3 * HOUR);
  assert.equal(fleet.slots.array[9], 3);
  tell("alert.resolved", 4, alert);
  fleet.follow(layout, 4 * HOUR);
  assert.equal(fleet.slots.array[9], 0);
});

/** A camera on a map of 800 by 600. */
function camera(isFlat = false) {
  const made = new Camera();
  made.resize(800, 600);
  made.limit(5, 60);
  made.setFlat(isFlat);
  return made;
}

const pixel = (of, { x, y, z }) => {
  const found = { x: 0, y: 0, scale: 0 };
  return of.project(x, y, z, found) ? found : null;
};

test("fitting shows all of the network in what panels leave free", () => {
  for (const isFlat of [false, true]) {
    const of = camera(isFlat);
    const inset = { left: 200, right: 40, top: 0, bottom: 100 };
    of.fit(STATIONS.map(({ position }) => position), inset);
    for (const { id, position } of STATIONS) {
      const { x, y } = pixel(of, position);
      assert.ok(x >= 200 && x <= 760 && y >= 0 && y <= 500, `${id} at ${x}, ${y}, flat ${isFlat}`);
    }
  }
});

test("zooming keeps what is under the pointer, panning takes it along", () => {
  for (const isFlat of [false, true]) {
    const of = camera(isFlat);
    of.fit(STATIONS.map(({ position }) => position));
    // A place in the plane through the target.
    const { right, up, target } = of;
    const place = { x: target.x + right.x * 4 + up.x * 2, y: target.y + right.y * 4 + up.y * 2, z: target.z + right.z * 4 + up.z * 2 };
    const before = pixel(of, place);
    of.zoom(1.7, before.x, before.y);
    near(pixel(of, place).x, before.x, 0.01);
    near(pixel(of, place).y, before.y, 0.01);
    of.pan(30, -12);
    near(pixel(of, place).x, before.x + 30, 0.01);
    near(pixel(of, place).y, before.y - 12, 0.01);
  }
});

test("what is behind the eye is nowhere", () => {
  const of = camera();
  const { back, target, distance } = of;
  assert.equal(pixel(of, { x: target.x + back.x * distance * 1.1, y: target.y + back.y * distance * 1.1, z: target.z + back.z * distance * 1.1 }), null);
});

test("the camera's place goes into the address and comes back", () => {
  const one = camera();
  one.target = { x: 12.3456, y: -3.2, z: 0 };
  one.distance = 47.25;
  one.orbit(50, 20);
  const other = camera();
  assert.ok(other.fromText(one.toText()));
  assert.equal(other.toText(), one.toText());
  near(other.target.x, one.target.x, 0.02);
  for (const text of [null, "", "1_2_3", "1_2_3_0_0_0", "1_2_3_-4_0_0", "a_b_c_d_e_f", "1e999_0_0_1_0_0", "NaN_0_0_1_0_0", "9999999999_0_0_1_0_0"]) {
    const version = other.version;
    assert.equal(other.fromText(text), false, String(text));
    assert.equal(other.version, version);
  }
});

test("a flight ends where it was to go, and a hand ends it", () => {
  const of = camera();
  of.look({ x: 20, y: 0, z: 0 }, 30, { left: 0, right: 0, top: 0, bottom: 0 }, 1000);
  const from = of.target.x;
  of.fly(1000 + FLIGHT_MS / 2);
  assert.ok(of.target.x > from && of.target.x < 20);
  of.fly(1000 + FLIGHT_MS);
  near(of.target.x, 20);
  near(of.distance, 30);
  assert.equal(of.flight, null);
  of.look({ x: 0, y: 0, z: 0 }, 30, { left: 0, right: 0, top: 0, bottom: 0 }, 2000);
  of.pan(1, 1);
  assert.equal(of.flight, null);
});

test("the grid finds the nearest in reach, as looking at all would", () => {
  const grid = new Grid();
  const things = Array.from({ length: 500 }, (_, index) => ({ x: (index * 97.3) % 640, y: (index * 53.7) % 480 }));
  grid.begin(640, 480, things.length + 1);
  things.forEach(({ x, y }, index) => grid.add(index, x, y));
  grid.add(500, -10, 5);
  grid.end();
  for (let index = 0; index < 200; index += 1) {
    const [x, y] = [(index * 31.7) % 640, (index * 17.9) % 480];
    const all = things.map((thing) => Math.hypot(thing.x - x, thing.y - y));
    const best = Math.min(...all);
    const { thing, distance } = grid.nearest(x, y, 12);
    if (best > 12) assert.equal(thing, -1);
    else near(distance, best);
  }
});

test("the pointer finds a station and a ship, and a ship that waits beside its station", () => {
  const { model, layout } = given();
  const fleet = new Fleet(model);
  fleet.follow(layout, 0);
  const of = camera(true);
  of.fit(layout.systems);
  const picker = new Picker(of, fleet);
  const at = (spot, hours) => {
    const { x, y } = pixel(of, spot);
    return picker.at(layout, x, y, fleet.seconds(hours * HOUR), hours * 1000);
  };
  assert.deepEqual(at(layout.spot("far-gate"), 5), { kind: "station", id: "far-gate" });
  const [from, to] = [layout.spot("earth"), layout.spot("vega-b")];
  assert.deepEqual(at({ x: (from.x + to.x) / 2, y: 0, z: (from.z + to.z) / 2 }, 5), { kind: "shipment", id: "s-1" });
  // At hour 30 it should long be there: it stands outside, on the way it came.
  const waiting = picker.stand(0, layout.unit, fleet.seconds(30 * HOUR));
  assert.ok(pixel(of, waiting).x < pixel(of, to).x - 2);
  assert.deepEqual(at(waiting, 30), { kind: "shipment", id: "s-1" });
  assert.deepEqual(at(to, 30), { kind: "station", id: "vega-b" });
  assert.equal(picker.at(layout, 3, 3, 0, 99_000), null);
});

const name = (key, x, y, more = {}) => ({ key, text: key, x, y, gap: 8, width: 50, isForced: false, look: "", anchor: 0, ...more });

test("names do not cover each other, the first in the list is written first", () => {
  const sides = new Map();
  const crowd = Array.from({ length: 40 }, (_, index) => name(`n${index}`, 200 + (index % 5) * 12, 200 + index * 3));
  const placed = place(crowd, new Taken(800, 600), sides);
  assert.ok(placed.length > 2 && placed.length < 40);
  assert.equal(placed[0].candidate.key, "n0");
  const boxes = placed.map(({ candidate, left, top }) => ({ left: candidate.x + left, top: candidate.y + top }));
  for (const [index, box] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) {
      assert.ok(Math.abs(box.left - other.left) >= 50 || Math.abs(box.top - other.top) >= 14, JSON.stringify([box, other]));
    }
  }
});

test("a name stays on its side, a forced one is always written, and no more than asked", () => {
  const [one] = place([name("a", 100, 100)], new Taken(800, 600), new Map([["a", 1]]));
  assert.equal(one.side, 1);
  const taken = new Taken(800, 600);
  taken.take(0, 0, 800, 600);
  assert.equal(place([name("a", 100, 100)], taken, new Map()).length, 0);
  assert.equal(place([name("a", 100, 100, { isForced: true })], taken, new Map()).length, 1);
  assert.equal(place(Array.from({ length: 30 }, (_, index) => name(`n${index}`, 100, index * 20)), new Taken(800, 600), new Map(), 7).length, 7);
  // At the right edge there is room to the left alone.
  assert.equal(place([name("a", 790, 100)], new Taken(800, 600), new Map())[0].side, 1);
});

test("systems are named from afar, their stations from near, what is selected always", () => {
  const layout = new Layout(STATIONS);
  const of = camera(true);
  of.look(layout.spot("earth"), 400, { left: 0, right: 0, top: 0, bottom: 0 }, null);
  const given = { width: () => 40, named: null, covered: [] };
  const afar = candidates(survey(layout, of, { shown: new Map(), chosen: null }), of, given).found.map(({ text }) => text);
  assert.ok(afar.includes("Sol") && !afar.includes("Ceres Station"), afar.join());
  of.look(layout.spot("earth"), 24, { left: 0, right: 0, top: 0, bottom: 0 }, null);
  const seen = survey(layout, of, { shown: new Map(), chosen: "earth" });
  const close = candidates(seen, of, { ...given, named: { name: "Earth", spot: layout.spot("earth") } }).found;
  assert.equal(close[0].text, "Earth");
  assert.ok(close[0].isForced);
  assert.deepEqual(close.filter(({ text }) => text === "Earth").length, 1);
  assert.ok(close.some(({ text }) => text === "Ceres Station"));
  // What covers the map is of one time alone.
  const covered = { left: 0, top: 0, width: 800, height: 600 };
  assert.equal(candidates(seen, of, { ...given, covered: [covered] }).taken.isFree(300, 20, 40, 14), false);
  assert.equal(candidates(seen, of, given).taken.isFree(300, 20, 40, 14), true);
});

test("trades of a frame at one station are one ring, and at most 256 are alive", () => {
  const trade = (at, total) => ({ type: "trade.settled", data: { station: at, total } });
  const values = new Map();
  for (const event of [trade("a", 5), trade("b", 7), { type: "trade.voided", data: { station: "a" } }, trade("a", 10)]) settle(values, event);
  assert.deepEqual([...values], [["a", 15], ["b", 7]]);
  assert.ok(radius(1) < radius(10_000) && radius(10_000) < radius(1e6));
  assert.equal(radius(1e30), radius(1e20));
  const rings = new Rings();
  for (let index = 0; index < RINGS_MAX + 3; index += 1) rings.add({ x: index, y: 0, z: 0 }, 100, 5000 + index, 5000);
  assert.equal(rings.array.length, RINGS_MAX * RING_STRIDE);
  assert.equal(rings.array[0], RINGS_MAX);
  assert.ok(rings.until > 5000 + RINGS_MAX);
});

test("lanes both ways are one line, weighted by what flows", () => {
  const layout = new Layout(STATIONS);
  const found = lines([
    { origin: "earth", destination: "vega-b", shippedUnits: 60 }, { origin: "vega-b", destination: "earth", shippedUnits: 40 },
    { origin: "earth", destination: "far-gate", shippedUnits: 25 }, { origin: "earth", destination: "gone", shippedUnits: 5 },
    { origin: "ceres", destination: "far-gate", shippedUnits: 0 },
  ], layout);
  assert.deepEqual(found.map(({ weight }) => weight), [0.5, 1]);
});

test("search finds by the beginning first, without accents, systems and ships too", () => {
  const { model } = given({ vessel: "kestrel" });
  model.setNames([{ id: "kestrel", name: "Kestrel" }]);
  model.setStation(station("ile", "ile", 5, 5, 5, "outpost", "Île Vega"));
  const names = (text) => find(model, text).map(({ kind, name: called }) => `${kind} ${called}`);
  assert.deepEqual(names("vega"), ["system Vega", "station Vega b", "station Île Vega"]);
  // A name in full comes first.
  assert.deepEqual(names("sol"), ["system Sol"]);
  assert.deepEqual(names("ÎLE"), ["station Île Vega", "system Ile"]);
  assert.deepEqual(names("kes"), ["shipment Kestrel"]);
  assert.deepEqual(names("s-1"), ["shipment Kestrel"]);
  assert.deepEqual(names("  "), []);
  assert.deepEqual(names("nothing like it"), []);
});

test("only a key with a modifier leads to the search", () => {
  const press = (/** @type {object} */ keys) => isShortcut({ key: "k", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...keys });
  assert.ok(press({ ctrlKey: true }));
  assert.ok(press({ metaKey: true, key: "K" }));
  for (const keys of [{}, { key: "/" }, { key: "/", ctrlKey: true }, { ctrlKey: true, shiftKey: true }, { ctrlKey: true, altKey: true }, { altKey: true }]) {
    assert.ok(!press(keys), JSON.stringify(keys));
  }
});

test("what settled while nobody could see it makes no rings", () => {
  const settled = new Settled();
  const trade = (station, total) => settled.fold({ type: "trade.settled", data: { station, total } });
  const taken = (wall, passed = 0) => [...settled.take(wall, passed)];
  trade("earth", 5);
  assert.deepEqual(taken(100), [], "before the first frame");
  trade("earth", 5);
  trade("earth", 2);
  trade("vega-b", 1);
  assert.deepEqual(taken(100 + GAP_MS), [["earth", 7], ["vega-b", 1]]);
  assert.deepEqual(taken(100 + GAP_MS), [], "each once");
  trade("earth", 3);
  assert.deepEqual(taken(101 + 2 * GAP_MS), [], "after a gap");
  trade("earth", 4);
  assert.deepEqual(taken(101 + 2 * GAP_MS, 1), [], "the last of many");
  trade("earth", 6);
  assert.deepEqual(taken(102 + 2 * GAP_MS), [["earth", 6]]);
});
