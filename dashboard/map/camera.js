// From light-years to pixels. The eye circles a target; the flat map looks straight down on the
// galactic plane, x to the right and z downwards, without perspective. No DOM and no three.js here.

/** @typedef {{ x: number, y: number, z: number }} Point */
/** @typedef {{ x: number, y: number, scale: number }} Pixel   scale: pixels a light-year there */
/** @typedef {{ left: number, right: number, top: number, bottom: number }} Inset   pixels that panels cover */

const FIELD_OF_VIEW = (40 * Math.PI) / 180;
/** The farthest a dragging hand tilts the map: a little below the plane shows nothing of use. */
const ELEVATION_MIN = 0.08;
const ELEVATION_MAX = Math.PI / 2;
export const FLIGHT_MS = 650;
const FIT_STEPS = 6;
const NO_INSET = { left: 0, right: 0, top: 0, bottom: 0 };
/** Between the outermost marks and the edge of the map, in pixels. */
const MARGIN = 48;
/** What no address may ask for: beyond it a float has no digits left. */
const PLACE_MAX = 1e9;

/** Where the camera starts, before there is anything to fit. */
const START = { azimuth: -0.42, elevation: 0.92, distance: 160 };

export class Camera {
  constructor() {
    this.width = 1;
    this.height = 1;
    /** @type {Point} */
    this.target = { x: 0, y: 0, z: 0 };
    this.distance = START.distance;
    this.azimuth = START.azimuth;
    this.elevation = START.elevation;
    this.isFlat = false;
    this.distanceMin = 0.01;
    this.distanceMax = 10_000;
    /** Rises with each change of what is seen. */
    this.version = 0;
    /** @type {{ from: Float64Array, to: Float64Array, since: number } | null} */
    this.flight = null;
    this.right = { x: 1, y: 0, z: 0 };
    this.up = { x: 0, y: 1, z: 0 };
    this.back = { x: 0, y: 0, z: 1 };
    /** Column by column, for the shaders. */
    this.matrix = new Float32Array(16);
    this.changed();
  }

  /** Pixels of the distance from the eye to the picture; in the flat map, pixels a light-year. */
  get focal() {
    const focal = this.height / 2 / Math.tan(FIELD_OF_VIEW / 2);
    return this.isFlat ? focal / this.distance : focal;
  }

  /** Pixels a light-year at the target. */
  get scale() {
    return this.isFlat ? this.focal : this.focal / this.distance;
  }

  /** Nearer to the eye than this nothing is drawn. */
  get near() {
    return this.isFlat ? 0 : this.distance * 0.03;
  }

  /** @param {number} width @param {number} height */
  resize(width, height) {
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
    this.changed();
  }

  /** @param {boolean} isFlat */
  setFlat(isFlat) {
    this.isFlat = isFlat;
    this.changed();
  }

  changed() {
    const elevation = this.isFlat ? Math.PI / 2 : this.elevation;
    const azimuth = this.isFlat ? 0 : this.azimuth;
    const [sinE, cosE] = [Math.sin(elevation), Math.cos(elevation)];
    const [sinA, cosA] = [Math.sin(azimuth), Math.cos(azimuth)];
    this.right = { x: cosA, y: 0, z: -sinA };
    this.up = { x: -sinE * sinA, y: cosE, z: -sinE * cosA };
    this.back = { x: cosE * sinA, y: sinE, z: cosE * cosA };
    const { right, up, back, target } = this;
    const across = (2 * this.focal) / this.width;
    const along = (2 * this.focal) / this.height;
    const depth = this.isFlat ? [0, 0, 0, 1] : [-back.x, -back.y, -back.z, this.distance + dot(back, target)];
    this.matrix.set([
      right.x * across, up.x * along, 0, depth[0],
      right.y * across, up.y * along, 0, depth[1],
      right.z * across, up.z * along, 0, depth[2],
      -dot(right, target) * across, -dot(up, target) * along, 0, depth[3],
    ]);
    this.version += 1;
  }

