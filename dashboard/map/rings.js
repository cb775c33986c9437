// Rings where trades settled: those of a station in one frame are one ring, sized by their value.
// No DOM and no three.js here.

/** At most so many at a time; a new one takes the place of the oldest. */
export const RINGS_MAX = 256;
export const RING_MS = 900;
/** Floats of a ring: x, y, z, when it began (seconds of wall time from a base), its radius in pixels. */
export const RING_STRIDE = 5;
/** What settled in longer than this is old: rings tell of now. */
export const GAP_MS = 1_000;
const RADIUS_MIN = 9;
const RADIUS_MAX = 30;

/** A ring's radius in pixels: a step for each tenfold value. @param {number} value credits */
export function radius(value) {
  return Math.min(RADIUS_MAX, RADIUS_MIN + Math.max(0, Math.log10(Math.max(1, value)) - 1) * 4);
}

/** Adds to the value that settled at each station. @param {Map<string, number>} values @param {any} event */
export function settle(values, { type, data }) {
  if (type === "trade.settled" && data.station) values.set(data.station, (values.get(data.station) ?? 0) + (data.total ?? 0));
}

/** The values that settled since the last frame, while somebody could have seen them. */
export class Settled {
  constructor() {
    /** @type {Map<string, number>} */
    this.values = new Map();
    this.takenAt = -Infinity;
  }

  /** @param {any} event */
  fold(event) {
    settle(this.values, event);
  }

  /**
   * By station; none after a gap, in which a hidden tab keeps the trades of a minute.
   * @param {number} wall milliseconds
   * @param {number} passed events that no frame was told of
   * @returns {Map<string, number>}
   */
  take(wall, passed) {
    const { values } = this;
    if (values.size > 0) this.values = new Map();
    const isSeen = !(passed > 0) && wall - this.takenAt <= GAP_MS;
    this.takenAt = wall;
    return isSeen ? values : new Map();
  }
}

export class Rings {
  constructor() {
    this.array = new Float32Array(RINGS_MAX * RING_STRIDE);
    this.next = 0;
    /** When the last one ends, by the wall clock: until then each frame is drawn. */
    this.until = 0;
    this.hasChanged = false;
  }

  /** @param {{ x: number, y: number, z: number }} spot @param {number} value @param {number} wall milliseconds @param {number} base milliseconds */
  add(spot, value, wall, base) {
    this.array.set([spot.x, spot.y, spot.z, (wall - base) / 1000, radius(value)], this.next * RING_STRIDE);
    this.next = (this.next + 1) % RINGS_MAX;
    this.until = wall + RING_MS;
    this.hasChanged = true;
  }

  clear() {
    this.array.fill(0);
    this.until = 0;
    this.hasChanged = true;
  }
}
