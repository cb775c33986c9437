// What can be selected on the map: a station, a shipment or a system; which, where, and its name.
// No DOM and no three.js here.

/** @typedef {import("./picker.js").Thing} Thing */
/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("./layout.js").Layout} Layout */

/** What the address names. @param {URLSearchParams} query @returns {Thing | null} */
export function named(query) {
  for (const kind of /** @type {const} */ (["shipment", "station", "system"])) {
    const id = query.get(kind);
    if (id) return { kind, id };
  }
  return null;
}

/** What has this identifier. @param {string} id @param {Model} model @param {Layout} layout @returns {Thing | null} */
export function find(id, model, layout) {
  if (model.stations.has(id)) return { kind: "station", id };
  if (model.shipments.has(id)) return { kind: "shipment", id };
  return layout.systemIndex.has(id) ? { kind: "system", id } : null;
}

/** @param {Thing} thing @param {Model} model */
export function nameOf({ kind, id }, model) {
  if (kind === "system") return model.systemName(id);
  return model.name(kind === "shipment" ? model.shipments.get(id)?.vessel ?? id : id);
}

/**
 * Where a thing stands on the map.
 * @param {Thing} thing
 * @param {{ model: Model, layout: Layout, fleet: import("./fleet.js").Fleet, picker: import("./picker.js").Picker, now: number }} map
 * @returns {{ x: number, y: number, z: number } | null}
 */
export function spotOf({ kind, id }, { model, layout, fleet, picker, now }) {
  if (kind === "station") return layout.spot(id);
  if (kind === "system") return layout.systems[layout.systemIndex.get(id) ?? -1] ?? null;
  const slot = fleet.slot(id);
  if (slot >= 0) return picker.stand(slot, layout.unit, fleet.seconds(now));
  // Not under way: its cargo is at the station.
  const shipment = model.shipments.get(id);
  return shipment ? layout.spot(shipment.arrived === null ? shipment.origin : shipment.destination) : null;
}
