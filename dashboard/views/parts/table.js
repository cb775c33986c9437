// A table of things: a caption, headers that sort where all is there to sort, rows that lead somewhere. Long ones are
// windowed: only the rows in sight are made.

import { fill, h, keyed } from "../../dom.js";
import { rowsInSight } from "./window.js";

/**
 * @template T
 * @typedef {object} Column
 * @property {string} name
 * @property {string} label
 * @property {(item: T) => any} cell a child, or several
 * @property {"number"} [kind]
 * @property {"wide" | "wider"} [from] how wide the page must be to show it
 * @property {boolean} [isHead] names the row
 * @property {string} [title] what it means
 * @property {boolean} [sorts]
 * @property {number} [width] of a long table's column, in parts of all its widths
 */

/** @typedef {{ name: string, isDescending: boolean }} Sort */

/** @template T */
export class Table {
  /**
   * @param {object} options
   * @param {string} options.caption
   * @param {Column<T>[]} options.columns
   * @param {(item: T) => string} options.key
   * @param {(item: T) => string} [options.signature] what its cells are made of: the same means nothing to draw
   * @param {(name: string) => void} [options.onSort]
   */
  constructor({ caption, columns, key, signature, onSort }) {
    this.columns = columns;
    this.key = key;
    this.signature = signature ?? key;
    this.caption = h("caption", { class: "unseen" }, caption);
    this.head = h("tr");
    this.body = h("tbody", { onclick: (/** @type {MouseEvent} */ event) => this.click(event) });
    this.element = h("table", { class: "sheet" }, this.caption, h("thead", null, this.head), this.body);
    for (const column of columns) this.head.append(this.header(column, onSort));
  }

  /** @param {Column<T>} column @param {((name: string) => void) | undefined} onSort */
  header(column, onSort) {
    const label = column.sorts && onSort
      ? h("button", { type: "button", class: "sort", onclick: () => onSort(column.name) }, column.label, h("span", { class: "arrow", "aria-hidden": "true" }))
      : column.label;
    return h("th", { scope: "col", class: classOf(column), title: column.title, dataset: { name: column.name } }, label);
  }

  /** @param {Sort | null} sort */
  showSort(sort) {
    for (const header of this.head.children) {
      const isIt = header instanceof HTMLElement && header.dataset.name === sort?.name;
      if (isIt) header.setAttribute("aria-sort", sort?.isDescending ? "descending" : "ascending");
      else header.removeAttribute("aria-sort");
    }
  }

  /** @param {Iterable<T>} items all of them, the rows there are kept */
  set(items) {
    keyed(this.body, items, this.key, (item) => this.row(item), (row, item) => this.update(row, item));
  }

  /** More rows, at the end or at the beginning. @param {T[]} items @param {"append" | "prepend"} where */
  add(items, where = "append") {
    this.body[where](...items.map((item) => this.row(item)));
  }

  /** @param {T} item one that may have a row */
  renew(item) {
    const row = this.rowOf(this.key(item));
    if (row) this.update(row, item);
  }

  /** @param {string} key @returns {HTMLElement | undefined} */
  rowOf(key) {
    return /** @type {HTMLElement | null} */ (this.body.querySelector(`:scope > [data-key="${CSS.escape(key)}"]`)) ?? undefined;
  }

  /** @param {T} item */
  row(item) {
    const row = h("tr", { dataset: { key: this.key(item) } });
    row.dataset.signature = this.signature(item);
    for (const column of this.columns) row.append(this.cell(column, item));
    return row;
  }

  /** @param {Column<T>} column @param {T} item */
  cell(column, item) {
    const content = [column.cell(item)].flat();
    const properties = { class: classOf(column) };
    return column.isHead ? h("th", { scope: "row", ...properties }, content) : h("td", properties, content);
  }

  /** What changed is made anew, cell by cell, so that the focus stays where it is. @param {HTMLElement} row @param {T} item */
  update(row, item) {
    const signature = this.signature(item);
    if (row.dataset.signature === signature) return;
    row.dataset.signature = signature;
    this.columns.forEach((column, at) => {
      const made = this.cell(column, item);
      const there = row.children[at];
      if (there && !made.isEqualNode(there)) there.replaceChildren(...made.childNodes);
    });
  }

