// Five numbers on one axis of time, which is also the slider that chooses a time: `?at=`.

import { fill, h, setText } from "../dom.js";
import { about, amount, integer, moment, rate, share, span as spanWords } from "../format.js";
import { Figures } from "./figures.js";
import { line } from "./line.js";
import { Rate } from "./rate.js";
import { ROWS } from "./series.js";
import { Sparing } from "./sparing.js";
import { ticks } from "./ticks.js";
import { underWay } from "./words.js";

const DRAW_MS = 1_000;
const DRAW_LATEST_MS = 3_000;
/** A bucket is some pixels wide, and filled in many seconds: lines that are drawn more often look the same. */
const LINES_MS = 5_000;
/** The address follows a hand so often: browsers refuse more than about 100 changes in 30 s. */
const ADDRESS_MS = 330;
/** Though nothing happens: a rate falls with time. */
const QUIET_MS = 5_000;
const TICK_PX = 90;
const LABEL_PX = 48;
const PAGE_STEPS = 10;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** @typedef {import("./series.js").Row} Row */
/** @type {Record<Row, { name: string, write: (value: number | null) => string, what: string }>} */
const NUMBERS = {
  trades: { name: "Trades/s", write: rate, what: "trades that settled a second" },
  value: { name: "Value/s", write: (value) => (value === null || value >= 100 ? amount(value) : rate(value)), what: "credits paid for goods a second" },
  underWay: { name: "Under way", write: integer, what: "ships between departure and arrival; in the past counted back from now by departures, arrivals, losses, finds and returns" },
  onTimeShare: { name: "On time", write: share, what: "share of arrivals not after the planned arrival" },
  alerts: { name: "Open alerts", write: integer, what: "alerts that fired and were not resolved" },
};
/** @type {[string, number | null][]} */
const SPANS = [["all", null], ["an hour", HOUR], ["a day", DAY], ["a week", 7 * DAY], ["30 days", 30 * DAY], ["a year", 365 * DAY], ["4 years", 1460 * DAY]];

/** @param {HTMLElement} place @param {import("../app.js").App} app */
export function mount(place, app) {
  return new Numbers(place, app);
}

