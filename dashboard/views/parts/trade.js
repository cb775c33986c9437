// All that is known of one trade: its lines, its terms, and what happened to it.

import { fill, h, prose } from "../../dom.js";
import { UNKNOWN, integer } from "../../format.js";
import { words } from "../../model/words.js";
import { get } from "../../net/api.js";
import { trouble } from "./ask.js";
import { commodity, party, station, time } from "./cells.js";

/** @typedef {import("../../model/model.js").Model} Model */

/** @param {any} trade @param {Model} model */
export function detailOf(trade, model) {
  const story = h("ol", { class: "story" }, h("li", { class: "quiet" }, "Loading what happened to it…"));
  tell(story, trade.transactionId, model);
  return h("div", { class: "trade-detail" }, lines(trade, model), facts(trade, model), h("div", null, h("h2", null, "What happened"), story));
}

/** @param {any} trade @param {Model} model */
function lines(trade, model) {
  const number = { class: "number" };
  const rows = trade.lines.map((/** @type {any} */ line) => h("tr", null,
    h("th", { scope: "row" }, commodity(line.commodity, model)),
    h("td", number, integer(line.quantity)),
    h("td", number, integer(line.settledQuantity)),
    h("td", number, integer(line.unitPrice)),
    h("td", number, integer(line.total))));
  const heads = ["Quantity", "Settled", "Unit price", "Total"].map((label) => h("th", { scope: "col", class: "number" }, label));
  const charges = (trade.charges ?? []).map((/** @type {any} */ charge) => h("tr", null,
    h("th", { scope: "row", colspan: 4 }, `${charge.kind}, paid by `, party(charge.payer, model), " to ", party(charge.to, model)), h("td", number, integer(charge.amount))));
  return h("table", { class: "small-table" }, h("caption", { class: "unseen" }, "Lines of this trade"),
    h("thead", null, h("tr", null, h("th", { scope: "col" }, "Commodity"), heads)),
    h("tbody", null, rows, charges),
    h("tfoot", null, h("tr", null, h("th", { scope: "row", colspan: 4 }, "Total, credits"), h("td", number, integer(trade.total)))));
}

/** @param {any} trade @param {Model} model */
function facts(trade, model) {
  /** @type {[string, any][]} */
  const known = [
    ["Trade", h("span", { class: "identifier" }, trade.transactionId)],
    ["Buyer", party(trade.buyer, model)],
    ["Seller", party(trade.seller, model)],
    ["At", station(trade.station, model)],
    ["Status", trade.reason ? `${trade.status}: ${trade.reason}` : trade.status],
    ["Recorded", time(trade.recordedAt)],
    ["Settled", time(trade.settledAt)],
    ["Expires", trade.expiresAt && time(trade.expiresAt)],
    ["Proposed by", trade.proposedBy],
    ["Waits for", trade.awaiting && `the ${trade.awaiting}`],
    ["By", trade.actor],
    ["Reference", trade.reference],
    ...Object.entries(trade.metadata ?? {}),
  ];
  return h("dl", { class: "facts" }, known.filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([label, value]) => h("div", null, h("dt", null, label), h("dd", null, value))));
}

/** @param {HTMLElement} story @param {string} id @param {Model} model */
async function tell(story, id, model) {
  try {
    const { items } = await get(`/api/events?trade=${encodeURIComponent(id)}&limit=200`);
    fill(story, ...items.map((/** @type {any} */ event) => h("li", null, time(event.time), h("span", null, prose(words(event, model))))));
    if (items.length === 0) fill(story, h("li", null, UNKNOWN));
  } catch (error) {
    fill(story, h("li", null, trouble(error)));
  }
}
