// The ships in their slots, kept up with the model: an event touches the slot of its shipment, and
// nothing else does. No DOM and no three.js here.

import { EMPTY, STRIDE, describe } from "./journey.js";
import { Slots } from "./slots.js";

/** @typedef {import("../model/model.js").Model} Model */
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
    this.slots = new Slots(STRIDE);
    /** Milliseconds of network time that all of the slots count from. */
    this.base = 0;
    /** @type {Layout | null} */
    this.layout = null;
    /** The map that was read last: another one means that all is new. @type {Map<string, unknown> | null} */
    this.shipments = null;
    this.version = -1;
    /** The fastest ship, in light-years a second of network time. */
    this.pace = 0;
    /** Rises with each change. */
    this.changes = 0;
    this.floats = new Float64Array(STRIDE);
    /** Shipments that the events of a frame are about: each is read once. @type {Set<string>} */
    this.touched = new Set();
  }

  /**
   * Follows the model by what happened in a frame.
   * @param {any[]} events those that the model folded
   * @param {Layout} layout
   * @param {number} now milliseconds of network time
   */
  follow(events, layout, now) {
    const { model } = this;
    let count = 0;
    for (const { type, data } of events) {
      if (type.startsWith("shipment.")) {
        count += 1;
        this.touched.add(data.shipmentId);
      } else if (type.startsWith("alert.") && data.cause?.shipmentId) this.touched.add(data.cause.shipmentId);
    }
    // What changed without an event in sight: events of a hidden tab, a shipment fetched anew.
    const isGap = model.versions.shipments !== this.version + count;
    this.version = model.versions.shipments;
    const isOld = Math.abs(now - this.base) > BASE_SECONDS_MAX * 1000;
    if (isGap || isOld || layout !== this.layout || model.shipments !== this.shipments) this.readAll(layout, now);
    else for (const id of this.touched) this.read(id);
    this.touched.clear();
  }

  /** @param {Layout} layout @param {number} now milliseconds of network time */
  readAll(layout, now) {
    const { model, slots } = this;
    this.layout = layout;
    this.shipments = model.shipments;
    this.base = now;
    this.pace = 0;
    for (const id of [...slots.slotOf.keys()]) if (!model.shipments.has(id)) slots.drop(id, EMPTY);
    for (const id of model.shipments.keys()) this.read(id);
    this.changes += 1;
  }

  /** Writes the slot of one shipment, or frees it. @param {string} id */
  read(id) {
    const { model, slots, layout, floats } = this;
    const shipment = model.shipments.get(id);
    this.changes += 1;
    if (!shipment || !layout || !describe(shipment, layout, model.silent.has(id), this.base, floats)) {
      slots.drop(id, EMPTY);
      return;
    }
    slots.write(slots.take(id), floats);
    const way = Math.hypot(floats[3] - floats[0], floats[4] - floats[1], floats[5] - floats[2]);
    this.pace = Math.max(this.pace, way * Math.min(floats[7], 1));
  }

  /** Where a shipment was last reported, as drawn; null if it was not, or is not shown. @param {string} id */
  reported(id) {
    const { array } = this.slots;
    const slot = this.slots.slotOf.get(id);
    const shipment = this.model.shipments.get(id);
    if (slot === undefined || !shipment?.position || shipment.arrived !== null) return null;
    const at = slot * STRIDE;
    return { x: array[at], y: array[at + 1], z: array[at + 2] };
  }

  /** Seconds from the base. @param {number} now milliseconds of network time */
  seconds(now) {
    return (now - this.base) / 1000;
  }
}
