// A list of the API, page by page. Knows no page of ours.

import { pathOf } from "./query.js";

/** @typedef {(path: string, options: { signal: AbortSignal }) => Promise<any>} Get */
/** @typedef {{ sequence: number, time: string }} AsOf */

/** A page may be empty with more to come; so many of them in a row are followed before it is said that the search goes on. */
const EMPTY_PAGES_MAX = 20;

export class Pages {
  /**
   * @param {Get} get
   * @param {string} path
   * @param {Iterable<[string, string]>} values
   * @param {number} limit items a page
   */
  constructor(get, path, values, limit) {
    this.get = get;
    this.path = path;
    this.values = [...values];
    this.limit = limit;
    /** @type {string | null} */
    this.cursor = null;
    this.isDone = false;
    /** Of the first page: later ones may be read later. @type {AsOf | null} */
    this.asOf = null;
    this.ended = new AbortController();
  }

  /** The next items, at least one unless the list is at its end or the search took too long. @returns {Promise<any[]>} */
  async next() {
    for (let page = 0; page < EMPTY_PAGES_MAX && !this.isDone; page += 1) {
      const path = pathOf(this.path, [...this.values, ["limit", this.limit], ["cursor", this.cursor]]);
      const { items, nextCursor, asOf } = await this.get(path, { signal: this.ended.signal });
      this.asOf ??= asOf;
      this.cursor = nextCursor;
      this.isDone = nextCursor === null;
      if (items.length > 0) return items;
    }
    return [];
  }

  end() {
    this.ended.abort();
  }
}
