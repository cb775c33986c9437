// From light-years to pixels. The map looks down on the galactic plane: x to the right, z upwards.

const SCALE_MIN = 0.2;
const SCALE_MAX = 4000;

export class Camera {
  constructor() {
    this.x = 0;
    this.z = 0;
    /** Pixels a light-year. */
    this.scale = 8;
    this.width = 1;
    this.height = 1;
  }

  /** @param {number} width @param {number} height */
  resize(width, height) {
    this.width = width;
    this.height = height;
  }

  /** @param {number} x @param {number} z */
  toScreen(x, z) {
    return {
      x: this.width / 2 + (x - this.x) * this.scale,
      y: this.height / 2 - (z - this.z) * this.scale,
    };
  }

  /** @param {number} dx @param {number} dy pixels */
  pan(dx, dy) {
    this.x -= dx / this.scale;
    this.z += dy / this.scale;
  }

  /** Zooms and keeps the place under the given pixel where it is. @param {number} factor @param {number} [px] @param {number} [py] */
  zoom(factor, px = this.width / 2, py = this.height / 2) {
    const x = this.x + (px - this.width / 2) / this.scale;
    const z = this.z - (py - this.height / 2) / this.scale;
    this.scale = Math.min(SCALE_MAX, Math.max(SCALE_MIN, this.scale * factor));
    this.x = x - (px - this.width / 2) / this.scale;
    this.z = z + (py - this.height / 2) / this.scale;
  }

  /** Shows all of the points. @param {{ x: number, z: number }[]} points */
  fit(points) {
    if (points.length === 0) return;
    let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const { x, z } of points) {
      left = Math.min(left, x);
      right = Math.max(right, x);
      low = Math.min(low, z);
      high = Math.max(high, z);
    }
    this.x = (left + right) / 2;
    this.z = (low + high) / 2;
    const scale = Math.min((this.width - 60) / Math.max(1, right - left), (this.height - 90) / Math.max(1, high - low));
    this.scale = Math.min(60, Math.max(SCALE_MIN, scale));
  }

  /** Brings a place to the middle, near enough to tell its stations apart. @param {{ x: number, z: number }} place */
  look({ x, z }) {
    this.x = x;
    this.z = z;
    this.scale = Math.max(this.scale, 40);
  }
}
