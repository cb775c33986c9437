// The star map: stations, lanes, and every shipment under way. Draws only when something happened,
// something moves, or a hand moved the camera.

import { h, fill } from "../dom.js";
import { get } from "../net/api.js";
import { Camera } from "./camera.js";
import { colours, onTheme } from "./colours.js";
import { controls } from "./controls.js";
import { Fleet } from "./fleet.js";
import { connect } from "./hands.js";
import { LANES_MAX, LANES_MS, lines } from "./lanes.js";
import { Layout } from "./layout.js";
import { Mark } from "./mark.js";
import { Names } from "./names.js";
import { Picker } from "./picker.js";
import { Rings, Settled } from "./rings.js";
import { find, named, nameOf, spotOf } from "./things.js";
import { Tip } from "./tip.js";
import { ways } from "./ways.js";
import { words } from "./words.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../app.js").Frame} Frame */
/** @typedef {import("./picker.js").Thing} Thing */

/**
 * @typedef {object} Options
 * @property {boolean} [hasControls] buttons, legend, hands: not on a wall
 * @property {boolean} [isFlat] seen from above whatever the address says
 */

/** New stations are laid out at most so often: they come by the hundred at first. */
const LAYOUT_MS = 250;
const ADDRESS_MS = 400;
const WAYS_MS = 1_000;
/** Ships that move less than this part of a pixel need no new picture. */
const STILL_PX = 0.35;
/** At least so often a picture: promises are broken by time alone. */
const PICTURE_MS = 500;
const FADED = 0.35;
const FADE_MS = 300;
/** Pixels between neighbouring systems when something was looked for. */
const NEAR_PX = 170;

/** @param {HTMLElement} place @param {App} app @param {Options} [options] */
export function mount(place, app, options = {}) {
  return new StarMap(place, app, options);
}

class StarMap {
  /** @param {HTMLElement} place @param {App} app @param {Options} options */
  constructor(place, app, { hasControls = true, isFlat }) {
    this.app = app;
    this.model = app.model;
    this.hasControls = hasControls;
    this.isAlwaysFlat = isFlat ?? false;
    this.stop = new AbortController();
    this.canvas = h("canvas", { class: "map-canvas", tabindex: hasControls ? "0" : "-1", role: hasControls ? "application" : "img", "aria-label": LABEL, "aria-describedby": hasControls ? "map-keys" : null });
    this.names = new Names();
    this.tip = new Tip();
    this.note = h("p", { class: "map-note", hidden: true });
    this.mark = new Mark();
    this.place = h("div", { class: "map" }, this.canvas, this.names.layer, this.mark.element, this.note);
    place.append(this.place);

    this.camera = new Camera();
    this.layout = new Layout([]);
    this.fleet = new Fleet(app.model);
    this.picker = new Picker(this.camera, this.fleet);
    this.rings = new Rings();
    this.settled = new Settled();
    /** @type {import("./scene.js").Scene | null} */
    this.scene = null;
    /** @type {Thing | null} */
    this.selected = null;
    /** @type {Thing | null} */
    this.hovered = null;
    /** @type {{ x: number, y: number } | null} */
    this.pointer = null;
    this.stillness = matchMedia("(prefers-reduced-motion: reduce)");
    /** Whether a person has moved the camera; before that it shows all there is. */
    this.hasMoved = false;
    /** How the selected ship is followed: not at all, flown to first, or kept in the middle. @type {"" | "wanted" | "kept"} */
    this.follows = "";
    /** What was asked for before it was known. @type {Thing | null} */
    this.wanted = null;
    /** @type {string | null} */
    this.cameraText = null;
    /** @type {HTMLElement | null} */
    this.covered = null;
    this.flows = /** @type {import("./lanes.js").Flow[]} */ ([]);
    this.wallBase = performance.now();
    this.now = 0;
    this.opacity = 1;
    this.wasLive = false;
    /** Whether a frame has seen the network's time, at which the map can stand still. */
    this.isTimed = false;
    this.drawn = { at: 0, version: -1, changes: -1, marks: "" };
    this.laidOut = { at: -LAYOUT_MS, version: -1, stations: /** @type {unknown} */ (null) };
    this.wayed = { at: 0, key: "" };
    this.changedAt = 0;
    this.isDirty = true;

    if (hasControls) this.makeControls();
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(this.place);
    this.stopTheme = onTheme(() => this.paint());
    this.lanesTimer = setInterval(() => this.readLanes(), LANES_MS);
    this.show(app.address.current);
    this.resize();
    this.begin();
  }

