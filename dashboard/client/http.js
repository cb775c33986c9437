// Requests and answers, and how often they are tried. A write goes out again with the same bytes and the
// same key, so that it acts once.

import { Refused, Unanswered, refusal } from "./errors.js";

/** @import { AsOf, DryRun } from "./types.js" */

/**
 * How often, how long and how far apart a request is tried. Waits double from `waitFirst` to `waitMax`, and of
 * each a random half is left out, so that clients which lost the same server do not come back as one. What the
 * server asks for in `Retry-After` is waited for in full.
 * @typedef {object} Retry
 * @property {number} attemptsMax the most tries, the first among them
 * @property {number} waitFirst milliseconds
 * @property {number} waitMax milliseconds
 * @property {number} timeMax milliseconds after the first try at which the last may begin; in bulk, after the first loss
 */

/** @type {Retry} */
export const RETRY = { attemptsMax: 10, waitFirst: 100, waitMax: 8_000, timeMax: 60_000 };

/** Long enough for a slow disk, short enough for three tries within `timeMax`. */
const TIMEOUT = 20_000;
/** What a slow line carries in a millisecond. */
const SENT_PER_MILLISECOND_MIN = (64 * 1024) / 1000;

/**
 * @typedef {object} ClientOptions
 * @property {string} [url] `https://host:port`; of a page, left out, the server that it came from
 * @property {string} [key] an API key; in a page that is signed in there is none
 * @property {Partial<Retry>} [retry]
 * @property {number} [timeout] milliseconds: the longest wait for an answer; a body that is sent has its own time on top, a
 *   second for each 64 KiB. Well below `retry.timeMax`, or what falls silent is not tried again.
 * @property {typeof globalThis.fetch} [fetch] what sends
 */

/**
 * @typedef {object} Reading
 * @property {AbortSignal} [signal] gives up
 * @property {Partial<Retry>} [retry]
 * @property {number} [timeout] the client's, for this request
 */

/**
 * @typedef {object} WritingOnly
 * @property {string | null} [key] the idempotency key: the same write with it acts once, however often and from
 *   wherever it is sent. One is made if none is given. Null for what takes none, which is not sent again.
 */
/** @typedef {Reading & WritingOnly} Writing */

/** A path with identifiers in it, whatever they are. @param {TemplateStringsArray} parts @param {string[]} identifiers */
export function path(parts, ...identifiers) {
  return parts.reduce((path, part, number) => `${path}${encodeURIComponent(identifiers[number - 1] ?? "")}${part}`);
}

/** A path with what is asked. @param {string} path @param {object} query lists are any of their values */
export function address(path, query) {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue;
    pairs.append(name, String(value));
  }
  return pairs.size === 0 ? path : `${path}${path.includes("?") ? "&" : "?"}${pairs}`;
}

export class Http {
  /** @param {ClientOptions} [options] */
  constructor({ url = "", key, retry = {}, timeout = TIMEOUT, fetch } = {}) {
    this.url = url.replace(/\/$/, "");
    this.retry = { ...RETRY, ...retry };
    this.timeout = timeout;
    /** @type {Record<string, string>} */
    this.headers = key ? { authorization: `Bearer ${key}` } : {};
    // Looked up each time: a page may have put another in its place.
    this.fetch = fetch ?? ((/** @type {any} */ ...request) => globalThis.fetch(.../** @type {[any]} */ (request)));
  }

  /**
   * Reads JSON.
   * @param {string} path
   * @param {object} [query]
   * @param {Reading} [options]
   * @returns {Promise<any>}
   */
  async get(path, query = {}, options = {}) {
    return this.send(address(path, query), {}, options, true, json);
  }

  /**
   * Writes, once.
   * @param {string} method
   * @param {string} path
   * @param {unknown} body undefined for none
   * @param {Writing} [options]
   * @returns {Promise<any>} what the server answered; null for nothing
   */
  async write(method, path, body, { key = newKey(), ...options } = {}) {
    /** @type {Record<string, string>} */
    const headers = key === null ? {} : { "idempotency-key": key };
    if (body !== undefined) headers["content-type"] = "application/json";
    const request = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
    return this.send(path, request, options, key !== null, json);
  }

  /**
   * Asks what would come of a write now. Nothing is changed.
   * @param {string} method @param {string} path @param {unknown} body @param {Reading} [options]
   * @returns {Promise<DryRun>}
   */
  async dryRun(method, path, body, options = {}) {
    /** @type {Record<string, string>} */
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const request = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
    return this.send(address(path, { dryRun: true }), request, options, true, json);
  }

  /**
   * A list, item by item, read page by page as it is asked for.
   * @param {string} path @param {object} [query] @param {Reading} [options]
   * @returns {Pages<any>}
   */
  pages(path, query = {}, options = {}) {
    return new Pages(this, address(path, query), options);
  }

