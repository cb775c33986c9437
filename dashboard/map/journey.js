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
 * @param {[origin: number, destination: number]} [ends] numbers of its stations in the layout, where they are known
 */
export function describe(shipment, layout, isSilent, base, floats, ends = [layout.number(shipment.origin), layout.number(shipment.destination)]) {
  const [origin, destination] = ends;
  if (origin < 0 || destination < 0 || !isShown(shipment)) {
    floats.set(EMPTY);
    return false;
  }
  const { places } = layout;
  const condition = CONDITIONS.indexOf(word(shipment, isSilent));
  put(floats, 3, places, destination);
  if (shipment.arrived !== null) {
    put(floats, 0, places, destination);
    time(floats, 0, 0, NEVER, condition + DOCKED);
    return true;
  }
  put(floats, 0, places, origin);
  const due = (shipment.planned - base) / 1000;
  if (shipment.departed === null) {
    put(floats, 3, places, origin);
    time(floats, 0, 0, due, condition + DOCKED);
    return true;
  }
  const seen = shipment.position;
  if (seen) putSeen(floats, seen, layout, origin, destination);
  const since = seen ? seen.at : shipment.departed;
  const end = shipment.estimated ?? shipment.planned;
  // Reported after it was to be there: that is where it was seen, and nobody knows more.
  const pace = end > since ? 1000 / (end - since) : seen ? 0 : Infinity;
  time(floats, (since - base) / 1000, Math.min(pace, 1e6), due, condition);
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
 * @param {Float64Array} floats
 * @param {Point} seen
 * @param {Layout} layout
 * @param {number} origin
 * @param {number} destination
 */
function putSeen(floats, seen, { places, truths }, origin, destination) {
  const [from, to] = [origin * 3, destination * 3];
  const away = Math.hypot(seen.x - truths[from], seen.y - truths[from + 1], seen.z - truths[from + 2]);
  const left = Math.hypot(seen.x - truths[to], seen.y - truths[to + 1], seen.z - truths[to + 2]);
  const part = away + left === 0 ? 0 : away / (away + left);
  floats[0] = seen.x;
  floats[1] = seen.y;
  floats[2] = seen.z;
  for (let axis = 0; axis < 3; axis += 1) {
    floats[axis] += (places[from + axis] - truths[from + axis]) * (1 - part) + (places[to + axis] - truths[to + axis]) * part;
  }
}

/** A station's place. @param {Float64Array} floats @param {number} at @param {Float32Array} places @param {number} number */
function put(floats, at, places, number) {
  floats[at] = places[number * 3];
  floats[at + 1] = places[number * 3 + 1];
  floats[at + 2] = places[number * 3 + 2];
}

/** @param {Float64Array} floats @param {number} start @param {number} pace @param {number} due @param {number} look */
function time(floats, start, pace, due, look) {
  floats[6] = start;
  floats[7] = pace;
  floats[8] = due;
  floats[9] = look;
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
