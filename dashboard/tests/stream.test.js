// The parser of Server-Sent Events: however the bytes are cut, the same messages come out.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Parser } from "../stream.js";

const TEXT = "retry: 1000\n\n: heartbeat\n\nid: 7-ab\ndata: {\"n\":1}\n\nid: 8-ab\r\ndata: {\r\ndata: }\r\n\r\n"
  + "event: lagged\ndata: {\"resumeAfter\":\"8-ab\"}\n\nid: 9-ab\ndata: cut";

const MESSAGES = [
  { event: "", data: "{\"n\":1}", id: "7-ab" },
  { event: "", data: "{\n}", id: "8-ab" },
  { event: "lagged", data: "{\"resumeAfter\":\"8-ab\"}", id: "" },
];

test("messages are the same however the text is cut", () => {
  for (const size of [1, 2, 3, 7, TEXT.length]) {
    /** @type {unknown[]} */
    const seen = [];
    const parser = new Parser((message) => seen.push(message));
    for (let from = 0; from < TEXT.length; from += size) parser.push(TEXT.slice(from, from + size));
    assert.deepEqual(seen, MESSAGES, `cut every ${size}`);
  }
});
