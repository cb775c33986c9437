import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, mock, test } from "node:test";

import { Client, Refused, Unanswered, Unauthenticated } from "../client/index.js";
import { retryAfter } from "../client/errors.js";

/**
 * A server that acts once for each key, as the real one does, and loses connections as it is told to:
 * `unread` before it reads, `acted` after it acted and before it answers, `half` in the middle of the answer.
 */
class Lossy {
  constructor() {
    this.server = createServer((request, response) => this.answer(request, response));
    this.clear();
  }

  clear() {
    /** What becomes of the next requests; after that all goes well. @type {any[]} */
    this.script = [];
    /** @type {any[]} */
    this.requests = [];
    /** What was done, by key. @type {Map<string, any>} */
    this.done = new Map();
    /** @type {any[]} */
    this.streams = [];
  }

  async answer(request, response) {
    if (this.script[0] === "unread") {
      this.requests.push(this.script.shift());
      request.socket.destroy();
      return;
    }
    let body = "";
    for await (const piece of request) body += piece;
    const key = request.headers["idempotency-key"];
    const step = this.script.shift();
    this.requests.push({ method: request.method, path: request.url, key, body, after: request.headers["last-event-id"], authorization: request.headers.authorization });
    if (step?.status) {
      response.writeHead(step.status, { "content-type": "application/problem+json", ...step.headers });
      response.end(JSON.stringify({ status: step.status, retryable: step.status >= 500, ...step.problem }));
      return;
    }
    if (request.url.startsWith("/api/updates")) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`retry: 50\n\n${step?.stream ?? ""}`);
      if (step?.ends) response.end();
      return;
    }
    const text = request.url === "/api/events" ? this.lines(body) : JSON.stringify(this.act(key ?? String(this.done.size), step));
    if (step === "acted") return response.destroy();
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
    if (step === "half" || step?.seen) {
      response.write(text.slice(0, text.length / 2));
      // What came before a loss is gone with it, unless somebody has read it.
      (step.seen ?? Promise.resolve()).then(() => response.destroy());
      return;
    }
    response.end(text);
  }

  act(key, step) {
    const made = this.done.get(key) ?? { transactionId: `t${this.done.size + 1}`, ...step?.answer };
    this.done.set(key, made);
    return made;
  }

  lines(body) {
    return body.trim().split("\n").map((text, number) => {
      const { idempotencyKey } = JSON.parse(text);
      const replayed = this.done.has(idempotencyKey);
      const { transactionId } = this.act(idempotencyKey);
      return `${JSON.stringify({ line: number + 1, status: 201, id: transactionId, replayed })}\n`;
    }).join("");
  }
}

const lossy = new Lossy();
let client = new Client();
before(async () => {
  await new Promise((resolve) => lossy.server.listen(0, "127.0.0.1", () => resolve(undefined)));
});
beforeEach(() => {
  lossy.clear();
  const { port } = /** @type {any} */ (lossy.server.address());
  client = new Client({ url: `http://127.0.0.1:${port}/`, key: "k", retry: { waitFirst: 1, waitMax: 2 } });
});
after(() => {
  lossy.server.closeAllConnections();
  lossy.server.close();
});

const trade = { station: "s", buyer: "b", seller: "c", lines: [] };

for (const loss of ["unread", "acted", "half", { status: 503, headers: { "retry-after": "0" }, problem: { code: "overloaded" } }, { status: 504, problem: { code: "outcome_unknown" } }, { status: 502 }, { status: 429, problem: { code: "rate_limited", retryable: true } }]) {
  test(`a write acts once, and has its answer, when it meets ${JSON.stringify(loss)} twice`, async () => {
    lossy.script = [loss, loss];
    const answer = await client.createTrade(trade);
    assert.equal(answer.transactionId, "t1");
    assert.equal(lossy.done.size, 1);
    const read = lossy.requests.filter((request) => request !== "unread");
    assert.equal(lossy.requests.length, 3);
    for (const request of read) assert.deepEqual(request, read[0]);
    assert.match(read[0].key, /^[0-9a-f]{32}$/);
    assert.equal(read[0].authorization, "Bearer k");
  });
}

