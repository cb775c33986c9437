import assert from "node:assert/strict";
import { test } from "node:test";

import { Parser } from "../net/sse.js";

/** @param {string[]} pieces */
function parse(...pieces) {
  const messages = [];
  const parser = new Parser((message) => messages.push({ ...message }));
  for (const piece of pieces) parser.push(piece);
  return messages;
}

test("a message ends with an empty line, wherever its text is cut", () => {
  const text = 'id: 7-ab\ndata: {"a":1}\n\nevent: progress\nid: 9-ab\ndata: {}\n\n';
  const whole = parse(text);
  assert.deepEqual(whole, [{ event: "", data: '{"a":1}', id: "7-ab" }, { event: "progress", data: "{}", id: "9-ab" }]);
  for (let cut = 1; cut < text.length; cut += 1) assert.deepEqual(parse(text.slice(0, cut), text.slice(cut)), whole, `cut at ${cut}`);
});

test("comments and unknown fields are not messages", () => {
  assert.deepEqual(parse(": heartbeat\n\nretry: 1000\n\n"), []);
});

test("lines of data are joined, and lines may end in a carriage return", () => {
  assert.deepEqual(parse("data: a\r\ndata:b\r\n\r\n"), [{ event: "", data: "a\nb", id: "" }]);
});
