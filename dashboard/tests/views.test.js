// What the views reckon without a page: filters and addresses, suggestions, rows in sight, files, pages, the feed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { EVENTS_A_SECOND_MAX, ROWS_LIVE_MAX, Rows, localFilter } from "../views/parts/burst.js";
import { TRADE_COLUMNS, field, row, tradeRows } from "../views/parts/csv.js";
import { Pages } from "../views/parts/pages.js";
import { isAmong } from "../views/parts/newer.js";
import { latestPrices, stationOfChart } from "../views/parts/prices.js";
import { earlier } from "../views/parts/past.js";
import { faults, pathOf, read, timeFrom, timeText } from "../views/parts/query.js";
import { Source } from "../views/parts/source.js";
import { identify, suggest } from "../views/parts/suggest.js";
import { rowsInSight, sortedBy } from "../views/parts/window.js";

/** @typedef {import("../views/parts/query.js").Field} Field */

test("filters are read from the address by the names of the API, and written to its paths", () => {
  /** @type {Field[]} */
  const fields = [{ name: "station", label: "Station", kind: "station" }, { name: "status", label: "Status", kind: "choice" }];
  const values = read(fields, new URLSearchParams("station=a%26b&status=+&trade=t-1"));
  assert.deepEqual([...values], [["station", "a&b"]]);
  assert.equal(pathOf("/api/trades", [...values, ["limit", 100], ["cursor", null], ["order", ""]]), "/api/trades?station=a%26b&limit=100");
  assert.equal(pathOf("/api/trades", []), "/api/trades");
});

test("times are typed as people write them, and what is none is left to the API to refuse", () => {
  assert.equal(timeFrom("2200-01-01"), "2200-01-01T00:00:00Z");
  assert.equal(timeFrom(" 2200-01-01 12:30 "), "2200-01-01T12:30:00Z");
  assert.equal(timeFrom("2200-01-01T12:30:05.25Z"), "2200-01-01T12:30:05.25Z");
  assert.equal(timeFrom("yesterday"), "yesterday");
  assert.equal(timeText("2200-01-01T15:45:21.312000Z"), "2200-01-01 15:45:21");
  assert.equal(timeText("yesterday"), "yesterday");
});

test("refusals go to the field they are of", () => {
  const problem = { errors: [{ parameter: "from", detail: "must be a time" }, { parameter: "from", detail: "b" }, { pointer: "/x", detail: "c" }] };
  assert.deepEqual([...faults(problem)], [["from", "must be a time"]]);
  assert.equal(faults(null).size, 0);
});

const things = [["ceres", "Ceres Station"], ["mars-port", "Mars Port"], ["phobos", "Phobos Dock"], ["s1", "Twin"], ["s2", "Twin"]].map(([id, name]) => ({ id, name }));

test("what fits best is suggested first, and a name stands for the one thing called so", () => {
  assert.deepEqual(suggest(things, "po", 9).map(({ id }) => id), ["mars-port"]);
  assert.deepEqual(suggest(things, "s", 2).map(({ id }) => id), ["s1", "s2"]);
  assert.deepEqual(suggest(things, "", 2).map(({ id }) => id), ["ceres", "mars-port"]);
  assert.equal(identify(things, "mars port"), "mars-port");
  assert.equal(identify(things, "s1"), "s1");
  assert.equal(identify(things, "twin"), "twin");
  assert.equal(identify(things, "nowhere"), "nowhere");
});

test("of 5,000 rows only those in sight are made, and all have their height", () => {
  for (const top of [-50, 0, 61_234, 139_000, 10_000_000]) {
    const { first, end, above, below } = rowsInSight({ top, height: 700, rowHeight: 28, count: 5_000 });
    assert.ok(end - first <= 26 + 24 && end > first, `${top}: ${first} to ${end}`);
    assert.equal(above + (end - first) * 28 + below, 5_000 * 28);
    if (top < 0) assert.equal(first, 0);
    if (top > 0 && top < 139_000) assert.ok(above <= top && first + 50 > top / 28);
  }
  assert.deepEqual(rowsInSight({ top: 0, height: 700, rowHeight: 28, count: 0 }), { first: 0, end: 0, above: 0, below: 0 });
});

test("sorting keeps the order of equals, and leaves the unknown at the end either way", () => {
  const items = [["a", 2], ["b", null], ["c", 10], ["d", 2]];
  const order = (/** @type {boolean} */ descending) =>
    sortedBy(items, ([, key]) => /** @type {number | null} */ (key), descending).map(([name]) => name).join("");
  assert.equal(order(false), "adcb");
  assert.equal(order(true), "cadb");
  assert.deepEqual(sortedBy(["x10", "x9", "X1"], (name) => name, false), ["X1", "x9", "x10"]);
});

