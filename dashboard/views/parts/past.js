// Events before a sequence: the API reads forwards from any sequence, so this steps back in growing spans until it
// has enough. What it gives is exactly what GET /api/events has. Knows no page.

import { pathOf } from "./query.js";

const SPAN_FIRST = 256;
const SPAN_FACTOR = 8;
/** Requests for one step back; what is rarer than this finds is asked for again. */
const REQUESTS_MAX = 12;
const PAGE_ITEMS = 1000;

/**
 * The latest events before a sequence, the newest first.
 * @param {import("./pages.js").Get} get
 * @param {Iterable<[string, string]>} values the filters
 * @param {number} before exclusive
 * @param {number} wanted how many, about
 * @param {AbortSignal} signal
 * @returns {Promise<{ events: any[], reached: number }>} reached: all from this sequence on is there; 1 is the beginning
 */
export async function earlier(get, values, before, wanted, signal) {
  const filters = [...values];
  /** @type {any[]} */
  let found = [];
  let end = before;
  let span = SPAN_FIRST;
  for (let request = 0; request < REQUESTS_MAX && end > 1 && found.length < wanted;) {
    const start = Math.max(1, end - span);
    const { events, asked, isComplete } = await between(get, filters, start, end, signal, REQUESTS_MAX - request);
    request += asked;
    // A span that could not be read whole is no use: its newest are missing. A smaller one can be.
    if (!isComplete) {
      if (span <= SPAN_FIRST) break;
      span = Math.max(SPAN_FIRST, Math.floor(span / SPAN_FACTOR / 2));
      continue;
    }
    found = [...events, ...found];
    end = start;
    span *= SPAN_FACTOR;
  }
  return { events: found.reverse(), reached: end };
}

/**
 * @param {import("./pages.js").Get} get
 * @param {[string, string][]} filters
 * @param {number} start inclusive
 * @param {number} end exclusive
 * @param {AbortSignal} signal
 * @param {number} requestsMax
 */
async function between(get, filters, start, end, signal, requestsMax) {
  /** @type {any[]} */
  const events = [];
  /** @type {string | null} */
  let after = start > 1 ? String(start - 1) : null;
  for (let asked = 1; asked <= requestsMax; asked += 1) {
    const limit = Math.min(PAGE_ITEMS, end - start);
    const { items, nextCursor } = await get(pathOf("/api/events", [...filters, ["after", after], ["limit", limit]]), { signal });
    for (const event of items) {
      if (Number(event.sequence) >= end) return { events, asked, isComplete: true };
      events.push(event);
    }
    if (nextCursor === null || Number.parseInt(nextCursor, 10) >= end - 1) return { events, asked, isComplete: true };
    after = nextCursor;
  }
  return { events, asked: requestsMax, isComplete: false };
}
