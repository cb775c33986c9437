// Which shipments under way are among those that are late, as the sentence in the bar counts them.
// Knows no page.

import { condition } from "../../model/shipment.js";

/**
 * @param {string} wanted "true" for what is late or overdue, "false" for what keeps its promise as far as is known
 * @param {import("../../model/shipment.js").Shipment} shipment
 * @param {number} now @param {boolean} isSilent
 */
export function isAmongDelayed(wanted, shipment, now, isSilent) {
  const is = condition(shipment, now, isSilent);
  const isLate = is === "late" || is === "overdue";
  // One that is silent and was late before is told as silent; on time it is not.
  return wanted === "true" ? isLate : !isLate && shipment.delay === null;
}
