// Names on the map: which of them are written, and where, so that none covers another. `place` and
// what it needs know no DOM; `Labels` shows what they decide.

import { h } from "../dom.js";

/**
 * A name that could be written.
 * @typedef {object} Candidate
 * @property {string} key
 * @property {string} text
 * @property {number} x of its mark, in pixels
 * @property {number} y
 * @property {number} gap pixels between the mark's middle and the text
 * @property {number} width of the text
 * @property {boolean} isForced selected or under the pointer: written whatever is in the way
 * @property {string} look a class
 * @property {import("./layout.js").System | number | "chosen"} anchor what it belongs to: a system, the number of a station, or what is selected
 */

/** @typedef {{ candidate: Candidate, left: number, top: number, side: number }} Placed   left and top from the mark's middle */

export const LABELS_MAX = 60;
const HEIGHT = 14;
const CELL = 7;
/** Between a text and the next. */
const PADDING = 3;

/** Which parts of the screen have something on them, in cells. */
export class Taken {
  /** @param {number} width @param {number} height */
  constructor(width, height) {
    this.columns = Math.max(1, Math.ceil(width / CELL));
    this.rows = Math.max(1, Math.ceil(height / CELL));
    this.cells = new Uint8Array(this.columns * this.rows);
  }

  copy() {
    const copy = new Taken(this.columns * CELL, this.rows * CELL);
    copy.cells.set(this.cells);
    return copy;
  }

  /** Whether a box lies on the screen and on nothing. @param {number} left @param {number} top @param {number} width @param {number} height */
  isFree(left, top, width, height) {
    if (left < 0 || top < 0 || left + width >= this.columns * CELL || top + height >= this.rows * CELL) return false;
    const right = Math.floor((left + width) / CELL);
    const bottom = Math.floor((top + height) / CELL);
    for (let row = Math.floor(top / CELL); row <= bottom; row += 1) {
      for (let column = Math.floor(left / CELL); column <= right; column += 1) {
        if (this.cells[row * this.columns + column]) return false;
      }
    }
    return true;
  }

  /** @param {number} left @param {number} top @param {number} width @param {number} height */
  take(left, top, width, height) {
    const right = Math.min(this.columns - 1, Math.floor((left + width) / CELL));
    const bottom = Math.min(this.rows - 1, Math.floor((top + height) / CELL));
    const first = Math.max(0, Math.floor(left / CELL));
    for (let row = Math.max(0, Math.floor(top / CELL)); row <= bottom; row += 1) {
      for (let column = first; column <= right; column += 1) this.cells[row * this.columns + column] = 1;
    }
  }
}

/**
 * The names to write, those that come first in the list first; each where it was if it can be.
 * @param {Candidate[]} candidates
 * @param {Taken} taken
 * @param {Map<string, number>} sides where each name was: right, left, below, above
 * @param {number} [countMax]
 * @returns {Placed[]}
 */
export function place(candidates, taken, sides, countMax = LABELS_MAX) {
  /** @type {Placed[]} */
  const placed = [];
  for (const candidate of candidates) {
    if (placed.length >= countMax) break;
    const { x, y, width, isForced } = candidate;
    const first = sides.get(candidate.key) ?? 0;
    const order = [first, 0, 1, 2, 3];
    let side = order.find((one) => {
      const [left, top] = offset(candidate, one);
      return taken.isFree(x + left - PADDING, y + top, width + PADDING * 2, HEIGHT);
    });
    if (side === undefined && !isForced) continue;
    side ??= x + candidate.gap + width > taken.columns * CELL ? 1 : 0;
    const [left, top] = offset(candidate, side);
    taken.take(x + left - PADDING, y + top, width + PADDING * 2, HEIGHT);
    placed.push({ candidate, left, top, side });
  }
  return placed;
}

/** @param {Candidate} candidate @param {number} side @returns {[number, number]} left and top from the mark's middle */
function offset({ gap, width }, side) {
  switch (side) {
    case 1: return [-gap - width, -HEIGHT / 2];
    case 2: return [-width / 2, gap - 2];
    case 3: return [-width / 2, 2 - gap - HEIGHT];
    default: return [gap, -HEIGHT / 2];
  }
}

/** The elements that show names, kept and used again. */
export class Labels {
  /** @param {HTMLElement} layer */
  constructor(layer) {
    this.layer = layer;
    /** @type {HTMLElement[]} */
    this.elements = [];
    /** @type {Placed[]} */
    this.placed = [];
    /** @type {Map<string, number>} */
    this.sides = new Map();
    /** @type {Map<string, number>} */
    this.widths = new Map();
    /** Rises when all names are to be measured anew. */
    this.version = 0;
    this.pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    this.setFont();
    // Widths measured before the font was there are wrong.
    document.fonts?.ready.then(() => this.setFont());
  }

  setFont() {
    const { fontSize, fontFamily } = getComputedStyle(this.layer);
    this.pen.font = `${fontSize} ${fontFamily}`;
    this.widths.clear();
    this.version += 1;
  }

  /** Of a text, in pixels; measured once. @param {string} text */
  width(text) {
    let width = this.widths.get(text);
    if (width === undefined) this.widths.set(text, (width = Math.ceil(this.pen.measureText(text).width * 1.03)));
    return width;
  }

  /** @param {Candidate[]} candidates in order of importance @param {Taken} taken @param {number} countMax */
  choose(candidates, taken, countMax) {
    this.placed = place(candidates, taken, this.sides, countMax);
    this.sides = new Map(this.placed.map(({ candidate, side }) => [candidate.key, side]));
    while (this.elements.length < this.placed.length) {
      const element = h("span");
      this.elements.push(element);
      this.layer.append(element);
    }
    this.elements.forEach((element, number) => {
      const shown = this.placed[number];
      element.hidden = !shown;
      if (!shown) return;
      const { text, look } = shown.candidate;
      if (element.textContent !== text) element.textContent = text;
      if (element.className !== look) element.className = look;
    });
  }

  /** Moves the names to where their marks are now. @param {(candidate: Candidate, pixel: import("./camera.js").Pixel) => boolean} find */
  follow(find) {
    const pixel = { x: 0, y: 0, scale: 0 };
    this.placed.forEach(({ candidate, left, top }, number) => {
      const isSeen = find(candidate, pixel);
      const { style } = this.elements[number];
      const where = isSeen ? `translate(${Math.round(pixel.x + left)}px, ${Math.round(pixel.y + top)}px)` : "translate(-999px, 0)";
      if (style.transform !== where) style.transform = where;
    });
  }
}