  /** Anywhere on a row leads where its head leads. @param {MouseEvent} event */
  click(event) {
    const { target } = event;
    if (!(target instanceof Element) || target.closest("a, button, .detail") || String(getSelection()) !== "") return;
    const lead = target.closest("tr")?.querySelector("th a, th button");
    if (lead instanceof HTMLElement) lead.click();
  }

  /** Opens a row, or closes it; gives whether it is open. @param {string} key @param {Node | null} detail */
  open(key, detail) {
    const row = this.rowOf(key);
    const below = row?.nextElementSibling;
    if (below?.classList.contains("detail")) below.remove();
    row?.classList.toggle("is-open", detail !== null);
    row?.querySelector("[aria-expanded]")?.setAttribute("aria-expanded", String(detail !== null));
    if (row && detail) {
      const cell = h("td", { colspan: this.columns.length }, detail);
      row.after(h("tr", { class: "detail", dataset: { key: `detail-${key}` } }, cell));
    }
    return Boolean(row && detail);
  }
}

/** @param {Column<any>} column */
const classOf = ({ kind, from, name }) => [`c-${name}`, kind, from && `from-${from}`].filter(Boolean).join(" ");

/**
 * A table whose rows all have one height, of which those in sight are made.
 * @template T
 * @extends {Table<T>}
 */
export class LongTable extends Table {
  /** @param {ConstructorParameters<typeof Table<T>>[0]} options @param {HTMLElement} scroller */
  constructor(options, scroller) {
    super(options);
    this.element.classList.add("is-long");
    this.scroller = scroller;
    /** @type {T[]} */
    this.items = [];
    this.above = h("tbody", { "aria-hidden": "true", class: "left-out" });
    this.below = h("tbody", { "aria-hidden": "true", class: "left-out" });
    this.body.before(this.above);
    this.body.after(this.below);
    this.isDirty = true;
    this.rowHeight = 0;
    // Widths that do not follow the rows in sight: nothing shifts as one scrolls.
    const all = this.columns.reduce((sum, { width }) => sum + (width ?? 1), 0);
    this.columns.forEach(({ width }, at) => {
      const header = this.head.children[at];
      if (header instanceof HTMLElement) header.style.width = `${((width ?? 1) / all) * 100}%`;
    });
    this.scrolled = () => { this.isDirty = true; };
    this.resized = () => { [this.isDirty, this.rowHeight] = [true, 0]; };
    scroller.addEventListener("scroll", this.scrolled, { passive: true });
    addEventListener("resize", this.resized);
  }

  end() {
    this.scroller.removeEventListener("scroll", this.scrolled);
    removeEventListener("resize", this.resized);
  }

  /** @param {T[]} items */
  set(items) {
    this.items = items;
    this.element.setAttribute("aria-rowcount", String(items.length + 1));
    this.isDirty = true;
  }

  /** Once a frame: draws anew if there is something to draw. */
  draw() {
    if (!this.isDirty) return;
    this.isDirty = false;
    this.rowHeight ||= parseFloat(getComputedStyle(this.element).getPropertyValue("--row"));
    const { rowHeight } = this;
    const top = this.scroller.getBoundingClientRect().top - this.above.getBoundingClientRect().top;
    const { first, end, above, below } = rowsInSight({ top, height: this.scroller.clientHeight, rowHeight, count: this.items.length });
    super.set(this.items.slice(first, end));
    let index = first + 2;
    for (const row of this.body.children) row.setAttribute("aria-rowindex", String(index++));
    space(this.above, above);
    space(this.below, below);
  }
}

/** One cell alone: a span over columns that are left out would make them, and take their width. @param {HTMLElement} place @param {number} height */
function space(place, height) {
  if (height === 0) {
    fill(place);
    return;
  }
  let cell = place.querySelector("td");
  if (!cell) fill(place, h("tr", null, (cell = h("td"))));
  cell.style.height = `${height}px`;
}
