// When a view asks the API again: when something happened, and when nobody answered.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { Ask, NO_ANSWER } from "../views/parts/ask.js";

const { fetch } = globalThis;
afterEach(() => {
  globalThis.fetch = fetch;
});

const EVERY_MS = 2_000;

/** A view of one answer, and a server that may be away. */
function given() {
  const server = { isAway: false, asked: 0 };
  globalThis.fetch = async () => {
    server.asked += 1;
    if (server.isAway) throw new TypeError("fetch failed");
    return Response.json({ answer: server.asked });
  };
  const shown = { words: "", answer: 0 };
  const ask = new Ask(async (get) => {
    ({ answer: shown.answer } = await get("/api/anything"));
    shown.words = "";
  }, (words) => (shown.words = words), EVERY_MS);
  const app = /** @type {any} */ ({ model: { clock: { network: 1 } }, connection: { state: "live" } });
  /** A frame so long after the last time something was asked, and what comes of it. */
  const frame = async (/** @type {number} */ later) => {
    ask.drawTimed(app, Math.max(ask.askedAt, 0) + later, (words) => (shown.words = words));
    while (ask.isAsking) await new Promise((resolve) => setImmediate(resolve));
  };
  return { server, shown, ask, app, frame };
}

test("that nobody answers is said until somebody does, though nothing else happens", async () => {
  const { server, shown, ask, frame } = given();
  server.isAway = true;
  ask.stale();
  await frame(0);
  assert.equal(shown.words, NO_ANSWER);
  server.isAway = false;
  await frame(EVERY_MS - 1);
  assert.equal(server.asked, 1, "not too often");
  await frame(EVERY_MS);
  assert.deepEqual([shown, server.asked], [{ words: "", answer: 2 }, 2]);
  await frame(EVERY_MS);
  assert.equal(server.asked, 2, "what was answered is not asked again");
});

test("what the server refuses is not asked again by itself", async () => {
  const { server, shown, ask, frame } = given();
  globalThis.fetch = async () => {
    server.asked += 1;
    return Response.json({ code: "invalid", detail: "must be a time" }, { status: 400 });
  };
  ask.stale();
  await frame(0);
  await frame(EVERY_MS);
  assert.equal(server.asked, 1);
  assert.notEqual(shown.words, "");
});

test("when the stream is followed again, it is asked again", async () => {
  const { server, app, ask, frame } = given();
  ask.stale();
  await frame(0);
  app.connection.state = "reconnecting";
  await frame(EVERY_MS);
  assert.equal(server.asked, 1);
  app.connection.state = "live";
  await frame(EVERY_MS);
  await frame(EVERY_MS);
  assert.equal(server.asked, 2);
});
