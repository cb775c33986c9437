// Following what happens: every event once and in order, whatever happens to the connection. A fetch instead of an
// EventSource can say who asks, tells why the server refuses, and when a connection has fallen silent.

import { Refused, refusal } from "./errors.js";
import { any, address, sleep, spread } from "./http.js";
import { Parser } from "./sse.js";

/** @import { CloudEvent, FollowEventsQuery } from "./types.js" */
/** @import { Http } from "./http.js" */
/** @import { Message } from "./sse.js" */

/** Two heartbeats and a bit: a connection that says nothing for so long is dead. */
const SILENCE_MAX = 35_000;
/** The first pause, unless the server asks for another; the longest that grows by itself; the longest asked for. */
const PAUSE_USUAL = 500;
const PAUSE_MAX = 15_000;
const ASKED_MAX = 60_000;
/** How often a position that the server has just told may be unknown to its stream. */
const BEGINNINGS_MAX = 10;
const PATH = "/api/updates/real-time";

/**
 * What to follow, and from where: `after` is a position (an event's id, or its sequence; `"0"` is the beginning of
 * all), `snapshot` the state to begin with. Without either it begins now.
 * @typedef {Omit<FollowEventsQuery, "snapshot"> & { snapshot?: string | string[], signal?: AbortSignal }} Following
 */

/**
 * What a follower is told. `lost`: another connection is tried after `wait` milliseconds. `lagged`: it was too slow,
 * and nothing is missed. `anew`: the server's journal is another, what was told is obsolete, a new snapshot follows;
 * only for those who began with one.
 * @typedef {{ kind: "connected", again: boolean }
 *   | { kind: "event", event: CloudEvent }
 *   | { kind: "snapshot", part: any }
 *   | { kind: "level", level: any }
 *   | { kind: "progress" } | { kind: "lagged" } | { kind: "anew" }
 *   | { kind: "lost", why: string, wait: number }} Told
 */

/**
 * One connection, until it ends or falls silent: what each piece of it said. The first piece is empty, and says that
 * there is a connection.
 * @param {Http} http
 * @param {{ query?: object, after?: string, signal?: AbortSignal | null, parser?: (parser: Parser) => void }} asked
 * @returns {AsyncGenerator<Message[], void, void>}
 */
