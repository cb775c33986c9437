// The market of one commodity: offers best first, candles, what was last paid where, and the best routes.

import { fill, h } from "../../dom.js";
import { UNKNOWN, about, integer, lightYears } from "../../format.js";
import { say } from "../../home/sentence.js";
import { stationPart } from "../../home/words.js";
import { candles } from "../../panel/candles.js";
import { Ask, NO_ANSWER } from "./ask.js";
import { party, station, time } from "./cells.js";
import { latestPrices, stationOfChart } from "./prices.js";
import { pathOf } from "./query.js";
import { Table } from "./table.js";

/** @typedef {import("../../model/model.js").Model} Model */

const ASK_EVERY_MS = 2_000;
const OFFERS_MAX = 12;
const ROUTES_MAX = 1_000;
const ROUTES_SHOWN = 12;
const TRADES_MAX = 500;
const PRICES_SHOWN = 24;
const INTERVALS = /** @type {const} */ (["minute", "hour", "day"]);

export class Market {
  /**
   * @param {object} where
   * @param {import("../../app.js").App} where.app
   * @param {import("./frame.js").ViewFrame} where.frame
   * @param {import("./filters.js").Filters} where.filters
   * @param {HTMLElement} where.holder
   * @param {string} where.commodity
   */
  constructor({ app, frame, filters, holder, commodity }) {
    this.app = app;
    this.frame = frame;
    this.filters = filters;
    this.holder = holder;
    this.commodity = commodity;
    const { model } = app;
    this.sell = new Section("On offer, cheapest first", offerTable("Offers to sell", model));
    this.buy = new Section("Wanted, dearest first", offerTable("Offers to buy", model));
    this.routes = new Section("Best routes", routeTable(model));
    this.prices = new Section("Last paid", priceTable(model));
    this.chartTitle = h("h2", null, "Prices");
    this.intervals = INTERVALS.map((interval) => ({ interval, button: h("button", {
      type: "button", "aria-pressed": "false", onclick: () => app.address.change({ interval }, { replace: true }),
    }, interval) }));
    const choices = h("div", { class: "choices", role: "group", "aria-label": "Interval" }, this.intervals.map(({ button }) => button));
    this.chart = h("div", { class: "market-chart" });
    /** @type {any} */
    this.candles = null;
    /** What the chart shows. @type {{ station: string, interval: string | null } | null} */
    this.charted = null;
    const main = h("div", { class: "market-main" },
      h("section", null, h("header", null, this.chartTitle, choices), this.chart),
      h("div", { class: "market-offers" }, this.sell.element, this.buy.element),
      this.routes.element);
    fill(holder, h("div", { class: "market" }, main, this.prices.element));
    this.ask = new Ask((get) => this.load(get), (words, problem) => this.refuse(words, problem), ASK_EVERY_MS);
    this.names = model.names.size;
    this.show();
    this.ask.stale();
  }

  get values() {
    return this.filters.values;
  }

  /** The one that was asked for; without one the chart chooses. */
  get interval() {
    const asked = this.app.address.current.query.get("interval");
    return INTERVALS.find((interval) => interval === asked) ?? null;
  }

  /** @param {(path: string) => Promise<any>} get */
  async load(get) {
    const { commodity } = this;
    const stationId = this.values.get("station");
    const offers = (/** @type {string} */ side) => get(pathOf("/api/offers", [["commodity", commodity], ["station", stationId], ["side", side], ["limit", OFFERS_MAX]]));
    const routes = get(pathOf("/api/routes", [["commodity", commodity], ["maxDistance", this.values.get("maxDistance")], ["maxAge", this.values.get("maxAge")], ["limit", ROUTES_MAX]]));
    const trades = get(pathOf("/api/trades", [["commodity", commodity], ["status", "settled"], ["station", stationId], ["limit", TRADES_MAX]]));
    const [sell, buy, found, past] = await Promise.all([offers("sell"), offers("buy"), routes, trades]);
    this.filters.explain(null);
    this.answer = { sell, buy, routes: found, trades: past };
    const chart = this.candles;
    this.drawAnswer();
    // One that was made just now asks by itself.
    if (chart === this.candles) chart?.update();
  }

