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

/** @typedef {{ alert: import("../model/model.js").Alert, weight: number, units: number, fired: string, id: string }} Weighed */
/** As ranked when an alert last changed. @type {WeakMap<import("../model/model.js").Model, { version: number, weighed: Weighed[], alerts: import("../model/model.js").Alert[] }>} */
const known = new WeakMap();

/**
 * Open alerts, worst first. Those that somebody has seen come behind those that nobody has.
 * @param {import("../model/model.js").Model} model
 * @returns {import("../model/model.js").Alert[]}
 */
export function ranked(model) {
  const before = known.get(model);
  if (before && before.version === model.versions.alerts) return before.alerts;
  const weighed = weigh(model, before?.weighed ?? []);
  weighed.sort((a, b) => b.weight - a.weight || b.units - a.units || order(a.fired, b.fired) || order(a.id, b.id));
  const alerts = weighed.map(({ alert }) => alert);
  known.set(model, { version: model.versions.alerts, weighed, alerts });
  return alerts;
}

/**
 * In the order of before, as far as they are still open, and new ones behind: what is nearly in order
 * is quickly put in order.
 * @param {import("../model/model.js").Model} model
 * @param {Weighed[]} before
 * @returns {Weighed[]}
 */
function weigh(model, before) {
  const { alerts, shipments } = model;
  /** @type {Weighed[]} */
  const weighed = [];
  const add = (/** @type {import("../model/model.js").Alert} */ alert) => {
    // The units still on their way.
    const units = alert.shipmentId ? shipments.get(alert.shipmentId)?.units ?? 0 : 0;
    weighed.push({ alert, weight: weight(alert), units, fired: alert.firedAt, id: alert.alertId });
  };
  /** @type {Set<string>} */
  const placed = new Set();
  for (const { id } of before) {
    const alert = alerts.get(id);
    if (!alert) continue;
    placed.add(id);
    add(alert);
  }
  if (placed.size === alerts.size) return weighed;
  for (const alert of alerts.values()) if (!placed.has(alert.alertId)) add(alert);
  return weighed;
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
