// What is meant by a few letters: the things whose name or identifier fits best. Knows no page.

/** @typedef {{ id: string, name: string }} Named */

const NONE = 9;

/** How well it fits: 0 is best. @param {Named} thing @param {string} text in lower case */
function distance({ id, name }, text) {
  const [lowId, lowName] = [id.toLowerCase(), name.toLowerCase()];
  if (lowId === text || lowName === text) return 0;
  if (lowName.startsWith(text)) return 1;
  if (lowId.startsWith(text)) return 2;
  if (lowName.includes(` ${text}`)) return 3;
  if (lowName.includes(text)) return 4;
  return lowId.includes(text) ? 5 : NONE;
}

/**
 * The best of them, at most so many, the best first; of equals in the order of their names.
 * @param {Iterable<Named>} things
 * @param {string} text
 * @param {number} itemsMax
 */
export function suggest(things, text, itemsMax) {
  const wanted = text.trim().toLowerCase();
  const found = [];
  for (const thing of things) {
    const rank = wanted === "" ? 1 : distance(thing, wanted);
    if (rank < NONE) found.push({ rank, thing });
  }
  found.sort((a, b) => a.rank - b.rank || a.thing.name.localeCompare(b.thing.name));
  return found.slice(0, itemsMax).map(({ thing }) => thing);
}

/**
 * The identifier that a text stands for: of the one thing that is called so, else the text itself.
 * @param {Iterable<Named>} things
 * @param {string} text
 */
export function identify(things, text) {
  const wanted = text.trim();
  const low = wanted.toLowerCase();
  const called = [];
  for (const { id, name } of things) {
    if (id === wanted) return id;
    if (name.toLowerCase() === low) called.push(id);
  }
  return called.length === 1 ? called[0] : wanted;
}
