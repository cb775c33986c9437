import assert from "node:assert/strict";
import { test } from "node:test";

import { Model } from "../model/model.js";
import { behindSeconds, condition, place, progress } from "../model/shipment.js";

const HOUR = 3_600_000;
const at = (/** @type {number} */ hours) => new Date(hours * HOUR).toISOString();

let sequence = 0;

/** A CloudEvent at an hour of network time. */
function event(type, hours, data = {}) {
  sequence += 1;
  return { type, time: at(hours), recordedat: at(hours), sequence: String(sequence), data };
}

/** A model with a shipment of 100 units, promised to leave at hour 0 and to arrive at hour 10. */
function given() {
  const model = new Model();
  model.counts = { events: 0, openShipments: 0, shipments: { booked: 0, loading: 0, in_transit: 0, arrived: 0, partially_received: 0, received: 0, lost: 0, cancelled: 0, returned: 0 }, openAlerts: { info: 0, warning: 0, critical: 0 }, tradesSettled: 0, tradedValue: 0 };
  model.setStations([
    { id: "a", name: "A", kind: "planet", system: "s", position: { x: 0, y: 0, z: 0 }, owner: "a", sequence: 0 },
    { id: "b", name: "B", kind: "gate", system: "s", position: { x: 10, y: 0, z: 0 }, owner: "b", sequence: 0 },
  ]);
  model.apply(event("shipment.booked", 0, {
    shipmentId: "s-1", origin: "a", destination: "b", owner: "o", consignee: "o", carrier: "c", vessel: "v",
    plannedDeparture: at(0), plannedArrival: at(10), lines: [{ commodity: "ice", quantity: 100 }],
  }));
  const tell = (what, hours, data = {}) => model.apply(event(`shipment.${what}`, hours, { shipmentId: "s-1", ...data }));
  const told = () => /** @type {import("../model/shipment.js").Shipment} */ (model.shipments.get("s-1"));
  return { model, tell, told };
}

const placeOf = (/** @type {Model} */ model) => (/** @type {string} */ id) => model.placeOf(id);

test("a shipment moves between its departure and its latest estimate", () => {
  const { model, tell, told } = given();
  assert.equal(progress(told(), 5 * HOUR), 0);
  tell("departed", 0, { estimatedArrival: at(10) });
  assert.equal(progress(told(), 5 * HOUR), 0.5);
  assert.deepEqual(place(told(), placeOf(model), 5 * HOUR), { x: 5, y: 0, z: 0, isReported: false });
  tell("position", 5, { position: { x: 4, y: 2, z: 0 } });
  assert.deepEqual(place(told(), placeOf(model), 5 * HOUR), { x: 4, y: 2, z: 0, isReported: true });
  assert.deepEqual(place(told(), placeOf(model), 7.5 * HOUR), { x: 7, y: 1, z: 0, isReported: false });
  tell("arrived", 9);
  assert.deepEqual(place(told(), placeOf(model), 9 * HOUR), { x: 10, y: 0, z: 0, isReported: true });
});

test("late is an estimate past the promise, overdue the promise past", () => {
  const { tell, told } = given();
  tell("departed", 0);
  assert.equal(condition(told(), 5 * HOUR), "normal");
  tell("estimated", 5, { estimatedArrival: at(14) });
  assert.equal(condition(told(), 5 * HOUR), "late");
  assert.equal(behindSeconds(told(), 5 * HOUR), 4 * 3600);
  assert.equal(condition(told(), 5 * HOUR, true), "silent");
  // No event is needed for it: time passes.
  assert.equal(condition(told(), 10.1 * HOUR), "overdue");
  tell("delayed", 10, { delayReason: "overdue" });
  tell("estimated", 11, { estimatedArrival: at(9) });
  assert.equal(told().delay, "overdue");
  tell("arrived", 12);
  assert.equal(condition(told(), 20 * HOUR), "late");
});

test("an older estimate, and an older position, do not win", () => {
  const { tell, told } = given();
  tell("departed", 0);
  tell("estimated", 5, { estimatedArrival: at(12) });
  tell("estimated", 4, { estimatedArrival: at(20) });
  assert.equal(told().estimated, 12 * HOUR);
  tell("position", 5, { position: { x: 5, y: 0, z: 0 } });
  tell("position", 4, { position: { x: 4, y: 0, z: 0 } });
  assert.equal(told().position?.x, 5);
});

