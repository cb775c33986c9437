// Where the focus goes when a panel opens.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isForPanel, picked, takePicked } from "../home/arrival.js";

test("the panel has the focus after a pick or a key, not after a click nor as the page begins", () => {
  const how = (/** @type {object} */ is) => isForPanel({ isPicked: false, isFirst: false, isNowhere: false, isByKeyboard: false, ...is });
  assert.ok(how({ isPicked: true }));
  assert.ok(how({ isPicked: true, isFirst: true }), "a pick from another address");
  assert.ok(how({ isByKeyboard: true }));
  assert.ok(how({ isNowhere: true }));
  assert.ok(!how({}));
  assert.ok(!how({ isFirst: true, isNowhere: true, isByKeyboard: true }));
});

test("a pick counts once", () => {
  assert.equal(takePicked(), false);
  picked();
  assert.equal(takePicked(), true);
  assert.equal(takePicked(), false);
});
