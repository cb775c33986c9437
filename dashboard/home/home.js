// The page at `/`: the map, what needs attention beside it, the numbers below, and a panel only
// when something is selected.

import { fill, h } from "../dom.js";
import { link } from "../address.js";
import { isForPanel, takePicked } from "./arrival.js";
import { mount as mountAttention } from "./attention.js";
import { mount as mountCaptions } from "./captions.js";
import { mount as mountNumbers } from "./numbers.js";
import { stillness } from "./sentence.js";

/** @typedef {import("../app.js").View} View */

/** As style/home.css has it. */
const PHONE = "(max-width: 700px)";

/** @param {HTMLElement} place @param {import("../app.js").App} app @returns {View} */
export function mount(place, app) {
  return new Home(place, app);
}

class Home {
  /** @param {HTMLElement} place @param {import("../app.js").App} app */
  constructor(place, app) {
    this.app = app;
    this.place = place;
    this.isGone = false;
    /** @type {ReturnType<typeof import("../map/map.js").mount> | null} */
    this.map = null;
    this.still = stillness(app.connection);
    /** @type {View | null} */
    this.panel = null;
    /** What the panel shows: "station=ceres". */
    this.selected = "";
    /** Whether the panel's heading shall have the focus, as soon as it says something. */
    this.isArriving = false;
    const title = h("h1", { class: "unseen" }, "The network");
    const attention = h("section", { class: "attention", "aria-labelledby": "attention-title" });
    this.mapPlace = h("section", { class: "home-map", "aria-label": "Map" });
    this.note = h("div", { class: "home-note" });
    const numbers = h("section", { class: "numbers", "aria-label": "Numbers over time" });
    this.panelPlace = h("aside", { class: "panel", hidden: true });
    const frame = h("div", { class: "map-frame" }, this.mapPlace, this.note);
    this.root = h("div", { class: "home" }, title, attention, frame, numbers, this.panelPlace);
    place.append(this.root);
    this.attention = mountAttention(attention, app);
    this.numbers = mountNumbers(numbers, app);
    this.captions = mountCaptions(frame, app, (station) => this.map?.flag(station, "yours"), (captions) => this.map?.cover(captions));
    this.noted = "";
    this.keydown = (/** @type {KeyboardEvent} */ event) => this.key(event);
    document.addEventListener("keydown", this.keydown);
    this.loadMap();
    this.select({ isFirst: true });
  }

  async loadMap() {
    try {
      const module = await import("../map/map.js");
      if (this.isGone) return;
      this.map = module.mount(this.mapPlace, this.app, { isFlat: matchMedia(PHONE).matches });
      this.map.cover(this.captions.root);
    } catch (error) {
      console.error(error);
      fill(this.mapPlace, h("div", { class: "message", role: "alert" }, h("p", null, "The map could not be shown. ", h("a", { href: "/stations" }, "Stations"), " and ", h("a", { href: "/ships" }, "ships"), " are also lists.")));
    }
  }

  /** Shows what the address says is selected. @param {{ isFirst?: boolean }} [how] */
  async select({ isFirst = false } = {}) {
    const { query } = this.app.address.current;
    const kind = query.get("shipment") ? "shipment" : query.get("station") ? "station" : "";
    const id = kind ? query.get(kind) ?? "" : "";
    const selected = kind && `${kind}=${id}`;
    const isPicked = takePicked();
    if (selected === this.selected) {
      this.panel?.show?.(this.app.address.current);
      // What is picked again is there already.
      if (selected && isPicked) this.isArriving = true;
      return;
    }
    this.selected = selected;
    const { activeElement } = document;
    const isByKeyboard = activeElement?.matches(":focus-visible") === true && !this.mapPlace.contains(activeElement);
    const isNowhere = activeElement === null || activeElement === document.body || this.panelPlace.contains(activeElement);
    this.isArriving = selected !== "" && isForPanel({ isPicked, isFirst, isNowhere, isByKeyboard });
    this.panel?.end();
    this.panel = null;
    this.panelPlace.replaceChildren();
    this.panelPlace.hidden = !selected;
    this.root.classList.toggle("is-selected", Boolean(selected));
    if (!selected) return;
    try {
      const module = await (kind === "station" ? import("../panel/station.js") : import("../panel/shipment.js"));
      if (this.isGone || this.selected !== selected) return;
      this.panel = module.mount(this.panelPlace, this.app, id, () => this.close());
    } catch (error) {
      console.error(error);
      if (this.selected === selected) fill(this.panelPlace, h("p", { role: "alert" }, `The panel could not be shown: ${error}`));
    }
  }

  /** To the panel's heading, which is made with the first answer. */
  arrive() {
    const heading = this.panelPlace.querySelector("h2");
    if (!heading?.textContent) return;
    this.isArriving = false;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  close() {
    this.app.address.change({ station: null, shipment: null, commodity: null, by: null, interval: null, follow: null });
    this.mapPlace.querySelector("canvas")?.focus();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const isField = event.target instanceof Element && event.target.closest("input, select, textarea, dialog");
    if (event.key === "Escape" && this.selected && !event.defaultPrevented && !isField) this.close();
  }

  /** What looks at each event does it while it is at hand. @param {any} event */
  fold(event) {
    this.map?.fold(event);
    this.numbers.fold(event);
    this.captions.fold(event);
  }

  /** @param {import("../app.js").Frame} frame */
  draw(frame) {
    this.map?.draw(frame);
    const still = this.still(frame);
    this.attention.draw(still);
    this.numbers.draw(still);
    this.captions.draw(still);
    this.panel?.draw?.(still);
    if (this.isArriving) this.arrive();
    this.drawNote();
  }

  /** What is said over an empty map. */
  drawNote() {
    const { model, connection } = this.app;
    const isEmpty = model.isLoaded && model.stations.size === 0;
    const state = isEmpty ? "empty" : model.stations.size > 0 ? "" : connection.state;
    if (state === this.noted) return;
    this.noted = state;
    this.root.classList.toggle("is-empty", state !== "");
    fill(this.note, state === "empty" ? empty() : state ? h("p", { class: "quiet" }, waits(state)) : null);
  }

  /** @param {import("../address.js").Location} location */
  show(location) {
    this.select();
    this.map?.show(location);
    this.attention.show();
    this.numbers.show();
  }

  end() {
    this.isGone = true;
    document.removeEventListener("keydown", this.keydown);
    this.map?.end();
    this.panel?.end();
    this.attention.end();
    this.numbers.end();
    this.captions.end();
    this.root.remove();
  }
}

/** What an empty map waits for. @param {string} state of the connection */
function waits(state) {
  switch (state) {
    case "signed-out": return "Sign in to see the map.";
    case "recovering": return "The map comes when the server has replayed its journal.";
    case "connecting": case "live": return "Reading the stations.";
    default: return "No answer from the server; asked again every few seconds.";
  }
}

/** What to do with a network without stations. */
function empty() {
  const command = `curl -X PUT ${location.origin}/api/stations/ceres \\
  -H 'Authorization: Bearer YOUR-KEY' -H 'Content-Type: application/json' \\
  -d '{"name":"Ceres Station","kind":"station","system":"sol","position":{"x":0,"y":0,"z":0}}'`;
  return h("div", { class: "empty" },
    h("h2", null, "No stations yet"),
    h("p", null, "The map lights up with the first one:"),
    h("pre", { tabindex: 0 }, h("code", null, command)),
    h("p", { class: "quiet" }, "The first start of the server printed a key, or took the one in ITN_ADMIN_KEY. ", h("a", { href: link("/feed") }, "The feed"), " shows what happens."));
}