  /** Where a place is on the screen; false if it is behind the eye. @param {number} x @param {number} y @param {number} z @param {Pixel} pixel @returns {boolean} */
  project(x, y, z, pixel) {
    const m = this.matrix;
    const w = m[3] * x + m[7] * y + m[11] * z + m[15];
    if (w <= this.near) return false;
    pixel.x = ((m[0] * x + m[4] * y + m[8] * z + m[12]) / w + 1) * 0.5 * this.width;
    pixel.y = (1 - (m[1] * x + m[5] * y + m[9] * z + m[13]) / w) * 0.5 * this.height;
    pixel.scale = this.focal / w;
    return true;
  }

  /** Moves the target along the picture. @param {number} right light-years @param {number} up */
  shift(right, up) {
    for (const axis of /** @type {const} */ (["x", "y", "z"])) {
      this.target[axis] += this.right[axis] * right + this.up[axis] * up;
    }
  }

  /** @param {number} dx @param {number} dy pixels */
  pan(dx, dy) {
    this.flight = null;
    this.shift(-dx / this.scale, dy / this.scale);
    this.changed();
  }

  /** @param {number} dx @param {number} dy pixels */
  orbit(dx, dy) {
    this.flight = null;
    this.azimuth = turn(this.azimuth - dx * 0.006);
    this.elevation = clamp(this.elevation + dy * 0.006, ELEVATION_MIN, ELEVATION_MAX);
    this.changed();
  }

  /** Zooms and keeps what is under the given pixel where it is. @param {number} factor @param {number} [px] @param {number} [py] */
  zoom(factor, px = this.width / 2, py = this.height / 2) {
    this.flight = null;
    const before = this.scale;
    this.distance = clamp(this.distance / factor, this.distanceMin, this.distanceMax);
    const part = 1 / before - 1 / this.scale;
    this.shift((px - this.width / 2) * part, (this.height / 2 - py) * part);
    this.changed();
  }

  /** How near and how far one may go. @param {number} unit between neighbouring systems, light-years @param {number} extent of everything */
  limit(unit, extent) {
    this.distanceMin = unit * 0.4;
    this.distanceMax = Math.max(extent, unit) * 8;
  }

  /** Shows all of the points, in what panels leave free. @param {Iterable<Point>} points @param {Inset} [inset] */
  fit(points, inset = NO_INSET) {
    const [low, high] = bounds(points);
    if (low.x > high.x) return;
    this.flight = null;
    this.distance = this.distanceMax;
    this.target = { x: (low.x + high.x) / 2, y: (low.y + high.y) / 2, z: (low.z + high.z) / 2 };
    const halfWidth = Math.max(40, (this.width - inset.left - inset.right) / 2 - MARGIN);
    const halfHeight = Math.max(40, (this.height - inset.top - inset.bottom) / 2 - MARGIN);
    // What is nearer looks larger: the middle of the picture is found in a few steps.
    for (let step = 0; step < FIT_STEPS; step += 1) {
      const [across, along, distance] = this.spread([...points], halfWidth, halfHeight);
      this.shift(across, along);
      // A single station is not looked at from an arm's length.
      this.distance = clamp(Math.max(distance, this.distanceMin * 12), this.distanceMin, this.distanceMax);
      this.changed();
    }
    this.leave(inset);
    this.changed();
  }

  /**
   * How far the middle of the picture is from the target, in light-years, and from how far all of it is seen.
   * @param {Point[]} points
   * @param {number} halfWidth
   * @param {number} halfHeight
   */
  spread(points, halfWidth, halfHeight) {
    const focal = this.height / 2 / Math.tan(FIELD_OF_VIEW / 2);
    let [left, right, low, high, distance] = [Infinity, -Infinity, Infinity, -Infinity, this.distanceMin];
    for (const point of points) {
      const away = { x: point.x - this.target.x, y: point.y - this.target.y, z: point.z - this.target.z };
      const [across, along] = [dot(away, this.right), dot(away, this.up)];
      const depth = this.isFlat ? 0 : dot(away, this.back);
      // As seen from where the eye is now; the next step sees better.
      const seen = this.isFlat ? 1 : Math.max(0.2, 1 - depth / this.distance);
      left = Math.min(left, across / seen);
      right = Math.max(right, across / seen);
      low = Math.min(low, along / seen);
      high = Math.max(high, along / seen);
      distance = Math.max(distance, depth + focal * Math.max(Math.abs(across) / halfWidth, Math.abs(along) / halfHeight));
    }
    return [(left + right) / 2, (low + high) / 2, distance];
  }

