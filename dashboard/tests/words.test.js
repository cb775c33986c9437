// The network's state in words, and which alert comes first.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ANNOUNCE_MS, News } from "../home/news.js";
import { bySeverity, grouped, ranked, takeArrived, worstStock } from "../home/rank.js";
import { stillness } from "../home/sentence.js";
import { cause, interruption, quantity, reason, sentence, ships as shipsOf, waiting } from "../home/words.js";
import { Model } from "../model/model.js";
import { condition } from "../model/shipment.js";
import { isAmongDelayed } from "../views/parts/delayed.js";

const HOUR = 3_600_000;
const at = (/** @type {number} */ hours) => new Date(hours * HOUR).toISOString();
const text = (/** @type {any[]} */ parts) => parts.map((part) => (typeof part === "string" ? part : part.text)).join("");
const links = (/** @type {any[]} */ parts) => parts.filter((part) => typeof part !== "string").map(({ href }) => href);

/** A network of two stations at hour 10. @param {{ ships?: any[], alerts?: any[], stations?: number }} given */
function network({ ships = [], alerts = [], stations = 2 } = {}) {
  const model = new Model();
  model.isLoaded = true;
  model.sequence = 4711;
  const places = [["a", "Ceres"], ["l", "Luyten Station"]].slice(0, stations);
  model.setStations(places.map(([id, name]) => ({ id, name, kind: "station", system: "s", position: { x: 0, y: 0, z: 0 }, owner: id, sequence: 0 })));
  model.setCommodities([
    { id: "water-ice", name: "Water ice", category: "raw", unitMassGrams: 1_000_000 },
    { id: "beacons", name: "Beacons", category: "parts", unitMassGrams: null },
    { id: "oxygen", name: "Oxygen", category: "gas", unitMassGrams: 1000 },
  ]);
  model.setNames([{ id: "v-1", name: "Kestrel" }]);
  ships.forEach((ship, index) => model.setShipment({
    shipmentId: `s-${index + 1}`, origin: "a", destination: "l", owner: "o", consignee: "o", carrier: "c", vessel: `v-${index + 1}`,
    status: "in_transit", plannedDeparture: at(0), plannedArrival: at(20), actualDeparture: at(0), sequence: 1, recordedAt: at(0),
    lines: [{ commodity: "water-ice", quantity: 400 }], ...ship,
  }));
  alerts.forEach((alert, index) => model.setAlert({
    alertId: `a-${index + 1}`, status: "firing", kind: "shipment_late", severity: "warning", cause: {}, station: "l", commodity: null,
    shipmentId: null, firedAt: at(8), changedAt: at(8), acknowledgedBy: null, acknowledgedAt: null, atRisk: { holds: [], rules: [] }, sequence: 2, ...alert,
  }));
  return model;
}

const late = { estimatedArrival: at(24), delayed: { reason: "estimate", code: "weather" } };
const lateAlert = { cause: { shipmentId: "s-1" }, shipmentId: "s-1" };
const out = { kind: "stock_out", severity: "critical", cause: { rule: "r", owner: "l" }, commodity: "oxygen" };

test("nothing is said that is not known", () => {
  assert.equal(text(sentence(new Model(), 0)), "Reading the network.");
  assert.equal(text(sentence(network({ stations: 0 }), 10 * HOUR)), "No stations yet.");
  assert.equal(text(sentence(network(), 10 * HOUR)), "No ships under way.");
});

test("who sees a part of the network is told that it is one", () => {
  const model = network({ ships: [{}] });
  model.setReader({ principal: "ann", role: "trader", accounts: ["acme"], anonymous: false });
  assert.equal(text(sentence(model, 10 * HOUR)), "1 ship of yours under way, none late.");
});

