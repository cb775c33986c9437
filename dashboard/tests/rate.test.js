import assert from "node:assert/strict";
import { test } from "node:test";

import { Rate } from "../home/rate.js";

const frame = (/** @type {number} */ wall, isBusy = false) => /** @type {any} */ ({ wall, isBusy: () => isBusy });

test("what is quick comes at its rate, what takes long less often, and nothing later than it may", () => {
  const rate = new Rate(1_000, 3_000);
  assert.ok(rate.isDue(frame(0)));
  rate.done(0, 1);
  assert.ok(!rate.isDue(frame(999)) && rate.isDue(frame(1_000)));
  rate.done(1_000, 5);
  assert.ok(!rate.isDue(frame(2_999)) && rate.isDue(frame(3_000)));
  rate.done(3_000, 500);
  assert.ok(!rate.isDue(frame(5_999)) && rate.isDue(frame(6_000)));
});

test("a frame that has done enough leaves it to another, but not for ever", () => {
  const rate = new Rate(1_000, 3_000);
  rate.done(0, 1);
  assert.ok(!rate.isDue(frame(1_500, true)) && rate.isDue(frame(1_500)) && rate.isDue(frame(3_000, true)));
});