  /** @param {string} words @param {any} problem */
  refuse(words, problem) {
    if (words === NO_ANSWER && this.answer) return this.frame.hold(words);
    this.holder.hidden = true;
    this.frame.tell("", null);
    if (this.filters.explain(problem)) this.frame.refuse("The server refuses this; the field says why.");
    else this.frame.refuse(words, () => this.ask.now());
  }

  drawAnswer() {
    const { answer, commodity } = this;
    if (!answer) return;
    this.holder.hidden = false;
    this.frame.say();
    const stationId = this.values.get("station");
    const isHere = (/** @type {any} */ { buy, sell }) => !stationId || buy.station === stationId || sell.station === stationId;
    const routes = answer.routes.items.filter(isHere);
    const prices = latestPrices(commodity, answer.trades.items, answer.routes.items).filter((price) => !stationId || price.station === stationId);
    this.sell.set(answer.sell.items, "Nobody offers any.", answer.sell.nextCursor !== null ? `the best ${OFFERS_MAX}` : "");
    this.buy.set(answer.buy.items, "Nobody wants any.", answer.buy.nextCursor !== null ? `the best ${OFFERS_MAX}` : "");
    this.routes.set(routes.slice(0, ROUTES_SHOWN), "No route pays, as far as prices are known.", routes.length > ROUTES_SHOWN ? `the best ${ROUTES_SHOWN} of ${answer.routes.isComplete ? "" : "more than "}${integer(routes.length)}` : "");
    this.prices.set(prices.slice(0, PRICES_SHOWN), "None was traded lately.", prices.length > PRICES_SHOWN ? `the latest ${PRICES_SHOWN}` : "");
    this.frame.tell("", answer.sell.asOf.sequence);
    this.drawChart(stationOfChart({ chosen: stationId, shown: this.charted?.station, busiest: busiest(answer.trades.items) ?? prices[0]?.station }));
  }

  /** Of the chosen station, else of where it was traded most of late. @param {string} stationId */
  drawChart(stationId) {
    const { model } = this.app;
    const { interval } = this;
    const hasStation = stationId !== "";
    say(this.chartTitle, hasStation ? ["Prices at ", stationPart(model, stationId)] : ["Prices"]);
    if (this.charted?.station === stationId && this.charted.interval === interval) return;
    this.charted = { station: stationId, interval };
    this.candles?.end();
    this.candles = null;
    if (!hasStation) {
      fill(this.chart, h("p", { class: "quiet" }, "It was not traded yet: prices appear with the first trade."));
      return;
    }
    fill(this.chart);
    this.candles = candles(this.chart, this.app, { station: stationId, commodity: this.commodity, interval }, (interval) => this.mark(interval));
  }

  show() {
    this.mark(this.interval);
    this.drawAnswer();
  }

  /** @param {string | null} shown */
  mark(shown) {
    for (const { interval, button } of this.intervals) button.setAttribute("aria-pressed", String(interval === shown));
  }

  /** @param {import("../../app.js").Frame} frame */
  draw(frame) {
    if (frame.passed > 0 || frame.events.some((event) => concerns(event, this.commodity))) this.ask.stale();
    this.ask.drawTimed(this.app, frame.wall, (words) => this.refuse(words, null));
    if (this.names !== this.app.model.names.size) {
      this.names = this.app.model.names.size;
      this.drawAnswer();
    }
    this.candles?.draw?.(frame);
  }

  end() {
    this.ask.end();
    this.candles?.end();
  }
}