test("what the server asks to wait is waited for", async () => {
  lossy.script = [{ status: 503, headers: { "retry-after": "1" } }];
  const begun = Date.now();
  await client.createTrade(trade, { key: "mine" });
  assert.ok(Date.now() - begun >= 1000);
  assert.deepEqual(lossy.requests.map(({ key }) => key), ["mine", "mine"]);
});

test("what takes longer than there is time for is told at once", async () => {
  lossy.script = [{ status: 503, headers: { "retry-after": "3600" }, problem: { code: "low_space" } }];
  await assert.rejects(client.createTrade(trade), (error) => error instanceof Refused && error.code === "low_space" && error.retryAfter === 3600);
  assert.equal(lossy.requests.length, 1);
});

test("what the state refuses stands, and says what was asked", async () => {
  lossy.script = [{ status: 409, problem: { code: "insufficient_stock", detail: "only 3 are", available: 3 } }];
  await assert.rejects(client.createTrade(trade), (/** @type {any} */ error) => {
    assert.deepEqual([error.code, error.message, error.problem.available, error.what, error.attempts], ["insufficient_stock", "only 3 are", 3, "POST /api/trades", 1]);
    return error instanceof Refused;
  });
  lossy.script = [{ status: 401, problem: { code: "unauthenticated" } }];
  await assert.rejects(client.readNetwork(), Unauthenticated);
  assert.equal(lossy.requests.length, 2);
});

test("what takes no key is not sent again", async () => {
  for (const loss of ["acted", { status: 503 }]) {
    lossy.clear();
    lossy.script = [loss];
    await assert.rejects(client.replayWebhook("w", {}));
    assert.deepEqual(lossy.requests.map(({ key }) => key), [undefined]);
  }
});

test("it gives up, and says how often it tried", async () => {
  lossy.script = Array(3).fill("acted");
  await assert.rejects(client.readTrade("t/1", { retry: { attemptsMax: 3 } }), (error) => error instanceof Unanswered && /GET \/api\/trades\/t%2F1, tried 3 times/.test(error.message));
  assert.equal(lossy.requests.length, 3);
});

test("a list is read page by page, as far as it is asked for, and a page that is lost is read again", async () => {
  const page = (/** @type {number[]} */ items, /** @type {string | null} */ nextCursor) => ({ answer: { items, nextCursor, asOf: { sequence: 9, time: "" } } });
  lossy.script = [page([1, 2], "c 1"), "unread", page([3], null)];
  const found = [];
  for await (const item of client.listTrades({ station: "a b", limit: 2 })) found.push(item);
  assert.deepEqual(found, [1, 2, 3]);
  assert.deepEqual(lossy.requests.filter((request) => request !== "unread").map(({ path }) => path), ["/api/trades?station=a+b&limit=2", "/api/trades?station=a+b&limit=2&cursor=c+1"]);
});

for (const loss of ["unread", "acted", "half", { status: 503, headers: { "retry-after": "0" } }]) {
  test(`bulk does every line once, and tells of each once, when it meets ${JSON.stringify(loss)}`, async () => {
    lossy.script = [loss, loss, loss];
    const lines = Array.from({ length: 20 }, () => ({ type: /** @type {const} */ ("trade"), data: trade }));
    const results = [];
    for await (const result of client.bulk(lines)) results.push(result);
    assert.deepEqual(results.map(({ line, id }) => [line, id]), lines.map((_, number) => [number + 1, `t${number + 1}`]));
    assert.equal(lossy.done.size, 20);
  });
}

test("lines with a result are not sent again", async () => {
  let release = () => {};
  const seen = new Promise((resolve) => (release = () => resolve(undefined)));
  lossy.script = [{ seen }];
  const lines = Array.from({ length: 20 }, () => ({ type: /** @type {const} */ ("trade"), data: trade }));
  const results = [];
  for await (const result of client.bulk(lines)) {
    results.push(result);
    if (results.length === 5) release();
  }
  assert.deepEqual(results.map(({ line, id }) => [line, id]), lines.map((_, number) => [number + 1, `t${number + 1}`]));
  const [first, second, ...more] = lossy.requests.map(({ body }) => body.trim().split("\n"));
  assert.deepEqual([first.length, more.length], [20, 0]);
  assert.ok(second.length <= 15 && second.length > 0, String(second.length));
  assert.deepEqual(first.slice(-second.length), second);
});