test("a file is quoted as of RFC 4180, and runs nothing in a spreadsheet", () => {
  assert.equal(field('say "hi", twice'), '"say ""hi"", twice"');
  assert.equal(field("a\nb"), '"a\nb"');
  assert.equal(field(-5), "-5");
  assert.equal(field(null), "");
  for (const formula of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]) {
    assert.equal(field(formula), `"'${formula}"`, JSON.stringify(formula));
  }
  assert.equal(row(["a", 1, undefined]), "a,1,\r\n");
  const trade = { transactionId: "t-1", reference: "=cmd()", metadata: { run: "7" }, total: 8, lines: [{ commodity: "ice", quantity: 1 }, { commodity: "ore", quantity: 2 }] };
  const rows = tradeRows(trade).split("\r\n");
  assert.equal(rows.length, 3);
  assert.ok(rows[1].includes("ore,2") && rows[1].includes(`"'=cmd()"`) && rows[1].endsWith('"{""run"":""7""}"'));
  assert.equal(rows[0].replaceAll(/"[^"]*"|"(?:[^"]|"")*"/g, "").split(",").length, TRADE_COLUMNS.length);
});

test("pages are followed through empty ones to the end", async () => {
  const answers = [{ items: [1], nextCursor: "a" }, { items: [], nextCursor: "b" }, { items: [2], nextCursor: null }];
  /** @type {string[]} */
  const paths = [];
  const pages = new Pages(async (path) => {
    paths.push(path);
    return { ...answers[paths.length - 1], asOf: { sequence: paths.length, time: "" } };
  }, "/api/trades", [["station", "ceres"]], 50);
  assert.deepEqual(await pages.next(), [1]);
  assert.deepEqual(await pages.next(), [2]);
  assert.deepEqual(await pages.next(), []);
  assert.ok(pages.isDone);
  assert.equal(pages.asOf?.sequence, 1);
  assert.deepEqual(paths, ["", "&cursor=a", "&cursor=b"].map((end) => `/api/trades?station=ceres&limit=50${end}`));
});

test("a search through nothing but empty pages gives the word back, and goes on when asked", async () => {
  let asked = 0;
  const pages = new Pages(async () => ({ items: [], nextCursor: String(asked += 1), asOf: { sequence: 1, time: "" } }), "/api/trades", [], 50);
  assert.deepEqual(await pages.next(), []);
  assert.ok(!pages.isDone && asked < 100);
  const before = asked;
  await pages.next();
  assert.ok(asked > before);
});

/** An API with an event at each of these sequences. @param {number[]} sequences @param {number} [pageMax] */
function events(sequences, pageMax = 1_000) {
  const requests = [0];
  const get = async (/** @type {string} */ path) => {
    requests[0] += 1;
    const query = new URL(path, "http://itn").searchParams;
    const limit = Math.min(pageMax, Number(query.get("limit")));
    const rest = sequences.filter((sequence) => sequence > Number(query.get("after") ?? 0));
    const items = rest.slice(0, limit).map((sequence) => ({ sequence: String(sequence) }));
    return { items, nextCursor: rest.length > limit ? `${items.at(-1)?.sequence}` : null };
  };
  return { get, requests };
}

const back = async (/** @type {number[]} */ sequences, /** @type {number} */ before, pageMax = 1_000) => {
  const { get, requests } = events(sequences, pageMax);
  const { events: found, reached } = await earlier(get, [], before, 50, new AbortController().signal);
  return { found: found.map(({ sequence }) => Number(sequence)), reached, requests: requests[0] };
};

test("going back through the events misses none and repeats none, whether they are dense or rare", async () => {
  const dense = Array.from({ length: 5_000 }, (_, at) => at + 1);
  const rare = dense.filter((sequence) => sequence % 700 === 0);
  for (const [sequences, pageMax] of /** @type {[number[], number][]} */ ([[dense, 1_000], [rare, 1_000], [dense, 40], [[], 1_000]])) {
    let before = 4_500;
    /** @type {number[]} */
    const all = [];
    for (let step = 0; before > 1; step += 1) {
      const { found, reached, requests } = await back(sequences, before, pageMax);
      assert.ok(reached < before && requests <= 12 && step < 100, `${before} to ${reached} in ${requests}`);
      assert.ok(found.every((sequence) => sequence >= reached && sequence < before));
      all.push(...found);
      before = reached;
    }
    assert.deepEqual(all, sequences.filter((sequence) => sequence < 4_500).reverse());
  }
});

const event = (/** @type {number} */ sequence, type = "trade.settled", data = {}) => ({ sequence: String(sequence), type, data });

