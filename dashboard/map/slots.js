// A buffer with a slot of fixed stride for each row of the model's census; only what changed is told
// to be uploaded. No DOM and no three.js here.

/** Uploads a frame: past this many, ranges are joined over what did not change. */
const RANGES_MAX = 16;
const CAPACITY_MIN = 1024;

export class Slots {
  /** @param {number} stride floats a slot @param {ArrayLike<number>} empty what a slot of nothing holds @param {number} [capacity] */
  constructor(stride, empty, capacity = CAPACITY_MIN) {
    this.stride = stride;
    this.empty = empty;
    this.capacity = capacity;
    this.array = new Float32Array(capacity * stride);
    /** Slots ever in use: none from here on needs to be drawn. */
    this.end = 0;
    /** @type {Set<number>} */
    this.touched = new Set();
    /** Whether the array is another one since the last upload: all of it is to be uploaded. */
    this.hasGrown = true;
  }

  /** Writes all of a slot; nothing is uploaded if it says the same already. @param {number} slot @param {ArrayLike<number>} values */
  write(slot, values) {
    if (slot >= this.end) this.open(slot);
    const start = slot * this.stride;
    let isSame = true;
    for (let index = 0; index < this.stride; index += 1) {
      const value = Math.fround(values[index]);
      if (this.array[start + index] !== value) {
        this.array[start + index] = value;
        isSame = false;
      }
    }
    if (!isSame) this.touched.add(slot);
  }

  /** All slots up to this one are in use; nothing is in those that are new. @param {number} slot */
  open(slot) {
    const before = this.end;
    this.end = slot + 1;
    if (this.end > this.capacity) this.grow();
    for (let each = before; each < this.end; each += 1) {
      this.array.set(this.empty, each * this.stride);
      this.touched.add(each);
    }
  }

  /** Nothing is in any slot. */
  clear() {
    this.end = 0;
    this.touched.clear();
    this.hasGrown = true;
  }

  grow() {
    while (this.capacity < this.end) this.capacity *= 2;
    const array = new Float32Array(this.capacity * this.stride);
    array.set(this.array);
    this.array = array;
    this.hasGrown = true;
  }

  /** What to upload, in floats; forgets it. @returns {{ start: number, count: number }[]} */
  ranges() {
    const slots = Uint32Array.from(this.touched).sort();
    this.touched.clear();
    let found = join(slots, 1);
    for (let gap = 8; found.length > RANGES_MAX; gap *= 4) found = join(slots, gap);
    return found.map(([first, last]) => ({ start: first * this.stride, count: (last - first + 1) * this.stride }));
  }
}

/** Runs of slots with no more than `gap` between neighbours. @param {Uint32Array} slots in order @param {number} gap */
function join(slots, gap) {
  /** @type {[number, number][]} */
  const runs = [];
  for (const slot of slots) {
    const last = runs.at(-1);
    if (last && slot - last[1] <= gap) last[1] = slot;
    else runs.push([slot, slot]);
  }
  return runs;
}
