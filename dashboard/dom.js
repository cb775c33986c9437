// Elements from names, properties and children. Text is put in as text: data never becomes markup.

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element. Properties: `class`, `dataset`, handlers such as `onclick`; `true` sets an empty
 * attribute, `false`, null and undefined none; everything else is an attribute.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any> | null} [properties]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "dataset") Object.assign(element.dataset, value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/** Replaces what is in an element. @param {Element} place @param {...(Child | Child[])} children */
export function fill(place, ...children) {
  place.replaceChildren();
  append(place, children);
}

/** @param {Element} place @param {(Child | Child[])[]} children */
function append(place, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    place.append(child instanceof Node ? child : String(child));
  }
}

/** Text and links, as the words of the model are made. @param {(string | { text: string, href: string })[]} words */
export const prose = (words) => words.map((word) => (typeof word === "string" ? word : h("a", { href: word.href }, word.text)));

/** Sets a text if it is another one: what does not change is not laid out again. @param {Node} place @param {string} text */
export function setText(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** The others of a list, those behind a place before those ahead of it. @template T @param {T[]} all @param {number} at @returns {T[]} */
export const nearest = (all, at) => [...all.slice(at + 1), ...all.slice(0, Math.max(0, at)).reverse()];

/**
 * Makes the children of an element those of a list, in its order, keeping what is there. What is put
 * elsewhere loses the focus and the click that is under way, so as little as can be is moved: those
 * that are gone go first, and one that only fell behind is passed over till its turn.
 * @template T
 * @param {Element} place
 * @param {Iterable<T>} items
 * @param {(item: T) => string} key
 * @param {(item: T) => HTMLElement} make
 * @param {(element: HTMLElement, item: T) => void} [update]
 */
export function keyed(place, items, key, make, update) {
  const wanted = [...items].map((item) => ({ item, name: key(item) }));
  const names = new Set(wanted.map(({ name }) => name));
  const focused = place.ownerDocument.activeElement;
  /** @type {Map<string, HTMLElement>} */
  const known = new Map();
  for (const child of [...place.children]) {
    if (!(child instanceof HTMLElement)) continue;
    const name = child.dataset.key ?? "";
    if (!names.has(name) || known.has(name)) child.remove();
    else known.set(name, child);
  }
  let at = place.firstElementChild;
  for (const { item, name } of wanted) {
    let element = known.get(name);
    known.delete(name);
    if (!element) {
      element = make(item);
      element.dataset.key = name;
    }
    update?.(element, item);
    if (element === at || (at && element === at.nextElementSibling)) at = element.nextElementSibling;
    else place.insertBefore(element, at);
  }
  if (focused instanceof HTMLElement && focused !== place.ownerDocument.activeElement && place.contains(focused)) focused.focus({ preventScroll: true });
}
