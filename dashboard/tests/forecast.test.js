import assert from "node:assert/strict";
import { test } from "node:test";

import { forecast, words } from "../home/forecast.js";

const HOUR = 3_600_000;
const used = (/** @type {number} */ hour, /** @type {number} */ units, reason = "consumed", owner = "ceres", commodity = "oxygen") => (
  { time: new Date(hour * HOUR).toISOString(), data: { owner, lines: [{ commodity, change: -units, reason }] } });
const given = { isComplete: true, from: 0, now: 24 * HOUR, owner: "ceres", commodity: "oxygen", available: 10 };

test("what is left lasts as long as the last day's use says", () => {
  const events = [used(20, 60), used(10, 60), used(5, 500, "lost"), used(4, 500, "consumed", "acme"), used(3, 500, "consumed", "ceres", "iron"), used(2, -300, "produced")];
  const found = forecast({ ...given, events });
  assert.deepEqual(found, { at: 26 * HOUR, windowMs: 24 * HOUR });
  assert.deepEqual(words(found, 24 * HOUR), [" runs out of ", " in 2 h at the last day's use"]);
  assert.deepEqual(words(found, 26 * HOUR), [" is about to run out of ", " at the last day's use"]);
});

test("nothing is foreseen where nothing was used, or it is known for too short a time", () => {
  assert.equal(forecast({ ...given, events: [] }), null);
  assert.equal(forecast({ ...given, events: [used(23.9, 60)], from: 23.9 * HOUR }), null);
});

test("of more adjustments than are read those that were count, for as long as they go back", () => {
  const found = forecast({ ...given, isComplete: false, events: [used(23, 30), used(18, 30)] });
  assert.deepEqual(found, { at: 25 * HOUR, windowMs: 6 * HOUR });
  assert.equal(words(found, 24 * HOUR)[1], " in 60 min at the use of the last 6 h");
});
