// How often something is drawn anew: at a set rate, less often where it takes long, and put off to
// another frame where one has done enough. No DOM, no clock.

/** Of the time that passes it takes one part in so many. */
const SHARE = 400;

export class Rate {
  /** @param {number} leastMs between two times @param {number} mostMs however long it takes */
  constructor(leastMs, mostMs) {
    this.leastMs = leastMs;
    this.mostMs = mostMs;
    this.at = -Infinity;
    this.wait = 0;
  }

  /** @param {import("../app.js").Frame} frame */
  isDue({ wall, isBusy }) {
    const age = wall - this.at;
    return age >= this.mostMs || (age >= this.wait && !isBusy());
  }

  /** It was drawn. @param {number} wall @param {number} tookMs */
  done(wall, tookMs) {
    this.at = wall;
    this.wait = Math.min(this.mostMs, Math.max(this.leastMs, tookMs * SHARE));
  }
}
