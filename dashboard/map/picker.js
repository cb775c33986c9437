// What is under the pointer: stations before ships, each the nearest within reach. No DOM here.

import { Grid } from "./grid.js";
import { DOCKED, STRIDE, locate } from "./journey.js";

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./fleet.js").Fleet} Fleet */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {{ kind: "station" | "shipment" | "system", id: string }} Thing */

const REACH = 12;
/** A ship this much nearer than the station is the one that is meant. */
const SHIP_LEAD = 3;
/** Ships move: after so long their places on the screen are old. */
const SHIPS_MS = 250;

/** As the shaders have it: from 0, where neighbouring systems touch, to 1. @param {number} unit @param {number} scale */
export function room(unit, scale) {
  const part = Math.min(1, Math.max(0, Math.log((unit * scale) / 5) / Math.log(90 / 5)));
  return part * part * (3 - 2 * part);
}

export class Picker {
  /** @param {Camera} camera @param {Fleet} fleet */
  constructor(camera, fleet) {
    this.camera = camera;
    this.fleet = fleet;
    this.stations = new Grid();
    this.ships = new Grid();
    this.stationsKey = "";
    this.shipsKey = "";
    this.shipsAt = 0;
    this.pixel = { x: 0, y: 0, scale: 0 };
    this.goal = { x: 0, y: 0, scale: 0 };
    this.from = { x: 0, y: 0, scale: 0 };
    this.point = { x: 0, y: 0, z: 0 };
  }

  /**
   * @param {Layout} layout
   * @param {number} x
   * @param {number} y
   * @param {number} now seconds from the fleet's base
   * @param {number} wall milliseconds
   * @returns {Thing | null}
   */
  at(layout, x, y, now, wall) {
    this.placeStations(layout);
    this.placeShips(layout, now, wall);
    const station = this.stations.nearest(x, y, REACH);
    const ship = this.ships.nearest(x, y, REACH);
    const isShip = ship.thing >= 0 && (station.thing < 0 || ship.distance + SHIP_LEAD < station.distance);
    const id = isShip ? this.fleet.id(ship.thing) : null;
    if (id) return { kind: "shipment", id };
    return station.thing < 0 ? null : { kind: "station", id: layout.stations[station.thing].id };
  }

  /** @param {Layout} layout */
  placeStations(layout) {
    const { camera, stations: grid, pixel } = this;
    const key = `${camera.version} ${layout.stations.length}`;
    if (key === this.stationsKey) return;
    this.stationsKey = key;
    grid.begin(camera.width, camera.height, layout.stations.length);
    const { places } = layout;
    for (let number = 0; number < layout.stations.length; number += 1) {
      if (camera.project(places[number * 3], places[number * 3 + 1], places[number * 3 + 2], pixel)) grid.add(number, pixel.x, pixel.y);
    }
    grid.end();
  }

  /** @param {Layout} layout @param {number} now @param {number} wall */
  placeShips(layout, now, wall) {
    const { camera, ships: grid, fleet, pixel } = this;
    const key = `${camera.version} ${fleet.base}`;
    if (key === this.shipsKey && wall - this.shipsAt < SHIPS_MS) return;
    this.shipsKey = key;
    this.shipsAt = wall;
    const { array, end } = fleet.slots;
    const m = camera.matrix;
    const [halfWidth, halfHeight, near] = [camera.width / 2, camera.height / 2, camera.near];
    grid.begin(camera.width, camera.height, end);
    // 20,000 times: written out, and only what waits at a station takes the longer way.
    for (let slot = 0, at = 0; slot < end; slot += 1, at += STRIDE) {
      const look = array[at + 9];
      if (look < 0) continue;
      const part = (now - array[at + 6]) * array[at + 7];
      if (part >= 1 || look >= DOCKED) {
        if (this.ship(slot, layout.unit, now, pixel)) grid.add(slot, pixel.x, pixel.y);
        continue;
      }
      const way = part > 0 ? part : 0;
      const x = array[at] + (array[at + 3] - array[at]) * way;
      const y = array[at + 1] + (array[at + 4] - array[at + 1]) * way;
      const z = array[at + 2] + (array[at + 5] - array[at + 2]) * way;
      const w = m[3] * x + m[7] * y + m[11] * z + m[15];
      if (w <= near) continue;
      grid.add(slot, ((m[0] * x + m[4] * y + m[8] * z + m[12]) / w + 1) * halfWidth, (1 - (m[1] * x + m[5] * y + m[9] * z + m[13]) / w) * halfHeight);
    }
    grid.end();
  }

  /**
   * A place in space that is drawn where the ship is; null if it is behind the eye.
   * @param {number} slot
   * @param {number} unit
   * @param {number} now seconds from the fleet's base
   */
  stand(slot, unit, now) {
    const { camera, point, pixel, fleet } = this;
    if (!locate(fleet.slots.array, slot, now, point)) return null;
    const place = { x: point.x, y: point.y, z: point.z };
    if (!camera.project(place.x, place.y, place.z, pixel)) return place;
    const { x, y, scale } = pixel;
    if (!this.ship(slot, unit, now, pixel)) return place;
    for (const axis of /** @type {const} */ (["x", "y", "z"])) {
      place[axis] += (camera.right[axis] * (pixel.x - x) - camera.up[axis] * (pixel.y - y)) / scale;
    }
    return place;
  }

  /**
   * Where the shader draws a ship: what waits at its station stands beside the mark.
   * @param {number} slot
   * @param {number} unit
   * @param {number} now seconds from the fleet's base
   * @param {{ x: number, y: number, scale: number }} pixel
   */
  ship(slot, unit, now, pixel) {
    const { array } = this.fleet.slots;
    const { camera, point, goal, from } = this;
    if (!locate(array, slot, now, point) || !camera.project(point.x, point.y, point.z, pixel)) return false;
    const at = slot * STRIDE;
    const part = (now - array[at + 6]) * array[at + 7];
    if (part < 1 && array[at + 9] < DOCKED) return true;
    if (!camera.project(array[at + 3], array[at + 4], array[at + 5], goal)) return true;
    const isWay = array[at] !== array[at + 3] || array[at + 1] !== array[at + 4] || array[at + 2] !== array[at + 5];
    const turn = slot * 2.39996;
    let [dx, dy] = [Math.cos(turn), -Math.sin(turn)];
    if (isWay && camera.project(array[at], array[at + 1], array[at + 2], from)) {
      const reach = Math.hypot(goal.x - from.x, goal.y - from.y) || 1;
      [dx, dy] = [(goal.x - from.x) / reach, (goal.y - from.y) / reach];
    }
    const apart = 2.5 + 7.5 * room(unit, pixel.scale);
    pixel.x = goal.x - dx * apart;
    pixel.y = goal.y - dy * apart;
    return true;
  }
}
