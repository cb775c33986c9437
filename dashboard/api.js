// Requests to the API of the server this page came from.

const KEY = "itn.key";

/** The server wants a key, or does not know this one. */
export class Unauthenticated extends Error {}

/** The server refused; `code` is the problem's. */
export class Refused extends Error {
  /** @param {number} status @param {string} code @param {string} detail */
  constructor(status, code, detail) {
    super(detail || code || `status ${status}`);
    this.status = status;
    this.code = code;
  }
}

/** The key of this tab, if someone signed in. */
export const storedKey = () => sessionStorage.getItem(KEY);

/** @param {string} key */
export const storeKey = (key) => sessionStorage.setItem(KEY, key);

/** @returns {Record<string, string>} */
export function authorization() {
  const key = storedKey();
  return key ? { authorization: `Bearer ${key}` } : {};
}

/** Turns a refusal into an error. @param {Response} response */
export async function check(response) {
  if (response.ok) return response;
  if (response.status === 401) throw new Unauthenticated();
  const problem = await response.json().catch(() => ({}));
  throw new Refused(response.status, problem.code ?? "", problem.detail ?? "");
}

/** @param {string} path @returns {Promise<any>} */
export async function get(path) {
  const response = await fetch(path, { headers: authorization(), cache: "no-store" });
  return (await check(response)).json();
}

/**
 * All of a list, page by page, and the earliest position any page was read at: what happened after
 * it may or may not be in the items.
 * @param {string} path
 * @param {number} itemsMax
 */
export async function list(path, itemsMax) {
  const items = [];
  let position = Infinity;
  let cursor = "";
  do {
    const joiner = path.includes("?") ? "&" : "?";
    const page = await get(`${path}${joiner}limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    items.push(...page.items);
    position = Math.min(position, page.asOf.sequence);
    cursor = page.nextCursor ?? "";
  } while (cursor && items.length < itemsMax);
  return { items, position };
}
