// What events do not say of an alert: where the stock is, and who waits for the goods now. Asked of
// the API for all that look at alerts, and again, not too often, when alerts change.

import { get } from "../net/api.js";

const AGAIN_MS = 5_000;
const ALERTS_MAX = 200;

/** One for all that look at a model: two would each take what the other found for a change. @type {WeakMap<import("../model/model.js").Model, Details>} */
const known = new WeakMap();

/** @param {Pick<import("../app.js").App, "model" | "connection">} app @returns {Details} */
export function details(app) {
  let made = known.get(app.model);
  if (!made) known.set(app.model, (made = new Details(app)));
  return made;
}

class Details {
  /** @param {Pick<import("../app.js").App, "model" | "connection">} app */
  constructor({ model, connection }) {
    this.model = model;
    this.connection = connection;
    this.askedAt = 0;
    /** Of the alerts, that were asked about. */
    this.version = -1;
    this.isAsking = false;
  }

  async ask() {
    const { model } = this;
    this.isAsking = true;
    const asked = model.versions.alerts;
    try {
      const { items } = await get(`/api/alerts?status=firing&limit=${ALERTS_MAX}`);
      const before = model.versions.alerts;
      for (const item of items) {
        const alert = model.alerts.get(item.alertId);
        if (alert && alert.sequence <= item.sequence && !isSame(alert, item)) model.setAlert(item);
      }
      // What the answer itself changed needs no asking; what came meanwhile does.
      this.version = asked + model.versions.alerts - before;
    } catch {
      // The alerts stay as the events told them; asked again with the next change.
    } finally {
      this.isAsking = false;
    }
  }

  /** @param {number} wall */
  draw(wall) {
    const { model, connection } = this;
    const isDue = model.versions.alerts !== this.version && wall - this.askedAt >= AGAIN_MS;
    if (!isDue || this.isAsking || !model.isLoaded || model.alerts.size === 0 || connection.state !== "live" || document.hidden) return;
    this.askedAt = wall;
    this.ask();
  }
}

/** @param {import("../model/model.js").Alert} alert @param {import("../model/model.js").Alert} item */
const isSame = (alert, item) => JSON.stringify(alert) === JSON.stringify(item);
