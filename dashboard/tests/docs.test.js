// The reference page's own sense of the document, without a browser.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { answersOf, bodiesOf, boundsOf, curl, fieldsOf, inline, matches, paragraphs, sections, shownBy, typeOf, wordsOf } from "../docs/document.js";

const api = JSON.parse(readFileSync(new URL("../../crates/gateway/openapi.json", import.meta.url), "utf8"));
const all = sections(api);
/** @param {string} id */
const operation = (id) => all.flatMap((section) => section.operations).find((one) => one.id === id) ?? assert.fail(id);

test("sections hold every operation once, in the order of the tags", () => {
  const ids = all.flatMap((section) => section.operations.map((one) => one.id));
  const known = Object.values(api.paths).flatMap((item) => Object.values(item).map((one) => one.operationId));
  assert.deepEqual([...ids].sort(), known.sort());
  assert.deepEqual(all.map((section) => section.name), api.tags.map((tag) => tag.name));
});

test("an address that is no text shows the overview", () => {
  assert.deepEqual(["#createTrade", "#a%20b", "", "#%", "#%ff"].map(shownBy), ["createTrade", "a b", "", "", ""]);
});

test("names are said in words", () => {
  assert.equal(wordsOf("createTrade"), "Create trade");
  assert.equal(wordsOf("readWebhook"), "Read webhook");
});

test("all words must be there, in any part, codes included", () => {
  const found = (text) => all.flatMap((section) => section.operations).filter((one) => matches(one, text)).map((one) => one.id);
  assert.deepEqual(found("count_stale"), ["adjustInventory"]);
  assert.deepEqual(found("POST whole accepts"), ["settleTrade"]);
  assert.deepEqual(found("no such word"), []);
  assert.ok(found("").length > 60);
});

test("fields are told with type, need and bounds, those within behind theirs", () => {
  const fields = fieldsOf(api, { $ref: "#/components/schemas/NewTrade" });
  const line = fields.findIndex((field) => field.name === "lines");
  assert.deepEqual(fields.slice(line, line + 3).map((field) => [field.name, field.depth, field.required]), [["lines", 0, true], ["commodity", 1, true], ["quantity", 1, true]]);
  assert.equal(fields[line].type, "NewTradeLine[]");
  assert.deepEqual(fields[line].bounds, ["1 to 100 items"]);
  const quantity = fields[line + 2];
  assert.deepEqual(quantity.bounds, ["1 to (2^53-1)"]);
  // What every answer has is there, too, and nothing twice on its level.
  const answer = fieldsOf(api, { $ref: "#/components/schemas/Trade" }).filter((field) => field.depth === 0).map((field) => field.name);
  assert.ok(answer.includes("sequence") && answer.includes("transactionId"));
  assert.equal(new Set(answer).size, answer.length);
});

test("a type that refers to itself ends", () => {
  const circle = { components: { schemas: { A: { type: "object", properties: { a: { $ref: "#/components/schemas/A" } } } } } };
  assert.deepEqual(fieldsOf(circle, { $ref: "#/components/schemas/A" }).map((field) => field.name), ["a"]);
});

test("null or something is told as the something", () => {
  const time = { oneOf: [{ $ref: "#/components/schemas/Time" }, { type: "null" }] };
  assert.equal(typeOf(api, time), "time");
  assert.deepEqual(boundsOf(api, { type: ["integer", "null"], minimum: 1 }), ["at least 1"]);
});

test("a request is a line that a shell takes", () => {
  const settle = operation("settleTrade");
  const [first] = bodiesOf(settle);
  const line = curl(settle, first.value, "http://x");
  assert.match(line, /^curl -sS -X POST \\\n {2}'http:\/\/x\/api\/trades\/t-[0-9a-v]{11}\/settle' \\\n/);
  assert.ok(line.includes(`-H 'Content-Type: application/json'`) && line.includes("$KEY"));
  assert.equal(curl(operation("livez"), undefined, "http://x"), "curl -sS \\\n  'http://x/livez'");
  assert.ok(curl(operation("signIn"), { key: "it's" }, "http://x").includes(`-d '{"key":"it'\\''s"}'`));
  assert.ok(curl(operation("ingest"), bodiesOf(operation("ingest"))[0].value, "http://x").includes("--data-binary"));
  assert.ok(curl(operation("readPrices"), undefined, "http://x").includes("?station="));
});

test("answers have their codes, those that are shared too", () => {
  const answers = answersOf(api, operation("createTrade"));
  const codes = Object.fromEntries(answers.map((answer) => [answer.status, answer.codes]));
  assert.ok(codes["409"].includes("insufficient_stock"));
  assert.deepEqual(codes["401"], ["unauthenticated", "token_outdated"]);
  assert.deepEqual(codes["201"], []);
  assert.ok(answers.find((answer) => answer.status === "201")?.example?.transactionId);
});

test("text has its code and its lists, and no other marks", () => {
  assert.deepEqual(inline("a `b` **c** <d>").map((part) => [part.text, part.code, part.strong]), [["a ", false, false], ["b", true, false], [" ", false, false], ["c", false, true], [" <d>", false, false]]);
  assert.deepEqual(paragraphs("one\ntwo\n\n- a\n- b"), [{ list: false, lines: ["one two"] }, { list: true, lines: ["a", "b"] }]);
});