test("an estimate told late does not win over one that the state began with", () => {
  const { model, tell, told } = given();
  const item = {
    shipmentId: "s-1", status: "in_transit", origin: "a", destination: "b", owner: "o", consignee: "o", carrier: "c", vessel: "v",
    plannedDeparture: at(0), plannedArrival: at(10), actualDeparture: at(0), estimatedArrival: at(12), estimatedAt: at(5),
    lines: [{ commodity: "ice", quantity: 100 }], sequence,
  };
  model.setShipment(item);
  tell("estimated", 4, { estimatedArrival: at(20) });
  assert.equal(told().estimated, 12 * HOUR);
  tell("estimated", 6, { estimatedArrival: at(13) });
  assert.equal(told().estimated, 13 * HOUR);
});

test("what is received, lost and outstanding adds up, and what ended is gone", () => {
  const { model, tell, told } = given();
  tell("departed", 0);
  tell("lost", 3, { lines: [{ commodity: "ice", quantity: 30 }] });
  assert.equal(told().units, 70);
  tell("arrived", 9);
  tell("received", 10, { lines: [{ commodity: "ice", accepted: 40, rejected: 5 }], complete: false });
  assert.deepEqual({ ...told().lines[0] }, { commodity: "ice", quantity: 100, accepted: 40, rejected: 5, writtenOff: 30, outstanding: 25 });
  assert.equal(model.counts.shipments.partially_received, 1);
  tell("received", 11, { lines: [{ commodity: "ice", accepted: 25 }], complete: true });
  assert.equal(model.shipments.size, 0);
  assert.equal(model.counts.openShipments, 0);
  assert.equal(model.counts.shipments.received, 1);
});

test("what was lost and is found is asked for, once", () => {
  const { model, tell } = given();
  tell("departed", 0);
  tell("lost", 3, { lines: [{ commodity: "ice", quantity: 100 }] });
  assert.equal(model.shipments.size, 0);
  tell("found", 4, { lines: [{ commodity: "ice", quantity: 100 }] });
  assert.deepEqual(model.takeUnknown(), ["s-1"]);
  assert.deepEqual(model.takeUnknown(), []);
});

test("an event that the state has already changes nothing", () => {
  const { model, told } = given();
  const again = { type: "shipment.departed", time: at(1), recordedat: at(1), sequence: String(told().sequence), data: { shipmentId: "s-1" } };
  model.apply(again);
  assert.equal(told().status, "booked");
});

test("alerts fire, change, are seen, and resolve", () => {
  const { model } = given();
  const alert = (what, data) => model.apply(event(`alert.${what}`, 1, { alertId: "a-1", kind: "shipment_silent", severity: "warning", cause: { shipmentId: "s-1" }, ...data }));
  alert("fired", {});
  assert.deepEqual(model.counts.openAlerts, { info: 0, warning: 1, critical: 0 });
  assert.equal(model.alerts.get("a-1")?.station, "b");
  assert.ok(model.silent.has("s-1"));
  alert("changed", { severity: "critical" });
  assert.deepEqual(model.counts.openAlerts, { info: 0, warning: 0, critical: 1 });
  alert("acknowledged", { severity: "critical", actor: "ann" });
  assert.equal(model.alerts.get("a-1")?.acknowledgedBy, "ann");
  alert("resolved", { severity: "critical" });
  assert.equal(model.alerts.size, 0);
  assert.ok(!model.silent.has("s-1"));
  assert.deepEqual(model.counts.openAlerts, { info: 0, warning: 0, critical: 0 });
});

test("a model that was saved and restored is the same", () => {
  const { model, tell } = given();
  tell("departed", 0, { estimatedArrival: at(12) });
  model.apply(event("trade.settled", 2, { station: "a", total: 50 }));
  const other = new Model();
  other.restore(structuredClone(model.save()));
  assert.deepEqual(other.save(), model.save());
  assert.equal(other.counts.tradedValue, 50);
  assert.equal(other.name("a"), "A");
});
