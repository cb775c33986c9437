// What the network's state is in words. No page here: sentences are parts, each a text or a link.

import { about, integer } from "../format.js";
import { behindSeconds, condition } from "../model/shipment.js";
import { foreseen, words } from "./forecast.js";
import { ranked, worstStock } from "./rank.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../model/model.js").Alert} Alert */
/** @typedef {import("../model/shipment.js").Shipment} Shipment */
/** @typedef {string | { text: string, href: string }} Part */
/** @typedef {{ state: string, since: number, heardAt: number, progress: { done: number, total: number } | null }} Connection */

/** @param {number} count @param {string} one @param {string} [many] */
export const counted = (count, one, many = `${one}s`) => `${integer(count)} ${count === 1 ? one : many}`;

/** Keeps a number and its unit on one line. @param {string} text */
export const tied = (text) => text.replace(/(\d) (t|kg|g|s|min|h|d)\b/g, "$1\u00a0$2");

/** Mass where the commodity has one, else units. @param {number} units @param {number | null | undefined} gramsEach */
export function quantity(units, gramsEach) {
  if (!gramsEach) return counted(units, "unit");
  const grams = units * gramsEach;
  const [size, word] = grams >= 1e6 ? [1e6, "t"] : grams >= 1e3 ? [1e3, "kg"] : [1, "g"];
  const value = grams / size;
  return `${integer(value >= 10 ? Math.round(value) : Math.round(value * 10) / 10)} ${word}`;
}

/** A name in the middle of a sentence: "Water ice" is "water ice", "CO2 scrubbers" stay. @param {string} name */
export const inline = (name) => (/^[A-Z][a-z]/.test(name) ? name[0].toLowerCase() + name.slice(1) : name);

/** @param {Model} model @param {string} id @returns {Part} */
export const stationPart = (model, id) => ({ text: model.name(id), href: `/?station=${encodeURIComponent(id)}` });
/** @param {Model} model @param {string} id @returns {Part} */
const goodPart = (model, id) => ({ text: inline(model.name(id)), href: `/markets?commodity=${encodeURIComponent(id)}` });
/** A ship by its vessel's name. @param {Model} model @param {string} id of a shipment @returns {Part} */
export function shipPart(model, id) {
  const vessel = model.shipments.get(id)?.vessel;
  return { text: vessel ? model.name(vessel) : id, href: `/?shipment=${encodeURIComponent(id)}` };
}

/** What a ship carries: its largest line, and how many more. @param {Model} model @param {Shipment} shipment @returns {Part[]} */
export function cargo(model, shipment) {
  const lines = [...shipment.lines].filter((line) => line.outstanding > 0).sort((a, b) => b.outstanding - a.outstanding);
  if (lines.length === 0) return [];
  const [{ commodity, outstanding }] = lines;
  /** @type {Part[]} */
  const parts = [`${quantity(outstanding, model.commodities.get(commodity)?.unitMassGrams)} of `, goodPart(model, commodity)];
  if (lines.length > 1) parts.push(` and ${counted(lines.length - 1, "more good")}`);
  return parts;
}

/** What an alert says, in a line. @param {Alert} alert @param {Model} model @param {number} now @returns {Part[]} */
export function cause(alert, model, now) {
  const shipment = alert.shipmentId ? model.shipments.get(alert.shipmentId) : undefined;
  const ship = alert.shipmentId ? shipPart(model, alert.shipmentId) : "A ship";
  const place = alert.station ? stationPart(model, alert.station) : "a station";
  const late = shipment && behindSeconds(shipment, now) > 0 ? about(behindSeconds(shipment, now)) : "";
  const load = shipment ? cargo(model, shipment) : [];
  const carrying = load.length > 0 ? [" with ", ...load] : [];
  switch (alert.kind) {
    case "shipment_late":
      return [ship, late ? ` is ${late} behind` : " is late", ...carrying, " for ", place];
    case "shipment_overdue":
      return [ship, late ? ` was due ${late} ago` : " is overdue", ...carrying, " at ", place];
    case "shipment_silent":
      return ["Nothing heard from ", ship, ...carrying, " for ", place];
    case "stock_out": return [...holder(alert, model, place), " has run out of ", good(alert, model)];
    case "stock_low": {
      const found = foreseen(model, alert);
      const [before, behind] = found ? words(found, now) : [" is low on ", ""];
      return [...holder(alert, model, place), before, good(alert, model), ...(behind ? [behind] : [])];
    }
    case "hold_expired": return ["A hold ran out at ", place];
    default: return [String(alert.kind).replaceAll("_", " ")];
  }
}

/** Whose stock: the station's, or somebody's at it. @param {Alert} alert @param {Model} model @param {Part} place @returns {Part[]} */
function holder(alert, model, place) {
  const owner = alert.cause?.owner;
  return owner && owner !== alert.station ? [`${model.name(owner)} at `, place] : [place];
}

/** @param {Alert} alert @param {Model} model @returns {Part} */
const good = (alert, model) => (alert.commodity ? goodPart(model, alert.commodity) : "a good");

/** Why a ship is late, if its latest estimate said so. @param {Alert} alert @param {Model} model */
export function reason(alert, model) {
  const code = alert.shipmentId ? model.shipments.get(alert.shipmentId)?.delayCode : null;
  return code && code !== "other" ? code : "";
}

