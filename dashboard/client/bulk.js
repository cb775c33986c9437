// Bulk: many commands in one request, a result for each. After a lost answer the lines without a result go out
// again, as they were and with their keys: what stood already is replayed, the rest is completed.

import { Refused, Unanswered, refusal } from "./errors.js";
import { Attempts, any, newKey, sleep } from "./http.js";

/** @import { BulkLine } from "./types.js" */
/** @import { Http, Reading } from "./http.js" */

/**
 * What became of a line. `status` is as if it had been sent alone; a refusal has `code` and what a problem has.
 * @typedef {{ line: number, status: number, id?: string, sequence?: number, replayed?: boolean, code?: string, detail?: string } & Record<string, any>} LineResult
 */

const WHAT = "POST /api/events";

/** The line is kept as it is sent: with a key. @param {BulkLine} line */
function written(line) {
  return JSON.stringify(line.idempotencyKey ? line : { ...line, idempotencyKey: newKey() });
}

/**
 * Posts lines (at most 16,384, better half of that), and gives their results, in order, as they come.
 * @param {Http} http
 * @param {BulkLine[]} lines a line without a key is given one
 * @param {Reading} [options]
 * @returns {AsyncGenerator<LineResult, void, void>}
 */
export async function* bulk(http, lines, options = {}) {
  const texts = lines.map(written);
  const retry = { ...http.retry, ...options.retry };
  let attempts = new Attempts(retry, null);
  let done = 0;
  while (done < texts.length) {
    /** @type {unknown} */
    let failure = new Error("not every line has a result");
    let asked = 0;
    try {
      const before = done;
      for await (const result of answers(http, texts.slice(before), options)) {
        if (result.line !== done - before + 1) throw new TypeError(`a result of line ${result.line} instead of ${done - before + 1}`);
        if (new Refused(result.status, result).isPassing) {
          failure = new Refused(result.status, result, 0, WHAT, attempts.made);
          break;
        }
        done += 1;
        // What is lost from now on is another loss.
        if (attempts.made > 1) attempts = new Attempts(retry, null);
        yield { ...result, line: done };
        if (done === texts.length) return;
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof Refused) {
        if (!error.isPassing) throw error;
        asked = error.retryAfter * 1000;
      }
      failure = error;
    }
    const wait = attempts.nextWait(asked);
    if (wait === null) throw failure instanceof Refused ? failure : new Unanswered(WHAT, attempts.made, failure);
    await sleep(wait, options.signal);
  }
}

/** @param {Http} http @param {string[]} texts @param {Reading} options @returns {AsyncGenerator<LineResult, void, void>} */
async function* answers(http, texts, { signal, timeout = http.timeout }) {
  const silent = new AbortController();
  const arm = (/** @type {number} */ wait) => setTimeout(() => silent.abort(new Error("nothing came in time")), wait);
  const body = `${texts.join("\n")}\n`;
  let timer = arm(http.patience(body, timeout));
  try {
    const headers = { "content-type": "application/x-ndjson" };
    const request = { method: "POST", headers, body };
    const response = await http.open("/api/events", request, any(signal, silent.signal));
    if (!response.ok || !response.body) throw await refusal(response, WHAT);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    try {
      for (let rest = ""; ; ) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(timer);
        const whole = (rest + value).split("\n");
        rest = whole.pop() ?? "";
        for (const line of whole) if (line) yield JSON.parse(line);
        timer = arm(timeout);
      }
    } finally {
      reader.cancel().catch(() => {});
    }
  } finally {
    clearTimeout(timer);
  }
}
