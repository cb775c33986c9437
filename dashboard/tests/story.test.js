// A shipment's story: the plan, what became of it, and its reports in words; and prices as a chart needs them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ticks } from "../home/ticks.js";
import { columns, extent, room, since, traded, trimmed } from "../panel/prices.js";
import { legs, merged, span, told } from "../panel/story.js";
import { Model } from "../model/model.js";

const HOUR = 3_600_000;
const at = (/** @type {number} */ hours) => new Date(hours * HOUR).toISOString();
const planned = { status: "in_transit", plannedDeparture: at(0), plannedArrival: at(10), estimatedDeparture: null, actualDeparture: at(1), estimatedArrival: null, actualArrival: null };

const model = new Model();
model.setCommodities([{ id: "spirits", name: "Spirits", category: "food", unitMassGrams: 1_000_000 }]);

test("departure and arrival against the plan", () => {
  const [departure, arrival] = legs(planned, 5 * HOUR);
  assert.deepEqual([departure.difference, departure.isLate], ["60 min late", true]);
  assert.deepEqual([arrival.difference, arrival.isLate], ["", false], "nothing is known against the plan");
  assert.equal(legs(planned, 14 * HOUR)[1].difference, "4 h overdue");
  assert.equal(legs({ ...planned, estimatedArrival: at(8) }, 5 * HOUR)[1].difference, "2 h early");
  assert.equal(legs({ ...planned, actualArrival: at(10) }, 15 * HOUR)[1].difference, "as planned");
});

test("the picture spans plan and course", () => {
  assert.deepEqual(span({ ...planned, estimatedArrival: at(14) }, 5 * HOUR),
    { from: 0, to: 14 * HOUR, plan: [0, 10 * HOUR], course: { start: HOUR, until: 5 * HOUR, expected: 14 * HOUR }, isOpen: true });
  assert.deepEqual(span({ ...planned, status: "received", actualArrival: at(9) }, 500 * HOUR).course, { start: HOUR, until: 9 * HOUR, expected: 9 * HOUR });
  assert.equal(span({ ...planned, status: "booked", actualDeparture: null }, HOUR).course, null);
});

test("reports in words", () => {
  const say = (/** @type {any} */ entry) => told(entry, model);
  assert.equal(say({ type: "booked", lines: [{ commodity: "spirits", quantity: 308 }] }), "Booked, 308 t of spirits");
  assert.equal(say({ type: "estimated", estimatedArrival: at(14), delayCode: "security", reason: "detour around a raid" }), "New estimate, due 01-01 14:00; security: detour around a raid");
  assert.equal(say({ type: "received", complete: false, lines: [{ commodity: "spirits", accepted: 43, rejected: 2, short: 0 }] }), "Received in part: accepted 43 t of spirits; rejected 2 t of spirits");
  assert.equal(say({ type: "lost", cause: "stolen" }), "Stolen");
  assert.equal(say({ type: "position", position: { x: -1, y: 0, z: 2.5 } }), "Seen at −1.00, 0.00, 2.50 ly");
});

test("positions in a row become one report", () => {
  const rows = merged([{ type: "departed" }, { type: "position", n: 1 }, { type: "position", n: 2 }, { type: "arrived" }]);
  assert.deepEqual(rows.map(({ entry, count }) => [entry.type, count]), [["arrived", 1], ["position", 2], ["departed", 1]]);
  assert.equal(rows[1].entry.n, 2);
});

test("candles: gaps stay gaps, and the volume has room below the prices", () => {
  const candle = (/** @type {number} */ hour, /** @type {number | null} */ price, units = 0) => ({ at: at(hour), open: price, high: price, low: price, close: price, units });
  const all = [candle(0, 10, 5), candle(1, null), candle(2, 14, 1)];
  assert.deepEqual(columns(all)[1], [10, null, 14]);
  assert.deepEqual(columns(all)[0], [0, 3600, 7200]);
  assert.deepEqual(extent(all), { low: 10, high: 14 });
  assert.equal(extent([candle(1, null)]), null);
  assert.equal(traded(all), 2);
  const { min, max } = room({ low: 10, high: 14 });
  assert.ok(min < 10 - 1 && max > 14);
  assert.ok(room({ low: 10, high: 10 }).max > 10, "a flat price has a height");
  const late = Array.from({ length: 40 }, (_, hour) => candle(hour, hour > 35 ? 10 : null));
  assert.equal(trimmed(late).length, 24);
  assert.equal(trimmed(late.slice(0, 36)).length, 36, "nothing but gaps stays as it is");
  assert.equal(trimmed(all).length, 3);
  assert.equal(since("hour", 100.5 * HOUR), 5 * HOUR);
});

test("an axis is marked at whole times, days where they begin", () => {
  const day = 24 * HOUR;
  const marks = ticks(1.1 * day, 4.2 * day, 8);
  assert.ok(marks.length > 2 && marks.length <= 8);
  assert.deepEqual(marks.filter(({ isDay }) => isDay).map(({ text }) => text), ["3 Jan", "4 Jan", "5 Jan"]);
  assert.equal(ticks(0, HOUR, 6)[1].text, "00:10");
  assert.ok(ticks(0, 4000 * day, 6).length <= 7);
});

test("what is within a minute of the plan is as planned, and not late", () => {
  const planned = "2200-01-01T10:00:00Z";
  for (const [actual, difference, isLate] of /** @type {[string, string, boolean][]} */ ([
    ["2200-01-01T10:00:00Z", "as planned", false],
    ["2200-01-01T10:00:59.999Z", "as planned", false],
    ["2200-01-01T09:59:01Z", "as planned", false],
    ["2200-01-01T10:01:00Z", "60 s late", true],
  ])) {
    const [departure] = legs({ plannedDeparture: planned, actualDeparture: actual }, Date.parse(planned));
    assert.deepEqual([departure.difference, departure.isLate], [difference, isLate], actual);
  }
});