test("one ship, and many", () => {
  assert.equal(text(sentence(network({ ships: [{}] }), 10 * HOUR)), "1 ship under way, none late.");
  assert.equal(text(sentence(network({ ships: [{}, {}, { status: "booked", actualDeparture: null }] }), 10 * HOUR)), "2 ships under way, none late.");
  const many = network({ ships: Array.from({ length: 1204 }, () => ({})) });
  assert.equal(text(sentence(many, 10 * HOUR)), "1,204 ships under way, none late.");
});

test("the worst ship and the worst stock, each noun a link", () => {
  const parts = sentence(network({ ships: [late, {}], alerts: [lateAlert, out] }), 10 * HOUR);
  assert.equal(text(parts), "2 ships under way, 1 late. Worst: Kestrel, 4 h behind with 400 t of water ice; Luyten Station has run out of oxygen.");
  assert.deepEqual(links(parts), ["/ships?status=in_transit", "/ships?status=in_transit&delayed=true", "/?shipment=s-1", "/markets?commodity=water-ice", "/?station=l", "/markets?commodity=oxygen"]);
});

test("without an alert the worst is the one farthest behind; without a ship it is the stock", () => {
  const model = network({ ships: [{}, late, { ...late, estimatedArrival: at(22) }] });
  assert.match(text(sentence(model, 10 * HOUR)), /, 2 late\. Worst: v-2, 4 h behind with 400 t of water ice\.$/);
  const low = network({ alerts: [{ ...out, kind: "stock_low", severity: "warning" }] });
  assert.equal(text(sentence(low, 10 * HOUR)), "No ships under way. Worst: Luyten Station is low on oxygen.");
});

test("a ship past its promise is late though nobody said so, and a silent one is told apart", () => {
  assert.match(text(sentence(network({ ships: [{}] }), 23 * HOUR)), /^1 ship under way, 1 late\. Worst: Kestrel, 3 h behind/);
  const silent = network({ ships: [{}], alerts: [{ ...lateAlert, kind: "shipment_silent" }] });
  assert.equal(text(sentence(silent, 10 * HOUR)), "1 ship under way, 1 silent. Worst: Kestrel, silent with 400 t of water ice.");
});

test("so many ships are listed as late as the sentence says, by time too", () => {
  const silent = { kind: "shipment_silent", cause: { shipmentId: "s-3" }, shipmentId: "s-3" };
  const model = network({ ships: [{}, late, late, { plannedArrival: at(9) }, { status: "booked", actualDeparture: null, ...late }], alerts: [silent] });
  const listed = (/** @type {string} */ wanted) => [...model.shipments.values()]
    .filter(({ status }) => status === "in_transit").filter((shipment) => isAmongDelayed(wanted, shipment, 10 * HOUR, model.silent.has(shipment.id))).map(({ id }) => id);
  assert.deepEqual(listed("true"), ["s-2", "s-4"]);
  assert.equal(shipsOf(model, 10 * HOUR).late, listed("true").length);
  assert.deepEqual(listed("false"), ["s-1"], "one that is silent and was late is not on time");
});

test("mass is said where the good has one, else units; several goods by the largest", () => {
  assert.equal(quantity(400, 1_000_000), "400 t");
  assert.equal(quantity(3, 1500), "4.5 kg");
  assert.equal(quantity(1, null), "1 unit");
  const model = network({ ships: [{ ...late, lines: [{ commodity: "beacons", quantity: 40 }, { commodity: "water-ice", quantity: 4 }] }] });
  assert.match(text(sentence(model, 10 * HOUR)), /with 40 units of beacons and 1 more good\.$/);
});

test("an interruption says from when what is shown is, and how a recovery goes", () => {
  const model = network();
  const connection = { state: "reconnecting", since: 100_000, heardAt: 96_000, progress: null };
  assert.equal(text(interruption(model, connection, 110_000)), "Disconnected, showing #4,711 from 14 s ago.");
  assert.equal(text(interruption(model, connection, 110_000, { isBrief: true })), "Disconnected.");
  assert.deepEqual(interruption(model, { ...connection, state: "live" }, 110_000), []);
  assert.equal(text(interruption(new Model(), { ...connection, state: "recovering", progress: { done: 1_204_000, total: 4_711_203 } }, 0)),
    "The server is starting: 1,204,000 of 4,711,203 events replayed, 25 %.");
  assert.equal(text(interruption(new Model(), { ...connection, state: "down" }, 0)), "No answer from the server.");
});