  /** Moves the target so that it stands in the middle of what panels leave free. @param {Inset} inset */
  leave(inset) {
    this.shift((inset.right - inset.left) / 2 / this.scale, (inset.top - inset.bottom) / 2 / this.scale);
  }

  /**
   * Brings a place to the middle of what panels leave free, in a flight or at once.
   * @param {Point} place
   * @param {number} distance
   * @param {Inset} inset
   * @param {number | null} at when the flight begins, by the wall clock; null: a jump
   */
  look(place, distance, inset, at) {
    const from = this.pose();
    this.target = { x: place.x, y: place.y, z: place.z };
    this.distance = clamp(distance, this.distanceMin, this.distanceMax);
    this.leave(inset);
    const to = this.pose();
    this.flight = at === null ? null : { from, to, since: at };
    if (this.flight) this.take(from);
    this.changed();
  }

  /** Goes on with a flight. @param {number} at the wall clock */
  fly(at) {
    const { flight } = this;
    if (!flight) return;
    const part = clamp((at - flight.since) / FLIGHT_MS, 0, 1);
    const eased = part * part * (3 - 2 * part);
    this.take(flight.from.map((from, index) => from + (flight.to[index] - from) * eased));
    if (part === 1) this.flight = null;
    this.changed();
  }

  /** Target and distance; of the distance its logarithm, so that zooming is even. */
  pose() {
    return Float64Array.of(this.target.x, this.target.y, this.target.z, Math.log(this.distance));
  }

  /** @param {Float64Array} pose */
  take(pose) {
    this.target = { x: pose[0], y: pose[1], z: pose[2] };
    this.distance = Math.exp(pose[3]);
  }

  /** Its place for the address: target, distance, azimuth and elevation in degrees. */
  toText() {
    const digits = Math.max(0, Math.min(6, 3 - Math.floor(Math.log10(this.distance))));
    const places = [this.target.x, this.target.y, this.target.z, this.distance].map((value) => short(value, digits));
    const angles = [this.azimuth, this.elevation].map((value) => short((value * 180) / Math.PI, 1));
    return [...places, ...angles].join("_");
  }

  /** Takes the place that an address names; false, and nothing changes, if it names none. @param {string | null} text */
  fromText(text) {
    const parts = (text ?? "").split("_");
    const numbers = parts.map((part) => (/^-?\d+(\.\d+)?$/.test(part) ? Number(part) : Number.NaN));
    if (numbers.length !== 6 || !numbers.every((value) => Math.abs(value) < PLACE_MAX) || numbers[3] <= 0) return false;
    const [x, y, z, distance, azimuth, elevation] = numbers;
    this.flight = null;
    this.target = { x, y, z };
    this.distance = distance;
    this.azimuth = turn((azimuth * Math.PI) / 180);
    this.elevation = clamp((elevation * Math.PI) / 180, ELEVATION_MIN, ELEVATION_MAX);
    this.changed();
    return true;
  }
}

/** The corners of the box around all points; the wrong way round if there are none. @param {Iterable<Point>} points @returns {[Point, Point]} */
function bounds(points) {
  const low = { x: Infinity, y: Infinity, z: Infinity };
  const high = { x: -Infinity, y: -Infinity, z: -Infinity };
  for (const point of points) {
    for (const axis of /** @type {const} */ (["x", "y", "z"])) {
      low[axis] = Math.min(low[axis], point[axis]);
      high[axis] = Math.max(high[axis], point[axis]);
    }
  }
  return [low, high];
}

/** @param {Point} one @param {Point} other */
const dot = (one, other) => one.x * other.x + one.y * other.y + one.z * other.z;

/** @param {number} value @param {number} low @param {number} high */
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** An angle between -180 and 180 degrees. @param {number} angle */
const turn = (angle) => angle - Math.PI * 2 * Math.round(angle / (Math.PI * 2));

/** @param {number} value @param {number} digits */
const short = (value, digits) => String(Number(value.toFixed(digits)));
