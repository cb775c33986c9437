// Trades, by everything the API finds them by: endless, each opening to all that is known of it, and as a file.

import { h, setText } from "../dom.js";
import { day, integer } from "../format.js";
import { Refused, get } from "../net/api.js";
import { trouble } from "./parts/ask.js";
import { goods, narrow, party, state, station, time } from "./parts/cells.js";
import { Download } from "./parts/download.js";
import { Endless, ROWS_MAX } from "./parts/endless.js";
import { Filters } from "./parts/filters.js";
import { ViewFrame } from "./parts/frame.js";
import { Pages } from "./parts/pages.js";
import { Source } from "./parts/source.js";
import { Table } from "./parts/table.js";
import { detailOf } from "./parts/trade.js";
import { isAmong } from "./parts/newer.js";

/** @typedef {import("../model/model.js").Model} Model */

const PAGE_ITEMS = 100;
/** So many newer trades are put on top of what one reads; more begin the list anew. */
const NEWER_MAX = 500;

/** @type {import("./parts/query.js").Field[]} */
const FIELDS = [
  { name: "station", label: "Station", kind: "station" },
  { name: "commodity", label: "Commodity", kind: "commodity" },
  { name: "trader", label: "Trader", kind: "trader" },
  { name: "status", label: "Status", kind: "choice", choices: ["pending", "settled", "voided", "expired", "reversed"].map((status) => [status, status]) },
  { name: "reference", label: "Reference", kind: "text" },
  { name: "from", label: "From", kind: "time" },
  { name: "to", label: "Before", kind: "time" },
  { name: "order", label: "Order", kind: "choice", hint: "newest first", choices: [["oldest", "oldest first"]] },
];

/** @param {HTMLElement} place @param {import("../app.js").App} app @returns {import("../app.js").View} */
export function mount(place, app) {
  const view = new Trades(place, app);
  view.show();
  return view;
}

class Trades {
  /** @param {HTMLElement} place @param {import("../app.js").App} app */
  constructor(place, app) {
    this.app = app;
    this.place = place;
    this.download = new Download(() => this.filters.values);
    this.frame = new ViewFrame(place, "Trades", this.download.element);
    this.filters = new Filters(app, FIELDS, "Find trades");
    this.newer = h("button", { type: "button", hidden: true, onclick: () => this.loadNewer() });
    this.frame.offer.append(this.newer);
    /** @type {Table<any>} */
    this.table = new Table({
      caption: "Trades",
      columns: columns(app.model, (trade) => this.toggle(trade)),
      key: (trade) => trade.transactionId,
      signature: (trade) => `${trade.sequence} ${trade.status} ${app.model.names.size}`,
    });
    /** @type {Map<string, any>} */
    this.trades = new Map();
    /** @type {Pages | null} */
    this.pages = null;
    this.asked = "";
    this.opened = "";
    this.newCount = 0;
    this.names = 0;
    this.source = new Source(app.model);
    this.endless = new Endless(place, { load: () => this.load(), rows: () => this.trades.size, onTrouble: (error) => this.refuse(error) });
    this.frame.add(this.filters.element, this.table.element, this.endless.element);
  }

  show() {
    const asked = JSON.stringify([...this.filters.values]);
    if (asked !== this.asked) {
      this.asked = asked;
      this.filters.show();
      this.begin();
    }
    this.showOpened();
  }

  /** From the first page on. */
  begin() {
    this.pages?.end();
    this.pages = new Pages(get, "/api/trades", this.filters.values, PAGE_ITEMS);
    this.clear();
    this.tellNewer(0);
    this.frame.say("Loading…");
    this.endless.restart();
  }

  clear() {
    this.trades.clear();
    this.table.set([]);
    this.opened = "";
    this.place.scrollTop = 0;
  }

  async load() {
    const { pages } = this;
    if (!pages) return false;
    const items = await pages.next();
    if (pages !== this.pages) return false;
    if (this.trades.size >= ROWS_MAX) this.clear();
    this.put(items, "append");
    if (this.trades.size > 0) this.frame.say();
    else if (!pages.isDone) this.frame.say("Nothing found yet; the search goes on when asked.");
    else this.frame.say(...(this.filters.values.size > 0 ? ["No trade is so."] : ["No trades yet. The first one appears here when it is made."]));
    this.frame.tell(`${integer(this.trades.size)} trades${pages.isDone ? "" : ", and more"}`, pages.asOf?.sequence);
    this.showOpened();
    return !pages.isDone;
  }

  /** @param {any[]} items @param {"append" | "prepend"} where */
  put(items, where) {
    const added = items.filter(({ transactionId }) => !this.trades.has(transactionId));
    for (const trade of added) this.trades.set(trade.transactionId, trade);
    this.table.add(added, where);
  }

  /** @param {any} error */
  refuse(error) {
    const isAtField = this.filters.explain(error instanceof Refused ? error.problem : null);
    if (this.trades.size > 0) return trouble(error);
    if (isAtField) this.frame.refuse("The server refuses this filter; the field says why.");
    else this.frame.refuse(trouble(error), () => this.begin());
    this.frame.tell("", null);
    return "";
  }