test("alerts in words", () => {
  const model = network({ ships: [late] });
  const say = (/** @type {any} */ alert) => text(cause({ station: "l", commodity: null, shipmentId: null, cause: {}, ...alert }, model, 10 * HOUR));
  assert.equal(say({ kind: "shipment_late", shipmentId: "s-1" }), "Kestrel is 4 h behind with 400 t of water ice for Luyten Station");
  assert.equal(text(cause({ .../** @type {any} */ (lateAlert), kind: "shipment_overdue", station: "l" }, model, 30 * HOUR)), "Kestrel was due 10 h ago with 400 t of water ice at Luyten Station");
  assert.equal(say({ kind: "shipment_silent", shipmentId: "s-9" }), "Nothing heard from s-9 for Luyten Station");
  assert.equal(say({ kind: "stock_low", commodity: "oxygen", cause: { owner: "acme" } }), "acme at Luyten Station is low on oxygen");
  assert.equal(say({ kind: "stock_out", station: null }), "a station has run out of a good");
  assert.equal(say({ kind: "hold_expired" }), "A hold ran out at Luyten Station");
  assert.equal(reason(/** @type {any} */ ({ shipmentId: "s-1" }), model), "weather");
  assert.equal(waiting({ atRisk: { holds: ["t-1"], rules: [] } }), "1 hold waits for it");
  assert.equal(waiting({ atRisk: { holds: Array(20).fill("t"), rules: ["r"] } }), "20 or more holds and 1 stock rule wait for it");
});

test("alerts come by severity, by what waits, by units, by age; what somebody saw comes last", () => {
  const ships = [{}, { lines: [{ commodity: "water-ice", quantity: 900 }] }];
  const alerts = [
    { alertId: "young", firedAt: at(9) },
    { alertId: "old" },
    { alertId: "seen", severity: "critical", acknowledgedAt: at(9), acknowledgedBy: "me" },
    { alertId: "few", shipmentId: "s-1" },
    { alertId: "many", shipmentId: "s-2" },
    { alertId: "waited", atRisk: { holds: ["t-1"], rules: [] } },
    { alertId: "out", ...out },
  ];
  const model = network({ ships, alerts });
  assert.deepEqual(ranked(model).map(({ alertId }) => alertId), ["out", "waited", "many", "few", "old", "young", "seen"]);
  assert.deepEqual(bySeverity(model), { critical: 2, warning: 5, info: 0 });
});

test("a ship that is late and overdue needs somebody once", () => {
  const model = network({ ships: [late], alerts: [{ ...lateAlert, severity: "critical" }, { ...lateAlert, kind: "shipment_overdue" }, out] });
  const kinds = (/** @type {ReturnType<typeof grouped>} */ { groups }) => groups.map((group) => group.map(({ kind }) => kind));
  assert.deepEqual(kinds(grouped(model)), [["stock_out"], ["shipment_overdue", "shipment_late"]]);
  assert.deepEqual(kinds(grouped(model, 1)), [["stock_out"]]);
  assert.equal(grouped(model, 1).count, 2);
});

