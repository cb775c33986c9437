// The shared worker: all tabs of a browser follow one stream.

import { Hub } from "./hub.js";

const hub = new Hub();

// @ts-expect-error The types of shared workers and those of pages exclude each other.
self.onconnect = (/** @type {MessageEvent} */ event) => {
  const port = event.ports[0];
  port.onmessage = ({ data }) => hub.asked(port, data);
  // Where browsers tell of tabs that ended without a word.
  port.addEventListener("close", () => hub.leave(port));
};
// For tests and whoever is curious: what the stream costs.
Object.assign(self, { hub });
