// The panel of a station: its stock, prices, offers, ships, alerts and last trades.

import { fill, h, keyed, setText } from "../dom.js";
import { link } from "../address.js";
import { about, integer, moment } from "../format.js";
import { get } from "../net/api.js";
import { SHAPES, ranked } from "../home/rank.js";
import { Rate } from "../home/rate.js";
import { say } from "../home/sentence.js";
import { cause, counted, stationPart } from "../home/words.js";
import { asked, because } from "./asked.js";
import { candles } from "./candles.js";
import { ShipList, part, row } from "./ships.js";
import { stock } from "./stock.js";
import { at, brief } from "./story.js";

const TRADES_SHOWN = 10;
const ALERTS_SHOWN = 7;
const OFFERS_SHOWN = 20;
/** Ships and alerts are looked through so often. */
const LOOK_MS = 1_000;
/** However many ships there are to go through. */
const LOOK_LATEST_MS = 5_000;
const INTERVALS = /** @type {const} */ (["minute", "hour", "day"]);

/** @typedef {import("../model/shipment.js").Shipment} Shipment */

/**
 * @param {HTMLElement} place
 * @param {import("../app.js").App} app
 * @param {string} id
 * @param {() => void} close
 */
export function mount(place, app, id, close) {
  return new StationPanel(place, app, id, close);
}

class StationPanel {
  /** @param {HTMLElement} place @param {import("../app.js").App} app @param {string} id @param {() => void} close */
  constructor(place, app, id, close) {
    this.app = app;
    this.id = id;
    this.rate = new Rate(LOOK_MS, LOOK_LATEST_MS);
    this.version = -1;
    /** The good whose prices are shown. */
    this.commodity = this.query.get("commodity") ?? "";
    this.place = place;
    this.title = h("h2");
    this.about = h("p", { class: "quiet" });
    this.where = h("span");
    this.identifier = h("span", { class: "identifier" });
    this.head = h("header", { class: "title" }, this.title, this.about, h("p", { class: "quiet small" }, this.where, this.identifier));
    this.note = h("p", { class: "then small", hidden: true });
    const section = (/** @type {string} */ name) => h("section", { class: name });
    this.alerts = section("here");
    this.alertList = h("ol", { class: "list" });
    this.alerts.append(this.alertList);
    this.alerts.hidden = true;
    this.stockPlace = section("stock");
    this.prices = section("prices");
    this.good = h("a", { href: "/markets" });
    this.lengths = INTERVALS.map((interval) => ({ interval, anchor: h("a", { href: "/" }, interval) }));
    this.chartHead = h("header", null, h("h3", null, this.good), h("nav", { "aria-label": "Length of a candle" }, this.lengths.map(({ anchor }) => anchor)));
    this.offersPlace = section("offers");
    this.ships = section("ships");
    const { model } = app;
    this.due = new ShipList(model, "Due", { destination: id, status: "in_transit" }, ({ origin }) => ["from ", stationPart(model, origin)], arrives);
    this.leaving = new ShipList(model, "Leaving", { origin: id }, ({ destination }) => ["to ", stationPart(model, destination)], leaves);
    this.ships.append(this.due.element, this.leaving.element);
    this.ships.hidden = true;
    this.tradesPlace = section("trades");
    this.tradesLink = h("a", { href: link("/trades", { station: id }) });
    this.tradesTable = h("div");
    const body = h("div", { class: "body", tabindex: -1 }, this.note, this.alerts, this.stockPlace, this.prices, this.ships, this.offersPlace, this.tradesPlace);
    this.closeButton = h("button", { type: "button", class: "close", onclick: close }, "Close");
    place.setAttribute("aria-label", "Selected station");
    place.append(this.head, this.closeButton, body);
    /** The offers that are shown. */
    this.offered = "";
    /** What is shown if nobody chooses: what was traded last, else what changed last; known when both are. @type {{ traded: string | null, changed: string | null }} */
    this.usual = { traded: null, changed: null };
    this.stock = stock(this.stockPlace, app, id, { chosen: () => this.commodity, onFirst: (changed) => this.guess({ changed }) });
    this.offers = asked(app.connection, (signal) => get(link("/api/offers", { station: id, limit: 100 }), { signal }), (answer) => this.drawOffers(answer), (error) => this.fail(this.offersPlace, "Offers", error));
    this.trades = asked(app.connection, (signal) => get(link("/api/trades", { station: id, limit: TRADES_SHOWN, to: this.query.get("at") }), { signal }), (answer) => this.drawTrades(answer), (error) => this.fail(this.tradesPlace, "Last trades", error));
    /** @type {ReturnType<typeof candles> | null} */
    this.chart = null;
    this.drawNote();
    if (this.commodity) this.choose(this.commodity);
  }

  get query() {
    return this.app.address.current.query;
  }

  /** @returns {number | null} */
  get at() {
    const at = Date.parse(this.query.get("at") ?? "");
    return Number.isNaN(at) ? null : at;
  }

