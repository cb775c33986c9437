// Which names there could be on the map now, the most important first: systems from afar, stations
// from near, what is selected or under the pointer always. No DOM and no three.js here.

import { LABELS_MAX, Taken } from "./labels.js";

/** @typedef {import("./labels.js").Candidate} Candidate */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {import("./layout.js").System} System */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {{ left: number, top: number, width: number, height: number }} Box   pixels */

/** From so many pixels around the star on, its stations are named instead of it. */
const FAN_PX = 20;
/** A system of one station is named after it from so many pixels to its neighbours on. */
const ALONE_PX = 90;
/** Where neighbours are nearer than this, only the largest systems are named. */
const AFAR_PX = 14;
const AFAR_MAX = 16;
/** So many are tried: what is less important rarely finds room. */
const CANDIDATES_MAX = 160;

/** What stands where as a camera sees it. @typedef {{ layout: Layout, ranks: Ranks, best: number[], taken: Taken }} Survey */

/**
 * Goes through all systems and stations: once for each place of the camera.
 * @param {Layout} layout
 * @param {Camera} camera
 * @param {{ shown: Map<string, number>, chosen: string | null }} given
 *   shown: the names that are written already; chosen: a station that is not named again
 * @returns {Survey}
 */
export function survey(layout, camera, { shown, chosen }) {
  const taken = new Taken(camera.width, camera.height);
  const pixel = { x: 0, y: 0, scale: 0 };
  const ranks = new Ranks(layout.systems.length + layout.stations.length);
  const isSeen = () => pixel.x > -40 && pixel.y > -20 && pixel.x < camera.width + 40 && pixel.y < camera.height + 20;
  // Nearer ones first.
  const nearness = () => Math.log2(Math.max(1, pixel.scale * layout.unit)) * 0.7;

  for (let number = 0; number < layout.systems.length; number += 1) {
    const system = layout.systems[number];
    if (!camera.project(system.x, system.y, system.z, pixel) || !isSeen()) continue;
    const fan = system.reach * pixel.scale;
    const isNear = system.count > 1 ? fan >= FAN_PX : layout.unit * pixel.scale >= ALONE_PX;
    if (!isNear) {
      // Its stations stand around it.
      const half = Math.max(2, fan - 2);
      taken.take(pixel.x - half, pixel.y - half, half * 2, half * 2);
      ranks.add(-1 - number, pixel, nearness() + Math.log2(1 + system.count) + (shown.has(systemKey(system)) ? 1 : 0));
      continue;
    }
    for (let station = system.first; station < system.first + system.count; station += 1) {
      const at = station * 3;
      if (!camera.project(layout.places[at], layout.places[at + 1], layout.places[at + 2], pixel) || !isSeen()) continue;
      const { id, kind } = layout.stations[station];
      taken.take(pixel.x - 3, pixel.y - 3, 6, 6);
      // Those that are written already come before others: names do not flicker.
      if (id !== chosen) ranks.add(station, pixel, nearness() + (kind === "planet" ? 1 : 0.5) + (shown.has(id) ? 1 : 0));
    }
  }
  return { layout, ranks, best: ranks.best(CANDIDATES_MAX), taken };
}

/**
 * @param {Survey} survey
 * @param {Camera} camera as it was surveyed
 * @param {{ width: (text: string) => number, named: { name: string, spot: { x: number, y: number, z: number } } | null, covered: Box[] }} given
 *   named: what is selected; covered: where buttons and the legend stand
 */
export function candidates({ layout, ranks, best, taken: before }, camera, { width, named, covered }) {
  const taken = before.copy();
  for (const { left, top, width: across, height } of covered) taken.take(left, top, across, height);
  const pixel = { x: 0, y: 0, scale: 0 };
  /** @type {Candidate[]} */
  const found = [];
  if (named && camera.project(named.spot.x, named.spot.y, named.spot.z, pixel)) {
    found.push({ key: "chosen", text: named.name, x: pixel.x, y: pixel.y, gap: 14, width: width(named.name), isForced: true, look: "chosen", anchor: "chosen" });
  }
  for (const index of best) {
    const number = ranks.numbers[index];
    const [x, y] = [ranks.xs[index], ranks.ys[index]];
    if (number < 0) {
      const system = layout.systems[-1 - number];
      const text = layout.nameOf(system);
      const gap = Math.min(system.reach * ranks.scales[index], FAN_PX) + 7;
      found.push({ key: systemKey(system), text, x, y, gap, width: width(text), isForced: false, look: "", anchor: system });
    } else {
      const { id, name } = layout.stations[number];
      found.push({ key: id, text: name, x, y, gap: 10, width: width(name), isForced: false, look: "station", anchor: number });
    }
  }
  const isAfar = layout.unit * camera.scale < AFAR_PX;
  return { found, taken, countMax: isAfar ? AFAR_MAX : LABELS_MAX };
}

/** @param {System} system */
const systemKey = (system) => `* ${system.id}`;

/** Ranks of what could be named, as numbers: there may be thousands, of which few are written. */
class Ranks {
  /** @param {number} countMax */
  constructor(countMax) {
    this.count = 0;
    this.numbers = new Int32Array(countMax);
    this.ranks = new Float32Array(countMax);
    this.xs = new Float32Array(countMax);
    this.ys = new Float32Array(countMax);
    this.scales = new Float32Array(countMax);
  }

  /** @param {number} number @param {import("./camera.js").Pixel} pixel @param {number} rank */
  add(number, { x, y, scale }, rank) {
    const at = this.count;
    this.numbers[at] = number;
    this.ranks[at] = rank;
    this.xs[at] = x;
    this.ys[at] = y;
    this.scales[at] = scale;
    this.count += 1;
  }

  /** The highest, in order. @param {number} count */
  best(count) {
    const ranks = this.ranks.slice(0, this.count).sort();
    const least = this.count > count ? ranks[this.count - count] : -Infinity;
    /** @type {number[]} */
    const found = [];
    for (let index = 0; index < this.count; index += 1) if (this.ranks[index] >= least) found.push(index);
    return found.sort((one, other) => this.ranks[other] - this.ranks[one]).slice(0, count);
  }
}
