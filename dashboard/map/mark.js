// One station with a word beside it for a while: where the person who looks did something.

import { h } from "../dom.js";

/** So long it is there. */
const MARK_MS = 60_000;

export class Mark {
  constructor() {
    this.element = h("p", { class: "map-mark", hidden: true });
    this.station = "";
    this.until = 0;
  }

  /** @param {string} station @param {string} text @param {number} wall */
  set(station, text, wall) {
    this.station = station;
    this.until = wall + MARK_MS;
    this.element.textContent = text;
  }

  /** @param {import("./layout.js").Layout} layout @param {import("./camera.js").Camera} camera @param {number} wall */
  draw(layout, camera, wall) {
    if (this.station === "") return;
    const pixel = { x: 0, y: 0, scale: 0 };
    const spot = wall < this.until ? layout.spot(this.station) : null;
    const isSeen = Boolean(spot && camera.project(spot.x, spot.y, spot.z, pixel));
    if (wall >= this.until) this.station = "";
    this.element.hidden = !isSeen;
    if (isSeen) this.element.style.transform = `translate(${Math.round(pixel.x)}px, ${Math.round(pixel.y)}px)`;
  }
}
