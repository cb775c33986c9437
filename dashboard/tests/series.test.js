// The five numbers: buckets of the API, and every event since, once.

import assert from "node:assert/strict";
import { test } from "node:test";

import { History, METRICS, axis, changesOf, floor } from "../home/series.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const EPOCH = Date.parse("2200-01-01T00:00:00Z");
const at = (/** @type {number} */ hours) => new Date(EPOCH + hours * HOUR).toISOString();

const event = (/** @type {number} */ sequence, /** @type {string} */ type, /** @type {number} */ hours, data = {}) =>
  ({ sequence: String(sequence), type, time: at(hours), data });

/** A history of ten hours, everything counted up to event 100. @param {Partial<Record<string, number[]>>} sums by hour */
function history(sums = {}) {
  const now = EPOCH + 10 * HOUR;
  const made = new History({ from: EPOCH, width: HOUR, interval: "hour", span: 10 * HOUR }, now - 1, EPOCH);
  for (const metric of METRICS) {
    const buckets = (sums[metric] ?? []).map((value, index) => ({ at: at(index), value }));
    made.load(metric, { buckets, asOf: { sequence: 100 } });
  }
  made.alerts = { from: -Infinity, sequence: 100, changes: [] };
  made.strays = { from: -Infinity, sequence: 100, changes: [] };
  return made;
}

test("the interval follows the network's age and speed, and stays within what the API answers", () => {
  const at = (/** @type {number} */ days, speed = 3600, span = undefined) => axis({ epoch: EPOCH, now: EPOCH + days * DAY, speed, span });
  assert.equal(at(0.5).interval, "minute");
  assert.deepEqual([at(2.5).interval, at(2.5).width], ["hour", HOUR]);
  assert.deepEqual([at(25).interval, at(25).width], ["hour", 6 * HOUR]);
  assert.equal(at(100).interval, "day");
  assert.equal(at(1000).span, 150 * DAY, "an hour of the wall");
  assert.deepEqual([at(1000, 1).interval, at(1000, 1).span], ["minute", HOUR]);
  assert.equal(at(20_000, 3600, /** @type {any} */ (20_000 * DAY)).interval, "day");
  const unit = { minute: 60_000, hour: HOUR, day: DAY };
  for (const days of [0.001, 0.9, 1, 1.1, 30, 59.9, 60.1, 90, 400, 1499]) {
    const { from, width, interval } = at(days, 1e9);
    assert.ok((EPOCH + days * DAY - from) / unit[interval] <= 1500, `${days} d in ${interval}s`);
    assert.equal(width % unit[interval], 0);
    assert.equal(from, floor(from, width));
  }
});

test("an event that the API counted already is not counted again", () => {
  const made = history({ trades: [0, 0, 0, 0, 0, 0, 0, 0, 0, 4] });
  made.apply(event(100, "trade.settled", 9.5, { total: 50 }), null);
  assert.equal(made.sums.trades[9], 4);
  made.apply(event(101, "trade.settled", 9.5, { total: 50 }), null);
  assert.equal(made.sums.trades[9], 5);
  assert.equal(made.sums.value[9], 50);
  made.apply(event(102, "trade.settled", 3.5, { total: 7 }), null);
  assert.equal(made.sums.value[3], 7, "what comes late is of its own time");
});

test("rates are of the clock on the wall, and a bucket that has just begun has none", () => {
  const made = history({ trades: [36, 0, 0, 0, 0, 0, 0, 0, 0, 36] });
  const is = { now: EPOCH + 9.05 * HOUR, speed: 3600, underWay: 0, alerts: 0 };
  const { trades } = made.rows(is);
  assert.equal(trades[0], 36);
  assert.equal(trades[1], 0);
  assert.equal(trades[9], null);
  assert.equal(made.rows({ ...is, now: EPOCH + 9.5 * HOUR }).trades[9], 72);
  assert.equal(made.rows({ ...is, speed: 1 }).trades[0], 0.01);
});

test("under way is counted back from what is, by departures, arrivals and losses", () => {
  const made = history({ departures: [5, 1, 0, 0, 0, 0, 0, 0, 0, 2], arrivals: [0, 0, 3, 0, 0, 0, 0, 0, 0, 0] });
  made.strays?.changes.push(...changesOf([event(50, "shipment.lost", 4.5)], "stray"));
  const { underWay } = made.rows({ now: EPOCH + 10 * HOUR - 1, speed: 3600, underWay: 4, alerts: 0 });
  assert.deepEqual(underWay, [5, 6, 3, 3, 2, 2, 2, 2, 2, 4]);
  made.apply(event(101, "shipment.departed", 9.9), null);
  assert.equal(made.rows({ now: EPOCH + 10 * HOUR - 1, speed: 3600, underWay: 5, alerts: 0 }).underWay[8], 2, "the past stays");
});

test("open alerts are not drawn before the time they are known from", () => {
  const made = history();
  made.alerts = { from: EPOCH + 4.5 * HOUR, sequence: 100, changes: changesOf([event(90, "alert.fired", 6.5), event(91, "alert.resolved", 8.5), event(92, "alert.changed", 8.6)], "alert") };
  const is = { now: EPOCH + 10 * HOUR - 1, speed: 3600, underWay: null, alerts: 3 };
  assert.deepEqual(made.rows(is).alerts, [null, null, null, null, 3, 3, 4, 4, 3, 3]);
  assert.ok(made.rows(is).underWay.every((level) => level === null), "unknown is not zero");
  made.apply(event(101, "alert.fired", 9.5), null);
  assert.deepEqual(made.rows({ ...is, alerts: 4 }).alerts.slice(-2), [3, 4]);
});

test("on time is a share of arrivals, and nothing where nothing arrived", () => {
  const made = history({ arrivals: [4], onTime: [3] });
  made.apply(event(101, "shipment.arrived", 9.5), EPOCH + 9.4 * HOUR);
  made.apply(event(102, "shipment.arrived", 9.5), EPOCH + 9.6 * HOUR);
  const { onTimeShare } = made.rows({ now: EPOCH + 10 * HOUR, speed: 1, underWay: 0, alerts: 0 });
  assert.deepEqual([onTimeShare[0], onTimeShare[1], onTimeShare[9]], [0.75, null, 0.5]);
  assert.equal(made.latestShare(), 0.5);
});

test("what the API has not answered is unknown, and buckets open with time", () => {
  const made = new History({ from: EPOCH, width: HOUR, interval: "hour", span: HOUR }, EPOCH + 2.5 * HOUR, EPOCH);
  assert.deepEqual(made.rows({ now: EPOCH + 2.5 * HOUR, speed: 1, underWay: 9, alerts: 1 }),
    { trades: [null, null, null], value: [null, null, null], underWay: [null, null, 9], onTimeShare: [null, null, null], alerts: [null, null, 1] });
  assert.equal(made.latestRate("trades", EPOCH + 2.5 * HOUR, 1), null);
  assert.equal(made.advance(EPOCH + 2.9 * HOUR), false);
  assert.equal(made.advance(EPOCH + 4 * HOUR), true);
  assert.equal(made.times.length, 5);
});

test("the latest rate is of a whole bucket, and of five seconds of the wall, at least", () => {
  const made = history({ trades: [0, 0, 0, 0, 0, 0, 0, 0, 30, 3] });
  assert.equal(made.latestRate("trades", EPOCH + 9.1 * HOUR, 1), 33 / (1.1 * 3600));
  assert.ok(Math.abs(/** @type {number} */ (made.latestRate("trades", EPOCH + 9.1 * HOUR, 3600)) - 33 / 5.1) < 1e-9);
});