/** Whether offers or prices of a commodity may be others since. @param {any} event @param {string} commodity */
function concerns({ type, data }, commodity) {
  if (type === "offer.filled") return true;
  if (type.startsWith("offer.")) return (data.offers ?? [data]).some((/** @type {any} */ offer) => offer.commodity === commodity);
  return type === "trade.settled" && data.lines?.some((/** @type {any} */ line) => line.commodity === commodity);
}

/** Where the most of these trades were. @param {any[]} trades @returns {string | undefined} */
function busiest(trades) {
  const counts = new Map();
  for (const { station } of trades) counts.set(station, (counts.get(station) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** A table under its heading, or what is said instead. */
class Section {
  /** @param {string} title @param {Table<any>} table */
  constructor(title, table) {
    this.table = table;
    this.note = h("span", { class: "quiet small" });
    this.empty = h("p", { class: "quiet" }, "Loading…");
    this.element = h("section", null, h("header", null, h("h2", null, title), this.note), table.element, this.empty);
    table.element.hidden = true;
  }

  /** @param {any[]} items @param {string} empty @param {string} note */
  set(items, empty, note) {
    this.table.set(items);
    this.table.element.hidden = items.length === 0;
    fill(this.empty, items.length === 0 ? empty : "");
    this.empty.hidden = items.length > 0;
    fill(this.note, note);
  }
}

/** @param {string} caption @param {Model} model @returns {Table<any>} */
const offerTable = (caption, model) => new Table({
  caption,
  key: ({ offerId }) => offerId,
  signature: ({ offerId, sequence }) => `${offerId} ${sequence} ${model.names.size}`,
  columns: [
    { name: "price", label: "Unit price", kind: "number", isHead: true, cell: ({ unitPrice }) => integer(unitPrice) },
    { name: "remaining", label: "Units", kind: "number", title: "How much may still be taken", cell: ({ remaining }) => integer(remaining) },
    { name: "station", label: "Station", cell: ({ station: id }) => station(id, model) },
    { name: "trader", label: "Trader", cell: ({ trader, station: id }) => (trader === id ? h("span", { class: "quiet" }, "the station") : party(trader, model)) },
  ],
});

/** @param {any} quote @param {Model} model */
const quoted = (quote, model) => [...station(quote.station, model), " ", h("span", { class: "quiet" }, quote.source === "offer" ? `offer at ${integer(quote.price)}` : `paid ${integer(quote.price)}, ${about(quote.ageSeconds)} ago`)];

/** @param {Model} model @returns {Table<any>} */
const routeTable = (model) => new Table({
  caption: "Where to buy and where to sell, the most profit first",
  key: ({ buy, sell }) => `${buy.station} ${sell.station}`,
  signature: (route) => `${JSON.stringify(route)} ${model.names.size}`,
  columns: [
    { name: "profit", label: "Profit a unit", kind: "number", isHead: true, cell: ({ unitProfit }) => integer(unitProfit) },
    { name: "buy", label: "Buy at", cell: ({ buy }) => quoted(buy, model) },
    { name: "sell", label: "Sell at", cell: ({ sell }) => quoted(sell, model) },
    { name: "quantity", label: "Units", kind: "number", from: "wide", title: "How much can be had and sold, as far as offers say", cell: ({ quantity }) => integer(quantity) },
    { name: "distance", label: "Distance", kind: "number", from: "wide", cell: ({ distance }) => lightYears(distance) },
  ],
});

/** @param {Model} model @returns {Table<any>} */
const priceTable = (model) => new Table({
  caption: "What was last paid for a unit at each station, the latest first",
  key: (price) => price.station,
  signature: (price) => `${JSON.stringify(price)} ${model.names.size}`,
  columns: [
    { name: "station", label: "Station", isHead: true, cell: (price) => station(price.station, model) },
    { name: "price", label: "Unit price", kind: "number", cell: ({ price }) => (price === null ? UNKNOWN : integer(price)) },
    { name: "at", label: "Time", from: "wide", cell: ({ at }) => time(at) },
  ],
});
