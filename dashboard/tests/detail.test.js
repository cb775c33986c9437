// What the API says of alerts is asked for once for all that look, and only when alerts changed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { details } from "../home/detail.js";
import { Model } from "../model/model.js";

/** @type {any[]} */
let answer = [];
let asked = 0;
/** @type {() => void} what happens while the API answers */
let meanwhile = () => {};
Object.assign(globalThis, {
  document: { hidden: false },
  fetch: async () => {
    asked += 1;
    meanwhile();
    return { ok: true, json: async () => ({ items: structuredClone(answer) }) };
  },
});

/** @param {string} alertId @param {object} [more] @returns {any} */
const alert = (alertId, more = {}) => ({ alertId, kind: "stock_low", severity: "warning", cause: {}, atRisk: { holds: [], rules: [] }, sequence: 5, ...more });
const settle = () => new Promise((resolve) => setImmediate(resolve));

function network() {
  const model = new Model();
  model.isLoaded = true;
  model.setAlert(alert("a-1"));
  [asked, meanwhile] = [0, () => {}];
  answer = [alert("a-1", { atRisk: { holds: ["t-1"], rules: [] } })];
  const app = /** @type {any} */ ({ model, connection: { state: "live" } });
  return { model, app };
}

test("two that look at alerts ask once, and not again before alerts change", async () => {
  const { model, app } = network();
  const [bar, wall] = [details(app), details(app)];
  for (let now = 10_000; now < 100_000; now += 1_000) {
    bar.draw(now);
    wall.draw(now);
    await settle();
  }
  assert.equal(asked, 1);
  assert.deepEqual(model.alerts.get("a-1")?.atRisk.holds, ["t-1"]);
  const { alerts } = model.versions;
  model.setAlert(alert("a-2"));
  bar.draw(200_000);
  await settle();
  assert.equal(asked, 2);
  assert.equal(model.versions.alerts, alerts + 1, "what is the same is not set anew");
});

test("an alert that comes while the API answers is asked about", async () => {
  const { model, app } = network();
  const bar = details(app);
  meanwhile = () => model.setAlert(alert(`a-${asked + 1}`));
  bar.draw(10_000);
  await settle();
  meanwhile = () => {};
  bar.draw(20_000);
  await settle();
  bar.draw(30_000);
  await settle();
  assert.equal(asked, 2);
});
