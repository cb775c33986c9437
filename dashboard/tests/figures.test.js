// When the history behind the five numbers is read anew.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { Figures } from "../home/figures.js";
import { Model } from "../model/model.js";

const { fetch } = globalThis;
afterEach(() => {
  globalThis.fetch = fetch;
  Reflect.deleteProperty(globalThis, "document");
});

const HOUR = 3_600_000;
const EPOCH = Date.parse("2200-01-01T00:00:00Z");
const NETWORK = { journal: "j", time: new Date(EPOCH + HOUR).toISOString(), epoch: new Date(EPOCH).toISOString(), speed: 1, sequence: 7 };

/** Figures of a network an hour old, and a server that answers when it is let. */
function given() {
  Object.assign(globalThis, { document: { hidden: false } });
  const server = { readings: 0, isAway: false, /** @type {(() => void)[]} */ held: [], isHolding: false };
  globalThis.fetch = async (url) => {
    const { pathname } = new URL(String(url), "http://h");
    if (pathname === "/api/network") {
      server.readings += 1;
      if (server.isHolding) await new Promise((resolve) => server.held.push(() => resolve(undefined)));
      if (server.isAway) throw new TypeError("fetch failed");
      return Response.json(NETWORK);
    }
    if (pathname === "/api/events") return Response.json({ items: [], nextCursor: null, asOf: { sequence: 7 } });
    return Response.json({ buckets: [], items: [], asOf: { sequence: 7 } });
  };
  const model = new Model();
  model.setNetwork(NETWORK);
  model.isLoaded = true;
  const app = /** @type {any} */ ({ model, connection: { state: "live" }, session: { may: () => true } });
  const figures = new Figures(app);
  let wall = 1_000_000;
  const frame = (passed = 0, later = 16) => figures.follow(/** @type {any} */ ({ now: model.now(), wall: (wall += later), passed }));
  const end = async () => {
    for (const release of server.held.splice(0)) release();
    while (figures.recent) await new Promise((resolve) => setImmediate(resolve));
  };
  return { server, figures, frame, end };
}

test("they are read once, and again when a frame was not told of all", async () => {
  const { server, figures, frame, end } = given();
  frame();
  await end();
  assert.deepEqual([figures.trouble, server.readings], ["", 1]);
  frame();
  assert.equal(server.readings, 1);
  frame(9);
  await end();
  frame();
  assert.equal(server.readings, 2);
});

for (const [what, happen] of /** @type {[string, (of: ReturnType<typeof given>) => void][]} */ ([
  ["a frame was not told of all", ({ frame }) => frame(9)],
  ["another span was chosen", ({ figures }) => figures.setSpan(HOUR / 2)],
])) {
  test(`while they are read ${what}: they are read again`, async () => {
    const of = given();
    const { server, frame, end } = of;
    server.isHolding = true;
    frame();
    while (server.held.length === 0) await new Promise((resolve) => setImmediate(resolve));
    server.isHolding = false;
    happen(of);
    frame();
    assert.equal(server.readings, 1, "one at a time");
    await end();
    frame();
    assert.equal(server.readings, 2);
    await end();
    frame();
    assert.equal(server.readings, 2);
  });
}

test("what could not be read is read again after a while", async () => {
  const { server, figures, frame, end } = given();
  frame();
  await end();
  server.isAway = true;
  frame(9);
  await end();
  assert.notEqual(figures.trouble, "");
  server.isAway = false;
  frame();
  assert.equal(server.readings, 2);
  frame(0, 5_000);
  await end();
  assert.deepEqual([figures.trouble, server.readings], ["", 3]);
});
