// Which open alert needs somebody first: by what it puts at risk.

const SEVERITIES = ["info", "warning", "critical"];

/** The shape of each kind's mark. @type {Record<string, string>} */
export const SHAPES = {
  shipment_late: "late", shipment_overdue: "overdue", shipment_silent: "silent",
  stock_low: "low", stock_out: "out", hold_expired: "expired",
};

const STOCK = new Set(["stock_low", "stock_out"]);

/** Past it one more that waits makes no difference. */
const WAITING_MAX = 63;

/**
 * What an alert puts at risk, as far as it is known: whether nobody has seen it, its severity, how
 * many holds and rules wait for the goods (a rule of stock waits for its own); in one number, for
 * thousands are put in order.
 * @param {import("../model/model.js").Alert} alert as GET /api/alerts shows it
 */
function weight({ kind, severity, acknowledgedAt, atRisk }) {
  const waiting = atRisk.holds.length + atRisk.rules.length + (STOCK.has(kind) ? 1 : 0);
  return ((acknowledgedAt ? 0 : 1) * SEVERITIES.length + SEVERITIES.indexOf(severity)) * (WAITING_MAX + 1) + Math.min(WAITING_MAX, waiting);
}

/** Times and identifiers of the API are ordered as text. @param {string} a @param {string} b */
const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** What an alert is about: a ship that is late and overdue needs somebody once. @param {Alert} alert */
export const thingOf = (alert) => alert.shipmentId ?? alert.alertId;

/** Which of two alerts of a ship says more: that it is overdue says that it is late. */
const SAYS = ["shipment_late", "shipment_silent", "shipment_overdue"];

/** New alerts that are kept for whoever announces them. */
const ARRIVED_MAX = 1_000;

/** @typedef {import("../model/model.js").Alert} Alert */
/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {{ alert: Alert, weight: number, units: number, fired: string, id: string }} Weighed   as it was when it last changed */

/** The worst first. @param {Weighed} a @param {Weighed} b */
const compare = (a, b) => b.weight - a.weight || b.units - a.units || order(a.fired, b.fired) || order(a.id, b.id);

/** @type {WeakMap<Model, Ranking>} */
const known = new WeakMap();

/** @param {Model} model */
function ranking(model) {
  let ranking = known.get(model);
  if (!ranking) known.set(model, (ranking = new Ranking(model)));
  ranking.follow();
  return ranking;
}

/**
 * Open alerts, worst first. Those that somebody has seen come behind those that nobody has.
 * @param {Model} model
 * @returns {Alert[]} not to be changed
 */
export const ranked = (model) => ranking(model).alerts;

/** The worst alert of a stock: one that is out before one that is low. @param {Model} model @returns {Alert | null} */
export function worstStock(model) {
  /** @type {Weighed | null} */
  let worst = null;
  for (const one of ranking(model).stocks.values()) {
    const isOut = one.alert.kind === "stock_out";
    const wasOut = worst?.alert.kind === "stock_out";
    if (!worst || (isOut === wasOut ? compare(one, worst) < 0 : isOut)) worst = one;
  }
  return worst?.alert ?? null;
}

/** Open alerts of each severity. @param {Model} model @returns {{ critical: number, warning: number, info: number }} */
export const bySeverity = (model) => ranking(model).counts;

/** Alerts that fired since this was asked last, the newest last. @param {Model} model @returns {Alert[]} */
export function takeArrived(model) {
  const of = ranking(model);
  const { arrived } = of;
  of.arrived = [];
  return arrived;
}

/** Rises when all that is open is read as if for the first time: after nothing was known, for another reader, of another journal. @param {Model} model */
export const begunOf = (model) => ranking(model).begun;

/**
 * The same by what they are about. The first of each says the most.
 * @param {Model} model
 * @param {number} [countMax] of groups that are wanted
 * @returns {{ groups: Alert[][], count: number }} the worst of them, and how many there are
 */
export function grouped(model, countMax = Infinity) {
  const { alerts, byThing } = ranking(model);
  /** @type {Map<string, Alert[]>} */
  const groups = new Map();
  for (const alert of alerts) {
    if (groups.size >= Math.min(countMax, byThing.size)) break;
    const thing = thingOf(alert);
    const says = (/** @type {Weighed} */ a, /** @type {Weighed} */ b) => SAYS.indexOf(b.alert.kind) - SAYS.indexOf(a.alert.kind) || compare(a, b);
    if (!groups.has(thing)) groups.set(thing, [...byThing.get(thing) ?? []].sort(says).map((weighed) => weighed.alert));
  }
  return { groups: [...groups.values()], count: byThing.size };
}

