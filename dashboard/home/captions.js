// The lines over the map: the newest caption of the story, and what the visitor did last.

import { fill, h, prose } from "../dom.js";
import { position } from "../format.js";
import { newest } from "./told.js";

/** What the visitor did stays for so long. */
const YOURS_MS = 60_000;

/**
 * @param {HTMLElement} place
 * @param {import("../app.js").App} app
 * @param {(station: string) => void} onYours told where the visitor did something
 */
export function mount(place, app, onYours) {
  const story = h("p", { class: "caption", "aria-live": "polite", hidden: true });
  const yours = h("p", { class: "caption yours", "aria-live": "polite", hidden: true });
  const root = h("div", { class: "captions" }, story, yours);
  place.append(root);
  let yoursUntil = 0;
  return {
    /** @param {import("../app.js").Frame} frame */
    draw({ events, wall }) {
      if (events.length > 0) {
        const found = newest(events, app.model);
        if (found.story) show(story, found.story, null);
        if (found.yours) {
          show(yours, found.yours, "Yours: ");
          yoursUntil = wall + YOURS_MS;
          if (found.yours.station) onYours(found.yours.station);
        }
      }
      if (yoursUntil > 0 && wall > yoursUntil) {
        yours.hidden = true;
        yoursUntil = 0;
      }
    },
    end: () => root.remove(),
  };
}

/** @param {HTMLElement} line @param {import("./told.js").Told} told @param {string | null} before */
function show(line, { words, href, sequence }, before) {
  line.hidden = false;
  fill(line, before && h("strong", null, before), prose(words), " ", h("a", { class: "quiet", href, title: "What the event is about" }, position(sequence)));
}
