// Candles and volume of a commodity at a station: hairlines in ink, hollow where the price rose and
// filled where it fell, units traded below; or the same as a table.

import uPlot from "../vendor/uplot/uPlot.esm.js";

import { fill, h, setText } from "../dom.js";
import { amount, integer, moment } from "../format.js";
import { link } from "../address.js";
import { colour } from "../home/line.js";
import { counted } from "../home/words.js";
import { get } from "../net/api.js";
import { asked, because } from "./asked.js";
import { LENGTHS, columns, extent, room, since, traded, trimmed, usual } from "./prices.js";

/** @typedef {import("./prices.js").Interval} Interval */
/** `at`: until then instead of now, in milliseconds of network time. @typedef {{ station: string, commodity: string, interval?: Interval | null, at?: number | null }} Wish */

const HEIGHT = 190;
/** The part of the height that is for the volume. */
const VOLUME = 0.22;
/** Half of a label's width: nearer to the edge it would be cut. */
const LABEL_PX = 18;

/**
 * @param {HTMLElement} place
 * @param {import("../app.js").App} app
 * @param {Wish} wish without an interval: the one that shows more
 * @param {(interval: Interval) => void} [onInterval] told which is shown
 * @returns {Candles} `update` asks again, for something else if it says so; `end` takes it away
 */
export function candles(place, app, wish, onInterval = () => {}) {
  return new Candles(place, app, wish, onInterval);
}