export async function* listen(http, { query = {}, after = "", signal = null, parser: onParser }) {
  const silent = new AbortController();
  const arm = () => setTimeout(() => silent.abort(new Error("the connection fell silent")), SILENCE_MAX);
  let timer = arm();
  /** @type {Message[]} */
  let messages = [];
  const parser = new Parser((message) => messages.push(message));
  onParser?.(parser);
  try {
    /** @type {Record<string, string>} */
    const headers = { accept: "text/event-stream" };
    if (after) headers["last-event-id"] = after;
    const response = await http.open(address(PATH, query), { headers }, any(signal, silent.signal));
    if (!response.ok || !response.body) throw await refusal(response, `GET ${PATH}`);
    // Whoever reads takes its time: that is no silence of the server.
    clearTimeout(timer);
    yield [];
    timer = arm();
    const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
    try {
      for (;;) {
        const { done, value } = await text.read();
        if (done) return;
        clearTimeout(timer);
        parser.push(value);
        const said = messages;
        messages = [];
        yield said;
        timer = arm();
      }
    } finally {
      text.cancel().catch(() => {});
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Follows until something is final, which is thrown. One loop over it at a time. */
export class Follower {
  /** @param {Http} http @param {Following} [following] */
  constructor(http, { after, snapshot, signal, ...filter } = {}) {
    this.http = http;
    this.filter = filter;
    this.snapshot = snapshot ?? "";
    this.signal = signal;
    /** Everything up to here was told: give it as `after` to go on another time. */
    this.position = after ?? "";
    this.last = sequenceOf(this.position);
    this.isBegun = Boolean(after || snapshot);
    this.ownBeginnings = 0;
    this.hasConnected = false;
    this.pauseFirst = PAUSE_USUAL;
    this.failures = 0;
    /** Of the connection. @type {Parser | null} */
    this.parser = null;
    /** Of the connection that was told of. @type {Parser | null} */
    this.connected = null;
  }

  /** The events alone. @returns {AsyncGenerator<CloudEvent, void, void>} */
  async *events() {
    for await (const told of this) if (told.kind === "event") yield told.event;
  }

  /** @returns {AsyncGenerator<Told, void, void>} */
  async *[Symbol.asyncIterator]() {
    for (;;) {
      this.signal?.throwIfAborted();
      let asked = 0;
      /** @type {Told} */
      let ended = { kind: "lost", why: "the server ended the stream", wait: 0 };
      try {
        if (!this.isBegun) await this.begin();
        for await (const told of this.connection()) {
          yield told;
          if (told.kind === "lagged") {
            ended = told;
            break;
          }
        }
      } catch (error) {
        this.signal?.throwIfAborted();
        ended = this.failed(error);
        if (error instanceof Refused) asked = error.retryAfter * 1000;
      }
      const wait = this.pause(asked);
      if (ended.kind !== "lagged") yield ended.kind === "lost" ? { ...ended, wait } : ended;
      await sleep(wait, this.signal);
    }
  }

  /** Now, by its number, so that a connection lost before the first event costs none. */
  async begin() {
    const network = await this.http.get("/api/network", {}, this.signal ? { signal: this.signal } : {});
    this.position = `${network.sequence}-${network.tag}`;
    this.last = network.sequence;
    this.isBegun = true;
    this.ownBeginnings = BEGINNINGS_MAX;
  }

  /** @returns {AsyncGenerator<Told, void, void>} */
  async *connection() {
    const query = this.position ? this.filter : { ...this.filter, snapshot: this.snapshot };
    const remember = (/** @type {Parser} */ parser) => {
      this.parser = parser;
    };
    for await (const messages of listen(this.http, { query, after: this.position, signal: this.signal ?? null, parser: remember })) {
      if (messages.length === 0 && this.connected !== this.parser) {
        this.connected = this.parser;
        this.ownBeginnings = 0;
        yield { kind: "connected", again: this.hasConnected };
        this.hasConnected = true;
      }
      for (const message of messages) {
        this.failures = 0;
        const told = this.take(message);
        if (told) yield told;
      }
    }
  }

  /** What a message says; null, if it was told before. @param {Message} message @returns {Told | null} */
  take({ event, data, id }) {
    if (event === "lagged") {
      this.position = JSON.parse(data).resumeAfter ?? this.position;
      return { kind: "lagged" };
    }
    const said = event === "progress" ? null : JSON.parse(data);
    if (event === "" && id) {
      const sequence = sequenceOf(id);
      if (sequence <= this.last) return null;
      this.last = sequence;
    }
    // What was told is not asked for again.
    if (id) this.position = id;
    switch (event) {
      case "":
        return { kind: "event", event: said };
      case "snapshot":
        return { kind: "snapshot", part: said };
      case "level":
        return { kind: "level", level: said };
      case "progress":
        return { kind: "progress" };
      default:
        return null;
    }
  }

  /** What a failure means; thrown, if it is final. @param {unknown} error @returns {Told} */
  failed(error) {
    if (error instanceof SyntaxError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    if (!(error instanceof Refused) || error.isPassing || error.status >= 500) return { kind: "lost", why, wait: 0 };
    if (error.code === "unknown_position") {
      if (this.ownBeginnings > 0) {
        this.ownBeginnings -= 1;
        return { kind: "lost", why, wait: 0 };
      }
      if (this.snapshot.length > 0 && this.position) {
        this.position = "";
        this.last = 0;
        return { kind: "anew" };
      }
    }
    throw error;
  }

  /** Milliseconds until the next connection: what the server asks for, or twice the last. @param {number} asked */
  pause(asked) {
    if (this.parser?.retry) this.pauseFirst = Math.min(Math.max(this.parser.retry, 50), PAUSE_MAX);
    const own = spread(Math.min(this.pauseFirst * 2 ** this.failures, PAUSE_MAX));
    this.failures = Math.min(this.failures + 1, 16);
    return asked > 0 ? Math.min(Math.max(asked, own), ASKED_MAX) : own;
  }
}

/** The sequence that a position begins with. @param {string} position */
function sequenceOf(position) {
  return Number.parseInt(position, 10) || 0;
}
