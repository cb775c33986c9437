// The store: what the lists had already is not counted twice, and ships move between their events.

import assert from "node:assert/strict";
import { test } from "node:test";

import { sentence } from "../feed.js";
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

test("what is lost by line leaves the rest under way, and what is found is there again", () => {
  const store = started();
  const goods = (/** @type {number} */ quantity) => ({ lines: [{ commodity: "ice", quantity }] });
  store.apply(shipmentEvent(1, "booked", { ...goods(10), plannedArrival: "2200-01-01T01:00:00Z" }));
  store.apply(shipmentEvent(2, "departed"));
  store.apply(shipmentEvent(3, "lost", goods(4)));
  assert.equal(store.underWay().count, 1);
  store.apply(shipmentEvent(4, "found", goods(3)));
  store.apply(shipmentEvent(5, "lost", goods(9)));
  assert.equal(store.underWay().count, 0);
});

test("every kind of event has words", () => {
  const store = started();
  const say = (/** @type {string} */ type, /** @type {any} */ data) => sentence({ type, data }, store);
  const lines = [{ commodity: "ice", quantity: 5 }];
  const trade = { buyer: "acme", seller: "ceres", station: "ceres", lines, total: 60, reason: "wet" };
  for (const what of ["held", "settled", "voided", "expired", "reversed"]) {
    assert.match(say(`trade.${what}`, trade), /acme/);
  }
  const offer = { trader: "ceres", side: "sell", commodity: "ice", unitPrice: 7, quantity: 5 };
  assert.equal(say("offer.opened", offer), "ceres sells 5 ice at 7");
  assert.equal(say("offer.withdrawn", { offers: [offer] }), "ceres no longer sells ice at 7");
  const cause = { shipmentId: "s9" };
  const fired = { kind: "stock_out", severity: "critical", station: "ceres", commodity: "ice", cause };
  assert.equal(say("alert.fired", fired), "Alert: ceres: out of stock of ice");
  assert.equal(say("credits.transferred", { from: "acme", to: "ceres", credits: 9 }), "acme gave ceres 9");
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
