import assert from "node:assert/strict";
import { test } from "node:test";

import { Parser } from "../client/sse.js";

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

test("comments, unknown fields and blocks without data say nothing", () => {
  assert.deepEqual(parse(": heartbeat\n\nretry: 1000\n\nevent: x\n\nno colon\n\n"), []);
});

test("lines of data are joined, and lines end in any of three ways", () => {
  const whole = [{ event: "", data: "a\nb", id: "7" }, { event: "", data: "c", id: "7" }];
  for (const end of ["\n", "\r", "\r\n"]) {
    const text = "id: 7\ndata: a\ndata:b\n\ndata: c\n\n:".replaceAll("\n", end);
    for (let cut = 0; cut < text.length; cut += 1) assert.deepEqual(parse(text.slice(0, cut), text.slice(cut)), whole, `cut at ${cut}`);
  }
});

test("a byte order mark is passed over once, and a wait is only digits", () => {
  assert.deepEqual(parse("\u{feff}data: a\n\n"), [{ event: "", data: "a", id: "" }]);
  const parser = new Parser(() => {});
  parser.push("retry: 1500\nretry: 1x\nretry: -1\nretry:\n\n");
  assert.equal(parser.retry, 1500);
});
