// What is filtered as a file: page by page into a Blob, with its progress and its bound in words.

import { h, setText } from "../../dom.js";
import { integer } from "../../format.js";
import { get } from "../../net/api.js";
import { trouble } from "./ask.js";
import { TRADE_COLUMNS, row, tradeRows } from "./csv.js";
import { Pages } from "./pages.js";

/** A file of this size opens in a spreadsheet, and its pages are asked for in some seconds. */
const TRADES_MAX = 100_000;
const PAGE_ITEMS = 1_000;

export class Download {
  /** @param {() => Map<string, string>} values the filters */
  constructor(values) {
    this.values = values;
    /** @type {Pages | null} */
    this.pages = null;
    this.words = h("span", { class: "quiet", role: "status" });
    this.button = h("button", { type: "button", onclick: () => (this.pages ? this.end() : this.run()) }, "Download CSV");
    this.element = h("div", { class: "download" }, this.words, this.button);
  }

  async run() {
    const pages = new Pages(get, "/api/trades", this.values(), PAGE_ITEMS);
    this.pages = pages;
    setText(this.button, "Stop");
    /** @type {BlobPart[]} */
    const parts = [row(TRADE_COLUMNS)];
    let count = 0;
    try {
      while (!pages.isDone && count < TRADES_MAX && this.pages === pages) {
        setText(this.words, count === 0 ? "Asking for trades…" : `${integer(count)} trades so far…`);
        const items = (await pages.next()).slice(0, TRADES_MAX - count);
        parts.push(items.map(tradeRows).join(""));
        count += items.length;
      }
      if (this.pages !== pages) return;
      save(new Blob(parts, { type: "text/csv;charset=utf-8" }), `trades-${pages.asOf?.sequence ?? 0}.csv`);
      const rest = pages.isDone ? "" : `: the file ends at ${integer(TRADES_MAX)}; a narrower filter gives the rest`;
      setText(this.words, `${integer(count)} trades in the file${rest}`);
    } catch (error) {
      if (this.pages === pages) setText(this.words, `No file: ${trouble(error)}`);
    } finally {
      if (this.pages === pages) this.pages = null;
      if (this.pages === null) setText(this.button, "Download CSV");
    }
  }

  end() {
    this.pages?.end();
    this.pages = null;
    setText(this.words, "");
  }
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const href = URL.createObjectURL(blob);
  h("a", { href, download: name }).click();
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
