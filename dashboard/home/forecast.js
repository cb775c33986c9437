// When a stock that is low will be gone, by what is known: what is available, and what was used up in
// the last day. What comes and goes by trade is not foreseen, and so not in it. Asked of the API for
// those alerts that are shown, one at a time, and again now and then.

import { link } from "../address.js";
import { about } from "../format.js";
import { get } from "../net/api.js";

const DAY_MS = 24 * 3_600_000;
/** A use that is known for less says little of the next hours. */
const KNOWN_MIN_MS = DAY_MS / 24;
const AGAIN_MS = 30_000;
/** Between two questions. */
const PAUSE_MS = 1_000;
/** An alert that nobody showed for so long is not asked about. */
const WANTED_MS = 5_000;
const EVENTS_MAX = 1_000;

/** @typedef {import("../model/model.js").Alert} Alert */
/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {{ at: number, windowMs: number }} Forecast   when nothing is left, and of how long the use is known; network time in milliseconds */
/** @typedef {{ forecast: Forecast | null, sequence: number, askedAt: number, wantedAt: number }} Known */

/**
 * @param {{ events: any[], isComplete: boolean, from: number, now: number, owner: string, commodity: string, available: number }} given
 *   adjustments of the stock, newest first; all since `from`, or as many as were read
 * @returns {Forecast | null} null where nothing was used, or too short a time is known
 */
export function forecast({ events, isComplete, from, now, owner, commodity, available }) {
  const since = isComplete ? from : Math.max(from, Math.min(...events.map(({ time }) => Date.parse(time))));
  const windowMs = now - since;
  let used = 0;
  for (const { data, time } of events) {
    if (data.owner !== owner || Date.parse(time) < since) continue;
    for (const line of data.lines) if (line.commodity === commodity && line.reason === "consumed") used -= line.change;
  }
  if (used <= 0 || windowMs < KNOWN_MIN_MS) return null;
  return { at: now + (available * windowMs) / used, windowMs };
}

/** What follows of it, after "Ceres". @param {Forecast} forecast @param {number} now @returns {[string, string]} before and behind the good */
export function words({ at, windowMs }, now) {
  const use = windowMs >= DAY_MS ? "the last day's use" : `the use of the last ${about(windowMs / 1000)}`;
  const left = (at - now) / 1000;
  return left < 60 ? [" is about to run out of ", ` at ${use}`] : [" runs out of ", ` in ${about(left)} at ${use}`];
}

/** One for all that show alerts of a model. @type {WeakMap<Model, Forecasts>} */
const known = new WeakMap();

/** @param {Pick<import("../app.js").App, "model" | "connection">} app @returns {Forecasts} */
export function forecasts(app) {
  let made = known.get(app.model);
  if (!made) known.set(app.model, (made = new Forecasts(app)));
  return made;
}

/** What is known of a low stock that is shown now; it is asked about. @param {Model} model @param {Alert} alert */
export const foreseen = (model, alert) => known.get(model)?.of(alert) ?? null;

class Forecasts {
  /** @param {Pick<import("../app.js").App, "model" | "connection">} app */
  constructor({ model, connection }) {
    this.model = model;
    this.connection = connection;
    /** By alert. @type {Map<string, Known>} */
    this.known = new Map();
    this.isAsking = false;
    this.askedAt = 0;
    /** As of the last frame. */
    this.wall = 0;
  }

  /** @param {Alert} alert @returns {Forecast | null} */
  of(alert) {
    if (alert.kind !== "stock_low" || !alert.station || !alert.commodity || !alert.cause?.owner) return null;
    const entry = this.known.get(alert.alertId);
    if (!entry) this.known.set(alert.alertId, { forecast: null, sequence: alert.sequence, askedAt: 0, wantedAt: this.wall });
    else entry.wantedAt = this.wall;
    return entry?.forecast ?? null;
  }

  /** Asks about the alert that was asked about least lately. @param {number} wall */
  draw(wall) {
    this.wall = wall;
    if (this.isAsking || this.connection.state !== "live" || wall - this.askedAt < PAUSE_MS || document.hidden) return;
    /** @type {[string, Known] | null} */
    let due = null;
    for (const [id, entry] of this.known) {
      const alert = this.model.alerts.get(id);
      if (!alert || wall - entry.wantedAt > WANTED_MS) this.known.delete(id);
      else if ((wall - entry.askedAt >= AGAIN_MS || entry.sequence !== alert.sequence) && (!due || entry.askedAt < due[1].askedAt)) due = [id, entry];
    }
    const alert = due && this.model.alerts.get(due[0]);
    if (due && alert) this.ask(alert, due[1], wall);
  }

  /** @param {Alert} alert @param {Known} entry @param {number} wall */
  async ask(alert, entry, wall) {
    const { model } = this;
    this.isAsking = true;
    Object.assign(entry, { askedAt: wall, sequence: alert.sequence });
    this.askedAt = wall;
    const { station, commodity } = alert;
    const owner = /** @type {string} */ (alert.cause.owner);
    try {
      const now = model.now();
      const epoch = Date.parse((await get("/api/network")).epoch);
      const from = Math.max(now - DAY_MS, epoch);
      const [stock, adjusted] = await Promise.all([
        get(link(`/api/inventory/${encodeURIComponent(station ?? "")}`, { by: "owner", commodity, owner })),
        get(link("/api/events", { type: "stock.adjusted", station, commodity, from: new Date(from).toISOString(), order: "newest", limit: EVENTS_MAX })),
      ]);
      const available = stock.levels[0]?.available ?? 0;
      entry.forecast = forecast({ events: adjusted.items, isComplete: !adjusted.nextCursor, from, now, owner, commodity: commodity ?? "", available });
    } catch {
      // Not known to this reader, or not now: the alert says what it says.
      entry.forecast = null;
    } finally {
      this.isAsking = false;
    }
  }
}