  /** @returns {import("./prices.js").Interval | null} */
  get interval() {
    const interval = this.query.get("interval");
    return INTERVALS.find((each) => each === interval) ?? null;
  }

  /** @param {{ traded?: string, changed?: string }} known */
  guess(known) {
    Object.assign(this.usual, known);
    const { traded, changed } = this.usual;
    const commodity = traded || (traded === "" ? changed : null);
    if (!this.commodity && commodity) this.choose(commodity);
  }

  /** Shows the prices of a good. @param {string} commodity */
  choose(commodity) {
    this.commodity = commodity;
    const wish = { station: this.id, commodity, interval: this.interval, at: this.at };
    if (this.chart) {
      this.chart.update(wish);
    } else {
      this.prices.append(this.chartHead);
      this.chart = candles(this.prices, this.app, wish, (interval) => this.drawIntervals(interval));
    }
    this.drawIntervals(this.chart.interval);
    this.stock.mark();
  }

  /** @param {string} shown */
  drawIntervals(shown) {
    const query = Object.fromEntries(this.query);
    setText(this.good, this.app.model.name(this.commodity));
    this.good.setAttribute("href", link("/markets", { commodity: this.commodity, station: this.id }));
    for (const { interval, anchor } of this.lengths) {
      anchor.setAttribute("href", link("/", { ...query, interval }));
      if (interval === shown) anchor.setAttribute("aria-current", "true");
      else anchor.removeAttribute("aria-current");
    }
  }

  /** @param {HTMLElement} place @param {string} what @param {unknown} error */
  fail(place, what, error) {
    if (place === this.offersPlace) this.offered = "";
    fill(place, h("h3", null, what), h("p", { class: "trouble" }, `Could not be read: ${because(error)}`));
  }

  drawNote() {
    const { at } = this;
    this.note.hidden = at === null;
    this.note.textContent = at === null ? "" : `Stock, prices and trades as of ${moment(at)}; ships, offers and alerts as they are now.`;
  }

  /** @param {import("../app.js").Frame} frame */
  draw(frame) {
    const { now, wall, events, passed } = frame;
    if (events.length > 0) this.notice(events);
    if (passed > 0) for (const part of [this.stock, this.offers, this.trades]) part.again();
    this.stock.draw(wall);
    this.offers.draw(wall);
    this.trades.draw(wall);
    this.chart?.draw(frame);
    const { versions } = this.app.model;
    const version = versions.stations + versions.shipments + versions.alerts + versions.commodities;
    if (!this.rate.isDue(frame) || (version === this.version && wall - this.rate.at < LOOK_LATEST_MS)) return;
    const began = performance.now();
    this.version = version;
    this.drawHead();
    this.drawShips(now);
    this.drawAlerts(now);
    this.rate.done(wall, performance.now() - began);
  }

  /** Asks again for what the events change here. @param {any[]} events */
  notice(events) {
    for (const { type, data } of events) {
      const isHere = data.station === this.id || data.origin === this.id || data.destination === this.id;
      if (!isHere && data.station !== undefined) continue;
      const [topic] = type.split(".");
      // What ends a hold or an offer may not say where it was.
      const mayBeHere = isHere || (data.station === undefined && (topic === "trade" || topic === "offer"));
      if (!mayBeHere) continue;
      this.stock.again();
      if (topic === "offer" || topic === "trade") this.offers.again();
      if (topic === "trade" && this.at === null) {
        this.trades.again();
        this.chart?.update();
      }
    }
  }

  drawHead() {
    const { model } = this.app;
    const station = model.stations.get(this.id);
    if (!station) {
      setText(this.title, this.id);
      setText(this.about, model.isLoaded ? "No such station." : "–");
      return;
    }
    const owner = station.owner && station.owner !== station.id ? ` · owned by ${model.name(station.owner)}` : "";
    setText(this.title, station.name);
    setText(this.about, `${station.kind} in ${model.systemName(station.system)}${owner}`);
    setText(this.where, `${at(station.position)} · `);
    setText(this.identifier, station.id);
  }

  /** @param {number} now */
  drawShips(now) {
    const { model } = this.app;
    if (!model.isLoaded) return;
    /** @type {Shipment[]} */
    const due = [];
    /** @type {Shipment[]} */
    const leaving = [];
    for (const shipment of model.shipments.values()) {
      if (shipment.destination === this.id && shipment.departed !== null) due.push(shipment);
      else if (shipment.origin === this.id && shipment.departed === null) leaving.push(shipment);
    }
    due.sort((a, b) => (a.estimated ?? a.planned) - (b.estimated ?? b.planned));
    leaving.sort((a, b) => (a.estimatedDeparture ?? a.plannedDeparture) - (b.estimatedDeparture ?? b.plannedDeparture));
    this.ships.hidden = false;
    this.due.draw(due, now);
    this.leaving.draw(leaving, now);
  }

