// Which names there could be on the map now, the most important first: systems from afar, stations
// from near, what is selected or under the pointer always. No DOM and no three.js here.

import { LABELS_MAX, Taken } from "./labels.js";

/** @typedef {import("./labels.js").Candidate} Candidate */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {import("./layout.js").System} System */
/** @typedef {import("./camera.js").Camera} Camera */

/** From so many pixels around the star on, its stations are named instead of it. */
const FAN_PX = 20;
/** A system of one station is named after it from so many pixels to its neighbours on. */
const ALONE_PX = 90;
/** Where neighbours are nearer than this, only the largest systems are named. */
const AFAR_PX = 14;
const AFAR_MAX = 16;

/**
 * @param {Layout} layout
 * @param {Camera} camera
 * @param {{ systemName: (id: string) => string, width: (text: string) => number, shown: Map<string, number>, chosen: string | null, hovered: string | null }} given
 *   shown: names that are written already; chosen and hovered: stations
 */
export function candidates(layout, camera, { systemName, width, shown, chosen, hovered }) {
  const taken = new Taken(camera.width, camera.height);
  const pixel = { x: 0, y: 0, scale: 0 };
  /** @type {(Candidate & { rank: number })[]} */
  const found = [];
  const isSeen = () => pixel.x > -40 && pixel.y > -20 && pixel.x < camera.width + 40 && pixel.y < camera.height + 20;

  const offer = (/** @type {string} */ key, /** @type {string} */ text, /** @type {System | number} */ anchor, /** @type {number} */ gap, /** @type {number} */ rank, isForced = false, look = "") => {
    // Nearer ones first, and those that are written already before others: names do not flicker.
    const scaled = Math.log2(Math.max(1, pixel.scale * layout.unit)) * 0.7 + rank + (shown.has(key) ? 1 : 0);
    found.push({ key, text, x: pixel.x, y: pixel.y, gap, width: width(text), isForced, look, anchor, rank: isForced ? 1e6 : scaled });
  };

  for (const system of layout.systems) {
    if (!camera.project(system.x, system.y, system.z, pixel) || !isSeen()) continue;
    const fan = system.reach * pixel.scale;
    const isNear = system.count > 1 ? fan >= FAN_PX : layout.unit * pixel.scale >= ALONE_PX;
    if (!isNear) {
      taken.take(pixel.x - 2, pixel.y - 2, 4, 4);
      offer(`* ${system.id}`, systemName(system.id), system, Math.min(fan, FAN_PX) + 7, Math.log2(1 + system.count));
      continue;
    }
    for (let number = system.first; number < system.first + system.count; number += 1) {
      const { x, y, z } = layout.spotAt(number);
      if (!camera.project(x, y, z, pixel) || !isSeen()) continue;
      const { id, name, kind } = layout.stations[number];
      taken.take(pixel.x - 3, pixel.y - 3, 6, 6);
      if (id !== chosen && id !== hovered) offer(id, name, number, 10, kind === "planet" ? 1 : 0.5, false, "station");
    }
  }
  for (const [id, look] of [[hovered, "hovered"], [chosen, "chosen"]]) {
    const number = layout.index.get(id ?? "");
    if (number === undefined || (look === "hovered" && id === chosen)) continue;
    const { x, y, z } = layout.spotAt(number);
    if (camera.project(x, y, z, pixel)) offer(layout.stations[number].id, layout.stations[number].name, number, 14, 0, true, look ?? "");
  }
  found.sort((one, other) => other.rank - one.rank);
  const isAfar = layout.unit * camera.scale < AFAR_PX;
  return { found, taken, countMax: isAfar ? AFAR_MAX : LABELS_MAX };
}
