// All stations in one table: where they are, what fires there, what is due and what leaves.

import { h } from "../dom.js";
import { integer } from "../format.js";
import { absence } from "./parts/ask.js";
import { ViewFrame } from "./parts/frame.js";
import { Filters } from "./parts/filters.js";
import { LongTable } from "./parts/table.js";
import { counted, narrow, state, station } from "./parts/cells.js";
import { sortOf, sortTo } from "./parts/sorting.js";
import { sortedBy } from "./parts/window.js";

/** @typedef {import("../model/model.js").Station} Station */
/** @typedef {{ station: Station, alerts: number, severity: string, due: number, leaving: number }} Line */

/** Counting anew is for people to read, no more often. */
const COUNT_EVERY_MS = 1_000;

/** @type {import("./parts/query.js").Field[]} */
const FIELDS = [
  { name: "search", label: "Search", kind: "text", hint: "name or system" },
  { name: "kind", label: "Kind", kind: "choice", choices: [["planet", "planet"], ["station", "station"], ["outpost", "outpost"], ["gate", "gate"]] },
];

/** @type {Record<string, (line: Line, model: import("../model/model.js").Model) => string | number | null>} */
const KEYS = {
  name: ({ station }) => station.name,
  kind: ({ station }) => station.kind,
  system: ({ station }, model) => model.systemName(station.system),
  x: ({ station }) => station.position.x,
  y: ({ station }) => station.position.y,
  z: ({ station }) => station.position.z,
  alerts: ({ alerts }) => alerts,
  due: ({ due }) => due,
  leaving: ({ leaving }) => leaving,
};

const coordinate = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const SEVERITIES = ["", "info", "warning", "critical"];

/** @param {HTMLElement} place @param {import("../app.js").App} app @returns {import("../app.js").View} */
export function mount(place, app) {
  const { model, address } = app;
  const frame = new ViewFrame(place, "Stations");
  const filters = new Filters(app, FIELDS, "Find stations");
  /** @type {LongTable<Line>} */
  const table = new LongTable({
    caption: "Stations, with their alerts and the shipments due there and leaving from there",
    columns: columns(model),
    key: ({ station }) => station.id,
    signature: ({ station, alerts, severity, due, leaving }) => [station.sequence, alerts, severity, due, leaving, model.isLoaded].join(),
    onSort: (name) => sortTo(address, name),
  }, place);
  frame.add(filters.element, table.element);

  let seen = "";
  let drawnAt = 0;
  const draw = (/** @type {number} */ wall) => {
    const { stations, shipments, alerts } = model.versions;
    const version = [stations, shipments, alerts, model.isLoaded, address.current.query].join();
    if (version === seen || wall - drawnAt < COUNT_EVERY_MS) return;
    [seen, drawnAt] = [version, wall];
    const lines = linesOf(model, filters.values);
    const sort = sortOf(address, KEYS) ?? { name: "name", isDescending: false };
    table.showSort(sort);
    table.set(sortedBy(lines, (line) => KEYS[sort.name](line, model), sort.isDescending));
    describe(frame, app, lines.length);
  };
  return {
    draw({ wall }) {
      draw(wall);
      table.draw();
    },
    show() {
      filters.show();
      [seen, drawnAt] = ["", 0];
      place.scrollTop = 0;
    },
    end() {
      table.end();
    },
  };
}

/** What a search looks through. @param {Station} station @param {import("../model/model.js").Model} model */
const says = ({ name, id, system }, model) => `${name}\n${id}\n${system}\n${model.systemName(system)}`.toLowerCase();

/** @param {import("../model/model.js").Model} model @param {Map<string, string>} values @returns {Line[]} */
function linesOf(model, values) {
  const text = (values.get("search") ?? "").toLowerCase();
  const kind = values.get("kind") ?? "";
  /** @type {Map<string, Line>} */
  const lines = new Map();
  for (const station of model.stations.values()) {
    if ((kind && station.kind !== kind) || (text && !says(station, model).includes(text))) continue;
    lines.set(station.id, { station, alerts: 0, severity: "", due: 0, leaving: 0 });
  }
  for (const { station, severity } of model.alerts.values()) {
    const line = station ? lines.get(station) : undefined;
    if (!line) continue;
    line.alerts += 1;
    if (SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(line.severity)) line.severity = severity;
  }
  for (const { origin, destination, status } of model.shipments.values()) {
    if (status === "in_transit") {
      const line = lines.get(destination);
      if (line) line.due += 1;
    } else if (status === "booked" || status === "loading") {
      const line = lines.get(origin);
      if (line) line.leaving += 1;
    }
  }
  return [...lines.values()];
}

/** @param {import("../model/model.js").Model} model @returns {import("./parts/table.js").Column<Line>[]} */
function columns(model) {
  const axis = (/** @type {"x" | "y" | "z"} */ name) => (/** @type {Line} */ { station }) => coordinate.format(station.position[name]).replace("-", "−");
  const known = (/** @type {(line: Line) => any} */ cell) => (/** @type {Line} */ line) => (model.isLoaded ? cell(line) : "–");
  return [
    { name: "name", width: 24, label: "Station", isHead: true, sorts: true, cell: ({ station: { id, kind, system } }) => [...station(id, model), narrow(`${kind}, ${model.systemName(system)}`)] },
    { name: "kind", width: 9, label: "Kind", from: "wide", sorts: true, cell: ({ station }) => station.kind },
    { name: "system", width: 18, label: "System", from: "wide", sorts: true, cell: ({ station }) => model.systemName(station.system) },
    { name: "x", width: 8, label: "x, ly", kind: "number", from: "wider", sorts: true, title: "Light-years from Sol", cell: axis("x") },
    { name: "y", width: 8, label: "y, ly", kind: "number", from: "wider", sorts: true, title: "Light-years from Sol", cell: axis("y") },
    { name: "z", width: 8, label: "z, ly", kind: "number", from: "wider", sorts: true, title: "Light-years from Sol", cell: axis("z") },
    { name: "alerts", width: 8, label: "Alerts", kind: "number", sorts: true, title: "Alerts that fire here now", cell: known(({ station, alerts, severity }) => (alerts === 0
      ? h("span", { class: "quiet" }, "0")
      : h("a", { href: `/?station=${encodeURIComponent(station.id)}` }, state(severity, integer(alerts))))) },
    { name: "due", width: 7, label: "Due", kind: "number", sorts: true, title: "Shipments under way to here", cell: known(({ station, due }) => counted(due, "/ships", { destination: station.id, status: "in_transit" })) },
    { name: "leaving", width: 8, label: "Leaving", kind: "number", sorts: true, title: "Shipments booked from here or loading", cell: known(({ station, leaving }) => counted(leaving, "/ships", { origin: station.id })) },
  ];
}

/** @param {ViewFrame} frame @param {import("../app.js").App} app @param {number} count */
function describe(frame, { model, address, connection }, count) {
  const all = model.stations.size;
  if (count > 0) frame.say();
  else if (all > 0) frame.say("No station is called so.", h("p", null, h("a", { href: address.current.path }, "Show all")));
  else if (absence(connection)) frame.refuse(absence(connection));
  else if (!model.isLoaded) frame.say("Loading the stations…");
  else frame.say("No stations yet. The first one appears here as soon as it is created.");
  frame.tell(all === 0 ? "" : count === all ? `${integer(all)} stations` : `${integer(count)} of ${integer(all)} stations`, model.sequence);
}