test("a burst is counted where it is not shown, and the rows stay bounded", () => {
  const rows = new Rows();
  let sequence = 0;
  const some = (/** @type {number} */ count) => Array.from({ length: count }, () => event(sequence += 1));
  rows.add(some(5), 1);
  rows.add(some(4_000), 1);
  rows.add(some(300), 1);
  const counted = rows.rows.find((row) => row.more > 0);
  assert.equal(counted?.more, 4_305 - EVENTS_A_SECOND_MAX);
  assert.equal(rows.rows.length, EVENTS_A_SECOND_MAX + 1);
  assert.equal(rows.rows[0].key, "#4005", "the newest of what came first in this frame");
  for (let second = 2; second < 100; second += 1) rows.add(some(30), second);
  assert.equal(rows.rows.length, ROWS_LIVE_MAX);
  assert.equal(rows.rows[0].key, `#${sequence}`);
  assert.equal(new Set(rows.rows.map(({ key }) => key)).size, ROWS_LIVE_MAX);
  const shown = rows.rows.filter((row) => row.event).map((row) => Number(row.event.sequence));
  assert.equal(rows.oldest, Math.min(...shown), "older ones are asked for from where the rows end");
  rows.addEarlier([event(rows.oldest - 1)], rows.oldest - 1);
  assert.equal(rows.rows.length, ROWS_LIVE_MAX + 1);
});

test("filters that an event's type decides are decided here, others are asked", () => {
  assert.equal(localFilter(new Map([["station", "ceres"]])), null);
  const topics = localFilter(new Map([["topic", "trade,alert"]]));
  assert.ok(topics?.(event(1)) && topics(event(1, "alert.fired", { severity: "info" })) && !topics(event(1, "alert-rule.created")));
  const bad = localFilter(new Map([["severity", "warning"]]));
  assert.ok(bad?.(event(1)), "events of other topics pass");
  assert.ok(bad?.(event(1, "alert.fired", { severity: "critical" })) && !bad(event(1, "alert.fired", { severity: "info" })));
  const types = localFilter(new Map([["type", "trade.held"]]));
  assert.ok(types && !types(event(1)));
});

test("only what a filter of trades would find is a newer trade of it", () => {
  const made = { type: "trade.settled", time: "2200-01-02T00:00:00Z", data: { station: "ceres", buyer: "acme", seller: "ceres", status: "settled", reference: "PO-1", lines: [{ commodity: "ice" }, { commodity: "ore" }] } };
  const among = (/** @type {Record<string, string>} */ values, event = made) => isAmong(event, new Map(Object.entries(values)));
  assert.ok(among({}));
  assert.ok(among({ station: "ceres", commodity: "ore", trader: "acme", status: "settled", reference: "PO-1", from: "2200-01-02T00:00:00Z", order: "newest" }));
  for (const other of [{ station: "mars" }, { commodity: "tea" }, { trader: "x" }, { status: "pending" }, { reference: "PO" }, { from: "2200-01-03T00:00:00Z" }, { to: "2200-01-02T00:00:00Z" }]) {
    assert.ok(!among(/** @type {any} */ (other)), JSON.stringify(other));
  }
  assert.ok(!among({}, /** @type {any} */ ({ ...made, data: { ...made.data, previous: 7 } })), "a reservation that settles is no new trade");
  assert.ok(!among({}, { ...made, type: "trade.reversed" }));
});

test("the latest price of each station is found among trades and quotes", () => {
  const trade = (/** @type {string} */ station, /** @type {number} */ unitPrice, /** @type {string} */ time) =>
    ({ station, settledAt: `2200-01-01T${time}:00Z`, lines: [{ commodity: "ice", unitPrice }, { commodity: "ore", unitPrice: 99 }] });
  const quote = (/** @type {string} */ station, /** @type {number} */ price, /** @type {string} */ time, source = "trade") => ({ station, price, source, at: `2200-01-01T${time}:00Z` });
  const prices = latestPrices("ice", [trade("ceres", 5, "03:00"), trade("ceres", 4, "02:00"), trade("mars", 7, "01:00")], [
    { buy: quote("mars", 8, "02:30"), sell: quote("ceres", 9, "04:00", "offer") },
    { buy: quote("luna", 1, "00:10"), sell: quote("mars", 8, "02:30") },
  ]);
  assert.deepEqual(prices.map(({ station, price }) => `${station} ${price}`), ["ceres 5", "mars 8", "luna 1"]);
});

test("another reader or another journal is noticed once, and the first is none", () => {
  const model = /** @type {any} */ ({ journal: "", reader: { principal: null, role: "viewer" } });
  const source = new Source(model);
  assert.equal(source.hasChanged(), false);
  model.journal = "a";
  assert.equal(source.hasChanged(), false);
  model.reader = { principal: "eyes", role: "trader" };
  assert.deepEqual([source.hasChanged(), source.hasChanged()], [true, false]);
  model.journal = "b";
  assert.equal(source.hasChanged(), true);
});

test("a chart stays with its station until another is chosen, and begins with the first trade", () => {
  assert.equal(stationOfChart({}), "");
  assert.equal(stationOfChart({ shown: "", busiest: "vega-b" }), "vega-b", "none was traded before");
  assert.equal(stationOfChart({ shown: "vega-b", busiest: "earth" }), "vega-b");
  assert.equal(stationOfChart({ chosen: "ceres", shown: "vega-b", busiest: "earth" }), "ceres");
});