class Candles {
  /** @param {HTMLElement} place @param {import("../app.js").App} app @param {Wish} wish @param {(interval: Interval) => void} onInterval */
  constructor(place, app, wish, onInterval) {
    this.app = app;
    this.wish = wish;
    this.onInterval = onInterval;
    /** What was found to show more. @type {Interval | null} */
    this.found = null;
    /** @type {any} */
    this.prices = null;
    this.isTable = false;
    /** @type {uPlot | null} */
    this.plot = null;
    this.told = h("p", { class: "told small", "aria-live": "off" });
    this.chart = h("div", { class: "chart", role: "img" });
    this.table = h("div", { class: "table", tabindex: 0, role: "region", "aria-label": "Prices as a table", hidden: true });
    this.toggle = h("button", { type: "button", class: "small", "aria-pressed": "false", onclick: () => this.toggleTable() }, "As table");
    this.root = h("figure", { class: "candles" }, h("header", null, this.told, this.toggle), this.chart, this.table);
    place.append(this.root);
    this.asked = asked(app.connection, (signal) => this.ask(signal), (prices) => this.show(prices), (error) => this.fail(error));
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.chart);
    this.theme = matchMedia("(prefers-color-scheme: light)");
    this.recolour = () => this.plot?.redraw(false, true);
    this.theme.addEventListener("change", this.recolour);
    this.timer = setInterval(() => this.asked.draw(Date.now()), 250);
    this.asked.draw(Date.now());
  }

  /** @returns {Interval} */
  get interval() {
    return this.wish.interval ?? this.found ?? usual(this.app.model.clock.speed)[0];
  }

  /** @param {AbortSignal} signal */
  async ask(signal) {
    if (this.wish.interval || this.found) return this.fetch(this.interval, signal);
    const asked = await Promise.allSettled(usual(this.app.model.clock.speed).map((interval) => this.fetch(interval, signal)));
    // Minutes and hours of long ago are not kept: that is refused.
    const answers = asked.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    if (answers.length === 0) throw /** @type {PromiseRejectedResult} */ (asked[0]).reason;
    const prices = answers.reduce((best, answer) => (traded(answer.candles) > traded(best.candles) ? answer : best));
    this.found = prices.interval;
    return prices;
  }

  /** @param {Interval} interval @param {AbortSignal} signal */
  fetch(interval, signal) {
    const { station, commodity, at } = this.wish;
    const from = new Date(since(interval, at ?? this.app.model.now())).toISOString();
    return get(link("/api/analytics/prices", { station, commodity, interval, from, to: at ? new Date(at).toISOString() : null }), { signal });
  }

  /** @param {Partial<Wish>} [change] */
  update(change = {}) {
    const next = { ...this.wish, ...change };
    const isOther = Object.keys(change).length > 0 && JSON.stringify(next) !== JSON.stringify(this.wish);
    if (next.commodity !== this.wish.commodity || next.station !== this.wish.station) this.found = null;
    this.wish = next;
    if (isOther) this.asked.anew();
    else this.asked.again();
  }

  /** @param {import("../app.js").Frame} frame */
  draw({ wall }) {
    this.asked.draw(wall);
  }

  /** @param {unknown} error */
  fail(error) {
    setText(this.told, `The prices could not be read: ${because(error)}`);
  }

  /** @param {any} prices */
  show(prices) {
    this.prices = { ...prices, candles: trimmed(prices.candles) };
    this.onInterval(prices.interval);
    const range = extent(this.prices.candles);
    this.tell(null);
    this.chart.hidden = this.isTable || !range;
    this.table.hidden = !this.isTable || !range;
    this.toggle.hidden = !range;
    this.chart.setAttribute("aria-label", range
      ? `Prices from ${integer(range.low)} to ${integer(range.high)} credits in ${counted(this.prices.candles.length, prices.interval)}; the table has them all` : "No prices");
    if (!range) return;
    if (this.isTable) this.drawTable();
    else this.drawChart();
  }

  drawChart() {
    const data = columns(this.prices.candles);
    if (this.plot) {
      this.plot.setData(data);
      this.fit();
    } else if (this.chart.clientWidth > 0) {
      this.plot = new uPlot(this.options(), data, this.chart);
    }
  }

  /** @returns {uPlot.Options} */
  options() {
    const ink = () => colour("--quiet");
    const font = `11px ${getComputedStyle(this.root).fontFamily}`;
    const none = { stroke: ink, paths: () => null, points: { show: false } };
    return {
      width: this.chart.clientWidth,
      height: HEIGHT,
      padding: [6, 0, 0, 0],
      legend: { show: false },
      tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC"),
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false, setScale: false } },
      scales: {
        // Half a candle on each side, so that none is cut.
        x: { range: (_, min, max) => [min - this.half(), max + this.half()] },
        y: { range: () => this.priceRange() },
      },
      axes: [
        { stroke: ink, font, size: 24, grid: { show: false }, ticks: { show: false }, values: (plot, splits, _, __, step) => splits.map((at) => (plot.valToPos(at, "x") < LABEL_PX ? "" : label(at, step))) },
        { side: 1, stroke: ink, font, size: 46, grid: { stroke: () => colour("--line"), width: 1 }, ticks: { show: false }, splits: () => this.marks(), values: (_, splits) => splits.map((price) => amount(price)) },
      ],
      series: [{}, none, none, none, none, { ...none, scale: "units" }],
      hooks: { draw: [(plot) => this.paint(plot)], setCursor: [(plot) => this.tell(plot.cursor.idx ?? null)] },
    };
  }

  /** Half of an interval, in seconds. */
  half() {
    return LENGTHS[/** @type {Interval} */ (this.prices.interval)] / 2000;
  }

  /** The prices that are told beside the chart: the highest and the lowest. */
  marks() {
    const range = extent(this.prices.candles);
    return range ? [...new Set([range.low, range.high])] : [];
  }

  /** @returns {[number, number]} */
  priceRange() {
    const { min, max } = room(extent(this.prices.candles) ?? { low: 0, high: 1 });
    return [min, max];
  }

  /** @param {uPlot} plot */
  paint(plot) {
    const { ctx, bbox } = plot;
    const [times, open, high, low, close, units] = /** @type {ReturnType<typeof columns>} */ (/** @type {unknown} */ (plot.data));
    const pixel = devicePixelRatio || 1;
    const step = times.length > 1 ? plot.valToPos(times[1], "x", true) - plot.valToPos(times[0], "x", true) : 10 * pixel;
    const half = Math.max(pixel, Math.min(5 * pixel, Math.floor(step * 0.35)));
    const most = Math.max(1, ...units);
    const foot = bbox.top + bbox.height;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = colour("--ink");
    ctx.lineWidth = pixel;
    times.forEach((time, index) => {
      if (open[index] === null) return;
      const x = Math.round(plot.valToPos(time, "x", true)) + (pixel % 2) / 2;
      const y = (/** @type {number | null} */ price) => Math.round(plot.valToPos(price ?? 0, "y", true)) + (pixel % 2) / 2;
      const isUp = (close[index] ?? 0) > (open[index] ?? 0);
      const [top, bottom] = [Math.min(y(open[index]), y(close[index])), Math.max(y(open[index]), y(close[index]))];
      ctx.beginPath();
      ctx.moveTo(x, y(high[index]));
      ctx.lineTo(x, top);
      ctx.moveTo(x, bottom);
      ctx.lineTo(x, y(low[index]));
      ctx.stroke();
      const height = Math.max(pixel, bottom - top);
      if (isUp) ctx.strokeRect(x - half, top, 2 * half, height);
      else ctx.fillRect(x - half, top, 2 * half, height);
      const bar = Math.round((units[index] / most) * bbox.height * VOLUME);
      if (bar > 0) ctx.strokeRect(x - half, foot - bar, 2 * half, bar);
    });
    ctx.restore();
  }

  /** Says a candle in words, or the latest price. @param {number | null} index */
  tell(index) {
    if (!this.prices) return;
    const { candles: all, last } = this.prices;
    const candle = index === null ? null : all[index];
    if (candle && candle.open !== null) {
      setText(this.told, `${moment(candle.at)} · open ${integer(candle.open)}, high ${integer(candle.high)}, low ${integer(candle.low)}, close ${integer(candle.close)} · ${counted(candle.units, "unit")}`);
    } else if (candle) {
      setText(this.told, `${moment(candle.at)} · no trade`);
    } else if (last) {
      const units = all.reduce((/** @type {number} */ sum, /** @type {any} */ each) => sum + each.units, 0);
      setText(this.told, units > 0 ? `Last ${integer(last.price)} credits · ${counted(units, "unit")} in ${counted(all.length, this.prices.interval)}`
        : `Last ${integer(last.price)} credits, ${moment(last.at)}; none in the last ${counted(all.length, this.prices.interval)}`);
    } else {
      setText(this.told, "Never traded here.");
    }
  }

  toggleTable() {
    this.isTable = !this.isTable;
    this.toggle.setAttribute("aria-pressed", String(this.isTable));
    if (this.prices) this.show(this.prices);
  }

  drawTable() {
    const names = ["Open", "High", "Low", "Close", "Units", "Trades"];
    const rows = this.prices.candles.filter((/** @type {any} */ candle) => candle.open !== null).reverse().map((/** @type {any} */ candle) => h("tr", null,
      h("th", { scope: "row" }, moment(candle.at)),
      [candle.open, candle.high, candle.low, candle.close, candle.units, candle.trades].map((value) => h("td", { class: "number" }, integer(value)))));
    fill(this.table, h("table", null,
      h("caption", { class: "unseen" }, `Prices of each ${this.prices.interval}, credits a unit`),
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "From"), names.map((name) => h("th", { scope: "col", class: "number" }, name)))),
      h("tbody", null, rows)));
  }

  fit() {
    const width = this.chart.clientWidth;
    if (this.plot && width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: HEIGHT });
    else if (!this.plot && width > 0 && this.prices && !this.chart.hidden) this.drawChart();
  }

  end() {
    clearInterval(this.timer);
    this.asked.end();
    this.observer.disconnect();
    this.theme.removeEventListener("change", this.recolour);
    this.plot?.destroy();
    this.root.remove();
  }
}

const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const minute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });

/** @param {number} at seconds @param {number} step between labels */
const label = (at, step) => (step >= 86_400 || at % 86_400 === 0 ? day : minute).format(at * 1000);
