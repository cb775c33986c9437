// What the map says of the thing under the pointer. No DOM here.

import { about } from "../format.js";
import { behindSeconds, condition } from "../model/shipment.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {{ title: string, lines: string[], look: string }} Words */

/** @param {Model} model @param {import("./picker.js").Thing} thing @param {number} now @returns {Words | null} */
export function words(model, { kind, id }, now) {
  if (kind === "station") {
    const station = model.stations.get(id);
    return station ? { title: station.name, lines: [`${station.kind}, ${model.systemName(station.system)}`], look: "" } : null;
  }
  const shipment = model.shipments.get(id);
  if (!shipment) return null;
  const how = condition(shipment, now, model.silent.has(id));
  const lines = [`${model.name(shipment.origin)} to ${model.name(shipment.destination)}`, `${cargo(model, shipment)}`, state(shipment, how, now)];
  return { title: shipment.vessel ? model.name(shipment.vessel) : id, lines, look: how };
}

/** @param {Model} model @param {import("../model/shipment.js").Shipment} shipment */
function cargo(model, { lines }) {
  const [first, ...others] = lines;
  if (!first) return "no cargo";
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  return `${first.outstanding.toLocaleString("en")} ${model.name(first.commodity)}${more}`;
}

/** @param {import("../model/shipment.js").Shipment} shipment @param {string} how @param {number} now */
function state(shipment, how, now) {
  const held = shipment.onHold === null ? "" : `, on hold${shipment.onHold ? `: ${shipment.onHold}` : ""}`;
  if (shipment.arrived !== null) return `arrived ${about((now - shipment.arrived) / 1000)} ago${held}`;
  if (shipment.departed === null) return `has not left${held}`;
  const behind = behindSeconds(shipment, now);
  if (how === "overdue") return `overdue, ${about(behind)} behind${held}`;
  if (how === "silent") return `silent for ${about((now - shipment.heardAt) / 1000)}${held}`;
  const due = (shipment.estimated ?? shipment.planned) - now;
  const when = due > 0 ? `due in ${about(due / 1000)}` : "due now";
  return `${when}${how === "late" ? `, ${about(behind)} behind` : ""}${held}`;
}