/** Keeps thousands of alerts in order: what changed is taken out, and put in where it belongs. */
class Ranking {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** Changed since they were put in order. @type {Set<string>} */
    this.touched = new Set();
    /** Changes that were told: where the model counts more, all is read anew. */
    this.version = -1;
    /** The map that was read last: another one means that all is new. @type {unknown} */
    this.read = null;
    /** @type {Weighed[]} */
    this.weighed = [];
    /** The same alerts. @type {Alert[]} */
    this.alerts = [];
    /** @type {Map<string, Weighed>} */
    this.byId = new Map();
    /** @type {Map<string, Weighed[]>} */
    this.byThing = new Map();
    /** Those of a stock, by id. @type {Map<string, Weighed>} */
    this.stocks = new Map();
    this.counts = { critical: 0, warning: 0, info: 0 };
    /** @type {Alert[]} */
    this.arrived = [];
    this.begun = 0;
    /** Of whom and of what it was read last; nothing where the state was not all there. */
    this.of = "";
    model.onAlert = (alertId) => {
      this.version += 1;
      this.touched.add(alertId);
    };
  }

  follow() {
    const { model, touched } = this;
    if (this.version !== model.versions.alerts || this.read !== model.alerts) this.readAll();
    else for (const id of touched) this.put(id);
    touched.clear();
  }

  readAll() {
    const { model } = this;
    this.version = model.versions.alerts;
    this.read = model.alerts;
    const of = model.isLoaded ? JSON.stringify([model.journal, model.reader]) : "";
    if (of === "" || of !== this.of) this.begun += 1;
    this.of = of;
    const before = this.byId;
    this.byId = new Map();
    this.byThing = new Map();
    this.stocks = new Map();
    this.counts = { critical: 0, warning: 0, info: 0 };
    this.weighed = [];
    for (const alert of model.alerts.values()) this.weighed.push(this.weigh(alert, !before.has(alert.alertId)));
    this.weighed.sort(compare);
    this.alerts = this.weighed.map(({ alert }) => alert);
  }

  /** One that changed. @param {string} id */
  put(id) {
    const before = this.byId.get(id);
    if (before) this.remove(before);
    const alert = this.model.alerts.get(id);
    if (!alert) return;
    const weighed = this.weigh(alert, !before);
    const at = this.find(weighed);
    this.weighed.splice(at, 0, weighed);
    this.alerts.splice(at, 0, alert);
  }

  /** @param {Alert} alert @param {boolean} isNew */
  weigh(alert, isNew) {
    // The units still on their way.
    const units = alert.shipmentId ? this.model.shipments.get(alert.shipmentId)?.units ?? 0 : 0;
    const weighed = { alert, weight: weight(alert), units, fired: alert.firedAt, id: alert.alertId };
    this.byId.set(weighed.id, weighed);
    const group = this.byThing.get(thingOf(alert));
    if (group) group.push(weighed);
    else this.byThing.set(thingOf(alert), [weighed]);
    if (STOCK.has(alert.kind) && alert.station && alert.commodity) this.stocks.set(weighed.id, weighed);
    this.counts[alert.severity] += 1;
    if (isNew && this.arrived.push(alert) > ARRIVED_MAX) this.arrived.shift();
    return weighed;
  }

  /** @param {Weighed} weighed */
  remove(weighed) {
    const at = this.find(weighed);
    this.weighed.splice(at, 1);
    this.alerts.splice(at, 1);
    this.byId.delete(weighed.id);
    this.stocks.delete(weighed.id);
    const thing = thingOf(weighed.alert);
    const group = (this.byThing.get(thing) ?? []).filter((one) => one !== weighed);
    if (group.length > 0) this.byThing.set(thing, group);
    else this.byThing.delete(thing);
    this.counts[weighed.alert.severity] -= 1;
  }

  /** Where one stands among those in order, or belongs. @param {Weighed} weighed */
  find(weighed) {
    let [low, high] = [0, this.weighed.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(this.weighed[middle], weighed) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
