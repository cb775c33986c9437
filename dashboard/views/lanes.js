// What goes from where to where: how much, how long it takes, and how much of it is on time.

import { UNKNOWN, integer, moment, share, span } from "../format.js";
import { Ask, NOT_ALLOWED, NO_ANSWER, mayHelp } from "./parts/ask.js";
import { bar, counted, narrow, station } from "./parts/cells.js";
import { Filters } from "./parts/filters.js";
import { ViewFrame } from "./parts/frame.js";
import { pathOf } from "./parts/query.js";
import { sortOf, sortTo } from "./parts/sorting.js";
import { SPAN_FIELDS, spanOf } from "./parts/span.js";
import { LongTable } from "./parts/table.js";
import { sortedBy } from "./parts/window.js";

/** @typedef {import("../model/model.js").Model} Model */

const ASK_EVERY_MS = 5_000;
/** The API's bound of one answer. */
const LANES_MAX = 1_000;

/** @type {import("./parts/query.js").Field[]} */
const FIELDS = [
  { name: "origin", label: "Origin", kind: "station" },
  { name: "destination", label: "Destination", kind: "station" },
  ...SPAN_FIELDS,
];

/** @type {Record<string, (lane: any, model: Model) => string | number | null>} */
const KEYS = {
  origin: ({ origin }, model) => model.name(origin),
  destination: ({ destination }, model) => model.name(destination),
  units: ({ shippedUnits }) => shippedUnits,
  value: ({ value }) => value,
  departures: ({ departures }) => departures,
  half: ({ transit }) => transit.p50,
  most: ({ transit }) => transit.p90,
  arrivals: ({ arrivals }) => arrivals,
  onTime: ({ onTimeShare }) => onTimeShare,
  delay: ({ delay }) => delay.p90,
};

/** @param {Model} model */
function countLanes(model) {
  const counts = new Map();
  for (const { status, origin, destination } of model.shipments.values()) {
    if (status !== "in_transit") continue;
    const lane = `${origin} ${destination}`;
    counts.set(lane, (counts.get(lane) ?? 0) + 1);
  }
  return counts;
}

/** @param {HTMLElement} place @param {import("../app.js").App} app @returns {import("../app.js").View} */
export function mount(place, app) {
  const { model, address } = app;
  const frame = new ViewFrame(place, "Lanes");
  const filters = new Filters(app, FIELDS, "Find lanes");
  let unitsMax = 1;
  /** Shipments in transit, by lane. @type {Map<string, number>} */
  let shipments = new Map();
  const underWay = (/** @type {any} */ lane) => (model.isLoaded ? shipments.get(`${lane.origin} ${lane.destination}`) ?? 0 : null);
  let isAll = true;
  /** @type {LongTable<any>} */
  const table = new LongTable({
    caption: "Lanes, with what went over them, transit times and the share on time",
    columns: columns(model, () => unitsMax, underWay),
    key: ({ origin, destination }) => `${origin} ${destination}`,
    signature: (lane) => `${JSON.stringify(lane)} ${unitsMax} ${model.names.size} ${underWay(lane)}`,
    onSort: (name) => { if (isAll) sortTo(address, name); },
  }, place);
  frame.add(filters.element, table.element);

  let names = -1;
  let asked = JSON.stringify([...filters.values]);
  /** @type {any} */
  let answer = null;
  const ask = new Ask(async (get) => {
    const ends = /** @type {[string, string | undefined][]} */ (["origin", "destination"].map((name) => [name, filters.values.get(name)]));
    answer = await get(pathOf("/api/analytics/lanes", [...ends, ...spanOf(filters.values, model.now()), ["limit", LANES_MAX]]));
    filters.explain(null);
    draw();
  }, (words, problem) => {
    if (words === NO_ANSWER && answer) return frame.hold(words);
    answer = null;
    table.set([]);
    frame.note.textContent = "";
    frame.tell("", null);
    if (filters.explain(problem)) frame.refuse("The server refuses this; the field says why.");
    else frame.refuse(words, mayHelp(problem) ? () => ask.now() : undefined);
  }, ASK_EVERY_MS);

  function draw() {
    const { items, from, to, asOf } = answer;
    names = model.names.size;
    shipments = countLanes(model);
    isAll = items.length < LANES_MAX;
    unitsMax = Math.max(1, ...items.map((/** @type {any} */ lane) => lane.shippedUnits));
    const sort = (isAll && sortOf(address, KEYS)) || { name: "units", isDescending: true };
    table.showSort(sort);
    table.set(isAll ? sortedBy(items, (lane) => KEYS[sort.name](lane, model), sort.isDescending) : items);
    frame.note.textContent = `${moment(from)} to ${moment(to)}`;
    frame.tell(isAll ? `${integer(items.length)} lanes` : `the ${integer(LANES_MAX)} lanes with the most units; choose an end to see the others`, asOf.sequence);
    if (items.length > 0) frame.say();
    else frame.say("Nothing left or arrived in this time.");
  }

  frame.say("Loading…");
  ask.stale();
  return {
    draw({ wall, events, passed }) {
      if (events.length > 0 || passed > 0) ask.stale();
      if (app.session.may("seeNetwork")) ask.drawTimed(app, wall, (words) => frame.refuse(words));
      else if (model.isLoaded) frame.refuse(NOT_ALLOWED);
      if (answer && names !== model.names.size) {
        filters.rename();
        draw();
      }
      table.draw();
    },
    show() {
      const now = JSON.stringify([...filters.values]);
      if (asked !== now) {
        asked = now;
        answer = null;
        filters.show();
        place.scrollTop = 0;
        if (app.session.may("seeNetwork")) ask.now();
      } else if (answer) draw();
    },
    end() {
      ask.end();
      table.end();
    },
  };
}

