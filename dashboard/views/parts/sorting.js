// Which column a table is sorted by, as the address says: sort=name, or sort=-name for descending. Only of tables
// whose rows are all in the page.

/** @typedef {import("../../address.js").Address} Address */

/** @param {Address} address @param {Record<string, unknown>} keys those that may be sorted by */
export function sortOf(address, keys) {
  const text = address.current.query.get("sort") ?? "";
  const isDescending = text.startsWith("-");
  const name = isDescending ? text.slice(1) : text;
  return Object.hasOwn(keys, name) ? { name, isDescending } : null;
}

/** The same column again turns it round. @param {Address} address @param {string} name */
export function sortTo(address, name) {
  const sort = address.current.query.get("sort");
  address.change({ sort: sort === name ? `-${name}` : name }, { replace: true });
}
