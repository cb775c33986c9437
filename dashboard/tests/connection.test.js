// The page's end of the stream: what is folded, and what a view that fails does to it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Model } from "../model/model.js";
import { Connection } from "../net/connection.js";

const station = (id, sequence) => ({
  id: `${sequence}-j`, type: "station.created", time: "2200-01-01T00:00:00Z", recordedat: "2200-01-01T00:00:00Z", sequence: String(sequence),
  data: { id, name: id, kind: "gate", system: "s", position: { x: 0, y: 0, z: 0 }, owner: id, sequence },
});

test("a view that fails at an event loses none of the message, for nobody", (t) => {
  const failed = t.mock.method(console, "error", () => {});
  const model = new Model();
  const connection = new Connection(model);
  const seen = [];
  connection.onEvent = (event) => {
    seen.push([Number(event.sequence), model.stations.size, connection.waiting.length]);
    if (event.sequence !== "2") throw new Error(`cannot show ${event.sequence}`);
  };
  const events = [station("a", 1), station("b", 2), station("c", 3)];
  const sent = [];
  connection.send = (message) => sent.push(message);
  connection.hear([{ kind: "events", text: JSON.stringify(events), sequence: 3, isBacklog: false }]);
  assert.deepEqual([...model.stations.keys()], ["a", "b", "c"]);
  assert.deepEqual(connection.take().map(({ sequence }) => sequence), ["1", "2", "3"]);
  assert.equal(model.sequence, 3);
  assert.deepEqual(sent, ["more"]);
  // Each when the model has it and no later one: what it does to a shipment is seen before the next event.
  assert.deepEqual(seen, [[1, 1, 1], [2, 2, 2], [3, 3, 3]]);
  assert.deepEqual(failed.mock.calls.map(({ arguments: [error] }) => error.message), ["cannot show 1", "cannot show 3"]);
});