  /**
   * Sends until another try would not change the answer; a refusal is thrown.
   * @template T
   * @param {string} path
   * @param {RequestInit} request
   * @param {Reading} options
   * @param {boolean} isRepeatable whether sending it twice does no more than sending it once
   * @param {(response: Response) => Promise<T>} read what is made of the answer; where that breaks off it was lost
   * @returns {Promise<T>}
   */
  async send(path, request, options, isRepeatable, read) {
    const what = `${request.method ?? "GET"} ${path.split("?")[0]}`;
    const attempts = new Attempts({ ...this.retry, ...options.retry });
    for (;;) {
      /** @type {Refused | Unanswered} */
      let error;
      try {
        const response = await this.open(path, request, any(options.signal, AbortSignal.timeout(this.patience(request.body, options.timeout))));
        if (response.ok) return await read(response);
        error = await refusal(response, what, attempts.made);
      } catch (cause) {
        options.signal?.throwIfAborted();
        // All of it has come, and it is no JSON: another try would not change that.
        if (cause instanceof SyntaxError) throw cause;
        error = new Unanswered(what, attempts.made, cause);
      }
      const isPassing = isRepeatable && (error instanceof Unanswered || error.isPassing);
      const wait = isPassing ? attempts.nextWait(error instanceof Refused ? error.retryAfter * 1000 : 0) : null;
      if (wait === null) throw error;
      await sleep(wait, options.signal);
    }
  }

  /** How long to wait for an answer to a body. @param {unknown} body @param {number} [timeout] */
  patience(body, timeout = this.timeout) {
    return timeout + (typeof body === "string" ? Math.floor(body.length / SENT_PER_MILLISECOND_MIN) : 0);
  }

  /**
   * Sends once; the head of the answer has come, its body has not.
   * @param {string} path @param {RequestInit} request @param {AbortSignal | null} signal
   */
  open(path, request, signal) {
    const headers = { ...this.headers, .../** @type {Record<string, string>} */ (request.headers) };
    return this.fetch(this.url + path, { ...request, headers, cache: "no-store", signal });
  }
}

/** The tries of one request. */
export class Attempts {
  /** @param {Retry} retry @param {number | null} [begun] when; null, if the time begins with the first loss */
  constructor(retry, begun = Date.now()) {
    this.retry = retry;
    /** How many were made, with the one that is being made. */
    this.made = 1;
    this.begun = begun;
  }

  /** How long to wait before the next, in milliseconds; null to give up. @param {number} asked 0 if nothing was */
  nextWait(asked) {
    const { attemptsMax, waitFirst, waitMax, timeMax } = this.retry;
    if (this.made >= attemptsMax) return null;
    const own = spread(Math.min(waitFirst * 2 ** (this.made - 1), waitMax));
    // Those who are told the same time must not all come at it.
    const wait = asked > 0 ? asked + Math.min(own, asked / 10) : own;
    this.begun ??= Date.now();
    if (Date.now() - this.begun + wait > timeMax) return null;
    this.made += 1;
    return wait;
  }
}

/** Between a half and all of a wait. @param {number} wait */
export function spread(wait) {
  return (wait * (1 + Math.random())) / 2;
}

/** @param {number} milliseconds @param {AbortSignal | undefined} [signal] */
export function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const over = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", over);
      resolve(undefined);
    }, milliseconds);
    signal?.addEventListener("abort", over, { once: true });
  });
}

/** @param {(AbortSignal | null | undefined)[]} signals */
export function any(...signals) {
  return AbortSignal.any(signals.filter((signal) => signal instanceof AbortSignal));
}

/** @param {Response} response @returns {Promise<any>} */
async function json(response) {
  return response.status === 204 ? null : response.json();
}

/** A key that nobody else has: 122 random bits. A page on plain HTTP has no `randomUUID`. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Where the next page is: the link with the relation `next`, else by the cursor. @param {Response} response @param {string} path @param {string} cursor */
function nextPage(response, path, cursor) {
  const link = response.headers.get("link")?.match(/<(\/api\/[^>]*)>;\s*rel="next"/)?.[1];
  if (link) return link;
  const [base, query] = path.split("?");
  const pairs = new URLSearchParams(query);
  pairs.set("cursor", cursor);
  return `${base}?${pairs}`;
}

/**
 * A list that is read as far as it is asked for: `for await (const trade of client.listTrades()) …`.
 * @template T
 */
export class Pages {
  /** @param {Http} http @param {string} path @param {Reading} options */
  constructor(http, path, options) {
    this.http = http;
    /** The page to read next. @type {string | null} */
    this.next = path;
    this.options = options;
    /** The earliest that any page has seen: what happened after it may or may not be in the items. @type {AsOf | null} */
    this.asOf = null;
  }

  /** Whether all of the list was read. */
  get isComplete() {
    return this.next === null;
  }

  /** The items of the next page; null at the end. @returns {Promise<T[] | null>} */
  async nextPage() {
    if (this.next === null) return null;
    const path = this.next;
    const page = await this.http.send(path, {}, this.options, true, async (response) => {
      const page = await response.json();
      return { ...page, next: page.nextCursor ? nextPage(response, path, page.nextCursor) : null };
    });
    this.next = page.next;
    if (this.asOf === null || page.asOf.sequence < this.asOf.sequence) this.asOf = page.asOf;
    return page.items;
  }

  async *[Symbol.asyncIterator]() {
    for (let items; (items = await this.nextPage()) !== null; ) yield* items;
  }

  /** The items up to so many, by whole pages. @param {number} [itemsMax] @returns {Promise<T[]>} */
  async all(itemsMax = Infinity) {
    /** @type {T[]} */
    const found = [];
    for (let items; found.length < itemsMax && (items = await this.nextPage()) !== null; ) {
      for (const item of items) found.push(item);
    }
    return found;
  }
}