/** Who waits for the goods. @param {Alert} alert */
export function waiting(alert) {
  const { holds = [], rules = [] } = alert.atRisk ?? {};
  const parts = [];
  // The API tells 20 of each at most.
  const some = (/** @type {any[]} */ of, /** @type {string} */ word) => `${of.length >= 20 ? "20 or more" : of.length} ${word}${of.length === 1 ? "" : "s"}`;
  if (holds.length > 0) parts.push(some(holds, "hold"));
  if (rules.length > 0) parts.push(some(rules, "stock rule"));
  return parts.length === 0 ? "" : `${parts.join(" and ")} wait${holds.length + rules.length === 1 ? "s" : ""} for it`;
}

/** How many ships are under way. @param {Model} model */
export const underWay = (model) => model.census.underWay;

/** Ships under way, and in what condition. @param {Model} model @param {number} now */
export function ships(model, now) {
  const counts = { underWay: model.census.underWay, late: model.census.late(now), silent: 0 };
  for (const id of model.silent) {
    const shipment = model.shipments.get(id);
    if (shipment?.status !== "in_transit" || condition(shipment, now, true) !== "silent") continue;
    counts.silent += 1;
    // One of which nothing is heard is silent before it is late.
    if (shipment.delay !== null) counts.late -= 1;
  }
  return counts;
}

/**
 * The worst of ships: by its alert, else the one farthest behind.
 * @param {Model} model @param {Alert[]} alerts ranked @param {number} now
 */
function worstShip(model, alerts, now) {
  for (const { shipmentId } of alerts) {
    const shipment = shipmentId && model.shipments.get(shipmentId);
    if (shipment) return shipment;
  }
  let worst = null;
  for (const shipment of model.shipments.values()) {
    if (shipment.status !== "in_transit" || behindSeconds(shipment, now) === 0) continue;
    if (!worst || behindSeconds(shipment, now) > behindSeconds(worst, now)) worst = shipment;
  }
  return worst;
}

/**
 * The state of the network in a sentence or two.
 * @param {Model} model
 * @param {number} now network time
 * @returns {Part[]}
 */
export function sentence(model, now) {
  if (!model.isLoaded) return ["Reading the network."];
  if (model.stations.size === 0) return ["No stations yet."];
  const { underWay: count, late, silent } = ships(model, now);
  // Who sees a part of the network is not told that it is all.
  const whose = model.reader.accounts.length > 0 ? " of yours" : "";
  /** @type {Part[]} */
  const parts = count === 0
    ? [`No ships${whose} under way`]
    : [{ text: counted(count, "ship"), href: "/ships?status=in_transit" }, `${whose} under way`];
  if (late > 0) parts.push(", ", { text: `${integer(late)} late`, href: "/ships?status=in_transit&delayed=true" });
  if (silent > 0) parts.push(", ", { text: `${integer(silent)} silent`, href: "/feed?topic=alert" });
  if (count > 0 && late === 0 && silent === 0) parts.push(", none late");
  parts.push(".");
  const worst = worstOf(model, now);
  if (worst.length > 0) parts.push(" Worst: ", ...worst, ".");
  return parts;
}

/** @param {Model} model @param {number} now @returns {Part[]} */
function worstOf(model, now) {
  const alerts = ranked(model);
  const ship = worstShip(model, alerts, now);
  /** @type {Part[]} */
  const parts = [];
  if (ship) {
    const load = cargo(model, ship);
    const late = behindSeconds(ship, now);
    const how = late > 0 ? `${about(late)} behind` : model.silent.has(ship.id) ? "silent" : "late";
    parts.push(shipPart(model, ship.id), `, ${how}`);
    if (load.length > 0) parts.push(" with ", ...load);
  }
  const stock = worstStock(model);
  if (stock) parts.push(...(ship ? ["; "] : []), ...cause(stock, model, now));
  return parts;
}

/**
 * What stands before the sentence when the page does not follow the network; nothing while it does.
 * @param {Model} model
 * @param {Connection} connection
 * @param {number} wall milliseconds
 * @param {{ isBrief?: boolean }} [options] where the bar says the rest
 * @returns {Part[]}
 */
export function interruption(model, connection, wall, { isBrief = false } = {}) {
  const heardAt = Math.min(connection.since, connection.heardAt || connection.since);
  const shown = model.sequence === 0 || isBrief ? "" : `, showing #${integer(model.sequence)} from ${about((wall - heardAt) / 1000)} ago`;
  switch (connection.state) {
    case "live": return [];
    case "signed-out": return ["Signed out."];
    case "connecting": return model.isLoaded ? ["Connecting."] : [];
    case "recovering": return [`The server is starting${replayed(connection.progress)}${shown}.`];
    case "down": return [`No answer from the server${shown}.`];
    default: return [`Disconnected${shown}.`];
  }
}

/** @param {Connection["progress"]} progress */
function replayed(progress) {
  if (!progress || !(progress.total > 0)) return " and replays its journal";
  const share = Math.floor((progress.done / progress.total) * 100);
  return `: ${integer(progress.done)} of ${integer(progress.total)} events replayed, ${share} %`;
}
