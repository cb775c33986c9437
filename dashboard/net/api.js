// Requests to the API of the server this page came from; the session cookie says who asks.

/** The server wants somebody to sign in. */
export class Unauthenticated extends Error {
  constructor() {
    super("signed out");
  }
}

/** The server refused: `code` is the problem's, `problem` all of it. */
export class Refused extends Error {
  /** @param {number} status @param {any} problem @param {number} retryAfter seconds, 0 if it does not say */
  constructor(status, problem, retryAfter = 0) {
    super(problem.detail || problem.title || `status ${status}`);
    this.status = status;
    this.code = problem.code ?? "";
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** What was wrong with a parameter or a field. @param {string} name */
  of(name) {
    const errors = this.problem.errors ?? [];
    return errors.find((/** @type {any} */ error) => error.parameter === name || error.pointer === `/${name}`)?.detail ?? "";
  }
}

/** Turns a refusal into an error. @param {Response} response */
export async function check(response) {
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  if (response.status === 401) throw new Unauthenticated();
  throw new Refused(response.status, problem, Number(response.headers.get("retry-after")) || 0);
}

/** @param {string} path @param {{ signal?: AbortSignal }} [options] @returns {Promise<any>} */
export async function get(path, { signal } = {}) {
  return (await check(await fetch(path, { cache: "no-store", signal: signal ?? null }))).json();
}

/**
 * A write. The same key again does it once: pass one to try again.
 * @param {string} path
 * @param {unknown} [body]
 * @param {{ method?: string, key?: string }} [options]
 * @returns {Promise<any>}
 */
export async function post(path, body, { method = "POST", key = crypto.randomUUID() } = {}) {
  /** @type {Record<string, string>} */
  const headers = { "idempotency-key": key };
  if (body !== undefined) headers["content-type"] = "application/json";
  const response = await check(await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) }));
  return response.status === 204 ? null : response.json();
}

/**
 * All of a list, page by page, and the earliest sequence any page was read at: what happened after
 * it may or may not be in the items.
 * @param {string} path
 * @param {number} itemsMax
 * @param {{ signal?: AbortSignal }} [options]
 */
export async function list(path, itemsMax, options = {}) {
  const items = [];
  let sequence = Infinity;
  let cursor = "";
  do {
    const joiner = path.includes("?") ? "&" : "?";
    const page = await get(`${path}${joiner}limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`, options);
    items.push(...page.items);
    sequence = Math.min(sequence, page.asOf.sequence);
    cursor = page.nextCursor ?? "";
  } while (cursor && items.length < itemsMax);
  return { items, sequence, isComplete: !cursor };
}
