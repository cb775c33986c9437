import assert from "node:assert/strict";
import { test } from "node:test";

import { newest, running, told } from "../home/told.js";
import { Model } from "../model/model.js";

const model = new Model();
let sequence = 0;

function event(type, data) {
  sequence += 1;
  return { type, subject: "x", sequence: String(sequence), time: "2200-01-01T00:00:00Z", recordedat: "2200-01-01T00:00:00Z", data: { metadata: {}, ...data } };
}

const trade = (buyer, metadata = {}, actor = "admin") => event("trade.settled", {
  actor,
  transactionId: "t-1", status: "settled", station: "earth", buyer, seller: "earth", total: 300,
  lines: [{ commodity: "water-ice", quantity: 25, unitPrice: 12, total: 300 }], metadata,
});

test("a caption is told with a link to what its event is about", () => {
  const given = event("shipment.estimated", { actor: "admin", shipmentId: "s-9", metadata: { story: "storm", caption: "A storm near Vega" } });
  assert.deepEqual(told(given, model), { kind: "story", words: ["A storm near Vega"], href: "/?shipment=s-9", station: "", sequence: Number(given.sequence), at: Date.parse(given.recordedat) });
  assert.equal(told(event("offer.opened", { actor: "admin", offerId: "o-1", commodity: "oxygen", station: "vega-b", metadata: { story: "storm", caption: "The bid climbs" } }), model)?.href, "/markets?commodity=oxygen&station=vega-b");
});

test("what the visitor trades is theirs, what others trade and what the visitor is given is not", () => {
  assert.equal(told(trade("visitor"), model)?.kind, "yours");
  assert.equal(told(trade("acme"), model), null);
  assert.equal(told(event("credits.issued", { trader: "visitor", change: 5 }), model), null);
});

test("a caption that is not the story's is not told", () => {
  assert.equal(told(trade("acme", { caption: "Buy at Acme" }), model), null);
  assert.equal(told(trade("acme", { caption: "Buy at Acme", story: true }), model), null);
});

test("a caption is told if the storyteller's key told it, whatever others say", () => {
  const metadata = { story: "storm", caption: "Buy at Acme" };
  assert.equal(told(trade("acme", metadata, "acme-desk"), model), null);
  assert.equal(told(trade("acme", metadata, null), model), null);
  assert.equal(told(trade("acme", metadata), model)?.kind, "story");
});

test("a page that is opened tells the beat that runs, and none that is long over", () => {
  const beat = trade("acme", { story: "bid", caption: "The bid climbs" });
  const events = [trade("acme", { story: "bid", caption: "Mine" }, "acme-desk"), beat, trade("acme", { story: "out", caption: "before" })];
  const then = Date.parse(beat.recordedat);
  assert.equal(running(events, model, then + 3_600_000)?.sequence, Number(beat.sequence));
  assert.equal(running(events, model, then + 100 * 3_600_000), null);
  assert.equal(running([], model, then), null);
});

test("of many events the newest of each kind is told", () => {
  const events = [trade("visitor"), trade("acme", { story: "bid", caption: "one" }), trade("acme", { story: "bid", caption: "two" }), trade("acme", { caption: "three" })];
  const found = newest(events, model);
  assert.deepEqual([found.story?.words, found.yours?.sequence], [["two"], Number(events[0].sequence)]);
  assert.deepEqual(newest([], model), { story: null, yours: null });
});
