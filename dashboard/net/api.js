// Requests of this page to the server it came from, by the client that anybody may use; the session cookie says
// who asks. Reads are asked once: the page says at once what is wrong, and asks again when it is time.

import { Client } from "../client/index.js";
import { refusal } from "../client/errors.js";

export { Refused, Unauthenticated } from "../client/errors.js";

export const client = new Client();

/** Once. */
const ONCE = { attemptsMax: 1 };
/** As long as somebody waits who pressed a button: a connection that fell silent is tried anew meanwhile. */
const PRESSED = { retry: { timeMax: 10_000 }, timeout: 3_000 };

/** Turns a refusal into an error. @param {Response} response */
export async function check(response) {
  if (response.ok) return response;
  throw await refusal(response, new URL(response.url || "/", "http://h").pathname);
}

/** @param {string} path @param {{ signal?: AbortSignal }} [options] @returns {Promise<any>} */
export function get(path, options = {}) {
  return client.get(path, {}, { ...options, retry: ONCE });
}

/**
 * A write, which acts once however often it goes out. Pass a key to try again what somebody tried before.
 * @param {string} path
 * @param {unknown} [body]
 * @param {{ method?: string, key?: string }} [options]
 * @returns {Promise<any>}
 */
export function post(path, body, { method = "POST", ...options } = {}) {
  return client.write(method, path, body, { ...options, ...PRESSED });
}

/**
 * All of a list, page by page, and the earliest sequence any page was read at: what happened after
 * it may or may not be in the items.
 * @param {string} path
 * @param {number} itemsMax
 * @param {{ signal?: AbortSignal }} [options]
 */
export async function list(path, itemsMax, options = {}) {
  const pages = client.pages(path, { limit: 1000 }, { ...options, retry: ONCE });
  const items = await pages.all(itemsMax);
  return { items, sequence: pages.asOf?.sequence ?? Infinity, isComplete: pages.isComplete };
}