  /** Opens a trade, or closes it; the address says which one is open. @param {any} trade */
  toggle({ transactionId }) {
    const isOpen = this.app.address.current.query.get("trade") === transactionId;
    this.app.address.change({ trade: isOpen ? null : transactionId }, { replace: true });
  }

  /** Opens what the address names; one that is not in the list is put on top of it. */
  async showOpened() {
    const wanted = this.app.address.current.query.get("trade") ?? "";
    if (wanted === this.opened) return;
    if (this.opened) this.table.open(this.opened, null);
    this.opened = wanted;
    setText(this.frame.note, "");
    if (!wanted) return;
    const known = this.trades.get(wanted);
    if (known) {
      this.table.open(wanted, detailOf(known, this.app.model));
      return;
    }
    try {
      const trade = await get(`/api/trades/${encodeURIComponent(wanted)}`);
      if (this.opened !== wanted || this.trades.has(wanted)) return;
      this.put([trade], "prepend");
      this.table.open(wanted, detailOf(trade, this.app.model));
    } catch (error) {
      if (this.opened === wanted) setText(this.frame.note, `The trade ${wanted} cannot be shown. ${trouble(error)}`);
    }
  }

  /** @param {number} count */
  tellNewer(count) {
    this.newCount = count;
    this.frame.announce(count === 0 ? "" : "Newer trades");
    this.newer.hidden = count === 0;
    setText(this.newer, `${integer(count)} newer ${count === 1 ? "trade" : "trades"}`);
  }

  async loadNewer() {
    const isOldestFirst = this.filters.values.get("order") === "oldest";
    if (isOldestFirst || this.newCount > NEWER_MAX) {
      this.begin();
      return;
    }
    const pages = new Pages(get, "/api/trades", this.filters.values, NEWER_MAX);
    try {
      const items = await pages.next();
      this.tellNewer(0);
      const known = items.findIndex(({ transactionId }) => this.trades.has(transactionId));
      // What one reads must follow on what is put before it.
      if (known < 0 && this.trades.size > 0) this.begin();
      else this.put(items.slice(0, known < 0 ? items.length : known), "prepend");
      if (this.trades.size > 0) this.frame.say();
      this.frame.tell(`${integer(this.trades.size)} trades${this.pages?.isDone ? "" : ", and more"}`, pages.asOf?.sequence);
    } catch (error) {
      setText(this.frame.note, trouble(error));
    }
  }

  /** @param {import("../app.js").Frame} frame */
  draw({ events }) {
    if (this.source.hasChanged()) this.begin();
    let count = 0;
    for (const event of events) {
      if (!event.type.startsWith("trade.")) continue;
      const known = this.trades.get(event.data.transactionId);
      if (known) this.follow(known, event);
      else if (isAmong(event, this.filters.values)) count += 1;
    }
    if (count > 0) this.tellNewer(this.newCount + count);
    if (this.names !== this.app.model.names.size) {
      this.names = this.app.model.names.size;
      this.filters.rename();
      for (const trade of this.trades.values()) this.table.renew(trade);
    }
  }

  /** What became of a trade that is shown. @param {any} trade @param {any} event */
  follow(trade, event) {
    if (trade.sequence >= Number(event.sequence)) return;
    Object.assign(trade, { status: event.data.status, reason: event.data.reason ?? trade.reason });
    if (event.type === "trade.settled") trade.settledAt = event.data.settledAt ?? event.time;
    this.table.renew(trade);
    if (this.opened === trade.transactionId) this.table.open(this.opened, detailOf(trade, this.app.model));
  }

  end() {
    this.pages?.end();
    this.endless.end();
    this.download.end();
  }
}

/** What a status says of the goods: only what went wrong has a colour. @param {string} status */
const stateOf = (status) => state(status === "reversed" || status === "expired" ? "late" : "normal", status);

/** @param {Model} model @param {(trade: any) => void} onOpen @returns {import("./parts/table.js").Column<any>[]} */
function columns(model, onOpen) {
  return [
    { name: "time", label: "Time", isHead: true, title: "When it happened, in network time", cell: (trade) => [
      h("button", { type: "button", class: "opens", "aria-expanded": "false", onclick: () => onOpen(trade) }, time(trade.occurredAt)),
      narrow(day(trade.occurredAt)),
    ] },
    { name: "station", label: "Station", from: "wide", cell: ({ station: id }) => station(id, model) },
    { name: "buyer", label: "Buyer", from: "wide", cell: ({ buyer }) => party(buyer, model) },
    { name: "seller", label: "Seller", from: "wider", cell: ({ seller }) => party(seller, model) },
    { name: "goods", label: "Goods", cell: (trade) => [...goods(trade.lines, model), narrow(`at ${model.name(trade.station)}`)] },
    { name: "total", label: "Total", kind: "number", title: "Credits", cell: ({ total, status }) => [integer(total), narrow(status)] },
    { name: "status", label: "Status", from: "wide", cell: ({ status }) => stateOf(status) },
    { name: "reference", label: "Reference", from: "wider", cell: ({ reference }) => (reference === null || reference === undefined ? h("span", { class: "quiet" }, "–") : reference) },
  ];
}
