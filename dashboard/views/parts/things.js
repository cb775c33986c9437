// The named things that fields suggest. Stations and commodities are in the model; traders and vessels are only names
// there, so their lists are asked for when somebody first wants to choose one.

import { list } from "../../net/api.js";

/** @typedef {import("./suggest.js").Named} Named */

const LISTED_MAX = 20_000;

export class Things {
  /** @param {import("../../model/model.js").Model} model */
  constructor(model) {
    this.model = model;
    /** @type {Map<string, Named[]>} */
    this.lists = new Map();
  }

  /** Begins to fetch what the model does not hold. @param {string} kind */
  want(kind) {
    if ((kind !== "trader" && kind !== "vessel") || this.lists.has(kind)) return;
    this.lists.set(kind, []);
    // Without the list one types an identifier; the next focus tries again.
    list(`/api/${kind}s`, LISTED_MAX).then(({ items }) => this.lists.set(kind, items), () => this.lists.delete(kind));
  }

  /** @param {string} kind @returns {Iterable<Named>} */
  of(kind) {
    if (kind === "station") return this.model.stations.values();
    if (kind === "commodity") return this.model.commodities.values();
    return this.lists.get(kind) ?? [];
  }
}
