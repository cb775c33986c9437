// What the map's buffers hold of a shipment: enough for the shader to know where it is, and how it
// does, at any time until its next event. Follows model/shipment.js. No DOM and no three.js here.

/** @typedef {import("../model/shipment.js").Shipment} Shipment */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {{ x: number, y: number, z: number }} Point */

/**
 * Floats of a shipment: from (x, y, z) · to (x, y, z) · start, 1 / duration, due · look.
 * Times are seconds from a base; of a duration the reciprocal, 0 for what stands still.
 */
export const STRIDE = 10;
/** In `look`: one of these, plus 8 where it stands at a station. Below 0 nothing is drawn. */
const CONDITIONS = /** @type {const} */ (["normal", "late", "overdue", "silent", "held"]);
export const DOCKED = 8;
/** Later than any due time: one that has arrived is not overdue any more. */
const NEVER = 1e12;
export const EMPTY = Float64Array.of(0, 0, 0, 0, 0, 0, 0, 0, NEVER, -1);
/** A report counts as the ship's place for this part of the way that is left. */
export const FRESH_PART = 0.02;

/** Whether the map shows it: what waits at its origin is only cargo of the station. @param {Shipment} shipment */
const isShown = (shipment) => shipment.status === "in_transit" || shipment.arrived !== null || shipment.onHold !== null;

/**
 * Writes what the buffers hold of a shipment; false if there is nothing to draw.
 * @param {Shipment} shipment
 * @param {Layout} layout
 * @param {boolean} isSilent
 * @param {number} base milliseconds of network time
 * @param {Float64Array} floats
 */
export function describe(shipment, layout, isSilent, base, floats) {
  const origin = layout.spot(shipment.origin);
  const destination = layout.spot(shipment.destination);
  if (!origin || !destination || !isShown(shipment)) {
    floats.set(EMPTY);
    return false;
  }
  const condition = CONDITIONS.indexOf(word(shipment, isSilent));
  if (shipment.arrived !== null) {
    put(floats, destination, destination, [0, 0, NEVER, condition + DOCKED]);
    return true;
  }
  const due = (shipment.planned - base) / 1000;
  if (shipment.departed === null) {
    put(floats, origin, origin, [0, 0, due, condition + DOCKED]);
    return true;
  }
  const seen = shipment.position;
  const from = seen ? shown(seen, shipment, layout, origin, destination) : origin;
  const since = seen ? seen.at : shipment.departed;
  const end = shipment.estimated ?? shipment.planned;
  // Reported after it was to be there: that is where it was seen, and nobody knows more.
  const pace = end > since ? 1000 / (end - since) : seen ? 0 : Infinity;
  put(floats, from, destination, [(since - base) / 1000, Math.min(pace, 1e6), due, condition]);
  return true;
}

/** Its condition but for the promise that time breaks: that the shader sees. @param {Shipment} shipment @param {boolean} isSilent */
function word(shipment, isSilent) {
  if (shipment.arrived === null && shipment.delay === "overdue") return "overdue";
  if (isSilent) return "silent";
  if (shipment.delay !== null) return "late";
  return shipment.onHold === null ? "normal" : "held";
}

/**
 * A reported place on the map, where the ends of its way stand a little beside their true places.
 * @param {Point} seen
 * @param {Shipment} shipment
 * @param {Layout} layout
 * @param {Point} origin as drawn
 * @param {Point} destination as drawn
 * @returns {Point}
 */
function shown(seen, shipment, layout, origin, destination) {
  const from = layout.truth(shipment.origin);
  const to = layout.truth(shipment.destination);
  const away = Math.hypot(seen.x - from.x, seen.y - from.y, seen.z - from.z);
  const left = Math.hypot(seen.x - to.x, seen.y - to.y, seen.z - to.z);
  const part = away + left === 0 ? 0 : away / (away + left);
  const beside = (/** @type {"x" | "y" | "z"} */ axis) => seen[axis] + (origin[axis] - from[axis]) * (1 - part) + (destination[axis] - to[axis]) * part;
  return { x: beside("x"), y: beside("y"), z: beside("z") };
}

/** @param {Float64Array} floats @param {Point} from @param {Point} to @param {number[]} rest */
function put(floats, from, to, rest) {
  floats[0] = from.x;
  floats[1] = from.y;
  floats[2] = from.z;
  floats[3] = to.x;
  floats[4] = to.y;
  floats[5] = to.z;
  floats.set(rest, 6);
}

/**
 * Where a shipment is, as the shader finds it: for picking, labels and what is selected.
 * @param {Float32Array} array
 * @param {number} slot
 * @param {number} now seconds from the base
 * @param {Point} point
 * @returns {boolean} false if the slot is empty
 */
export function locate(array, slot, now, point) {
  const at = slot * STRIDE;
  if (array[at + 9] < 0) return false;
  const part = Math.min(1, Math.max(0, (now - array[at + 6]) * array[at + 7]));
  point.x = array[at] + (array[at + 3] - array[at]) * part;
  point.y = array[at + 1] + (array[at + 4] - array[at + 1]) * part;
  point.z = array[at + 2] + (array[at + 5] - array[at + 2]) * part;
  return true;
}