  /** @param {number} now */
  drawAlerts(now) {
    const { model } = this.app;
    const alerts = ranked(model).filter(({ station }) => station === this.id).slice(0, ALERTS_SHOWN);
    this.alerts.hidden = alerts.length === 0;
    keyed(this.alertList, alerts, ({ alertId }) => alertId, () => row(false), (element, alert) => {
      part(element, "shape").className = `shape ${SHAPES[alert.kind] ?? "info"}`;
      say(part(element, "words"), cause(alert, model, now));
      setText(part(element, "when"), `${alert.severity}, ${about((now - Date.parse(alert.firedAt)) / 1000)}`);
    });
  }

  /** @param {{ items: any[], nextCursor: string | null }} answer */
  drawOffers({ items, nextCursor }) {
    const { model } = this.app;
    const sorted = [...items].sort((a, b) => model.name(a.commodity).localeCompare(model.name(b.commodity)) || (a.side < b.side ? 1 : a.side > b.side ? -1 : (a.side === "sell" ? a.unitPrice - b.unitPrice : b.unitPrice - a.unitPrice)));
    const shown = sorted.slice(0, OFFERS_SHOWN);
    const count = `${integer(items.length)}${nextCursor ? " or more" : ""}`;
    // The same again is not made anew under somebody's focus.
    const key = JSON.stringify([shown, count, model.names.size]);
    if (key === this.offered) return;
    this.offered = key;
    fill(this.offersPlace,
      h("h3", null, "Offers ", h("span", { class: "quiet" }, count)),
      shown.length > 0 && h("div", { class: "table" }, h("table", null,
        h("caption", { class: "unseen" }, "Open offers here"),
        h("thead", null, h("tr", null, ["Good", "Side"].map((name) => h("th", { scope: "col" }, name)), ["Price", "Left"].map((name) => h("th", { scope: "col", class: "number" }, name)), h("th", { scope: "col" }, "By"))),
        h("tbody", null, shown.map((offer) => h("tr", null,
          h("th", { scope: "row" }, model.name(offer.commodity)),
          h("td", null, offer.side === "sell" ? "sells" : "buys"),
          h("td", { class: "number" }, integer(offer.unitPrice)),
          h("td", { class: "number" }, integer(offer.remaining)),
          h("td", { class: "cut" }, model.name(offer.trader))))))),
      sorted.length > shown.length && h("p", null, h("a", { href: link("/markets", { station: this.id }) }, `and ${integer(sorted.length - shown.length)} more`)));
  }

  /** @param {{ items: any[] }} answer */
  drawTrades({ items }) {
    const { model } = this.app;
    this.guess({ traded: items[0]?.lines[0].commodity ?? "" });
    // The link stays where it is while trades come.
    if (!this.tradesTable.isConnected) fill(this.tradesPlace, h("h3", null, this.tradesLink), this.tradesTable);
    setText(this.tradesLink, this.at === null ? "Last trades" : "Trades before then");
    fill(this.tradesTable, items.length === 0 ? h("p", { class: "quiet" }, "None.") : h("div", { class: "table" }, h("table", null,
        h("caption", { class: "unseen" }, "Last trades here"),
        h("thead", null, h("tr", null, ["At", "Goods"].map((name) => h("th", { scope: "col" }, name)), ["Price", "Total"].map((name) => h("th", { scope: "col", class: "number" }, name)))),
        h("tbody", null, items.map((trade) => {
          const [line] = trade.lines;
          const others = trade.lines.length - 1;
          return h("tr", null,
            h("td", { title: moment(trade.settledAt ?? trade.recordedAt) }, brief(trade.settledAt ?? trade.recordedAt)),
            h("td", null, `${integer(line.quantity)} ${model.name(line.commodity)}${others > 0 ? ` and ${counted(others, "more", "more")}` : ""}`, trade.status === "settled" ? "" : h("span", { class: "quiet" }, `, ${trade.status}`)),
            h("td", { class: "number" }, others > 0 ? "–" : integer(line.unitPrice)),
            h("td", { class: "number" }, integer(trade.total)));
        })))));
  }

  show() {
    this.drawNote();
    this.stock.show();
    this.trades.anew();
    const commodity = this.query.get("commodity") ?? this.commodity;
    if (commodity) this.choose(commodity);
  }

  end() {
    this.stock.end();
    this.offers.end();
    this.trades.end();
    this.chart?.end();
    this.place.removeAttribute("aria-label");
    this.place.replaceChildren();
  }
}

/** @param {Shipment} shipment @param {number} now */
function arrives(shipment, now) {
  if (shipment.arrived !== null) return "arrived, to be received";
  const at = shipment.estimated ?? shipment.planned;
  return at >= now ? `in ${about((at - now) / 1000)}` : `${about((now - at) / 1000)} overdue`;
}

/** @param {Shipment} shipment @param {number} now */
function leaves(shipment, now) {
  const at = shipment.estimatedDeparture ?? shipment.plannedDeparture;
  return at >= now ? `in ${about((at - now) / 1000)}` : `planned ${about((now - at) / 1000)} ago`;
}
