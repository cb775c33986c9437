// Which open alert needs somebody first: by what it puts at risk.

const SEVERITIES = ["info", "warning", "critical"];

/** The shape of each kind's mark. @type {Record<string, string>} */
export const SHAPES = {
  shipment_late: "late", shipment_overdue: "overdue", shipment_silent: "silent",
  stock_low: "low", stock_out: "out", hold_expired: "expired",
};

/** Past it one more that waits makes no difference. */
const WAITING_MAX = 63;

/**
 * What an alert puts at risk, as far as it is known: whether nobody has seen it, its severity, how
 * many holds and rules wait for the goods (a rule of stock waits for its own); in one number, for
 * thousands are put in order.
 * @param {import("../model/model.js").Alert} alert as GET /api/alerts shows it
 */
function weight({ kind, severity, acknowledgedAt, atRisk }) {
  const isStock = kind === "stock_low" || kind === "stock_out";
  const waiting = atRisk.holds.length + atRisk.rules.length + (isStock ? 1 : 0);
  return ((acknowledgedAt ? 0 : 1) * SEVERITIES.length + SEVERITIES.indexOf(severity)) * (WAITING_MAX + 1) + Math.min(WAITING_MAX, waiting);
}

/** Times and identifiers of the API are ordered as text. @param {string} a @param {string} b */
const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** @typedef {{ alert: import("../model/model.js").Alert, weight: number, units: number, fired: string, id: string, turn: number }} Weighed */

/** As ranked when an alert last changed. @type {WeakMap<import("../model/model.js").Model, Ranking>} */
const known = new WeakMap();

/**
 * Open alerts, worst first. Those that somebody has seen come behind those that nobody has.
 * @param {import("../model/model.js").Model} model
 * @returns {import("../model/model.js").Alert[]}
 */
export function ranked(model) {
  let ranking = known.get(model);
  if (!ranking) known.set(model, (ranking = new Ranking()));
  if (ranking.version !== model.versions.alerts) ranking.follow(model);
  return ranking.alerts;
}

/** Keeps thousands of alerts in order: what changed is weighed, and what is nearly in order soon sorted. */
class Ranking {
  constructor() {
    this.version = -1;
    this.turn = 0;
    /** @type {Map<string, Weighed>} */
    this.byId = new Map();
    /** @type {Weighed[]} */
    this.weighed = [];
    /** @type {import("../model/model.js").Alert[]} */
    this.alerts = [];
  }

  /** @param {import("../model/model.js").Model} model */
  follow({ alerts, shipments, versions }) {
    this.version = versions.alerts;
    this.turn += 1;
    const { byId, turn } = this;
    /** @type {Weighed[]} */
    const changed = [];
    for (const alert of alerts.values()) {
      const before = byId.get(alert.alertId);
      // One that changed is another object.
      if (before && before.alert === alert) {
        before.turn = turn;
        continue;
      }
      // The units still on their way.
      const units = alert.shipmentId ? shipments.get(alert.shipmentId)?.units ?? 0 : 0;
      const weighed = { alert, weight: weight(alert), units, fired: alert.firedAt, id: alert.alertId, turn };
      byId.set(alert.alertId, weighed);
      changed.push(weighed);
    }
    const kept = this.weighed.filter((weighed) => {
      if (weighed.turn !== turn && byId.get(weighed.id) === weighed) byId.delete(weighed.id);
      return weighed.turn === turn;
    });
    this.weighed = kept.concat(changed).sort((a, b) => b.weight - a.weight || b.units - a.units || order(a.fired, b.fired) || order(a.id, b.id));
    this.alerts = this.weighed.map(({ alert }) => alert);
  }
}

/** Open alerts of each severity. @param {import("../model/model.js").Model} model @returns {{ critical: number, warning: number, info: number }} */
export function bySeverity(model) {
  const counts = { critical: 0, warning: 0, info: 0 };
  for (const { severity } of model.alerts.values()) counts[severity] += 1;
  return counts;
}

/** Which of two alerts of a ship says more: that it is overdue says that it is late. */
const SAYS = ["shipment_late", "shipment_silent", "shipment_overdue"];

/**
 * The same by what they are about: a ship that is late and overdue needs somebody once. The first of
 * each says the most.
 * @param {import("../model/model.js").Model} model
 * @param {number} [countMax] of groups that are wanted
 * @returns {{ groups: import("../model/model.js").Alert[][], count: number }} the worst of them, and how many there are
 */
export function grouped(model, countMax = Infinity) {
  /** @type {Map<string, import("../model/model.js").Alert[]>} */
  const groups = new Map();
  /** @type {Set<string>} */
  const others = new Set();
  for (const alert of ranked(model)) {
    const key = alert.shipmentId ?? alert.alertId;
    const group = groups.get(key);
    if (group) group.push(alert);
    else if (groups.size < countMax) groups.set(key, [alert]);
    else others.add(key);
  }
  const worst = [...groups.values()].map((group) => group.sort((a, b) => SAYS.indexOf(b.kind) - SAYS.indexOf(a.kind)));
  return { groups: worst, count: worst.length + others.size };
}