/** A client whose connections are played by this. @param {(request: RequestInit, count: number) => any} play @param {any} [options] */
function played(play, options = {}) {
  let count = 0;
  const fetch = /** @type {any} */ (async (/** @type {string} */ _, /** @type {RequestInit} */ request) => play(request, (count += 1)));
  return { client: new Client({ url: "http://h", fetch, ...options }), count: () => count };
}

/** Nothing, until it is given up. @param {RequestInit} request @returns {Promise<never>} */
const silence = ({ signal }) => new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));

/** Timeouts of requests, a thousand times as fast: what they are for, and how they are kept, is the same. @param {() => Promise<void>} what */
async function hurried(what) {
  const { timeout } = AbortSignal;
  const now = Date.now;
  const begun = now();
  const fast = mock.method(AbortSignal, "timeout", (/** @type {number} */ wait) => timeout.call(AbortSignal, wait / 1000));
  const clock = mock.method(Date, "now", () => begun + (now() - begun) * 1000);
  try {
    await what();
  } finally {
    fast.mock.restore();
    clock.mock.restore();
  }
}

test("a connection that falls silent is tried again by default", () => hurried(async () => {
  const { client, count } = played((request, count) => (count === 1 ? silence(request) : Response.json({ sequence: 7 })), { retry: { waitFirst: 0 } });
  assert.equal((await client.readNetwork()).sequence, 7);
  assert.equal(count(), 2);
}));

test("whoever pressed a button has another try while they wait", () => hurried(async () => {
  const { post } = await import("../net/api.js");
  const keys = new Set();
  let count = 0;
  const sent = mock.method(globalThis, "fetch", async (/** @type {string} */ _, /** @type {any} */ request) => {
    keys.add(request.headers["idempotency-key"]);
    count += 1;
    return count === 1 ? silence(request) : Response.json({ id: "o1" });
  });
  const random = mock.method(Math, "random", () => -1);
  try {
    assert.equal((await post("/api/offers", {})).id, "o1");
  } finally {
    sent.mock.restore();
    random.mock.restore();
  }
  assert.deepEqual([count, keys.size], [2, 1]);
}));

test("a large body has its time", () => {
  const http = new Client({ url: "http://h" });
  assert.deepEqual([http.patience(null), http.patience("{}"), http.patience("x".repeat(16 * 1024 * 1024)), http.patience("", 3)], [20_000, 20_000, 276_000, 3]);
});

test("a loss of bulk after long work is made good", async () => {
  const line = (/** @type {number} */ number) => `${JSON.stringify({ line: number, status: 201 })}\n`;
  /** @type {any} */
  let body;
  const first = new Response(new ReadableStream({ start: (controller) => (body = controller).enqueue(new TextEncoder().encode(line(1))) }));
  const { client, count } = played((_, count) => (count === 1 ? first : new Response(line(1))), { retry: { waitFirst: 1 } });
  let later = 0;
  const now = Date.now;
  const clock = mock.method(Date, "now", () => now() + later);
  try {
    const found = [];
    for await (const result of client.bulk(Array.from({ length: 2 }, () => ({ type: /** @type {const} */ ("trade"), data: trade })))) {
      found.push(result.line);
      if (found.length > 1) continue;
      later = 120_000;
      body.error(new Error("lost"));
    }
    assert.deepEqual([found, count()], [[1, 2], 2]);
  } finally {
    clock.mock.restore();
  }
});

