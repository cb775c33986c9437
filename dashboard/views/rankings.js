// Who and what is greatest: stations, commodities, traders and lanes by value, units, trades or delay.

import { h } from "../dom.js";
import { UNKNOWN, integer, moment, share, span } from "../format.js";
import { Ask, NO_ANSWER, mayHelp } from "./parts/ask.js";
import { bar, commodity, narrow, party, station } from "./parts/cells.js";
import { Filters } from "./parts/filters.js";
import { ViewFrame } from "./parts/frame.js";
import { pathOf } from "./parts/query.js";
import { SPAN_FIELDS, spanOf } from "./parts/span.js";
import { Table } from "./parts/table.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {{ rank: number, share: number, id: string, origin: string, destination: string, figures: any, cargo: any }} Line */

/** Figures are of whole hours, so that they need not be newer. */
const ASK_EVERY_MS = 5_000;
const RANKED_MAX = 200;

/** @type {import("./parts/query.js").Field[]} */
const FIELDS = [
  { name: "of", label: "Ranking of", kind: "choice", hint: "stations", choices: [["commodities", "commodities"], ["traders", "traders"], ["lanes", "lanes"]] },
  { name: "by", label: "By", kind: "choice", hint: "value", choices: [["units", "units"], ["trades", "trades"], ["delay", "delay"]] },
  ...SPAN_FIELDS,
];

/** @param {HTMLElement} place @param {import("../app.js").App} app @returns {import("../app.js").View} */
export function mount(place, app) {
  const { model, address } = app;
  const frame = new ViewFrame(place, "Rankings");
  const filters = new Filters(app, FIELDS, "What to rank");
  const holder = h("div");
  frame.add(filters.element, holder);
  const wanted = () => ({ of: filters.values.get("of") ?? "stations", by: filters.values.get("by") ?? "value" });
  const sort = (/** @type {string} */ name) => address.change({ by: name === "value" ? null : name });

  let names = -1;
  let role = "";
  /** @type {any} */
  let answer = null;
  const ask = new Ask(async (get) => {
    const { of, by } = wanted();
    answer = await get(pathOf("/api/analytics/rankings", [["of", of], ["by", by], ...spanOf(filters.values, model.now()), ["limit", RANKED_MAX]]));
    filters.explain(null);
    draw();
  }, (words, problem) => {
    if (words === NO_ANSWER && answer) return frame.hold(words);
    holder.replaceChildren();
    frame.note.textContent = "";
    if (filters.explain(problem)) frame.refuse("The server refuses this; the field says why.");
    else frame.refuse(words, mayHelp(problem) ? () => ask.now() : undefined);
  }, ASK_EVERY_MS);

  function draw() {
    const { of, by, items, from, to, asOf } = answer;
    names = model.names.size;
    const most = items.length > 0 ? Math.max(1, numberOf(items[0], by)) : 1;
    const lines = items.map((/** @type {any} */ item, /** @type {number} */ at) => ({
      rank: at + 1, share: numberOf(item, by) / most, id: item.id ?? "", origin: item.origin, destination: item.destination,
      figures: item, cargo: of === "lanes" ? item : item.cargo,
    }));
    /** @type {Table<Line>} */
    const table = new Table({
      caption: `${of} by ${by}`, columns: columns(of, by, model, mayDelay(of)), key: ({ rank }) => String(rank), onSort: sort,
    });
    table.showSort({ name: by, isDescending: true });
    table.set(lines);
    holder.replaceChildren(table.element);
    frame.note.textContent = `${moment(from)} to ${moment(to)}`;
    frame.tell(items.length === RANKED_MAX ? `the first ${integer(RANKED_MAX)} ${of}` : `${integer(items.length)} ${of}`, asOf.sequence);
    if (items.length > 0) frame.say();
    else frame.say(by === "delay" ? "Nothing arrived late in this time." : "Nothing was counted in this time.");
  }

  /** How late what goes to stations is concerns the whole network; of traders, one's own. @param {string} of */
  const mayDelay = (of) => app.session.may("seeNetwork") || of === "traders";

  /** What a key of some accounts may not see is not offered. */
  function restrict() {
    const sees = app.session.may("seeNetwork");
    for (const [name, value] of [["of", "lanes"], ["by", "delay"]]) {
      const input = filters.controls.get(name)?.input;
      if (!(input instanceof HTMLSelectElement)) continue;
      const isAllowed = value === "delay" ? mayDelay(wanted().of) : sees;
      for (const option of input.options) if (option.value === value) option.disabled = !isAllowed;
    }
  }

  frame.say("Loading…");
  ask.stale();
  return {
    draw({ wall, events, passed }) {
      if (events.length > 0 || passed > 0) ask.stale();
      ask.drawTimed(app, wall, (words) => frame.refuse(words));
      if (answer && names !== model.names.size) draw();
      if (role !== model.reader.role) {
        role = model.reader.role;
        restrict();
      }
    },
    show() {
      filters.show();
      restrict();
      place.scrollTop = 0;
      answer = null;
      ask.now();
    },
    end: () => ask.end(),
  };
}

