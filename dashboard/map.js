// The map: stations, ships and what just happened, drawn anew each frame something moves.

import { Camera } from "./camera.js";
import { Taken, fan, systems } from "./layout.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Station} Station */
/** @typedef {import("./layout.js").System} System */

const RING_MS = 900;
const RINGS_MAX = 200;
const LOST_MS = 6000;
/** Lanes are drawn as long as they can be told apart. */
const LANES_MAX = 1500;
const REACH = 11;
const ARROW = [[5.5, 0], [-4, 3.2], [-2.2, 0], [-4, -3.2]];
const DIAMOND = [[5, 0], [0, 4], [-5, 0], [0, -4]];

/** The page's colours, as the style sheet has them now. */
function colours() {
  const style = getComputedStyle(document.documentElement);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    ground: colour("--ground"),
    ink: colour("--ink"),
    quiet: colour("--quiet"),
    line: colour("--line"),
    amber: colour("--amber"),
    vermilion: colour("--vermilion"),
    blue: colour("--blue"),
  };
}

export class StarMap {
  /** @param {HTMLCanvasElement} canvas @param {Store} store */
  constructor(canvas, store) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    this.store = store;
    this.camera = new Camera();
    /** @type {System[]} */
    this.systems = [];
    /** Where each station stands on the screen in this frame. @type {Map<string, { x: number, y: number }>} */
    this.spots = new Map();
    /** @type {string | null} */
    this.selected = null;
    /** @type {string | null} */
    this.hovered = null;
    /** @type {{ station: string, size: number, at: number }[]} */
    this.rings = [];
    /** @type {{ x: number, z: number, at: number }[]} */
    this.losses = [];
    /** @type {Map<string, number>} */
    this.widths = new Map();
    this.version = -1;
    this.isFrozen = false;
    this.hasMoved = false;
    this.stillness = matchMedia("(prefers-reduced-motion: reduce)");
    this.colours = colours();
    this.font = getComputedStyle(document.body).fontFamily;
    matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => { this.colours = colours(); });
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.resize();
  }

  resize() {
    const ratio = devicePixelRatio || 1;
    const { clientWidth, clientHeight } = this.canvas;
    this.canvas.width = Math.max(1, Math.round(clientWidth * ratio));
    this.canvas.height = Math.max(1, Math.round(clientHeight * ratio));
    this.camera.resize(clientWidth, clientHeight);
    if (!this.hasMoved) this.fit();
  }

  /** Shows everything. */
  fit() {
    this.camera.fit([...this.store.stations.values()].map((station) => station.position));
  }

  /** A trade settled here: a ring, one for all trades of a frame. @param {string} station @param {number} value */
  ring(station, value) {
    if (this.stillness.matches) return;
    const at = performance.now();
    const size = 8 + Math.min(16, Math.log10(Math.max(1, value)) * 2.4);
    const latest = this.rings.find((ring) => ring.station === station && at - ring.at < 60);
    if (latest) latest.size = Math.max(latest.size, size);
    else if (this.rings.length < RINGS_MAX) this.rings.push({ station, size, at });
  }

  /** A shipment was lost, where it was thought to be. @param {{ x: number, z: number }} place */
  loss({ x, z }) {
    if (this.losses.length < RINGS_MAX) this.losses.push({ x, z, at: performance.now() });
  }

  draw() {
    const { context, camera, store } = this;
    if (this.version !== store.stationsVersion) {
      this.version = store.stationsVersion;
      this.systems = systems(store.stations.values());
      this.widths.clear();
      if (!this.hasMoved) this.fit();
    }
    const ratio = this.canvas.width / Math.max(1, camera.width);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = this.colours.ground;
    context.fillRect(0, 0, camera.width, camera.height);
    this.placeStations();
    this.drawShips();
    this.drawRings();
    this.drawStations();
    this.drawLabels();
  }

  /** From afar the marks of a system would cover each other. */
  markSize() {
    return Math.min(1, Math.max(0.5, 0.3 + this.camera.scale / 16));
  }

  placeStations() {
    this.spots.clear();
    for (const system of this.systems) {
      const centre = this.camera.toScreen(system.x, system.z);
      const radius = fan(this.camera.scale, system.stations.length);
      system.stations.forEach((station, number) => {
        const turn = (number / system.stations.length) * Math.PI * 2 - Math.PI / 2;
        this.spots.set(station.id, { x: centre.x + Math.cos(turn) * radius, y: centre.y + Math.sin(turn) * radius });
      });
    }
  }

  /** Lanes and ships, each kind as one path: strokes are what a canvas takes longest for. */
  drawShips() {
    const { context, store, colours } = this;
    const size = 0.25 + 0.75 * this.markSize();
    const lanes = new Path2D();
    const chosenLanes = new Path2D();
    const ships = { "": new Path2D(), late: new Path2D(), overdue: new Path2D() };
    const now = store.now();
    const drawsLanes = store.shipments.size <= LANES_MAX;
    for (const shipment of store.shipments.values()) {
      if (shipment.status !== "in_transit") continue;
      const place = store.place(shipment, now);
      const from = this.spots.get(shipment.origin);
      const to = this.spots.get(shipment.destination);
      if (!place || !from || !to) continue;
      const isChosen = this.selected === shipment.origin || this.selected === shipment.destination;
      if (drawsLanes || isChosen) {
        const lane = isChosen ? chosenLanes : lanes;
        lane.moveTo(from.x, from.y);
        lane.lineTo(to.x, to.y);
      }
      const spot = this.between(place, from, to);
      if (!this.isNear(spot)) continue;
      const lateness = store.lateness(shipment, now);
      addShip(ships[lateness], spot, size, to.x - from.x, to.y - from.y, lateness);
    }
    const fade = this.isFrozen ? 0.35 : 1;
    context.lineWidth = 1;
    context.globalAlpha = 0.5 * fade;
    context.strokeStyle = colours.line;
    context.stroke(lanes);
    context.globalAlpha = 0.75 * fade;
    context.strokeStyle = colours.blue;
    context.stroke(chosenLanes);
    context.globalAlpha = fade;
    context.fillStyle = colours.ground;
    context.fill(ships[""]);
    context.strokeStyle = colours.ink;
    context.stroke(ships[""]);
    context.fillStyle = colours.amber;
    context.fill(ships.late);
    context.fillStyle = colours.vermilion;
    context.fill(ships.overdue);
    context.globalAlpha = 1;
  }

  /**
   * Keeps a ship on the line between the two marks, which stand a little beside the true places.
   * @param {NonNullable<ReturnType<Store["place"]>>} place
   * @param {{ x: number, y: number }} from
   * @param {{ x: number, y: number }} to
   */
  between(place, from, to) {
    const whole = Math.hypot(place.to.x - place.from.x, place.to.z - place.from.z);
    const done = Math.hypot(place.x - place.from.x, place.z - place.from.z);
    const part = whole === 0 ? 0 : Math.min(1, done / whole);
    return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
  }

  drawRings() {
    const { context, colours } = this;
    const now = performance.now();
    this.rings = this.rings.filter((ring) => now - ring.at < RING_MS);
    this.losses = this.losses.filter((loss) => now - loss.at < LOST_MS);
    context.lineWidth = 1;
    context.strokeStyle = colours.ink;
    for (const ring of this.rings) {
      const spot = this.spots.get(ring.station);
      if (!spot) continue;
      const part = (now - ring.at) / RING_MS;
      context.globalAlpha = 0.8 * (1 - part);
      context.beginPath();
      context.arc(spot.x, spot.y, 3 + ring.size * part, 0, Math.PI * 2);
      context.stroke();
    }
    context.strokeStyle = colours.vermilion;
    context.lineWidth = 1.5;
    for (const loss of this.losses) {
      const { x, y } = this.camera.toScreen(loss.x, loss.z);
      context.globalAlpha = 1 - (now - loss.at) / LOST_MS;
      context.beginPath();
      context.moveTo(x - 4, y - 4);
      context.lineTo(x + 4, y + 4);
      context.moveTo(x - 4, y + 4);
      context.lineTo(x + 4, y - 4);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  drawStations() {
    const { context, colours } = this;
    const size = this.markSize();
    const solid = new Path2D();
    const hollow = new Path2D();
    for (const station of this.store.stations.values()) {
      const spot = this.spots.get(station.id);
      if (spot && this.isNear(spot)) addStation(station.kind === "gate" ? hollow : solid, spot, size, station.kind);
    }
    context.fillStyle = colours.ink;
    context.fill(solid);
    context.fillStyle = colours.ground;
    context.fill(hollow);
    context.lineWidth = 1.2;
    context.strokeStyle = colours.ink;
    context.stroke(hollow);
    if (this.hovered !== this.selected) this.encircle(this.hovered, colours.ink);
    this.encircle(this.selected, colours.blue);
  }

  /** @param {string | null} id @param {string} colour */
  encircle(id, colour) {
    const spot = id !== null && this.spots.get(id);
    const station = id !== null && this.store.stations.get(id);
    if (!spot || !station) return;
    const { context } = this;
    const mark = new Path2D();
    addStation(mark, spot, this.markSize(), station.kind);
    context.fillStyle = colour;
    if (station.kind !== "gate") context.fill(mark);
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.stroke(mark);
    context.beginPath();
    context.arc(spot.x, spot.y, 7.5, 0, Math.PI * 2);
    context.stroke();
  }

  /** Names of stars, and of stations when near enough; none over another, the nearest to Sol first. */
  drawLabels() {
    const { context, colours, camera } = this;
    const taken = new Taken();
    for (const spot of this.spots.values()) taken.mark(spot);
    context.textBaseline = "middle";
    const write = (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ colour, isForced = false) => {
      const isFree = taken.take(x, y - 6, this.width(text), 12);
      if (!isFree && !isForced) return;
      context.fillStyle = colour;
      context.fillText(text, x, y);
    };
    context.font = `12px ${this.font}`;
    const chosen = this.selected && this.store.stations.get(this.selected);
    const spot = this.selected && this.spots.get(this.selected);
    if (chosen && spot) write(chosen.name, spot.x + 12, spot.y, colours.blue, true);
    context.font = `11px ${this.font}`;
    const namesStations = camera.scale > 55;
    for (const system of this.systems) {
      const centre = camera.toScreen(system.x, system.z);
      if (!this.isNear(centre)) continue;
      const radius = fan(camera.scale, system.stations.length);
      if (chosen && system.id === chosen.system && !namesStations) continue;
      if (namesStations) {
        for (const station of system.stations) {
          const at = this.spots.get(station.id);
          if (at && station.id !== this.selected) write(station.name, at.x + 8, at.y, colours.quiet);
        }
      } else {
        // Whatever is in the way: everyone looks for Sol first.
        write(system.name, centre.x + radius + 8, centre.y, colours.quiet, system.id === "sol");
      }
    }
  }

  /** Of a text in the font of labels; measured once. @param {string} text */
  width(text) {
    let width = this.widths.get(text);
    if (width === undefined) this.widths.set(text, (width = this.context.measureText(text).width));
    return width;
  }

  /** @param {{ x: number, y: number }} spot */
  isNear({ x, y }) {
    return x > -60 && y > -60 && x < this.camera.width + 60 && y < this.camera.height + 60;
  }

  /** The station nearest to a pixel, if one is in reach. @param {number} x @param {number} y */
  stationAt(x, y) {
    let nearest = null;
    let reach = REACH;
    for (const [id, spot] of this.spots) {
      const distance = Math.hypot(spot.x - x, spot.y - y);
      if (distance < reach) [nearest, reach] = [id, distance];
    }
    return nearest;
  }
}

/**
 * Each kind has its shape, so that colour is left for what is not normal.
 * @param {Path2D} path
 * @param {{ x: number, y: number }} spot
 * @param {number} size
 * @param {string} kind
 */
function addStation(path, { x, y }, size, kind) {
  if (kind === "planet" || kind === "gate") {
    path.moveTo(x + 3.2 * size, y);
    path.arc(x, y, 3.2 * size, 0, Math.PI * 2);
  } else if (kind === "outpost") {
    const reach = 3.6 * size;
    path.moveTo(x, y - reach);
    path.lineTo(x + reach, y);
    path.lineTo(x, y + reach);
    path.lineTo(x - reach, y);
    path.lineTo(x, y - reach);
  } else path.rect(x - 2.6 * size, y - 2.6 * size, 5.2 * size, 5.2 * size);
}

/**
 * Hollow, for where it is by now is a guess between two reports; filled when it is late, a diamond
 * when it is overdue.
 * @param {Path2D} path
 * @param {{ x: number, y: number }} spot
 * @param {number} size
 * @param {number} dx which way it heads
 * @param {number} dy
 * @param {"" | "late" | "overdue"} lateness
 */
function addShip(path, { x, y }, size, dx, dy, lateness) {
  const length = Math.hypot(dx, dy) || 1;
  const [cos, sin] = [(dx / length) * size, (dy / length) * size];
  const corners = lateness === "overdue" ? DIAMOND : ARROW;
  // Back to the first corner by a line: closing a path of thousands of parts is slow.
  for (let number = 0; number <= corners.length; number += 1) {
    const [along, across] = corners[number % corners.length];
    const px = x + cos * along - sin * across;
    const py = y + sin * along + cos * across;
    if (number === 0) path.moveTo(px, py);
    else path.lineTo(px, py);
  }
}
