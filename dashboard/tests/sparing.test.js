// Of many values in a row few are passed on, and the last one always.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Sparing } from "../home/sparing.js";

/** @param {number} everyMs */
function spare(everyMs) {
  /** @type {number[]} */
  const passed = [];
  return { passed, sparing: new Sparing(everyMs, (/** @type {number} */ value) => passed.push(value)) };
}

test("the first value passes at once, then one each so often, the newest", () => {
  const { passed, sparing } = spare(100);
  for (let wall = 1000; wall < 1250; wall += 10) sparing.put(wall, wall);
  assert.deepEqual(passed, [1000, 1100, 1200]);
  sparing.draw(1299);
  assert.equal(passed.length, 3);
  sparing.draw(1300);
  assert.deepEqual(passed, [1000, 1100, 1200, 1240]);
  sparing.draw(1500);
  assert.equal(passed.length, 4, "nothing passes twice");
});

test("at the end what waits passes, once, and what was dropped never", () => {
  const { passed, sparing } = spare(100);
  sparing.put(1, 0);
  sparing.put(2, 10);
  sparing.flush(20);
  sparing.flush(30);
  assert.deepEqual(passed, [1, 2]);
  sparing.put(3, 40);
  sparing.drop();
  sparing.flush(500);
  assert.deepEqual(passed, [1, 2]);
});