/** What it is ranked by. @param {any} item @param {string} by */
function numberOf(item, by) {
  const cargo = item.cargo ?? item;
  if (by === "delay") return cargo.delaySeconds ?? 0;
  if (by === "units") return item.units ?? item.shippedUnits ?? 0;
  return by === "trades" ? item.trades ?? item.departures ?? 0 : item.value;
}

/** @param {string} of @param {string} by @param {Model} model @param {boolean} isDelayed whether it may be ranked by delay @returns {import("./parts/table.js").Column<Line>[]} */
function columns(of, by, model, isDelayed) {
  const isLanes = of === "lanes";
  const cargo = (/** @type {(cargo: any) => string} */ cell) => (/** @type {Line} */ line) => (line.cargo ? cell(line.cargo) : UNKNOWN);
  /** A number; with a bar of ink if it is what is ranked. */
  const ranked = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ title, /** @type {(line: Line) => string} */ text) => ({
    name, label, title, kind: /** @type {const} */ ("number"), sorts: true, from: name === by ? undefined : /** @type {const} */ ("wide"),
    cell: (/** @type {Line} */ line) => (name === by ? [text(line), bar(line.share)] : text(line)),
  });
  return [
    { name: "rank", label: "#", kind: "number", cell: ({ rank }) => h("span", { class: "quiet" }, integer(rank)) },
    { name: "what", label: isLanes ? "Lane" : of === "commodities" ? "Commodity" : of === "traders" ? "Trader" : "Station", isHead: true, cell: (line) => nameOf(of, line, model) },
    ranked("value", "Value", isLanes ? "Credits of what left, at the price last paid at the origin" : "Credits paid", ({ figures }) => integer(figures.value)),
    ranked("units", "Units", isLanes ? "Units that left" : "Units that changed owner", ({ figures }) => integer(isLanes ? figures.shippedUnits : figures.units)),
    ranked("trades", isLanes ? "Departures" : "Trades", isLanes ? "Shipments that left" : "Trades that settled", ({ figures }) => integer(isLanes ? figures.departures : figures.trades)),
    { ...ranked("delay", "Delay, all", "Delay of all arrivals together", cargo(({ arrivals, delaySeconds }) => (arrivals === 0 ? UNKNOWN : span(delaySeconds)))), sorts: isDelayed },
    { name: "half", label: "Delay, half in", kind: "number", from: "wider", title: "Half of the arrivals were no later than this", cell: cargo(({ delay }) => span(delay.p50)) },
    { name: "most", label: "Delay, 9 of 10 in", kind: "number", from: "wider", title: "Nine of ten arrivals were no later than this", cell: cargo(({ delay }) => span(delay.p90)) },
    { name: "arrivals", label: "Arrivals", kind: "number", from: "wider", cell: cargo(({ arrivals }) => integer(arrivals)) },
    { name: "onTime", label: "On time", kind: "number", from: "wide", title: "Share of arrivals not after their promise", cell: cargo(({ onTimeShare }) => share(onTimeShare)) },
  ];
}

/** @param {string} of @param {Line} line @param {Model} model */
function nameOf(of, line, model) {
  if (of === "lanes") return [...station(line.origin, model), " → ", ...station(line.destination, model)];
  const about = line.cargo?.arrivals ? narrow(`${integer(line.cargo.onTime)} of ${integer(line.cargo.arrivals)} on time`) : null;
  if (of === "commodities") return [...commodity(line.id, model), about];
  return [...(of === "stations" ? station(line.id, model) : party(line.id, model)), about];
}
