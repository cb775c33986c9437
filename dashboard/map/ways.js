// The ways of what is selected: behind a ship solid, before it dashed. No DOM and no three.js here.

/** @typedef {import("./scene.js").Line} Line */

/** More lines at one station nobody tells apart. */
const WAYS_MAX = 400;

/**
 * @param {import("../model/model.js").Model} model
 * @param {import("./layout.js").Layout} layout
 * @param {import("./fleet.js").Fleet} fleet
 * @param {import("./picker.js").Thing} thing
 * @returns {Line[]}
 */
export function ways(model, layout, fleet, { kind, id }) {
  if (kind === "shipment") {
    const shipment = model.shipments.get(id);
    return shipment ? way(shipment, layout, fleet) : [];
  }
  if (kind !== "station") return [];
  /** @type {Line[]} */
  const found = [];
  for (const shipment of model.shipments.values()) {
    if (found.length >= WAYS_MAX) break;
    if (shipment.status !== "in_transit" || (shipment.origin !== id && shipment.destination !== id)) continue;
    const from = layout.spot(shipment.origin);
    const to = layout.spot(shipment.destination);
    if (from && to) found.push({ from, to, weight: 0, style: 1 });
  }
  return found;
}

/** @param {import("../model/shipment.js").Shipment} shipment @param {import("./layout.js").Layout} layout @param {import("./fleet.js").Fleet} fleet @returns {Line[]} */
function way(shipment, layout, fleet) {
  const from = layout.spot(shipment.origin);
  const to = layout.spot(shipment.destination);
  if (!from || !to) return [];
  const seen = fleet.reported(shipment.id);
  if (!seen) return [{ from, to, weight: 0, style: 2 }];
  return [{ from, to: seen, weight: 0, style: 1 }, { from: seen, to, weight: 0, style: 2 }];
}
