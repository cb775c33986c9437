// The ships in their slots, kept up with the model: what an event changed in the model's census is
// written anew, and nothing else is. No DOM and no three.js here.

import { EMPTY, STRIDE, describe } from "./journey.js";
import { Slots } from "./slots.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../model/shipment.js").Shipment} Shipment */
/** @typedef {import("./layout.js").Layout} Layout */

/**
 * Seconds of network time from the base to a new base: up to here a float tells half a second, less
 * than a frame of any clock that runs fast enough to come here.
 */
const BASE_SECONDS_MAX = 2 ** 22;

export class Fleet {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** By the rows of the model's census. */
    this.slots = new Slots(STRIDE, EMPTY);
    /** Slots with a ship to draw. */
    this.count = 0;
    /** Milliseconds of network time that all of the slots count from. */
    this.base = 0;
    /** @type {Layout | null} */
    this.layout = null;
    /** What was read last: another one means that all is new. @type {unknown} */
    this.census = null;
    /** The fastest ship, in light-years a second of network time. */
    this.pace = 0;
    /** Rises with each change. */
    this.changes = 0;
    this.floats = new Float64Array(STRIDE);
    /** Whose stations were looked up last, by slot, and their numbers in the layout. @type {(Shipment | null)[]} */
    this.known = [];
    /** @type {[origin: number, destination: number][]} */
    this.ends = [];
  }

  /**
   * Follows the model by what changed since the last time.
   * @param {Layout} layout
   * @param {number} now milliseconds of network time
   */
  follow(layout, now) {
    const { census } = this.model;
    const isOld = Math.abs(now - this.base) > BASE_SECONDS_MAX * 1000;
    if (isOld || layout !== this.layout || census !== this.census) this.readAll(layout, now);
    else for (const row of census.touched) this.read(row);
    census.touched.clear();
  }

  /** @param {Layout} layout @param {number} now milliseconds of network time */
  readAll(layout, now) {
    const { census } = this.model;
    if (census !== this.census) this.slots.clear();
    Object.assign(this, { layout, census, base: now, pace: 0, count: 0, known: [], ends: [] });
    for (let slot = 0; slot < this.slots.end; slot += 1) this.slots.write(slot, EMPTY);
    for (const { row } of this.model.shipments.values()) this.read(row);
    this.changes += 1;
  }

  /** Writes the slot of a row, whatever is in it now. @param {number} row */
  read(row) {
    const { model, slots, layout, floats } = this;
    const shipment = model.census.shipments[row];
    this.changes += 1;
    const wasShown = this.isShown(row);
    const isShown = shipment !== null && layout !== null && this.describe(shipment, layout);
    this.count += Number(isShown) - Number(wasShown);
    // What was never shown needs no slot.
    if (!isShown && row >= slots.end) return;
    slots.write(row, isShown ? floats : EMPTY);
    if (!isShown) return;
    const way = Math.hypot(floats[3] - floats[0], floats[4] - floats[1], floats[5] - floats[2]);
    this.pace = Math.max(this.pace, way * Math.min(floats[7], 1));
  }

  /** @param {Shipment} shipment @param {Layout} layout */
  describe(shipment, layout) {
    const { row } = shipment;
    if (this.known[row] !== shipment) {
      this.known[row] = shipment;
      this.ends[row] = [layout.number(shipment.origin), layout.number(shipment.destination)];
    }
    return describe(shipment, layout, this.model.silent.has(shipment.id), this.base, this.floats, this.ends[row]);
  }

  /** Whether a ship is drawn from this slot. @param {number} slot */
  isShown(slot) {
    return slot >= 0 && slot < this.slots.end && this.slots.array[slot * STRIDE + STRIDE - 1] >= 0;
  }

  /** The slot of a shipment that is drawn, or -1. @param {string} id */
  slot(id) {
    const row = this.model.shipments.get(id)?.row ?? -1;
    return this.id(row) === id ? row : -1;
  }

  /** Whose ship is drawn from a slot: another one may have its row by now. @param {number} slot @returns {string | null} */
  id(slot) {
    return this.isShown(slot) ? this.known[slot]?.id ?? null : null;
  }

  /** Where a shipment was last reported, as drawn; null if it was not, or is not shown. @param {string} id */
  reported(id) {
    const { array } = this.slots;
    const slot = this.slot(id);
    const shipment = this.model.shipments.get(id);
    if (slot < 0 || !shipment?.position || shipment.arrived !== null) return null;
    const at = slot * STRIDE;
    return { x: array[at], y: array[at + 1], z: array[at + 2] };
  }

  /** Seconds from the base. @param {number} now milliseconds of network time */
  seconds(now) {
    return (now - this.base) / 1000;
  }
}
