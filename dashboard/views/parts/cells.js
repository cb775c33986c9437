// What cells of tables are made of: links to things, times of the network, shapes of states.

import { h, prose } from "../../dom.js";
import { UNKNOWN, day, integer, timeOfDay } from "../../format.js";
import { link } from "../../address.js";
import { commodityLink, partyLink, quantity, stationLink } from "../../model/words.js";

/** @typedef {import("../../model/model.js").Model} Model */

/** @param {string} id @param {Model} model */
export const station = (id, model) => prose([stationLink(id, model)]);

/** @param {string | null | undefined} id @param {Model} model */
export const party = (id, model) => (id ? prose([partyLink(id, model)]) : [UNKNOWN]);

/** @param {string} id @param {Model} model */
export const commodity = (id, model) => [h("a", { href: commodityLink(id, model).href }, model.name(id))];

/** Day and second of network time. @param {string | number | null | undefined} at */
export function time(at) {
  if (at === null || at === undefined) return UNKNOWN;
  const exact = new Date(at).toISOString();
  return h("time", { datetime: exact, class: "moment" }, h("span", { class: "day" }, `${day(at)} `), timeOfDay(at));
}

/** The first of the goods, and how many more there are. @param {{ commodity: string, quantity: number }[]} lines @param {Model} model */
export function goods(lines, model) {
  const [first] = lines;
  if (!first) return [UNKNOWN];
  const title = quantity(first.quantity, model.commodities.get(first.commodity));
  const amount = h("span", { title: title === integer(first.quantity) ? null : title }, integer(first.quantity));
  const more = lines.length > 1 ? h("span", { class: "quiet" }, ` +${lines.length - 1}`) : null;
  return [amount, " ", h("a", { href: commodityLink(first.commodity, model).href }, model.name(first.commodity)), more];
}

/** @param {string} condition @param {string} text */
export const state = (condition, text) => (condition === "normal"
  ? h("span", { class: "state" }, text)
  : h("span", { class: `state ${condition}` }, h("span", { class: `shape ${condition}`, "aria-hidden": "true" }), text));

/** A share as a hairline bar of ink; the number beside it says the same. @param {number} share from 0 to 1 */
export function bar(share) {
  const ink = h("span", { class: "ink" });
  ink.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
  return h("span", { class: "bar-of", "aria-hidden": "true" }, ink);
}

/** A number that leads to what it counts; nothing to count is quiet. @param {number} count @param {string} path @param {Record<string, string>} query */
export const counted = (count, path, query) => (count === 0
  ? h("span", { class: "quiet" }, "0")
  : h("a", { href: link(path, query) }, integer(count)));

/** Text for narrow pages alone, where its columns are left out. @param {...any} parts */
export const narrow = (...parts) => h("span", { class: "narrow-line" }, ...parts);