test("a reader that takes its time when there is a connection loses none", async () => {
  /** @type {any} */
  let body;
  const { client, count } = played(({ signal }) => {
    const stream = new ReadableStream({ start: (controller) => (body = controller) });
    signal?.addEventListener("abort", () => body.error(signal.reason));
    return new Response(stream);
  });
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const kinds = [];
    for await (const { kind } of client.follow({ after: "3" })) {
      kinds.push(kind);
      if (kind !== "connected") break;
      mock.timers.tick(60_000);
      body.enqueue(new TextEncoder().encode(event(4)));
    }
    assert.deepEqual([kinds, count()], [["connected", "event"], 1]);
  } finally {
    mock.timers.reset();
  }
});

const event = (/** @type {number} */ sequence) => `id: ${sequence}-j\ndata: ${JSON.stringify({ id: `${sequence}-j`, sequence: String(sequence) })}\n\n`;

test("a follower is told every event once and in order, whatever becomes of its connections", async () => {
  lossy.script = [
    // An event that is cut off is none.
    { stream: event(4) + event(5).slice(0, -1), ends: true },
    { status: 503, headers: { "retry-after": "0" }, problem: { code: "recovering" } },
    "unread",
    { stream: "event: progress\nid: 8-j\ndata: {}\n\n", ends: true },
    { stream: `${event(9)}event: lagged\ndata: {"resumeAfter":"9-j"}\n\n` },
    // What was told is not told again, whatever the server does.
    { stream: event(9) + event(10), ends: true },
    { status: 401, problem: { code: "unauthenticated" } },
  ];
  const told = [];
  await assert.rejects(async () => {
    for await (const word of client.follow({ topic: ["trade"], after: "3-j" })) told.push(word);
  }, Unauthenticated);
  const words = told.map((word) => (word.kind === "event" ? Number(word.event.sequence) : word.kind));
  assert.deepEqual(words, ["connected", 4, "lost", "lost", "lost", "connected", "progress", "lost", "connected", 9, "lagged", "connected", 10, "lost"]);
  const asked = lossy.requests.filter((request) => request !== "unread");
  assert.deepEqual(asked.map((request) => request.after), ["3-j", "4-j", "4-j", "8-j", "9-j", "10-j"]);
  assert.ok(asked.every(({ path }) => path === "/api/updates/real-time?topic=trade"));
});

test("a state is told anew when the server's journal is another, and a position of one's own is not", async () => {
  const state = 'event: snapshot\ndata: {"kind":"alerts","items":[]}\n\n';
  const unknown = { status: 409, problem: { code: "unknown_position" } };
  lossy.script = [
    { stream: state, ends: true },
    { stream: `${state}event: progress\nid: 7-a\ndata: {}\n\n`, ends: true },
    unknown,
    { stream: `${state}event: progress\nid: 2-b\ndata: {}\n\n`, ends: true },
    { status: 403, problem: { code: "not_permitted" } },
  ];
  const kinds = [];
  await assert.rejects(async () => {
    for await (const { kind } of client.follow({ snapshot: "alerts" })) kinds.push(kind);
  }, Refused);
  const begun = ["connected", "snapshot"];
  assert.deepEqual(kinds, [...begun, "lost", ...begun, "progress", "lost", "anew", ...begun, "progress", "lost"]);
  const query = "?snapshot=alerts";
  assert.deepEqual(lossy.requests.map(({ path, after }) => [path.slice("/api/updates/real-time".length), after]), [[query, undefined], [query, undefined], ["", "7-a"], [query, undefined], ["", "2-b"]]);

  lossy.script = [unknown];
  await assert.rejects(client.follow({ after: "3" }).events().next(), (error) => error instanceof Refused && error.code === "unknown_position");
});

test("a follower that is stopped stops, also while it waits", async () => {
  lossy.script = [{ stream: event(4) }];
  const stopped = new AbortController();
  const follower = client.follow({ after: "3-j", signal: stopped.signal });
  await assert.rejects(async () => {
    for await (const { kind } of follower) if (kind === "event") stopped.abort(new Error("enough"));
  }, /enough/);
  assert.equal(follower.position, "4-j");
});

test("Retry-After is seconds or a date", () => {
  const now = Date.parse("Sun, 06 Nov 1994 08:49:30 GMT");
  assert.deepEqual(["7", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:00 GMT", "soon", null].map((value) => retryAfter(value, now)), [7, 7, 0, 0, 0]);
});
