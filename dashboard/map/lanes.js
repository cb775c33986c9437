// Lanes by their flow: what went from where to where lately, both ways in one line. No DOM and no
// three.js here.

/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {{ origin: string, destination: string, shippedUnits: number }} Flow as GET /api/analytics/lanes says it */

export const LANES_MAX = 600;
export const LANES_MS = 60_000;

/**
 * Lines from one place to another, the weight of the strongest 1.
 * @param {Flow[]} flows
 * @param {Layout} layout
 * @returns {import("./scene.js").Line[]} the strongest last, over the others
 */
export function lines(flows, layout) {
  /** @type {Map<string, { origin: string, destination: string, units: number }>} */
  const pairs = new Map();
  for (const { origin, destination, shippedUnits } of flows) {
    const key = origin < destination ? `${origin} ${destination}` : `${destination} ${origin}`;
    const known = pairs.get(key);
    if (known) known.units += shippedUnits;
    else pairs.set(key, { origin, destination, units: shippedUnits });
  }
  const most = Math.max(1, ...[...pairs.values()].map(({ units }) => units));
  /** @type {import("./scene.js").Line[]} */
  const found = [];
  for (const { origin, destination, units } of pairs.values()) {
    const from = layout.spot(origin);
    const to = layout.spot(destination);
    // By the square root: a tenth of the flow is still a third of the weight.
    if (from && to && units > 0) found.push({ from, to, weight: Math.sqrt(units / most), style: 0 });
  }
  return found.sort((one, other) => one.weight - other.weight);
}
