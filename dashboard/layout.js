// Where stations stand on the map. Those of one system are a few thousandths of a light-year
// apart, so they are fanned out around their star, the farther the nearer one looks.

/** @typedef {import("./store.js").Station} Station */

/**
 * @typedef {object} System
 * @property {string} id
 * @property {string} name
 * @property {number} x
 * @property {number} z
 * @property {Station[]} stations
 */

/** @param {Iterable<Station>} stations @returns {System[]} nearest to Sol first */
export function systems(stations) {
  /** @type {Map<string, System>} */
  const byId = new Map();
  for (const station of stations) {
    let system = byId.get(station.system);
    if (!system) byId.set(station.system, (system = { id: station.system, name: "", x: 0, z: 0, stations: [] }));
    system.stations.push(station);
  }
  for (const system of byId.values()) {
    const count = system.stations.length;
    system.name = systemName(system.id, system.stations);
    system.x = system.stations.reduce((sum, station) => sum + station.position.x, 0) / count;
    system.z = system.stations.reduce((sum, station) => sum + station.position.z, 0) / count;
  }
  return [...byId.values()].sort((one, other) => Math.hypot(one.x, one.z) - Math.hypot(other.x, other.z));
}

/** Pixels between a star and its stations. @param {number} scale @param {number} count */
export function fan(scale, count) {
  return count === 1 ? 0 : Math.min(34, 1 + Math.sqrt(scale) * 1.4) * (count > 4 ? 1.3 : 1);
}

/** A name in the form that identifiers have. @param {string} name */
const plain = (name) => name.toLowerCase().replace(/['\u2019.]/g, "").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

/**
 * A system's name for people. The network only knows its identifier, but a place named after its
 * star tells the spelling: of "Barnard's Star b" in barnards-star it is Barnard's Star.
 * @param {string} id
 * @param {Iterable<Station>} stations
 */
export function systemName(id, stations) {
  for (const { name } of stations) {
    const words = name.split(" ");
    for (let count = words.length; count > 0; count -= 1) {
      const start = words.slice(0, count).join(" ");
      if (plain(start) === id) return start;
    }
  }
  return id.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
}

/** Which parts of the screen have something written or drawn on them, in cells of 8 pixels. */
export class Taken {
  constructor() {
    /** @type {Set<number>} */
    this.cells = new Set();
  }

  /** Takes a box if all of it is free. @param {number} left @param {number} top @param {number} width @param {number} height */
  take(left, top, width, height) {
    const cells = [];
    for (let y = Math.floor(top / 8); y <= Math.floor((top + height) / 8); y += 1) {
      for (let x = Math.floor(left / 8); x <= Math.floor((left + width) / 8); x += 1) {
        const cell = y * 65_536 + x;
        if (this.cells.has(cell)) return false;
        cells.push(cell);
      }
    }
    for (const cell of cells) this.cells.add(cell);
    return true;
  }

  /** Takes the place of a mark, whatever is there. @param {{ x: number, y: number }} spot */
  mark({ x, y }) {
    this.cells.add(Math.floor(y / 8) * 65_536 + Math.floor(x / 8));
  }
}