test("alerts stay in order while they come, change and go, as putting all in order would have it", () => {
  const model = network({ ships: [{}, { lines: [{ commodity: "water-ice", quantity: 900 }] }] });
  ranked(model);
  takeArrived(model);
  let random = 7;
  const next = (/** @type {number} */ below) => (random = (random * 48271) % 2147483647) % below;
  for (let step = 1; step <= 600; step += 1) {
    const id = `a-${next(40)}`;
    const isKnown = model.alerts.has(id);
    const what = isKnown ? ["changed", "acknowledged", "resolved"][next(3)] : "fired";
    const isOfShip = Number(id.slice(2)) % 3 === 0;
    const data = isOfShip ? { kind: ["shipment_late", "shipment_overdue"][next(2)], cause: { shipmentId: `s-${1 + next(2)}` } } : { kind: ["stock_low", "stock_out"][next(2)], cause: { rule: "r" }, station: "l", commodity: "oxygen" };
    const cause = isKnown ? model.alerts.get(id)?.cause : data.cause;
    model.apply({ type: `alert.${what}`, sequence: String(10_000 + step), recordedat: at(9 + step / 1000), data: { ...data, cause, alertId: id, severity: ["info", "warning", "critical"][next(3)], actor: "me" } });
    if (next(3) > 0) continue;
    const anew = new Model();
    anew.restore(structuredClone(model.save()));
    assert.deepEqual(ranked(model), ranked(anew), `step ${step}`);
    assert.deepEqual(bySeverity(model), bySeverity(anew));
    assert.deepEqual(grouped(model), grouped(anew));
    assert.deepEqual(grouped(model, 3), grouped(anew, 3));
    const stock = ranked(model).filter(({ kind }) => kind.startsWith("stock"));
    assert.equal(worstStock(model), stock.find(({ kind }) => kind === "stock_out") ?? stock[0] ?? null);
  }
  assert.ok(model.alerts.size > 5);
});

test("an alert has arrived once, and not when it only changed", () => {
  const model = network({ alerts: [lateAlert] });
  assert.deepEqual(takeArrived(model).map(({ alertId }) => alertId), [[...model.alerts.keys()][0]]);
  const event = (/** @type {string} */ what, /** @type {number} */ sequence) => ({ type: `alert.${what}`, sequence: String(sequence), recordedat: at(9), data: { alertId: "a-new", kind: "stock_out", severity: "critical", cause: { rule: "r" }, station: "l", commodity: "oxygen" } });
  model.apply(event("fired", 10_001));
  assert.deepEqual(takeArrived(model).map(({ alertId }) => alertId), ["a-new"]);
  model.apply(event("changed", 10_002));
  assert.deepEqual(takeArrived(model), []);
  // Another state that has it: nothing is new in it.
  model.restore(structuredClone(model.save()));
  assert.deepEqual(takeArrived(model), []);
});

test("what is open is not new when it is read for the first time, after signing in or out, or of another journal", () => {
  const model = network({ alerts: [lateAlert] });
  model.journal = "j";
  const news = new News(model);
  let wall = 0;
  let sequence = 20_000;
  const told = () => news.take((wall += ANNOUNCE_MS)).map(({ alertId }) => alertId);
  const fire = (/** @type {string} */ alertId, of = model) => of.apply({ type: "alert.fired", sequence: String((sequence += 1)), recordedat: at(9), data: { alertId, kind: "stock_out", severity: "critical", cause: { rule: "r" }, station: "l", commodity: "oxygen" } });
  /** The same network, as another message tells it. @param {(of: Model) => void} change */
  const become = (change) => {
    const other = new Model();
    other.restore(structuredClone(model.save()));
    change(other);
    model.restore(structuredClone(other.save()));
  };
  const nothing = (/** @type {Model} */ of) => Object.assign(of, { isLoaded: false, alerts: new Map() });
  assert.deepEqual(told(), []);
  fire("n-1");
  assert.deepEqual(told(), ["n-1"]);
  // Told together, once in a while.
  fire("n-2");
  assert.deepEqual(news.take(wall + ANNOUNCE_MS - 1), []);
  fire("n-3");
  assert.deepEqual(told(), ["n-2", "n-3"]);
  // The state anew, after a tab that nobody saw: what fired meanwhile is new.
  become((of) => fire("n-4", of));
  assert.deepEqual(told(), ["n-4"]);
  // Somebody signed in: another reader's alerts, at once or after nothing was known.
  become((of) => {
    of.setReader({ principal: "acme", role: "trader", accounts: ["acme"], anonymous: false });
    fire("n-5", of);
  });
  assert.deepEqual(told(), []);
  const loaded = model.save();
  become(nothing);
  assert.deepEqual(told(), []);
  model.restore(structuredClone(loaded));
  assert.deepEqual(told(), []);
  // Nothing was known, and whoever draws words saw it, but no list of alerts was drawn meanwhile.
  become(nothing);
  bySeverity(model);
  model.restore(structuredClone(loaded));
  bySeverity(model);
  assert.deepEqual(told(), []);
  // What waits to be told is not told to another, or of another journal.
  fire("n-6");
  told();
  fire("n-7");
  assert.deepEqual(news.take(wall), []);
  become((of) => Object.assign(of, { journal: "k" }));
  assert.deepEqual(told(), []);
  fire("n-8");
  assert.deepEqual(told(), ["n-8"]);
});

