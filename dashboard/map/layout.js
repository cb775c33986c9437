// Where stations stand on the map. Those of one system are a few thousandths of a light-year
// apart, so they are fanned out around their star. No DOM here.

import { systemName } from "../model/names.js";

/** @typedef {{ id: string, name: string, kind: string, system: string, position: { x: number, y: number, z: number } }} Station */
/** @typedef {{ id: string, x: number, y: number, z: number, reach: number, first: number, count: number }} System   its stations are `count` from `first` on */

const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
/** Of the way to the nearest other system, what a fan may take up. */
const FAN_SHARE = 0.2;
/** Up to here the stations of a system stand in one circle. */
const CIRCLE_MAX = 7;

export const KINDS = ["planet", "station", "outpost", "gate"];

export class Layout {
  /** @param {Iterable<Station>} stations */
  constructor(stations) {
    const groups = group(stations);
    /** @type {System[]} */
    this.systems = groups.map(centre);
    const neighbours = nearest(this.systems);
    /** How far apart neighbouring systems usually are. */
    this.unit = median(neighbours) || 1;
    /** From the middle to the outermost system. */
    this.radius = extent(this.systems);
    /** @type {Station[]} */
    this.stations = groups.flat();
    /** Places in threes, as drawn. */
    this.places = new Float32Array(this.stations.length * 3);
    /** Where they are in truth. */
    this.truths = new Float64Array(this.places.length);
    /** The number of each station and of each system, by id. @type {Map<string, number>} */
    this.index = new Map();
    /** @type {Map<string, number>} */
    this.systemIndex = new Map();
    /** @type {Map<string, string>} */
    this.names = new Map();
    let first = 0;
    this.systems.forEach((system, number) => {
      this.systemIndex.set(system.id, number);
      system.first = first;
      system.reach = Math.min(neighbours[number], this.unit * 1.5) * FAN_SHARE;
      for (let place = 0; place < system.count; place += 1) {
        const { id, position } = this.stations[first + place];
        this.index.set(id, first + place);
        this.truths.set([position.x, position.y, position.z], (first + place) * 3);
        const { x, z } = fan(place, system.count);
        this.places.set([system.x + x * system.reach, system.y, system.z + z * system.reach], (first + place) * 3);
      }
      first += system.count;
    });
  }

  /** A system's name for people, found once. @param {System} system */
  nameOf({ id, first, count }) {
    let name = this.names.get(id);
    if (name === undefined) this.names.set(id, (name = systemName(id, this.stations.slice(first, first + count))));
    return name;
  }

  /** Where a station stands; null if there is none of this name. @param {string} id */
  spot(id) {
    const number = this.index.get(id);
    return number === undefined ? null : this.spotAt(number);
  }

  /** @param {number} number */
  spotAt(number) {
    const { places } = this;
    return { x: places[number * 3], y: places[number * 3 + 1], z: places[number * 3 + 2] };
  }

  /** The number of a station; -1 if there is none of this name. @param {string} id */
  number(id) {
    return this.index.get(id) ?? -1;
  }
}

/** Where one of a system's stations stands around the star, for a reach of 1. @param {number} place @param {number} count */
export function fan(place, count) {
  if (count === 1) return { x: 0, z: 0 };
  const isCircle = count <= CIRCLE_MAX;
  const angle = isCircle ? (place / count) * Math.PI * 2 - Math.PI / 2 : place * GOLDEN_ANGLE;
  const radius = isCircle ? 1 : Math.sqrt((place + 0.7) / count) * Math.min(1.9, 0.8 + count / 24);
  return { x: Math.cos(angle) * radius, z: Math.sin(angle) * radius };
}

/** @param {Iterable<Station>} stations @returns {Station[][]} by system, in an order that only names decide */
function group(stations) {
  /** @type {Map<string, Station[]>} */
  const groups = new Map();
  for (const station of stations) {
    const known = groups.get(station.system);
    if (known) known.push(station);
    else groups.set(station.system, [station]);
  }
  const byId = (/** @type {Station} */ one, /** @type {Station} */ other) => (one.id < other.id ? -1 : 1);
  for (const members of groups.values()) members.sort(byId);
  return [...groups.values()].sort(([one], [other]) => (one.system < other.system ? -1 : 1));
}

/** @param {Station[]} stations @returns {System} */
function centre(stations) {
  const count = stations.length;
  const mean = (/** @type {"x" | "y" | "z"} */ axis) => stations.reduce((sum, { position }) => sum + position[axis], 0) / count;
  return { id: stations[0].system, x: mean("x"), y: mean("y"), z: mean("z"), reach: 0, first: 0, count };
}

/** @param {System[]} systems */
function extent(systems) {
  const middle = { x: 0, y: 0, z: 0 };
  for (const { x, y, z } of systems) {
    middle.x += x / systems.length;
    middle.y += y / systems.length;
    middle.z += z / systems.length;
  }
  return systems.reduce((far, { x, y, z }) => Math.max(far, Math.hypot(x - middle.x, y - middle.y, z - middle.z)), 0);
}

/** How far the nearest other system is, for each; 0 for a single one. @param {System[]} systems */
function nearest(systems) {
  const order = systems.map((_, number) => number).sort((one, other) => systems[one].x - systems[other].x);
  const squares = new Float64Array(systems.length).fill(Infinity);
  for (let one = 0; one < order.length; one += 1) {
    const from = systems[order[one]];
    for (let other = one + 1; other < order.length; other += 1) {
      const to = systems[order[other]];
      const square = (to.x - from.x) ** 2 + (to.y - from.y) ** 2 + (to.z - from.z) ** 2;
      squares[order[one]] = Math.min(squares[order[one]], square);
      squares[order[other]] = Math.min(squares[order[other]], square);
      // In order of x: nobody farther on is nearer.
      if ((to.x - from.x) ** 2 >= squares[order[one]]) break;
    }
  }
  return [...squares].map((square) => (square === Infinity ? 1 : Math.sqrt(square)));
}

/** @param {number[]} values */
function median(values) {
  return [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0;
}