class Numbers {
  /** @param {HTMLElement} place @param {import("../app.js").App} app */
  constructor(place, app) {
    this.app = app;
    this.place = place;
    this.figures = new Figures(app);
    this.version = -1;
    /** Network time of the last frame, in milliseconds. */
    this.now = 0;
    this.rate = new Rate(DRAW_MS, DRAW_LATEST_MS);
    this.isDirty = true;
    this.state = "";
    /** Where the pointer is, in milliseconds of network time. @type {number | null} */
    this.hover = null;
    this.isDragging = false;
    /** What a hand or a held key chose, until the address says it. @type {{ at: number | null } | null} */
    this.wish = null;
    /** What the address said last. */
    this.told = this.settled;
    /** Whether what is chosen now has its step in the history. */
    this.hasStep = false;
    this.toAddress = new Sparing(ADDRESS_MS, (/** @type {number | null} */ at) => this.settle(at));
    this.isTable = false;
    this.range = { min: 0, max: 1 };
    /** @type {Record<Row, (number | null)[]> | null} */
    this.rows = null;
    /** Of which history the lines are, and since when. @type {{ at: number, history: import("./series.js").History | null }} */
    this.drawn = { at: 0, history: null };
    /** Lines of it that are not drawn yet. @type {ReturnType<Numbers["makeRow"]>[]} */
    this.undrawn = [];
    this.rowsPlace = h("div", { class: "rows" });
    this.marks = h("div", { class: "marks", "aria-hidden": true });
    this.cursor = h("div", { class: "cursor", hidden: true });
    this.chosen = h("div", { class: "chosen", hidden: true });
    this.slider = h("div", {
      class: "slider", role: "slider", tabindex: 0, "aria-label": "Time shown", "aria-orientation": "horizontal",
      onpointermove: (/** @type {PointerEvent} */ event) => this.point(event),
      onpointerdown: (/** @type {PointerEvent} */ event) => this.press(event),
      onpointerup: () => this.finish(),
      onpointercancel: () => this.finish(),
      onpointerleave: () => this.leave(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
      onkeyup: () => this.finish(),
      onblur: () => this.finish(),
    }, this.marks, this.cursor, this.chosen);
    this.trouble = h("p", { class: "trouble", role: "status" });
    this.when = h("span", { class: "when" });
    this.nowButton = h("button", { type: "button", hidden: true, onclick: () => this.chooseNow() }, "Now");
    this.spans = h("select", { "aria-label": "Time on the axis", onchange: () => this.setSpan() },
      SPANS.map(([name], index) => h("option", { value: index }, name)));
    this.tableButton = h("button", { type: "button", "aria-pressed": "false", onclick: () => this.toggleTable() }, "As table");
    this.table = h("div", { class: "figures", tabindex: 0, role: "region", "aria-label": "The five numbers as a table", hidden: true });
    this.rowsPlace.append(this.slider);
    this.place.append(h("h2", { class: "unseen" }, "The network over time"), this.rowsPlace, this.table, this.trouble);
    this.lines = ROWS.map((row) => this.makeRow(row));
    this.rowsPlace.append(h("div", { class: "controls" }, this.when, this.nowButton, this.spans, this.tableButton));
    this.observer = new ResizeObserver(() => {
      for (const { plot } of this.lines) plot.fit();
      this.isDirty = true;
    });
    this.observer.observe(this.slider);
    this.theme = matchMedia("(prefers-color-scheme: light)");
    this.recolour = () => this.lines.forEach(({ plot }) => plot.recolour());
    this.theme.addEventListener("change", this.recolour);
  }

  /** @param {Row} row */
  makeRow(row) {
    const { name, what } = NUMBERS[row];
    const value = h("span", { class: "value" }, "–");
    const nth = `row-${ROWS.indexOf(row) + 1}`;
    const top = h("span", { class: `top quiet small ${nth}`, "aria-hidden": true });
    const place = h("div", { class: `plot ${nth}`, "aria-hidden": true });
    const label = h("span", { class: "name quiet" }, name);
    const margin = h("p", { class: `margin ${nth}`, title: what }, label, " ", value);
    this.rowsPlace.append(margin, place, top);
    return { row, value, top, margin, plot: line(place, { isShare: row === "onTimeShare" }) };
  }

  /** The time that was chosen. @returns {number | null} */
  get at() {
    return this.wish ? this.wish.at : this.settled;
  }

  /** The time that the address says. @returns {number | null} */
  get settled() {
    const text = this.app.address.current.query.get("at");
    const at = text ? Date.parse(text) : NaN;
    return Number.isNaN(at) ? null : at;
  }

  /** Shows a time at once; the address follows. @param {number | null} at null for now */
  choose(at) {
    const isNow = at === null || at >= this.now;
    this.wish = { at: isNow ? null : Math.round(Math.max(at, this.figures.epoch ?? at) / 1000) * 1000 };
    this.isDirty = true;
    this.toAddress.put(this.wish.at, Date.now());
  }

  /** Says a time in the address: one step of the history for all that one gesture goes through. @param {number | null} at */
  settle(at) {
    if (at !== this.settled) {
      const replace = this.hasStep || (this.settled !== null && at !== null);
      this.hasStep = true;
      this.told = at;
      this.app.address.change({ at: at === null ? null : new Date(at).toISOString().replace(".000Z", "Z") }, { replace });
    }
    this.wish = null;
    this.isDirty = true;
  }

  chooseNow() {
    this.choose(null);
    this.finish();
  }

  /** A hand or a key was lifted: what it chose last holds. */
  finish() {
    this.isDragging = false;
    this.toAddress.flush(Date.now());
    this.hasStep = false;
  }

  /** @param {PointerEvent} event */
  timeOf(event) {
    const { left, width } = this.slider.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width)));
    return this.range.min + (this.range.max - this.range.min) * part;
  }

  /** @param {PointerEvent} event */
  point(event) {
    this.hover = this.timeOf(event);
    if (this.isDragging) this.choose(this.hover);
    this.isDirty = true;
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0 || !this.figures.history) return;
    this.slider.setPointerCapture(event.pointerId);
    this.isDragging = true;
    this.choose(this.timeOf(event));
  }

  leave() {
    this.hover = null;
    this.isDirty = true;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { history } = this.figures;
    if (!history) return;
    const width = history.axis.width;
    const at = this.at ?? this.now;
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -PAGE_STEPS, PageUp: PAGE_STEPS }[event.key];
    if (steps !== undefined) this.choose(Math.max(this.range.min, at + steps * width));
    else if (event.key === "Home") this.choose(this.range.min);
    else if (event.key === "End" || event.key === "Escape") this.choose(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  setSpan() {
    const [, span] = SPANS[Number(this.spans.value)];
    this.figures.setSpan(span);
    this.isDirty = true;
  }

  toggleTable() {
    this.isTable = !this.isTable;
    this.tableButton.setAttribute("aria-pressed", String(this.isTable));
    this.table.hidden = !this.isTable;
    this.place.classList.toggle("is-table", this.isTable);
    this.version = -1;
    this.drawn.at = 0;
  }

  show() {
    if (this.settled !== this.told && !this.isDragging) {
      // Something else chose a time: that holds.
      this.toAddress.drop();
      this.wish = null;
    }
    this.told = this.settled;
    this.isDirty = true;
  }

  /** @param {any} event */
  fold(event) {
    this.figures.fold(event);
  }

  /** @param {import("../app.js").Frame} frame whose time stands still while nothing is followed */
  draw(frame) {
    this.figures.follow(frame);
    const { wall } = frame;
    const now = Math.min(frame.now, this.figures.until);
    this.now = now;
    this.toAddress.draw(wall);
    // Once nothing is followed, the figures are counted up to the time that is told of them.
    const hasTurned = this.state !== this.app.connection.state;
    this.state = this.app.connection.state;
    if (hasTurned) this.isDirty = true;
    const isQuiet = wall - this.rate.at >= QUIET_MS && this.state === "live";
    if (isQuiet || (hasTurned && !this.isNow()) || (this.version !== this.figures.version && this.rate.isDue(frame))) {
      const began = performance.now();
      this.version = this.figures.version;
      this.count(now, wall);
      this.drawValues(now);
      this.isDirty = false;
      this.rate.done(wall, performance.now() - began);
    } else if (this.undrawn.length > 0) this.drawLine();
    if (this.isDirty) this.drawValues(now);
    this.isDirty = false;
  }

  /** @param {number} now @param {number} wall */
  count(now, wall) {
    const { history, trouble } = this.figures;
    setText(this.trouble, trouble);
    if (!history) return;
    const { model } = this.app;
    const { speed } = model.clock;
    this.rows = history.rows({ now, speed, underWay: model.isLoaded ? underWay(model) : null, alerts: model.isLoaded ? model.alerts.size : null });
    const isOther = history !== this.drawn.history;
    if (wall - this.drawn.at < LINES_MS && !isOther) return;
    this.drawn = { at: wall, history };
    this.range = { min: Math.max(now - history.axis.span, history.epoch), max: now };
    this.undrawn = [...this.lines];
    // Another axis is another picture, all at once; else a line a frame.
    while (isOther && this.undrawn.length > 0) this.drawLine();
    this.drawSpans(history, now);
    this.drawMarks();
    if (this.isTable) this.drawTable();
  }

  /** The next line that is not up to date. */
  drawLine() {
    const { history } = this.figures;
    const line = this.undrawn.shift();
    if (!history || !line || !this.rows) return;
    const values = this.rows[line.row];
    const { min, max } = this.range;
    const most = line.plot.set(...points(history.times, values, history.axis.width, max), { min: min / 1000, max: max / 1000 });
    setText(line.top, values.some((value) => value !== null && value > 0) ? NUMBERS[line.row].write(most) : "");
  }

  /** What there is to choose from. @param {import("./series.js").History} history @param {number} now */
  drawSpans(history, now) {
    const isAll = history.axis.from <= history.epoch;
    [...this.spans.options].forEach((option, index) => {
      const [name, span] = SPANS[index];
      option.hidden = span !== null && span > now - history.epoch;
      setText(option, span !== null || this.figures.span !== null ? name : `${isAll ? "all" : "the last"} ${about(history.axis.span / 1000)}`);
    });
  }

  drawMarks() {
    const { min, max } = this.range;
    const width = this.slider.clientWidth;
    const most = Math.max(2, Math.floor(width / TICK_PX));
    const marks = ticks(min, max, most).map(({ at, text, isDay }) => {
      const isRoom = (1 - this.part(at)) * width > LABEL_PX;
      const mark = h("span", { class: isDay ? "mark is-day" : "mark" }, isRoom && h("span", null, text));
      mark.style.left = `${this.part(at) * 100}%`;
      return mark;
    });
    fill(this.marks, marks);
  }

  /** @param {number} at */
  part(at) {
    const { min, max } = this.range;
    return (at - min) / Math.max(1, max - min);
  }

  /** While nothing is followed, what is shown is as of when the last was heard. */
  isNow() {
    return this.state === "live" || this.state === "connecting";
  }

  /** @param {number} now */
  drawValues(now) {
    const { history } = this.figures;
    const { at } = this;
    const told = this.hover ?? at;
    setLine(this.cursor, this.hover === null || this.isDragging ? null : this.part(this.hover));
    setLine(this.chosen, at === null ? null : this.part(at));
    this.nowButton.hidden = at === null;
    setText(this.when, told !== null ? moment(told) : this.isNow() ? "now" : moment(this.app.model.clock.network > 0 ? now : null));
    this.when.classList.toggle("is-chosen", at !== null && this.hover === null);
    for (const { row, value } of this.lines) setText(value, NUMBERS[row].write(this.value(row, told, now)));
    const { speed } = this.app.model.clock;
    const [trades, paid, , , alerts] = this.lines;
    const note = speed === 1 ? "" : ` of the clock on the wall, which is ${spanWords(speed)} of network time`;
    trades.margin.title = NUMBERS.trades.what + note;
    paid.margin.title = NUMBERS.value.what + note;
    if (!history) return;
    const since = history.alerts?.from ?? now;
    alerts.margin.title = NUMBERS.alerts.what + (Number.isFinite(since) ? `; known from ${moment(since)} on` : "");
    const slider = this.slider;
    slider.setAttribute("aria-valuemin", String(Math.round(this.range.min / 1000)));
    slider.setAttribute("aria-valuemax", String(Math.round(this.range.max / 1000)));
    // The axis is drawn less often than the time goes on.
    slider.setAttribute("aria-valuenow", String(Math.round(Math.min(at ?? now, this.range.max) / 1000)));
    slider.setAttribute("aria-valuetext", `${at === null ? "now" : moment(at)}: ${this.lines.map(({ row, value }) => `${NUMBERS[row].name} ${value.textContent}`).join(", ")}`);
  }

  /** A number at a time, or as it is. @param {Row} row @param {number | null} at @param {number} now @returns {number | null} */
  value(row, at, now) {
    const { history } = this.figures;
    if (!history || !this.rows) return null;
    if (at !== null) {
      const index = history.index(at);
      return index < 0 ? null : this.rows[row][index];
    }
    if (row === "trades" || row === "value") return history.latestRate(row, now, this.app.model.clock.speed);
    if (row === "onTimeShare") return history.latestShare();
    return this.rows[row][this.rows[row].length - 1];
  }

  drawTable() {
    const { history } = this.figures;
    const { rows } = this;
    if (!history || !rows) return;
    const head = h("tr", null, h("th", { scope: "col" }, "From"), ROWS.map((row) => h("th", { scope: "col", class: "number" }, NUMBERS[row].name)));
    const body = history.times.map((at, index) => h("tr", null,
      h("th", { scope: "row" }, moment(at)),
      ROWS.map((row) => h("td", { class: "number" }, NUMBERS[row].write(rows[row][index]))))).reverse();
    const caption = `Each ${spanWords(history.axis.width / 1000)} of network time, newest first; under way and open alerts as they stood at its end`;
    fill(this.table, h("table", null, h("caption", null, caption), h("thead", null, head), h("tbody", null, body)));
  }

  end() {
    this.toAddress.drop();
    this.figures.end();
    this.observer.disconnect();
    this.theme.removeEventListener("change", this.recolour);
    for (const { plot } of this.lines) plot.end();
    this.place.replaceChildren();
  }
}

/** @param {HTMLElement} element @param {number | null} part from 0 to 1 */
function setLine(element, part) {
  element.hidden = part === null || part < 0 || part > 1;
  if (part !== null) element.style.left = `${part * 100}%`;
}

/**
 * A stepped line's points, in seconds: from the first that is known to the end of the last one's bucket.
 * @param {number[]} times @param {(number | null)[]} values @param {number} width @param {number} now
 * @returns {[number[], (number | null)[]]}
 */
function points(times, values, width, now) {
  const first = values.findIndex((value) => value !== null);
  const last = values.findLastIndex((value) => value !== null);
  if (first < 0) return [[], []];
  const end = Math.min(now, times[last] + width);
  return [[...times.slice(first, last + 1), end].map((at) => at / 1000), [...values.slice(first, last + 1), values[last]]];
}
