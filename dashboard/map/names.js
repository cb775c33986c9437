// The names on the map, chosen anew now and then and moved along with their marks in between.

import { h } from "../dom.js";
import { Labels } from "./labels.js";
import { candidates, survey } from "./naming.js";

/** @typedef {{ x: number, y: number, z: number }} Point */

/**
 * @typedef {object} Given
 * @property {import("./layout.js").Layout} layout
 * @property {import("./camera.js").Camera} camera
 * @property {import("./picker.js").Thing | null} selected
 * @property {{ name: string, spot: Point } | null} named the selected thing, if the map knows where it is
 * @property {boolean} isMoving whether the selected thing moved with the last picture
 * @property {HTMLElement[]} covering what no name is written under
 */

/** Names are chosen anew at most so often while the camera moves. */
const NAMING_MS = 200;

export class Names {
  constructor() {
    this.layer = h("div", { class: "map-labels", "aria-hidden": "true" });
    /** @type {Labels | null} */
    this.labels = null;
    this.at = 0;
    this.key = "";
    this.layout = /** @type {unknown} */ (null);
    /** Holds until the camera moves, and for another selection not at all. @type {{ key: string, survey: import("./naming.js").Survey } | null} */
    this.surveyed = null;
  }

  /** @param {Given} given @param {number} wall */
  draw(given, wall) {
    const { layout, camera, selected, named, isMoving } = given;
    // The font is known once the layer is in the page.
    this.labels ??= new Labels(this.layer);
    const { labels } = this;
    const asked = `${selected?.kind} ${named?.name} ${labels.version}`;
    const key = `${camera.version} ${asked}`;
    const isSame = key === this.key && layout === this.layout;
    if (isSame && !isMoving) return;
    // What was selected is named at once.
    const isAsked = !this.key.endsWith(asked) || layout !== this.layout;
    if (!isSame && (isAsked || wall - this.at > NAMING_MS)) {
      Object.assign(this, { at: wall, key, layout });
      const chosen = selected?.kind === "station" ? selected.id : null;
      const surveyed = `${camera.version} ${chosen}`;
      if (this.surveyed?.key !== surveyed || this.surveyed.survey.layout !== layout) {
        this.surveyed = { key: surveyed, survey: survey(layout, camera, { shown: labels.sides, chosen }) };
      }
      const { found, taken, countMax } = candidates(this.surveyed.survey, camera, {
        width: (text) => labels.width(text), named, covered: this.covered(given),
      });
      labels.choose(found, taken, countMax);
    }
    labels.follow(({ anchor }, pixel) => {
      const place = anchor === "chosen" ? named?.spot : typeof anchor === "number" ? layout.spotAt(anchor) : anchor;
      return place !== undefined && camera.project(place.x, place.y, place.z, pixel);
    });
  }

  /** @param {Given} given @returns {import("./naming.js").Box[]} */
  covered({ covering }) {
    const { left, top } = this.layer.getBoundingClientRect();
    return covering.map((element) => {
      const box = element.getBoundingClientRect();
      return { left: box.left - left, top: box.top - top, width: box.width, height: box.height };
    });
  }
}