test("ships are counted as going through all of them would count", () => {
  const model = network();
  let random = 3;
  const next = (/** @type {number} */ below) => (random = (random * 48271) % 2147483647) % below;
  const naive = (/** @type {number} */ now) => {
    const counts = { underWay: 0, late: 0, silent: 0 };
    for (const one of model.shipments.values()) {
      if (one.status !== "in_transit") continue;
      counts.underWay += 1;
      const is = condition(one, now, model.silent.has(one.id));
      if (is === "late" || is === "overdue") counts.late += 1;
      else if (is === "silent") counts.silent += 1;
    }
    return counts;
  };
  const whats = ["departed", "estimated", "delayed", "arrived", "received", "lost", "found", "held", "booked"];
  let most = 0;
  for (let step = 1; step <= 6_000; step += 1) {
    const shipmentId = `n-${next(3_000)}`;
    const isSilence = next(9) === 0;
    const what = model.shipments.has(shipmentId) ? whats[next(whats.length)] : "booked";
    const event = isSilence
      ? { type: next(2) ? "alert.fired" : "alert.resolved", data: { alertId: `q-${shipmentId}`, kind: "shipment_silent", severity: "warning", cause: { shipmentId } } }
      : { type: `shipment.${what}`, data: { shipmentId, origin: "l", destination: "l", owner: "o", consignee: "o", carrier: "c", plannedDeparture: at(1), plannedArrival: at(10 + next(20)),
        estimatedArrival: at(5 + next(30)), complete: next(2) === 0, lines: [{ commodity: "water-ice", quantity: 4 }] } };
    model.apply({ ...event, time: at(9), recordedat: at(9), sequence: String(20_000 + step) });
    if (step % 40 === 0) for (const hours of [5, 15, 40]) assert.deepEqual(shipsOf(model, hours * HOUR), naive(hours * HOUR), `step ${step}`);
    if (step === 3_000) model.restore(structuredClone(model.save()));
    most = Math.max(most, model.census.underWay);
  }
  assert.ok(most > 30 && model.census.shipments.length > 1_024, `${most} of ${model.census.shipments.length}`);
});

test("network time stands still while nothing is followed, and not before it is known", () => {
  const connection = /** @type {any} */ ({ state: "connecting", model: new Model() });
  const still = stillness(connection);
  const now = (/** @type {number} */ at) => still(/** @type {any} */ ({ now: at })).now;
  // Without a network's clock that on the wall stands in for it.
  assert.equal(now(5 * HOUR), 5 * HOUR);
  connection.state = "reconnecting";
  connection.model.setClock({ time: at(10) });
  assert.deepEqual([now(10 * HOUR), now(11 * HOUR)], [10 * HOUR, 10 * HOUR]);
  connection.state = "live";
  assert.equal(now(12 * HOUR), 12 * HOUR);
  connection.state = "down";
  assert.equal(now(13 * HOUR), 12 * HOUR);
});