/** @param {Model} model @param {() => number} unitsMax @param {(lane: any) => number | null} underWay @returns {import("./parts/table.js").Column<any>[]} */
function columns(model, unitsMax, underWay) {
  const number = /** @type {const} */ ("number");
  return [
    { name: "origin", width: 15, label: "Origin", isHead: true, sorts: true, cell: ({ origin, destination }) => [...station(origin, model), narrow(`→ ${model.name(destination)}`)] },
    { name: "destination", width: 15, label: "Destination", from: "wide", sorts: true, cell: ({ destination }) => station(destination, model) },
    { name: "units", width: 8, label: "Units", kind: number, sorts: true, title: "Units that left", cell: ({ shippedUnits }) => [integer(shippedUnits), bar(shippedUnits / unitsMax())] },
    { name: "value", width: 9, label: "Value", kind: number, from: "wider", sorts: true, title: "Credits of what left, at the price last paid at the origin", cell: ({ value }) => integer(value) },
    { name: "departures", width: 6, label: "Left", kind: number, from: "wide", sorts: true, cell: ({ departures }) => integer(departures) },
    { name: "arrivals", width: 7, label: "Arrived", kind: number, from: "wide", sorts: true, cell: ({ arrivals }) => integer(arrivals) },
    { name: "half", width: 9, label: "Transit, half in", kind: number, from: "wide", sorts: true, title: "Half of them took no longer than this", cell: ({ transit }) => span(transit.p50) },
    { name: "most", width: 9, label: "9 of 10 in", kind: number, from: "wider", sorts: true, title: "Nine of ten took no longer than this", cell: ({ transit }) => span(transit.p90) },
    { name: "onTime", width: 8, label: "On time", kind: number, sorts: true, title: "Share of arrivals not after their promise", cell: ({ onTimeShare }) => share(onTimeShare) },
    { name: "delay", width: 11, label: "Delay, 9 of 10 in", kind: number, from: "wider", sorts: true, title: "Nine of ten arrivals were no later than this", cell: ({ delay }) => span(delay.p90) },
    { name: "ships", width: 8, label: "Under way", kind: number, from: "wide", title: "Shipments in transit now", cell: (lane) => {
      const count = underWay(lane);
      return count === null ? UNKNOWN : counted(count, "/ships", { origin: lane.origin, destination: lane.destination, status: "in_transit" });
    } },
  ];
}
