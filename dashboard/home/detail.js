// What events do not say of an alert: where the stock is, and who waits for the goods now. Asked of
// the API for all that look at alerts, and again, not too often, when alerts change.

import { get } from "../net/api.js";

const AGAIN_MS = 5_000;
const ALERTS_MAX = 200;

/** @param {import("../app.js").App} app */
export function details({ model, connection }) {
  let askedAt = 0;
  let version = -1;
  let isAsking = false;

  async function ask() {
    isAsking = true;
    try {
      const { items } = await get(`/api/alerts?status=firing&limit=${ALERTS_MAX}`);
      for (const item of items) {
        const known = model.alerts.get(item.alertId);
        if (known && known.sequence <= item.sequence) model.setAlert(item);
      }
      version = model.versions.alerts;
    } catch {
      // The alerts stay as the events told them; asked again with the next change.
    } finally {
      isAsking = false;
    }
  }

  return {
    /** @param {number} wall */
    draw(wall) {
      const isDue = model.versions.alerts !== version && wall - askedAt >= AGAIN_MS;
      if (!isDue || isAsking || !model.isLoaded || model.alerts.size === 0 || connection.state !== "live" || document.hidden) return;
      askedAt = wall;
      ask();
    },
  };
}
