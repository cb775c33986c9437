// Passes values on, but not each of a fast row of them: the first at once, then one each so often,
// and the last one always. No DOM, no clock.

/** @template T */
export class Sparing {
  /** @param {number} everyMs @param {(value: T) => void} pass */
  constructor(everyMs, pass) {
    this.everyMs = everyMs;
    this.pass = pass;
    this.passedAt = -Infinity;
    /** The value that waits. @type {{ value: T } | null} */
    this.waiting = null;
  }

  /** @param {T} value @param {number} wall milliseconds */
  put(value, wall) {
    this.waiting = { value };
    this.draw(wall);
  }

  /** Passes what waits, if its time has come. @param {number} wall */
  draw(wall) {
    if (wall - this.passedAt >= this.everyMs) this.flush(wall);
  }

  /** Passes what waits. @param {number} wall */
  flush(wall) {
    const { waiting } = this;
    if (!waiting) return;
    this.waiting = null;
    this.passedAt = wall;
    this.pass(waiting.value);
  }

  /** What waits is not wanted any more. */
  drop() {
    this.waiting = null;
  }
}
