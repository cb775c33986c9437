// For a screen on a wall: no controls, the sentence in large type, the map, and the worst alerts in
// turn. A click, or Escape, leads back.

import { fill, h, prose } from "../dom.js";
import { about } from "../format.js";
import { SHAPES, grouped } from "../home/rank.js";
import { mount as mountSentence, stillness } from "../home/sentence.js";
import { cause, reason, waiting } from "../home/words.js";

const TURN_MS = 20_000;
/** So many of the worst are shown in turn. */
const TOUR_MAX = 7;
const SAY_MS = 1_000;

/** @param {HTMLElement} place @param {import("../app.js").App} app */
export function mount(place, app) {
  return new Wall(place, app);
}

class Wall {
  /** @param {HTMLElement} place @param {import("../app.js").App} app */
  constructor(place, app) {
    this.app = app;
    this.place = place;
    this.isGone = false;
    /** @type {ReturnType<typeof import("../map/map.js").mount> | null} */
    this.map = null;
    /** The alert that is shown. */
    this.shown = "";
    /** Whether the map shows it. */
    this.isThere = true;
    this.still = stillness(app.connection);
    this.turnedAt = 0;
    this.saidAt = 0;
    this.mapPlace = h("div", { class: "wall-map", "aria-hidden": true });
    this.line = h("p", { class: "wall-alert" });
    const says = h("div", { class: "wall-sentence" });
    this.root = h("div", { class: "wall", onclick: (/** @type {MouseEvent} */ event) => this.click(event) },
      h("h1", { class: "unseen" }, "The network"), says, this.mapPlace, this.line);
    place.append(this.root);
    this.sentence = mountSentence(says, app, { isBrief: false });
    this.keydown = (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape") app.address.go("/");
    };
    document.addEventListener("keydown", this.keydown);
    this.observer = new ResizeObserver(() => {
      this.mapPlace.style.setProperty("--map-top", `${says.offsetHeight}px`);
      this.mapPlace.style.setProperty("--map-bottom", `${this.line.offsetHeight}px`);
    });
    this.observer.observe(says);
    this.observer.observe(this.line);
    this.loadMap();
  }

  async loadMap() {
    try {
      const module = await import("../map/map.js");
      if (!this.isGone) this.map = module.mount(this.mapPlace, this.app, { hasControls: false });
    } catch (error) {
      // The wall says what there is without it.
      console.error(error);
    }
  }

  /** @param {MouseEvent} event */
  click(event) {
    if (event.target instanceof Element && event.target.closest("a")) return;
    this.app.address.go("/");
  }

  /** @param {any} event */
  fold(event) {
    this.map?.fold(event);
  }

  /** @param {import("../app.js").Frame} frame */
  draw(frame) {
    this.map?.draw(frame);
    this.sentence.draw(frame);
    const { now, wall } = this.still(frame);
    const isOver = wall - this.turnedAt >= TURN_MS || (this.shown !== "" && !this.app.model.alerts.has(this.shown));
    if (isOver && this.app.model.isLoaded) this.turn(wall);
    if (wall - this.saidAt < SAY_MS) return;
    this.say(now, wall);
    if (!this.isThere) this.fly();
  }

  /** To the next of the worst. @param {number} wall */
  turn(wall) {
    const tour = grouped(this.app.model, TOUR_MAX).groups.map(([alert]) => alert);
    const index = tour.findIndex(({ alertId }) => alertId === this.shown);
    const next = tour[(index + 1) % Math.max(1, tour.length)];
    this.turnedAt = wall;
    this.saidAt = 0;
    this.shown = next?.alertId ?? "";
    this.isThere = !next;
    const { shipmentId = null, station = null } = next ?? {};
    const isShip = shipmentId !== null && this.app.model.shipments.has(shipmentId);
    this.app.address.change({ shipment: isShip ? shipmentId : null, station: isShip ? null : station }, { replace: true });
  }

  /** @param {import("../address.js").Location} location */
  show(location) {
    this.map?.show(location);
  }

  /** Brings what is shown into the middle, as soon as the map knows where it is. A cut, where less motion is wanted: the map sees to that. */
  fly() {
    const alert = this.app.model.alerts.get(this.shown);
    if (!alert || !this.map) return;
    const { shipmentId, station } = alert;
    this.isThere = Boolean((shipmentId && this.map.flyTo(shipmentId)) || (station && this.map.flyTo(station)));
  }

  /** @param {number} now @param {number} wall */
  say(now, wall) {
    this.saidAt = wall;
    const { model } = this.app;
    const alert = model.alerts.get(this.shown);
    if (!alert) {
      fill(this.line, model.isLoaded ? "Nothing needs attention." : "");
      return;
    }
    const facts = [alert.severity, `for ${about((now - Date.parse(alert.firedAt)) / 1000)}`, reason(alert, model), waiting(alert)].filter(Boolean).join(" · ");
    fill(this.line, h("span", { class: `shape ${SHAPES[alert.kind] ?? "info"}`, "aria-hidden": true }), prose(cause(alert, model, now)), h("span", { class: "quiet" }, `  ${facts}`));
  }

  end() {
    this.isGone = true;
    document.removeEventListener("keydown", this.keydown);
    this.observer.disconnect();
    this.sentence.end();
    this.map?.end();
    this.root.remove();
  }
}
