// The store: what the lists had already is not counted twice, and ships move between their events.

import assert from "node:assert/strict";
import { test } from "node:test";

import { systemName } from "../layout.js";
import { Store } from "../store.js";

const station = (/** @type {string} */ id, x = 0) =>
  ({ id, name: id, kind: "station", system: "sol", position: { x, y: 0, z: 0 } });

const shipmentEvent = (/** @type {number} */ sequence, /** @type {string} */ what, data = {}, time = "2200-01-01T00:00:00Z") =>
  ({ sequence: String(sequence), type: `shipment.${what}`, time, data: { shipmentId: "s1", origin: "ceres", destination: "mars", ...data } });

function started() {
  const store = new Store();
  store.setClock({ time: "2200-01-01T00:30:00Z", speed: 1 });
  store.setStation(station("ceres"));
  store.setStation(station("mars", 10));
  return store;
}

test("a shipment lives from its booking to its arrival", () => {
  const store = started();
  store.apply(shipmentEvent(1, "booked", { plannedArrival: "2200-01-01T01:00:00Z", plannedDeparture: "2200-01-01T00:00:00Z" }));
  assert.equal(store.underWay().count, 0);
  store.apply(shipmentEvent(2, "loaded"));
  store.apply(shipmentEvent(3, "departed"));
  const ship = store.shipments.get("s1");
  assert.ok(ship);
  const place = store.place(ship);
  assert.ok(place && Math.abs(place.x - 5) < 0.1, "half of the time is half of the way");
  store.apply(shipmentEvent(4, "estimated", { estimatedArrival: "2200-01-01T02:00:00Z" }));
  assert.deepEqual(store.underWay(), { count: 1, late: 1 });
  store.apply(shipmentEvent(5, "arrived"));
  assert.deepEqual(store.underWay(), { count: 0, late: 0 });
});

test("events that a list had already change nothing", () => {
  const store = started();
  store.setShipment({
    shipmentId: "s1", origin: "ceres", destination: "mars", status: "in_transit", sequence: 9, delayed: false,
    plannedArrival: "2200-01-01T01:00:00Z", actualDeparture: "2200-01-01T00:00:00Z", estimatedArrival: null, position: null,
  });
  store.apply(shipmentEvent(8, "loaded"));
  store.apply(shipmentEvent(3, "booked", { plannedArrival: "2200-01-01T05:00:00Z" }));
  assert.equal(store.underWay().count, 1);
  store.apply(shipmentEvent(4, "arrived", { shipmentId: "unknown" }));
});

test("systems are called as their places spell them", () => {
  const named = (/** @type {string} */ name) => ({ ...station("x"), name });
  assert.equal(systemName("barnards-star", [named("Leavitt Yard"), named("Barnard's Star b")]), "Barnard's Star");
  assert.equal(systemName("tau-ceti", [named("Leavitt Yard")]), "Tau Ceti");
});
