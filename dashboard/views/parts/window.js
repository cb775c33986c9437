// Which rows of a long table are in sight, so that only those are made. Knows no page.

/**
 * @param {object} view
 * @param {number} view.top how far the first row lies above the upper edge, in pixels
 * @param {number} view.height of what is in sight
 * @param {number} view.rowHeight
 * @param {number} view.count of all rows
 * @param {number} [view.spare] rows made beyond the edges, so that scrolling finds them there
 * @returns {{ first: number, end: number, above: number, below: number }} rows from first up to end, and the pixels left out
 */
export function rowsInSight({ top, height, rowHeight, count, spare = 12 }) {
  const inSight = Math.ceil(height / rowHeight) + 1;
  const start = Math.floor(Math.max(0, top) / rowHeight);
  const first = Math.max(0, Math.min(start, count - inSight) - spare);
  const end = Math.min(count, Math.min(start, Math.max(0, count - inSight)) + inSight + spare);
  return { first, end, above: first * rowHeight, below: (count - end) * rowHeight };
}

/**
 * Sorted by what `key` says of each, which is looked at once; those that it says null of come last either way.
 * @template T
 * @param {Iterable<T>} items
 * @param {(item: T) => string | number | null} key
 * @param {boolean} isDescending
 * @returns {T[]}
 */
export function sortedBy(items, key, isDescending) {
  const keyed = Array.from(items, (item, place) => ({ item, key: comparable(key(item)), place }));
  const sign = isDescending ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null) || a.place - b.place;
    return sign * compare(a.key, b.key) || a.place - b.place;
  });
  return keyed.map(({ item }) => item);
}

/** @param {string | number | null} key */
const comparable = (key) => (typeof key === "string" ? collate(key) : key);

/** Texts as they are compared: "Swift 9" comes before "Swift 10". So many are kept, since names come again with each sorting. */
const COLLATED_MAX = 100_000;
/** @type {Map<string, string>} */
const collated = new Map();

/** @param {string} text */
function collate(text) {
  let key = collated.get(text);
  if (key === undefined) {
    key = text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, "0"));
    if (collated.size >= COLLATED_MAX) collated.clear();
    collated.set(text, key);
  }
  return key;
}

/** @param {string | number} a @param {string | number} b */
function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return a < b ? -1 : Number(a > b);
}
