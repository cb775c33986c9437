// The lines over the map: the newest caption of the story, and what the visitor did last.

import { link } from "../address.js";
import { fill, h, prose } from "../dom.js";
import { position } from "../format.js";
import { get } from "../net/api.js";
import { REFERENCE, isRunning, running, told } from "./told.js";

/** What the visitor did stays for so long. */
const YOURS_MS = 60_000;
/** Of the events with the story's reference: others may have it, too. */
const LATEST_MAX = 20;

/**
 * @param {HTMLElement} place
 * @param {import("../app.js").App} app
 * @param {(station: string) => void} onYours told where the visitor did something
 * @param {(captions: HTMLElement) => void} onChange told when they cover another part of the map
 */
export function mount(place, app, onYours, onChange) {
  // The button goes with its caption, and the focus to the map below.
  const onClose = () => {
    place.querySelector("canvas")?.focus();
    onChange(root);
  };
  const story = caption("caption", onClose);
  const yours = caption("caption yours", onClose);
  const root = h("div", { class: "captions" }, story.element, yours.element);
  place.append(root);
  /** @param {ReturnType<typeof caption>} where @param {import("./told.js").Told} told @param {string | null} before */
  const show = (where, told, before) => {
    say(where, told, before);
    onChange(root);
  };
  let yoursUntil = 0;
  /** The newest of each kind since the last frame. @type {{ story: import("./told.js").Told | null, yours: import("./told.js").Told | null }} */
  const found = { story: null, yours: null };
  /** The latest that was told. @type {import("./told.js").Told | null} */
  let latest = null;
  let isAsked = false;
  const stopped = new AbortController();

  /** A page that is opened while a beat runs has missed its event. */
  async function begin() {
    isAsked = true;
    try {
      const { items } = await get(link("/api/events", { reference: REFERENCE, order: "newest", limit: LATEST_MAX }), { signal: stopped.signal });
      const found = running(items, app.model, app.model.now());
      if (found && found.sequence > (latest?.sequence ?? 0)) show(story, (latest = found), null);
    } catch {
      // The next beat is told by its event.
    }
  }

  return {
    root,
    /** @param {any} event */
    fold(event) {
      const one = told(event, app.model);
      if (one) found[one.kind] = one;
    },
    /** @param {import("../app.js").Frame} frame */
    draw({ now, wall }) {
      if (!isAsked && app.model.isLoaded && app.connection.state === "live") begin();
      if (found.story) show(story, (latest = found.story), null);
      if (found.yours) {
        show(yours, found.yours, "Yours: ");
        yoursUntil = wall + YOURS_MS;
        if (found.yours.station) onYours(found.yours.station);
      }
      Object.assign(found, { story: null, yours: null });
      // Whoever is not told of the next beat shall not take this one for what happens.
      if (latest && !isRunning(latest, now)) {
        story.element.hidden = true;
        latest = null;
        onChange(root);
      }
      if (yoursUntil > 0 && wall > yoursUntil) {
        yours.element.hidden = true;
        yoursUntil = 0;
        onChange(root);
      }
    },
    end() {
      stopped.abort();
      root.remove();
    },
  };
}

/** A line that can be closed; the next caption opens it again. @param {string} name its class @param {() => void} onClose */
function caption(name, onClose) {
  const line = h("p", { "aria-live": "polite" });
  const close = h("button", { type: "button", class: "plain small", "aria-label": "Close this caption", onclick: () => {
    element.hidden = true;
    onClose();
  } }, "×");
  const element = h("div", { class: name, hidden: true }, line, close);
  return { element, line };
}

/** @param {ReturnType<typeof caption>} where @param {import("./told.js").Told} told @param {string | null} before */
function say({ element, line }, { words, href, sequence }, before) {
  element.hidden = false;
  fill(line, before && h("strong", null, before), prose(words), " ", h("a", { class: "quiet", href, title: "What the event is about" }, position(sequence)));
}
