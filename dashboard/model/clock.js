// Network time: it may run faster than the clock on the wall, and began at an epoch of its own.

export class Clock {
  constructor() {
    this.network = 0;
    this.wall = 0;
    this.speed = 1;
  }

  /** @param {{ time: string, speed?: number }} network as GET /api/network says it @param {number} [wall] */
  set(network, wall = Date.now()) {
    this.network = Date.parse(network.time);
    this.wall = wall;
    this.speed = network.speed ?? 1;
  }

  /** Network time in milliseconds. @param {number} [wall] */
  now(wall = Date.now()) {
    return this.network + (wall - this.wall) * this.speed;
  }
}
