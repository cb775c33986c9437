// Which open alert needs somebody first: by what it puts at risk.

const SEVERITIES = ["info", "warning", "critical"];

/**
 * What an alert puts at risk, as far as it is known: its severity, how many holds and rules wait
 * for the goods (a rule of stock waits for its own), and the units still on their way.
 * @param {any} alert as GET /api/alerts shows it
 * @param {any} model
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

/**
 * Open alerts, worst first. Those that somebody has seen come behind those that nobody has.
 * @param {any} model
 * @returns {any[]}
 */
export function ranked(model) {
  return [...model.alerts.values()]
    .map((alert) => ({ alert, isSeen: Boolean(alert.acknowledgedAt), ...risk(alert, model) }))
    .sort((a, b) => Number(a.isSeen) - Number(b.isSeen) || b.severity - a.severity || b.waiting - a.waiting
      || b.units - a.units || a.fired - b.fired || (a.alert.alertId < b.alert.alertId ? -1 : 1))
    .map(({ alert }) => alert);
}

/** Open alerts of each severity. @param {any} model @returns {{ critical: number, warning: number, info: number }} */
export function bySeverity(model) {
  const counts = { critical: 0, warning: 0, info: 0 };
  for (const { severity } of model.alerts.values()) counts[/** @type {keyof typeof counts} */ (severity)] += 1;
  return counts;
}
