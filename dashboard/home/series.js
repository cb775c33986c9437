// The figures behind the five numbers, by buckets of network time: what the API counted, and every
// event since. Nothing here draws; nothing is guessed: what is not known is null.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What the API answers at once, 1,500 buckets, and keeps: minutes for 7 days, hours for 90. */
const MINUTES_MAX = DAY;
const HOURS_MAX = 60 * DAY;
const DAYS_MAX = 1460 * DAY;
/** About as many points as a chart of a desk's width shows apart. */
const POINTS = 160;
/** Without a wish, what happened in the last hour of the clock on the wall. */
const SPAN_WALL = HOUR;

/** A rate of less time jumps from nothing to much and back. */
const RATE_WALL = 5 * SECOND;

const WIDTHS = [1, 5, 15, 30].map((n) => n * MINUTE)
  .concat([1, 3, 6, 12].map((n) => n * HOUR), [1, 7, 30].map((n) => n * DAY));

/** What is summed from buckets of the API. */
export const METRICS = /** @type {const} */ (["trades", "value", "departures", "arrivals", "onTime"]);
/** @typedef {typeof METRICS[number]} Metric */
/** What is shown, in order. */
export const ROWS = /** @type {const} */ (["trades", "value", "underWay", "onTimeShare", "alerts"]);
/** @typedef {typeof ROWS[number]} Row */

/**
 * Where the axis begins, how wide a point is, and of what interval of the API it is made; in milliseconds.
 * @typedef {{ from: number, width: number, interval: "minute" | "hour" | "day", span: number }} Axis
 */

/**
 * @param {{ epoch: number, now: number, speed: number, span?: number }} of `span` of network time;
 *   without it all that there is, up to an hour of the clock on the wall
 * @returns {Axis}
 */
export function axis({ epoch, now, speed, span }) {
  const age = Math.max(MINUTE, now - epoch);
  const length = Math.min(age, span ?? SPAN_WALL * speed, DAYS_MAX);
  const [interval, base] = /** @type {["minute" | "hour" | "day", number]} */ (
    length <= MINUTES_MAX ? ["minute", MINUTE] : length <= HOURS_MAX ? ["hour", HOUR] : ["day", DAY]);
  const width = WIDTHS.find((each) => each >= base && each * POINTS >= length)
    ?? Math.ceil(length / POINTS / DAY) * DAY;
  return { from: floor(now - length, width), width, interval, span: length };
}

/** The start of the bucket that a time lies in. @param {number} at @param {number} width */
export const floor = (at, width) => Math.floor(at / width) * width;

/** An event of the stream, as far as it counts here. @typedef {{ type: string, time: string, sequence: string, data: any }} Event */

/**
 * Changes of a level at moments, known from a time on.
 * @typedef {{ from: number, sequence: number, changes: { at: number, by: number }[], sums?: number[] }} Changes   `sums`: of
 *   each bucket, of the changes that are in no list any more
 */

/** @param {string} type @returns {number} */
const alertChange = (type) => (type === "alert.fired" ? 1 : type === "alert.resolved" ? -1 : 0);
/** What leaves the way, or is on it again, other than by arriving. @param {string} type */
const strayChange = (type) =>
  (type === "shipment.lost" || type === "shipment.returned" ? -1 : type === "shipment.found" ? 1 : 0);

/** Moments and by how much, of events as the API lists them. @param {any[]} events @param {"alert" | "stray"} kind */
export function changesOf(events, kind) {
  const change = kind === "alert" ? alertChange : strayChange;
  return events.map((event) => ({ at: Date.parse(event.time), by: change(event.type) })).filter(({ by }) => by !== 0);
}

/** @param {Changes | null} changes @param {Event} event @param {number} by @returns {boolean} whether it was a change */
function note(changes, event, by) {
  if (by === 0) return false;
  if (changes && Number(event.sequence) > changes.sequence) changes.changes.push({ at: Date.parse(event.time), by });
  return true;
}

export class History {
  /** @param {Axis} axis @param {number} now @param {number} [epoch] before it there was nothing */
  constructor(axis, now, epoch = -Infinity) {
    this.axis = axis;
    this.epoch = epoch;
    /** Starts of the buckets. @type {number[]} */
    this.times = [];
    /** @type {Record<Metric, number[]>} */
    this.sums = { trades: [], value: [], departures: [], arrivals: [], onTime: [] };
    /** The last event in each sum; -1 while it is not known. @type {Record<Metric, number>} */
    this.seen = { trades: -1, value: -1, departures: -1, arrivals: -1, onTime: -1 };
    /** @type {Changes | null} */
    this.alerts = null;
    /** @type {Changes | null} */
    this.strays = null;
    this.advance(now);
  }

  /** Opens the buckets up to now. @param {number} now @returns {boolean} whether there are new ones */
  advance(now) {
    const before = this.times.length;
    let at = before === 0 ? this.axis.from : this.times[before - 1] + this.axis.width;
    for (; at <= now; at += this.axis.width) {
      this.times.push(at);
      for (const metric of METRICS) this.sums[metric].push(0);
    }
    return this.times.length !== before;
  }

  /** @param {number} at @returns {number} its bucket, -1 before the first one */
  index(at) {
    const index = Math.floor((at - this.axis.from) / this.axis.width);
    return index < 0 ? -1 : Math.min(index, this.times.length - 1);
  }

