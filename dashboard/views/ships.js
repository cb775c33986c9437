// Shipments: those under way as they are now, out of the model; those that have ended as the API lists them.

import { h } from "../dom.js";
import { UNKNOWN, integer, share, span } from "../format.js";
import { behindSeconds, condition, progress, shipment as read } from "../model/shipment.js";
import { get } from "../net/api.js";
import { absence, trouble } from "./parts/ask.js";
import { bar, goods, narrow, party, state, station, time } from "./parts/cells.js";
import { isAmongDelayed } from "./parts/delayed.js";
import { Endless, ROWS_MAX } from "./parts/endless.js";
import { Filters } from "./parts/filters.js";
import { ViewFrame } from "./parts/frame.js";
import { Pages } from "./parts/pages.js";
import { Rate } from "../home/rate.js";
import { Source } from "./parts/source.js";
import { sortOf, sortTo } from "./parts/sorting.js";
import { LongTable } from "./parts/table.js";
import { sortedBy } from "./parts/window.js";

/** @typedef {import("../model/shipment.js").Shipment} Shipment */
/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {{ shipment: Shipment, condition: ReturnType<typeof condition>, progress: number, behind: number }} Line */

/** People read no faster; where 20,000 shipments are sorted each time, whoever types or scrolls comes first. */
const DRAW_MS = 1_000;
const DRAW_LATEST_MS = 5_000;
const PAGE_ITEMS = 100;

/** @type {Record<string, string>} */
const STATUSES = {
  booked: "booked", loading: "loading", in_transit: "in transit", arrived: "arrived", partially_received: "partly received",
  received: "received", cancelled: "cancelled", lost: "lost", returned: "returned",
};
const ENDED = new Set(["received", "cancelled", "lost", "returned"]);

/** @type {import("./parts/query.js").Field[]} */
const FIELDS = [
  { name: "status", label: "Status", kind: "choice", hint: "all under way", choices: Object.entries(STATUSES) },
  { name: "delayed", label: "Delayed", kind: "choice", choices: [["true", "late"], ["false", "on time"]] },
  { name: "origin", label: "Origin", kind: "station" },
  { name: "destination", label: "Destination", kind: "station" },
  { name: "commodity", label: "Commodity", kind: "commodity" },
  { name: "owner", label: "Owner", kind: "trader" },
  { name: "carrier", label: "Carrier", kind: "trader" },
  { name: "vessel", label: "Vessel", kind: "vessel" },
];

/** @type {Record<string, (line: Line, model: Model) => string | number | null>} */
const KEYS = {
  ship: ({ shipment }, model) => nameOf(shipment, model),
  status: ({ shipment }) => Object.keys(STATUSES).indexOf(shipment.status),
  origin: ({ shipment }, model) => model.name(shipment.origin),
  destination: ({ shipment }, model) => model.name(shipment.destination),
  carrier: ({ shipment }, model) => model.name(shipment.carrier),
  units: ({ shipment }) => shipment.units,
  progress: (line) => line.progress,
  planned: ({ shipment }) => shipment.planned,
  expected: ({ shipment }) => shipment.arrived ?? shipment.estimated,
  behind: (line) => line.behind,
};

/** @param {HTMLElement} place @param {import("../app.js").App} app @returns {import("../app.js").View} */
export function mount(place, app) {
  const view = new Ships(place, app);
  view.show();
  return view;
}

class Ships {
  /** @param {HTMLElement} place @param {import("../app.js").App} app */
  constructor(place, app) {
    this.app = app;
    this.place = place;
    this.frame = new ViewFrame(place, "Ships");
    this.filters = new Filters(app, FIELDS, "Find shipments");
    /** @type {LongTable<Line>} */
    this.table = new LongTable({
      caption: "Shipments, with their route, goods, progress and delay",
      columns: columns(app.model),
      key: ({ shipment }) => shipment.id,
      signature: (line) => [line.shipment.sequence, line.condition, Math.round(line.progress * 100), span(line.behind), app.model.names.size].join(),
      onSort: (name) => { if (!this.isPast) sortTo(app.address, name); },
    }, place);
    /** Of shipments that have ended: what has been loaded. @type {Shipment[]} */
    this.past = [];
    /** @type {Pages | null} */
    this.pages = null;
    this.endless = new Endless(place, { load: () => this.load(), rows: () => this.past.length, onTrouble: (error) => this.refuse(error) });
    this.frame.add(this.filters.element, this.table.element, this.endless.element);
    this.rate = new Rate(DRAW_MS, DRAW_LATEST_MS);
    this.seen = "";
    this.names = 0;
    this.source = new Source(app.model);
  }

