// Reads the history behind the five numbers and keeps it current: from the API what was, from the
// stream what happens. What one cannot know is left unknown.

import { link } from "../address.js";
import { Refused, get } from "../net/api.js";
import { History, METRICS, axis, changesOf } from "./series.js";

/** Pages of 1,000 events that are read of alerts, and of ships that left the way otherwise. */
const PAGES_MAX = 5;
/** Counted anew so often: a settlement in parts, for one, says more than its event. */
const AGAIN_MS = 60_000;
/** The same for whom the stream tells a part alone: what others trade is known by asking. */
const AGAIN_OF_PART_MS = 5_000;
const RETRY_MS = 5_000;
/** Events kept while the API answers. */
const RECENT_MAX = 50_000;

/** @typedef {import("./series.js").Changes} Changes */
/** @typedef {{ event: any, planned: number | null }} Recent */

export class Figures {
  /** @param {import("../app.js").App} app */
  constructor(app) {
    this.app = app;
    /** @type {History | null} */
    this.history = null;
    /** Network time at which it began; null until known. @type {number | null} */
    this.epoch = null;
    /** Why there are no figures, in words. */
    this.trouble = "";
    /** @type {number | null} of network time, in milliseconds */
    this.span = null;
    this.version = 0;
    /** Up to when it is known, in milliseconds of network time: what comes is followed, or is not. */
    this.until = Infinity;
    this.journal = "";
    this.loadedAt = -Infinity;
    /** Whether they are to be read anew for another reason than their age; also of those that are being read. */
    this.isOld = false;
    this.failedAt = -Infinity;
    /** @type {Recent[] | null} what came while the API is asked */
    this.recent = null;
    this.stopped = new AbortController();
  }

  /** @param {number | null} span */
  setSpan(span) {
    if (span === this.span) return;
    this.span = span;
    this.isOld = true;
  }

  end() {
    this.stopped.abort();
  }

  /** Asks the API when that is due. @param {import("../app.js").Frame} frame */
  follow({ now, wall, passed }) {
    const { model, connection } = this.app;
    // What no frame saw is in what the API counts.
    if (passed > 0) this.isOld = true;
    const isPart = !this.app.session.may("seeNetwork");
    const again = isPart ? AGAIN_OF_PART_MS : AGAIN_MS;
    if (!model.isLoaded || connection.state !== "live" || this.recent || document.hidden) return;
    if (this.history?.advance(now)) this.version += 1;
    if (wall - this.failedAt < RETRY_MS) return;
    if (this.isOld || wall - this.loadedAt >= again || model.journal !== this.journal || this.isOutgrown(now)) this.load(wall);
  }

  /** Counts an event. @param {any} event */
  fold(event) {
    // Who is told of a part counts nothing.
    if (!this.app.session.may("seeNetwork")) return;
    const shipment = event.type === "shipment.arrived" ? this.app.model.shipments.get(event.data.shipmentId) : undefined;
    const planned = shipment?.planned ?? null;
    if (this.history?.apply(event, planned)) this.version += 1;
    if (this.recent) {
      this.recent.push({ event, planned });
      // Too many to keep: the next reading has them.
      if (this.recent.length > RECENT_MAX) {
        this.recent = [];
        this.isOld = true;
      }
    }
  }

  /** Whether the axis begins elsewhere by now, or its points are too fine. @param {number} now */
  isOutgrown(now) {
    if (!this.history || this.epoch === null) return true;
    const wanted = this.axis(now, this.epoch);
    const { from, width, span } = this.history.axis;
    return wanted.width !== width || wanted.from - from > Math.max(width, span / 8);
  }

  /** @param {number} now @param {number} epoch */
  axis(now, epoch) {
    return axis({ epoch, now, speed: this.app.model.clock.speed, ...(this.span === null ? {} : { span: this.span }) });
  }

  /** @param {number} wall */
  async load(wall) {
    const { model, session } = this.app;
    this.recent = [];
    // What makes them old from here on may not be in the answers.
    this.isOld = false;
    const { signal } = this.stopped;
    try {
      const network = await get("/api/network", { signal });
      const now = model.now();
      const epoch = Date.parse(network.epoch);
      const wanted = this.axis(now, epoch);
      const history = new History(wanted, now, epoch);
      const isAll = session.may("seeNetwork");
      const metrics = isAll ? METRICS : METRICS.filter((metric) => metric === "trades" || metric === "value");
      const from = new Date(Math.max(epoch, wanted.from)).toISOString();
      const [alerts, strays] = await Promise.all([
        this.changes("alert.fired,alert.resolved", from, "alert"),
        this.changes("shipment.lost,shipment.returned,shipment.found", from, "stray"),
        ...metrics.map(async (metric) => {
          history.load(metric, await get(link("/api/analytics/series", { metric, interval: wanted.interval, from }), { signal }));
        }),
      ]);
      history.alerts = alerts ?? null;
      history.strays = strays ?? null;
      for (const { event, planned } of this.recent ?? []) history.apply(event, planned);
      history.advance(model.now());
      Object.assign(this, { until: isAll ? Infinity : now, history, epoch, journal: model.journal, loadedAt: wall, trouble: "" });
    } catch (error) {
      if (signal.aborted) return;
      this.failedAt = wall;
      this.isOld = true;
      this.trouble = words(error);
    } finally {
      this.recent = null;
      this.version += 1;
    }
  }

  /** Moments at which a level changed, back to a time or as far as is read. @param {string} type @param {string} from @param {"alert" | "stray"} kind @returns {Promise<Changes>} */
  async changes(type, from, kind) {
    /** @type {Changes} */
    const known = { from: -Infinity, sequence: -1, changes: [] };
    let cursor = "";
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const answer = await get(link("/api/events", { type, from, order: "newest", limit: 1000, cursor }), { signal: this.stopped.signal });
      if (known.sequence < 0) known.sequence = answer.asOf.sequence;
      known.changes.push(...changesOf(answer.items, kind));
      cursor = answer.nextCursor ?? "";
      if (!cursor) return known;
    }
    known.from = Math.min(...known.changes.map(({ at }) => at));
    return known;
  }
}

/** @param {unknown} error */
function words(error) {
  if (error instanceof Refused && error.code === "analytics_rebuilding") {
    const { counted, total } = error.problem;
    return Number.isFinite(counted) && total > 0 ? `The figures are being counted anew: ${Math.floor((counted / total) * 100)} %.` : "The figures are being counted anew.";
  }
  return `The figures could not be read: ${error instanceof Error ? error.message : error}`;
}
