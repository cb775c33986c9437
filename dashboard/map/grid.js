// What is where on the screen, to be picked: made anew when the camera has moved or ships have.
// Things are numbers; places are pixels. No DOM and no three.js here.

const CELL = 24;

export class Grid {
  constructor() {
    this.columns = 1;
    this.rows = 1;
    this.count = 0;
    /** The first place in `order` of each cell, and one more. */
    this.starts = new Uint32Array(2);
    this.order = new Uint32Array(0);
    this.things = new Uint32Array(0);
    this.xs = new Float32Array(0);
    this.ys = new Float32Array(0);
    this.cells = new Uint32Array(0);
  }

  /**
   * Begins anew for up to this many things.
   * @param {number} width
   * @param {number} height
   * @param {number} countMax
   */
  begin(width, height, countMax) {
    this.columns = Math.max(1, Math.ceil(width / CELL));
    this.rows = Math.max(1, Math.ceil(height / CELL));
    this.count = 0;
    if (this.xs.length >= countMax) return;
    this.order = new Uint32Array(countMax);
    this.cells = new Uint32Array(countMax);
    this.things = new Uint32Array(countMax);
    this.xs = new Float32Array(countMax);
    this.ys = new Float32Array(countMax);
  }

  /** Adds a thing; what is not on the screen is not kept. @param {number} thing @param {number} x @param {number} y */
  add(thing, x, y) {
    const column = Math.floor(x / CELL);
    const row = Math.floor(y / CELL);
    if (column < 0 || row < 0 || column >= this.columns || row >= this.rows) return;
    this.things[this.count] = thing;
    this.xs[this.count] = x;
    this.ys[this.count] = y;
    this.cells[this.count] = row * this.columns + column;
    this.count += 1;
  }

  /** Sorts what was added into its cells. */
  end() {
    const size = this.columns * this.rows + 1;
    if (this.starts.length < size) this.starts = new Uint32Array(size);
    const { starts, cells, order, count } = this;
    starts.fill(0);
    for (let index = 0; index < count; index += 1) starts[cells[index] + 1] += 1;
    for (let cell = 1; cell < size; cell += 1) starts[cell] += starts[cell - 1];
    // From the end of each cell to its beginning, so that its start is where it should be.
    const next = starts.slice(1, size);
    for (let index = count - 1; index >= 0; index -= 1) order[(next[cells[index]] -= 1)] = index;
  }

  /** The nearest thing within reach, at most a cell, and how far it is; -1 if there is none. @param {number} x @param {number} y @param {number} reach */
  nearest(x, y, reach) {
    let found = -1;
    let best = Math.min(reach, CELL) ** 2;
    const column = Math.floor(x / CELL);
    const row = Math.floor(y / CELL);
    for (let r = Math.max(0, row - 1); r <= Math.min(this.rows - 1, row + 1); r += 1) {
      for (let c = Math.max(0, column - 1); c <= Math.min(this.columns - 1, column + 1); c += 1) {
        const cell = r * this.columns + c;
        for (let at = this.starts[cell]; at < this.starts[cell + 1]; at += 1) {
          const index = this.order[at];
          const square = (this.xs[index] - x) ** 2 + (this.ys[index] - y) ** 2;
          if (square <= best) {
            best = square;
            found = this.things[index];
          }
        }
      }
    }
    return { thing: found, distance: Math.sqrt(best) };
  }
}
