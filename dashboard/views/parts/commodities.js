// All commodities, with what was traded of each in the last 24 hours.

import { h } from "../../dom.js";
import { integer } from "../../format.js";
import { Ask, absence } from "./ask.js";
import { bar, narrow } from "./cells.js";
import { sortOf, sortTo } from "./sorting.js";
import { LongTable } from "./table.js";
import { sortedBy } from "./window.js";
import { UNKNOWN } from "../../format.js";

const ASK_EVERY_MS = 5_000;
/** The API's bound of one answer: of commodities beyond it the figures are not known here. */
const RANKED_MAX = 1_000;
const NOTHING = { units: 0, value: 0, trades: 0 };

/** @typedef {{ id: string, name: string, category: string | null, figures: { units: number, value: number, trades: number } | null }} Line */

/** @type {Record<string, (line: Line) => string | number | null>} */
const KEYS = {
  name: ({ name }) => name,
  category: ({ category }) => category,
  trades: ({ figures }) => figures && figures.trades,
  units: ({ figures }) => figures && figures.units,
  value: ({ figures }) => figures && figures.value,
};

/** @param {{ app: import("../../app.js").App, frame: import("./frame.js").ViewFrame, holder: HTMLElement, scroller: HTMLElement }} where */
export function commodityTable({ app, frame, holder, scroller }) {
  const { model, address } = app;
  /** @type {any} */
  let answer = null;
  let valueMax = 1;
  let seen = "";
  /** @type {LongTable<Line>} */
  const table = new LongTable({
    caption: "Commodities, with what was traded of them in the last 24 hours",
    columns: columns(() => valueMax),
    key: ({ id }) => id,
    signature: ({ name, category, figures }) => JSON.stringify([name, category, figures, valueMax]),
    onSort: (name) => sortTo(address, name),
  }, scroller);
  holder.append(table.element);
  const ask = new Ask(async (get) => {
    answer = await get(`/api/analytics/rankings?of=commodities&by=value&limit=${RANKED_MAX}`);
    frame.note.textContent = "";
    seen = "";
  }, (words) => { frame.note.textContent = model.commodities.size > 0 ? words : ""; }, ASK_EVERY_MS);
  ask.now();

  function draw() {
    const version = JSON.stringify([model.versions.commodities, answer?.asOf.sequence, address.current.query.get("sort"), app.connection.state]);
    if (seen === version) return;
    seen = version;
    const figures = new Map((answer?.items ?? []).map((/** @type {any} */ item) => [item.id, item]));
    const none = answer && answer.items.length < RANKED_MAX ? NOTHING : null;
    valueMax = Math.max(1, answer?.items[0]?.value ?? 1);
    const lines = Array.from(model.commodities.values(), ({ id, name, category }) => ({ id, name, category, figures: figures.get(id) ?? none }));
    const sort = sortOf(address, KEYS) ?? { name: "name", isDescending: false };
    table.showSort(sort);
    table.set(sortedBy(lines, KEYS[sort.name], sort.isDescending));
    frame.tell(lines.length > 0 ? `${integer(lines.length)} commodities, figures of the last 24 hours` : "", answer?.asOf.sequence);
    if (lines.length > 0) frame.say();
    else if (absence(app.connection)) frame.refuse(absence(app.connection));
    else if (app.connection.state === "live") frame.say("No commodities yet. The first one appears here as soon as it is created.");
    else frame.say("Loading the commodities…");
  }

  return {
    draw(/** @type {import("../../app.js").Frame} */ { wall, events, passed }) {
      if (passed > 0 || events.some(({ type }) => type === "trade.settled")) ask.stale();
      ask.draw(wall);
      draw();
      table.draw();
    },
    end() {
      ask.end();
      table.end();
    },
  };
}

/** @param {() => number} valueMax @returns {import("./table.js").Column<Line>[]} */
function columns(valueMax) {
  const number = /** @type {const} */ ("number");
  return [
    { name: "name", width: 28, label: "Commodity", isHead: true, sorts: true, cell: ({ id, name, category }) => [h("a", { href: `/markets?commodity=${encodeURIComponent(id)}` }, name), narrow(category ?? "")] },
    { name: "category", width: 20, label: "Category", from: "wide", sorts: true, cell: ({ category }) => category ?? UNKNOWN },
    { name: "trades", width: 12, label: "Trades", kind: number, from: "wide", sorts: true, cell: ({ figures }) => integer(figures?.trades) },
    { name: "units", width: 14, label: "Units", kind: number, sorts: true, title: "Units that changed owner", cell: ({ figures }) => integer(figures?.units) },
    { name: "value", width: 18, label: "Value", kind: number, sorts: true, title: "Credits paid", cell: ({ figures }) => [integer(figures?.value), bar((figures?.value ?? 0) / valueMax())] },
  ];
}