  makeControls() {
    this.controls = controls({
      zoom: (factor) => {
        this.camera.zoom(factor);
        this.moved();
      },
      fit: () => this.fit(),
      flatten: () => this.app.address.change({ flat: this.camera.isFlat ? null : 1 }, { replace: true }),
    }, this.isAlwaysFlat);
    this.place.append(...this.controls.elements, this.tip.element, h("p", { id: "map-keys", class: "unseen" }, KEYS));
    connect(this.canvas, this.camera, {
      moved: () => this.moved(),
      fit: () => this.fit(),
      hover: (at) => {
        this.pointer = at;
      },
      click: (at) => this.choose(this.pick(at)),
      clear: () => this.choose(null),
    }, this.stop.signal);
  }

  /** Starts the graphics: three.js comes after the first paint. */
  async begin() {
    const context = this.canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false, stencil: false, powerPreference: "low-power" });
    if (!context) {
      this.place.classList.add("is-blind");
      this.say("This browser draws no WebGL 2, which the map needs. ", h("a", { href: "/stations" }, "All stations are in a table."));
      return;
    }
    try {
      const { Scene } = await import("./scene.js");
      if (this.stop.signal.aborted) return;
      this.scene = new Scene(this.canvas, context);
    } catch (error) {
      console.error(error);
      this.place.classList.add("is-blind");
      // Browsers may keep in mind that a module could not be had, until the page is loaded anew.
      const again = h("button", { type: "button", onclick: () => location.reload() }, "Load the page again");
      this.say("The map could not be started. ", again, " ", h("a", { href: "/stations" }, "All stations are in a table."));
      return;
    }
    // After three.js has heard of it, which forgets the colours.
    this.canvas.addEventListener("webglcontextlost", () => this.say("The graphics of the map were lost; it comes back when they do."), { signal: this.stop.signal });
    this.canvas.addEventListener("webglcontextrestored", () => {
      this.note.hidden = true;
      this.paint();
    }, { signal: this.stop.signal });
    this.laidOut.version = -1;
    this.fleet.slots.hasGrown = true;
    this.paint();
    this.resize();
  }

  /** @param {...(string | Node)} message */
  say(...message) {
    fill(this.note, ...message);
    this.note.hidden = false;
  }

  paint() {
    this.scene?.setColours(colours());
    this.isDirty = true;
  }

  resize() {
    const { clientWidth, clientHeight } = this.place;
    this.camera.resize(clientWidth, clientHeight);
    this.scene?.resize(clientWidth, clientHeight);
    if (!this.hasMoved) this.fitAll();
    this.isDirty = true;
  }

  /** What panels cover of the map; the page says it in its style. */
  inset() {
    const style = getComputedStyle(this.place);
    const read = (/** @type {string} */ side) => Number.parseFloat(style.getPropertyValue(`--map-${side}`)) || 0;
    return { left: read("left"), right: read("right"), top: read("top"), bottom: read("bottom") };
  }

  /** Shows the whole network, as somebody asked for. */
  fit() {
    this.hasMoved = false;
    this.fitAll();
    this.cameraText = null;
    this.app.address.change({ camera: null }, { replace: true });
  }

  fitAll() {
    this.camera.fit(this.layout.systems, this.inset());
  }

  moved() {
    this.hasMoved = true;
    this.changedAt = performance.now();
  }

  /** Puts the camera's place into the address, once it rests. @param {number} wall */
  writeCamera(wall) {
    if (this.changedAt === 0 || this.camera.flight || wall - this.changedAt < ADDRESS_MS) return;
    this.changedAt = 0;
    const { address } = this.app;
    const text = this.camera.toText();
    if (!this.hasControls || address.current.path !== "/" || text === this.cameraText) return;
    this.cameraText = text;
    address.change({ camera: text }, { replace: true });
  }

  /** The address changed. @param {import("../address.js").Location} location */
  show({ query }) {
    const isFlat = this.isAlwaysFlat || query.get("flat") === "1";
    if (isFlat !== this.camera.isFlat) {
      this.camera.setFlat(isFlat);
      if (!this.hasMoved) this.fitAll();
    }
    this.controls?.setFlat(isFlat);
    const text = query.get("camera");
    const isPlaced = text !== null && text !== this.cameraText && this.camera.fromText(text);
    if (isPlaced) this.hasMoved = true;
    const asked = named(query);
    const isOther = asked?.id !== this.selected?.id || asked?.kind !== this.selected?.kind;
    this.selected = asked;
    const isFollowed = query.get("follow") === "1" && asked?.kind === "shipment";
    this.follows = !isFollowed ? "" : isOther || !this.follows ? "wanted" : this.follows;
    this.wayed.key = "";
    // Asked for by a link or the search: brought into view. A place in the address says where to look.
    if (asked && text === null && (isOther || this.cameraText !== null)) this.wanted = asked;
    this.cameraText = text;
  }

  /** A click: selects, and leaves the camera where it is. @param {Thing | null} thing */
  choose(thing) {
    if (!thing && !this.selected) return;
    // What was clicked is in view.
    this.selected = thing;
    this.cameraText = this.hasMoved ? this.camera.toText() : null;
    this.app.address.change({
      station: thing?.kind === "station" ? thing.id : null,
      shipment: thing?.kind === "shipment" ? thing.id : null,
      system: null,
      follow: null,
      camera: this.cameraText,
      // What a panel shows of one station it shows of the next.
      ...(thing ? {} : { commodity: null, by: null, interval: null }),
    });
  }

  /** Selects by the address, as a click does. @param {string | null} id of a station or shipment */
  select(id) {
    this.choose(id === null ? null : this.find(id));
  }

  /** Flies to a station, shipment or system. @param {string} id @returns {boolean} whether there is such a thing */
  flyTo(id) {
    const thing = this.find(id);
    return thing !== null && this.bring(thing);
  }

  /** The same, if it is not in view already. @param {string} id */
  focus(id) {
    const thing = this.find(id);
    return thing !== null && (this.isInView(thing) || this.bring(thing));
  }

  /** @param {string} id */
  find(id) {
    return find(id, this.model, this.layout);
  }

  /** @param {Thing} thing */
  spot(thing) {
    return spotOf(thing, this);
  }

  /** Whether a thing is seen, large enough, and under no panel. @param {Thing} thing */
  isInView(thing) {
    const spot = this.spot(thing);
    const pixel = { x: 0, y: 0, scale: 0 };
    if (!spot || !this.camera.project(spot.x, spot.y, spot.z, pixel)) return false;
    const { left, right, top, bottom } = this.inset();
    const isFree = pixel.x > left + 24 && pixel.x < this.camera.width - right - 24 && pixel.y > top + 24 && pixel.y < this.camera.height - bottom - 24;
    return isFree && pixel.scale * this.layout.unit > NEAR_PX / 3;
  }

  /** @param {Thing} thing @returns {boolean} */
  bring(thing) {
    const spot = this.spot(thing);
    if (!spot) return false;
    if (this.follows === "kept" && thing.id === this.selected?.id) return true;
    const { camera } = this;
    // The first picture shows it at once; later ones fly.
    const distance = Math.min(camera.distance, (camera.scale * camera.distance * this.layout.unit) / NEAR_PX);
    camera.look(spot, distance, this.inset(), this.stillness.matches || this.drawn.version < 0 ? null : performance.now());
    this.moved();
    return true;
  }

  /** Keeps the ship that is followed in the middle; turning and zooming stay free. Without motion it is only brought there when asked. */
  follow() {
    const { camera, selected } = this;
    const spot = selected && this.spot(selected);
    if (!this.follows || !selected || !spot || camera.flight || this.stillness.matches) return;
    if (this.follows === "kept") camera.look(spot, camera.distance, this.inset(), null);
    else if (this.bring(selected)) this.follows = "kept";
  }

  /** An event as it is folded. @param {any} event */
  fold(event) {
    this.settled.fold(event);
  }

  /** @param {Frame} frame */
  draw(frame) {
    const { camera, fleet, scene } = this;
    const wall = performance.now();
    const isLive = this.app.connection.state === "live";
    if (isLive || !this.isTimed || !this.model.isLoaded) this.now = frame.now;
    this.isTimed = this.model.clock.network > 0;
    if (isLive && !this.wasLive) this.readLanes();
    this.wasLive = isLive;
    this.layOut(wall);
    fleet.follow(this.layout, this.now);
    const settled = this.settled.take(wall, frame.passed);
    if (isLive && !frame.isBacklog && !this.stillness.matches) this.ring(settled, wall);
    if (this.wanted && this.layout.stations.length > 0) {
      if (this.isInView(this.wanted) || this.bring(this.wanted) || this.model.isLoaded) this.wanted = null;
    }
    camera.fly(wall);
    if (isLive) this.follow();
    this.writeCamera(wall);
    if (!scene) return;
    this.hover(wall);
    this.drawWays(wall);
    if (this.needsPicture(wall, isLive)) this.drawPicture(wall);
    this.drawNames(wall);
    this.mark.draw(this.layout, camera, wall);
  }

  /** Puts a flag at a station for a minute. @param {string} station @param {string} text */
  flag(station, text) {
    this.mark.set(station, text, performance.now());
  }

  /** What stands over the map, or stands there otherwise since. @param {HTMLElement} element */
  cover(element) {
    this.covered = element;
    // Under it no name is written.
    this.names.key = "";
  }

  /** @param {number} wall */
  layOut(wall) {
    const { model, laidOut, camera } = this;
    if (laidOut.version === model.versions.stations && laidOut.stations === model.stations) return;
    if (wall - laidOut.at < LAYOUT_MS) return;
    const isFirst = this.layout.stations.length === 0;
    Object.assign(laidOut, { at: wall, version: model.versions.stations, stations: model.stations });
    this.layout = new Layout(model.stations.values());
    const { layout } = this;
    if (layout.stations.length > 0) this.limit();
    this.scene?.setStations(layout);
    this.scene?.setLines(this.scene.lanes, lines(this.flows, layout));
    this.picker.stationsKey = "";
    this.wayed.key = "";
    this.isDirty = true;
    const pixel = { x: 0, y: 0, scale: 0 };
    const isSeen = (/** @type {{ x: number, y: number, z: number }} */ { x, y, z }) => (
      camera.project(x, y, z, pixel) && pixel.x > 0 && pixel.y > 0 && pixel.x < camera.width && pixel.y < camera.height);
    // Until somebody takes hold of it, the map shows all there is.
    if (!this.hasMoved && (isFirst || !layout.systems.every(isSeen))) this.fitAll();
  }

  limit() {
    const { unit, systems } = this.layout;
    const far = Math.max(...systems.map(({ x, y, z }) => Math.hypot(x - systems[0].x, y - systems[0].y, z - systems[0].z)));
    this.camera.limit(unit, far);
  }

  /** A ring where trades settled since the last frame. @param {Map<string, number>} settled @param {number} wall */
  ring(settled, wall) {
    for (const [station, value] of settled) {
      const spot = this.layout.spot(station);
      if (spot) this.rings.add(spot, value, wall, this.wallBase);
    }
  }

  /** @param {{ x: number, y: number }} at */
  pick(at) {
    return this.picker.at(this.layout, at.x, at.y, this.fleet.seconds(this.now), performance.now());
  }

  /** What the pointer is on, and what there is to say of it. @param {number} wall */
  hover(wall) {
    const { pointer } = this;
    this.hovered = pointer ? this.picker.at(this.layout, pointer.x, pointer.y, this.fleet.seconds(this.now), wall) : null;
    const said = this.hovered && words(this.model, this.hovered, this.now);
    this.canvas.classList.toggle("is-over", said !== null);
    this.tip.show(said, pointer, this.camera.width);
  }

  /** The ways of what is selected. @param {number} wall */
  drawWays(wall) {
    const { wayed, selected, fleet } = this;
    const key = `${selected?.kind} ${selected?.id} ${fleet.changes}`;
    const isSame = wayed.key.startsWith(`${selected?.kind} ${selected?.id} `);
    if (key === wayed.key || (isSame && wall - wayed.at < WAYS_MS)) return;
    Object.assign(wayed, { key, at: wall });
    if (!isSame || selected) this.isDirty = true;
    this.scene?.setLines(this.scene.ways, selected ? ways(this.model, this.layout, fleet, selected) : []);
  }

  /** Whether the last picture is not the right one any more. @param {number} wall @param {boolean} isLive */
  needsPicture(wall, isLive) {
    const { drawn, camera, fleet, rings } = this;
    const passed = wall - drawn.at;
    const opacity = isLive || !this.model.isLoaded ? 1 : FADED;
    if (this.opacity !== opacity) {
      const step = this.stillness.matches ? 1 : Math.min(1, passed / FADE_MS);
      this.opacity = opacity > this.opacity ? Math.min(opacity, this.opacity + step) : Math.max(opacity, this.opacity - step);
      return true;
    }
    const marks = `${this.selected?.id} ${this.hovered?.id}`;
    if (this.isDirty || drawn.version !== camera.version || fleet.slots.touched.size > 0 || drawn.marks !== marks) return true;
    // One picture more, in which the last ring is gone.
    if (rings.hasChanged || drawn.at < rings.until) return true;
    const pixels = fleet.pace * this.model.clock.speed * camera.scale * (passed / 1000);
    return isLive && fleet.count > 0 && (pixels > STILL_PX || passed > PICTURE_MS);
  }

  /** @param {number} wall */
  drawPicture(wall) {
    const { scene, camera, fleet, rings, drawn } = this;
    if (!scene) return;
    scene.setShips(fleet.slots, fleet.count);
    if (rings.hasChanged) scene.setRings(rings.array);
    rings.hasChanged = false;
    scene.setMarks(this.marks());
    scene.draw(camera, fleet.seconds(this.now), (wall - this.wallBase) / 1000, this.opacity);
    Object.assign(drawn, { at: wall, version: camera.version, marks: `${this.selected?.id} ${this.hovered?.id}` });
    this.isDirty = false;
    this.controls?.drawScale(camera.scale);
  }

  marks() {
    /** @type {import("./scene.js").Mark[]} */
    const marks = [];
    for (const thing of [this.selected, this.hovered]) {
      const spot = thing && thing.kind !== "system" ? this.spot(thing) : null;
      if (spot) marks.push({ place: spot, radius: 6.5, isChosen: thing === this.selected });
    }
    return marks;
  }

  /** @param {number} wall */
  drawNames(wall) {
    const { layout, camera, selected } = this;
    const spot = selected && this.spot(selected);
    const named = spot && selected ? { spot, name: nameOf(selected, this.model) } : null;
    const isMoving = selected?.kind === "shipment" && this.drawn.at === wall;
    this.names.draw({ layout, camera, selected, named, isMoving, covering: [...(this.controls?.covering ?? []), ...(this.covered ? [this.covered] : [])] }, wall);
  }

  /** What flows where; only who sees the whole network may know. */
  async readLanes() {
    if (!this.app.session.may("seeNetwork") || document.hidden) return;
    try {
      const { items } = await get(`/api/analytics/lanes?limit=${LANES_MAX}`, { signal: this.stop.signal });
      this.flows = items;
      this.scene?.setLines(this.scene.lanes, lines(items, this.layout));
      this.isDirty = true;
    } catch {
      // Without lanes the map says less and nothing wrong; they are asked for again.
    }
  }

  end() {
    this.stop.abort();
    clearInterval(this.lanesTimer);
    this.watch.disconnect();
    this.stopTheme();
    this.scene?.end();
    this.place.remove();
  }
}

const LABEL = "Star map of stations and of the shipments under way";
const KEYS = "Arrow keys move the map, with Shift they turn it; plus and minus zoom; 0 shows everything; Escape selects nothing. The table of stations tells the same.";
