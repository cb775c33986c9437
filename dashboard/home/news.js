// Which alerts are new to whoever looks: told together, once in a while. No DOM, no clock.

import { begunOf, takeArrived } from "./rank.js";

/** New alerts are told together, once in a while. */
export const ANNOUNCE_MS = 4_000;

/** @typedef {import("../model/model.js").Alert} Alert */

export class News {
  /** @param {import("../model/model.js").Model} model */
  constructor(model) {
    this.model = model;
    /** Which of the model's lists of alerts was begun with: what is open in one when it is read is not new. */
    this.begun = -1;
    /** @type {Alert[]} */
    this.fresh = [];
    this.toldAt = -Infinity;
  }

  /** New ones, still open and not told yet; none while it is too soon to tell more. @param {number} wall @returns {Alert[]} */
  take(wall) {
    const { model } = this;
    const arrived = takeArrived(model);
    const begun = begunOf(model);
    this.fresh = !model.isLoaded || begun !== this.begun ? [] : [...this.fresh, ...arrived].filter(({ alertId }) => model.alerts.has(alertId));
    this.begun = begun;
    if (this.fresh.length === 0 || wall - this.toldAt < ANNOUNCE_MS) return [];
    this.toldAt = wall;
    const told = this.fresh;
    this.fresh = [];
    return told;
  }
}