  /** Whether what is asked for is past, so that the API lists it. */
  get isPast() {
    return ENDED.has(this.filters.values.get("status") ?? "");
  }

  show() {
    this.filters.show();
    this.place.scrollTop = 0;
    this.rate = new Rate(DRAW_MS, DRAW_LATEST_MS);
    this.seen = "";
    this.pages?.end();
    this.pages = null;
    this.past = [];
    this.table.element.classList.toggle("is-past", this.isPast);
    this.endless.element.hidden = !this.isPast;
    this.frame.say();
    if (!this.isPast) return;
    this.table.showSort(null);
    this.table.set([]);
    this.pages = new Pages(get, "/api/cargo", this.filters.values, PAGE_ITEMS);
    this.frame.say("Loading…");
    this.endless.restart();
  }

  async load() {
    const { pages } = this;
    if (!pages) return false;
    const items = await pages.next();
    if (pages !== this.pages) return false;
    if (this.past.length >= ROWS_MAX) {
      this.past = [];
      this.place.scrollTop = 0;
    }
    this.past.push(...items.map(read));
    this.drawPast();
    if (this.past.length > 0) this.frame.say();
    else this.frame.say(pages.isDone ? "No such shipment has ended." : "Nothing found yet; the search goes on when asked.");
    this.frame.tell(`${integer(this.past.length)} shipments${pages.isDone ? "" : ", and more"}`, pages.asOf?.sequence);
    return !pages.isDone;
  }

  drawPast() {
    const { model } = this.app;
    const now = model.now();
    this.table.set(this.past.map((shipment) => lineOf(shipment, model, now)));
    this.names = model.names.size;
  }

  /** @param {any} error */
  refuse(error) {
    const isAtField = this.filters.explain(error.problem);
    const words = trouble(error);
    if (isAtField) this.frame.refuse("The server refuses this filter; the field says why.");
    else if (this.past.length === 0) this.frame.refuse(words, () => this.show());
    return this.past.length === 0 ? "" : words;
  }

  /** @param {import("../app.js").Frame} frame */
  draw(frame) {
    if (this.source.hasChanged()) this.show();
    // Without the stream ships stay where they were last known to be.
    const isKnown = this.app.connection.state === "live" || this.rate.at === -Infinity || !this.app.model.isLoaded;
    if (!this.isPast && isKnown && this.rate.isDue(frame)) {
      const began = performance.now();
      this.drawNow(frame.now);
      this.rate.done(frame.wall, performance.now() - began);
    }
    if (this.isPast && this.names !== this.app.model.names.size) {
      this.filters.rename();
      this.drawPast();
    }
    this.table.draw();
  }

  /** @param {number} now */
  drawNow(now) {
    const { model, address, connection } = this.app;
    if (model.isLoaded) this.explain();
    const wanted = test(this.filters.values, model, now);
    const lines = [];
    for (const shipment of model.shipments.values()) {
      if (wanted(shipment)) lines.push(lineOf(shipment, model, now));
    }
    const sort = sortOf(address, KEYS) ?? { name: "planned", isDescending: false };
    this.table.showSort(sort);
    this.table.set(sortedBy(lines, (line) => KEYS[sort.name](line, model), sort.isDescending));
    const late = lines.filter(({ behind }) => behind > 0).length;
    this.frame.tell(model.isLoaded ? `${integer(lines.length)} shipments, ${integer(late)} behind their promise` : "", model.sequence);
    if (lines.length > 0) this.frame.say();
    else if (absence(connection)) this.frame.refuse(absence(connection));
    else if (!model.isLoaded) this.frame.say("Loading the shipments…");
    else if (this.filters.values.size > 0) this.frame.say("No such shipment is under way.", h("p", null, "Those that ended are found by their status."));
    else this.frame.say("Nothing is under way.");
  }

  /** The model knows of no refusals, but of names that are none. */
  explain() {
    const { model } = this.app;
    const errors = ["origin", "destination"].flatMap((parameter) => {
      const id = this.filters.values.get(parameter);
      return id && !model.stations.has(id) ? [{ parameter, detail: "There is no such station" }] : [];
    });
    const commodity = this.filters.values.get("commodity");
    if (commodity && !model.commodities.has(commodity)) errors.push({ parameter: "commodity", detail: "There is no such commodity" });
    const key = JSON.stringify([errors, model.names.size]);
    if (key === this.seen) return;
    this.seen = key;
    this.filters.explain({ errors });
    this.filters.rename();
  }