  /** Takes what the API counted. @param {Metric} metric @param {{ buckets: { at: string, value: number }[], asOf: { sequence: number } }} series */
  load(metric, series) {
    this.sums[metric].fill(0);
    this.seen[metric] = series.asOf.sequence;
    for (const { at, value } of series.buckets) this.add(metric, Date.parse(at), value);
  }

  /** @param {Metric} metric @param {number} at @param {number} value */
  add(metric, at, value) {
    const index = this.index(at);
    if (index >= 0) this.sums[metric][index] += value;
  }

  /**
   * Counts an event that is not counted yet.
   * @param {Event} event
   * @param {number | null} planned arrival, of the shipment it is about
   * @returns {boolean} whether it counts here
   */
  apply(event, planned) {
    switch (event.type) {
      case "trade.settled":
        this.count("trades", event, 1);
        this.count("value", event, event.data.total ?? 0);
        return true;
      case "shipment.departed":
        this.count("departures", event, 1);
        return true;
      case "shipment.arrived":
        this.count("arrivals", event, 1);
        if (planned !== null && Date.parse(event.time) <= planned) this.count("onTime", event, 1);
        return true;
      default:
        return note(this.alerts, event, alertChange(event.type)) || note(this.strays, event, strayChange(event.type));
    }
  }

  /** @param {Metric} metric @param {Event} event @param {number} value */
  count(metric, event, value) {
    if (this.seen[metric] >= 0 && Number(event.sequence) > this.seen[metric]) this.add(metric, Date.parse(event.time), value);
  }

  /**
   * The five rows, a number or null a bucket; rates a second of the clock on the wall, levels as they stood at each bucket's end.
   * @param {{ now: number, speed: number, underWay: number | null, alerts: number | null }} is
   * @returns {Record<Row, (number | null)[]>}
   */
  rows({ now, speed, underWay, alerts }) {
    const { trades, value, departures, arrivals, onTime } = this.sums;
    const rate = (/** @type {number[]} */ sums, /** @type {boolean} */ isKnown) => sums.map((sum, index) => {
      const seconds = this.seconds(index, now) / speed;
      return isKnown && seconds > 0 ? sum / seconds : null;
    });
    return {
      trades: rate(trades, this.seen.trades >= 0),
      value: rate(value, this.seen.value >= 0),
      underWay: this.level(underWay, this.seen.departures < 0 || this.seen.arrivals < 0 ? null : this.strays,
        (index) => departures[index] - arrivals[index]),
      onTimeShare: arrivals.map((sum, index) => (sum > 0 && this.seen.onTime >= 0 ? Math.min(1, onTime[index] / sum) : null)),
      alerts: this.level(alerts, this.alerts, () => 0),
    };
  }

  /**
   * How long a bucket has lasted, as far as there was a network; 0 where that is too little for a rate.
   * @param {number} index @param {number} now
   */
  seconds(index, now) {
    const start = Math.max(this.times[index], this.epoch);
    const length = Math.min(now, this.times[index] + this.axis.width) - start;
    return length * 5 < this.axis.width ? 0 : length / SECOND;
  }

  /**
   * A level at each bucket's end, counted back from what it is.
   * @param {number | null} is
   * @param {Changes | null} changes
   * @param {(index: number) => number} sum of the changes of a bucket that are not in `changes`
   * @returns {(number | null)[]}
   */
  level(is, changes, sum) {
    /** @type {(number | null)[]} */
    const levels = this.times.map(() => null);
    if (is === null || levels.length === 0) return levels;
    levels[levels.length - 1] = is;
    if (!changes) return levels;
    const sums = this.summed(changes);
    const by = this.times.map((_, index) => sum(index) + (sums[index] ?? 0));
    let level = is;
    for (let index = levels.length - 1; index > 0; index -= 1) {
      level -= by[index];
      if (this.times[index] < changes.from) break;
      levels[index - 1] = this.times[index] > this.epoch ? Math.max(0, level) : null;
    }
    return levels;
  }

  /** Changes by bucket. Those whose bucket is open are kept as a sum alone: they are many. @param {Changes} changes */
  summed(changes) {
    const sums = (changes.sums ??= []);
    const end = this.axis.from + this.times.length * this.axis.width;
    changes.changes = changes.changes.filter(({ at, by }) => {
      const index = this.index(at);
      if (at < end && index >= 0) sums[index] = (sums[index] ?? 0) + by;
      return at >= end;
    });
    return sums;
  }

  /**
   * The latest rate of so long a time that it means something: of a whole bucket, and of some seconds of the wall's clock.
   * @param {"trades" | "value"} metric @param {number} now @param {number} speed
   * @returns {number | null}
   */
  latestRate(metric, now, speed) {
    if (this.seen[metric] < 0 || this.times.length === 0) return null;
    let sum = 0;
    let seconds = 0;
    const enough = Math.max(this.axis.width, RATE_WALL * speed);
    for (let index = this.times.length - 1; index >= 0 && seconds * SECOND < enough; index -= 1) {
      sum += this.sums[metric][index];
      seconds += Math.max(0, Math.min(now, this.times[index] + this.axis.width) - Math.max(this.times[index], this.epoch)) / SECOND;
    }
    return seconds > 0 ? (sum / seconds) * speed : null;
  }

  /** The share of arrivals on time in the latest bucket that had any. @returns {number | null} */
  latestShare() {
    for (let index = this.times.length - 1; index >= 0 && this.seen.onTime >= 0 && this.seen.arrivals >= 0; index -= 1) {
      if (this.sums.arrivals[index] > 0) return Math.min(1, this.sums.onTime[index] / this.sums.arrivals[index]);
    }
    return null;
  }
}
