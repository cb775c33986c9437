// Which open alert needs somebody first: by what it puts at risk.

const SEVERITIES = ["info", "warning", "critical"];

/** The shape of each kind's mark. @type {Record<string, string>} */
export const SHAPES = {
  shipment_late: "late", shipment_overdue: "overdue", shipment_silent: "silent",
  stock_low: "low", stock_out: "out", hold_expired: "expired",
};

/**
 * What an alert puts at risk, as far as it is known: its severity, how many holds and rules wait
 * for the goods (a rule of stock waits for its own), and the units still on their way.
 * @param {import("../model/model.js").Alert} alert as GET /api/alerts shows it
 * @param {import("../model/model.js").Model} model
 */
export function risk(alert, model) {
  const isStock = alert.kind === "stock_low" || alert.kind === "stock_out";
  const shipment = alert.shipmentId ? model.shipments.get(alert.shipmentId) : undefined;
  return {
    severity: SEVERITIES.indexOf(alert.severity),
    waiting: (alert.atRisk?.holds.length ?? 0) + (alert.atRisk?.rules.length ?? 0) + (isStock ? 1 : 0),
    units: shipment?.units ?? 0,
    fired: Date.parse(alert.firedAt),
  };
}

/** As ranked when an alert last changed. @type {WeakMap<import("../model/model.js").Model, { version: number, alerts: import("../model/model.js").Alert[] }>} */
const known = new WeakMap();

/**
 * Open alerts, worst first. Those that somebody has seen come behind those that nobody has.
 * @param {import("../model/model.js").Model} model
 * @returns {import("../model/model.js").Alert[]}
 */
export function ranked(model) {
  const before = known.get(model);
  if (before && before.version === model.versions.alerts) return before.alerts;
  const alerts = [...model.alerts.values()]
    .map((alert) => ({ alert, isSeen: Boolean(alert.acknowledgedAt), ...risk(alert, model) }))
    .sort((a, b) => Number(a.isSeen) - Number(b.isSeen) || b.severity - a.severity || b.waiting - a.waiting
      || b.units - a.units || a.fired - b.fired || (a.alert.alertId < b.alert.alertId ? -1 : 1))
    .map(({ alert }) => alert);
  known.set(model, { version: model.versions.alerts, alerts });
  return alerts;
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
 * @returns {import("../model/model.js").Alert[][]}
 */
export function grouped(model) {
  /** @type {Map<string, import("../model/model.js").Alert[]>} */
  const groups = new Map();
  for (const alert of ranked(model)) {
    const key = alert.shipmentId ?? alert.alertId;
    const group = groups.get(key);
    if (group) group.push(alert);
    else groups.set(key, [alert]);
  }
  return [...groups.values()].map((group) => group.sort((a, b) => SAYS.indexOf(b.kind) - SAYS.indexOf(a.kind)));
}