  end() {
    this.pages?.end();
    this.endless.end();
    this.table.end();
  }
}

/** Whether a shipment under way is among what is asked for. @param {Map<string, string>} values @param {Model} model @param {number} now @returns {(shipment: Shipment) => boolean} */
function test(values, model, now) {
  const same = /** @type {const} */ (["status", "origin", "destination", "owner", "carrier", "vessel"])
    .flatMap((name) => (values.has(name) ? [{ name, value: values.get(name) }] : []));
  const delayed = values.get("delayed");
  const commodity = values.get("commodity");
  return (shipment) => same.every(({ name, value }) => shipment[name] === value)
    && (delayed === undefined || isAmongDelayed(delayed, shipment, now, model.silent.has(shipment.id)))
    && (commodity === undefined || shipment.lines.some((line) => line.commodity === commodity));
}

/** @param {Shipment} shipment @param {Model} model @param {number} now @returns {Line} */
function lineOf(shipment, model, now) {
  const hasEnded = ENDED.has(shipment.status);
  return {
    shipment,
    condition: hasEnded ? (shipment.status === "lost" ? "overdue" : shipment.delay ? "late" : "normal") : condition(shipment, now, model.silent.has(shipment.id)),
    progress: hasEnded ? (shipment.arrived === null ? 0 : 1) : progress(shipment, now),
    behind: hasEnded && shipment.arrived === null ? 0 : behindSeconds(shipment, now),
  };
}

/** @param {Shipment} shipment @param {Model} model */
const nameOf = ({ vessel, owner }, model) => model.name(vessel ?? owner);

/** @param {Line} line */
function statusOf({ shipment, condition }) {
  const status = STATUSES[shipment.status] ?? shipment.status;
  if (shipment.onHold !== null) return `${status}, held`;
  return condition === "normal" || condition === "held" || ENDED.has(shipment.status) ? status : `${status}, ${condition}`;
}

/** @param {Model} model @returns {import("./parts/table.js").Column<Line>[]} */
function columns(model) {
  return [
    { name: "ship", width: 9.5, label: "Ship", isHead: true, sorts: true, cell: (line) => [
      h("a", { href: `/?shipment=${encodeURIComponent(line.shipment.id)}`, title: line.shipment.id }, nameOf(line.shipment, model)),
      narrow(`${model.name(line.shipment.origin)} → ${model.name(line.shipment.destination)}`),
    ] },
    { name: "status", width: 13, label: "Status", sorts: true, cell: (line) => [
      state(line.condition, statusOf(line)),
      narrow(line.behind > 0 ? `${span(line.behind)} behind` : line.shipment.arrived === null ? `${share(Math.round(line.progress * 100) / 100)} of the way` : "on time"),
    ] },
    { name: "origin", width: 12.5, label: "Origin", from: "wide", sorts: true, cell: ({ shipment }) => station(shipment.origin, model) },
    { name: "destination", width: 12.5, label: "Destination", from: "wide", sorts: true, cell: ({ shipment }) => station(shipment.destination, model) },
    { name: "carrier", width: 10.5, label: "Carrier", from: "wider", sorts: true, cell: ({ shipment }) => party(shipment.carrier, model) },
    { name: "units", width: 14, label: "Goods", from: "wider", sorts: true, title: "Units of the first of its goods", cell: ({ shipment }) => goods(shipment.lines, model) },
    { name: "progress", width: 7.5, label: "Progress", kind: "number", from: "wide", sorts: true, cell: (line) => (line.shipment.departed === null
      ? h("span", { class: "quiet" }, UNKNOWN)
      : [share(Math.round(line.progress * 100) / 100), bar(line.progress)]) },
    { name: "planned", width: 14, label: "Promised", from: "wide", sorts: true, title: "Planned arrival", cell: ({ shipment }) => time(shipment.planned) },
    { name: "expected", width: 12.5, label: "Expected, or arrived", from: "wider", sorts: true, title: "Its own latest estimate, or its arrival", cell: ({ shipment }) => time(shipment.arrived ?? shipment.estimated) },
    { name: "behind", width: 8.5, label: "Behind", kind: "number", from: "wide", sorts: true, title: "How far its arrival is behind the promise", cell: ({ behind, condition }) => (behind > 0
      ? h("span", { class: condition === "overdue" || condition === "silent" ? "overdue" : "late" }, span(behind))
      : h("span", { class: "quiet" }, UNKNOWN)) },
  ];
}
