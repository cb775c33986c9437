// An event in the words of a sentence, each noun a link. Knows no page: what it gives is text and
// addresses, and whoever shows it makes elements of them.

import { integer, moment, span } from "../format.js";

/** @typedef {{ text: string, href: string }} Link */
/** @typedef {string | Link} Part */

/**
 * What it asks of the model.
 * @typedef {object} Known
 * @property {Map<string, any>} stations
 * @property {Map<string, any>} shipments
 * @property {Map<string, any>} commodities
 * @property {(id: string) => string} name
 */

/**
 * A CloudEvent, as the stream and GET /api/events give it.
 * @typedef {{ type: string, subject?: string, sequence?: string, time?: string, data: any }} CloudEvent
 */

const significant = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** Joins texts and parts, parts of parts among them, to one row of parts. */
function say(/** @type {TemplateStringsArray} */ texts, /** @type {(Part | Part[])[]} */ ...parts) {
  /** @type {Part[]} */
  const said = [];
  const add = (/** @type {Part} */ part) => {
    const last = said.at(-1);
    if (part === "") return;
    if (typeof part === "string" && typeof last === "string") said[said.length - 1] = last + part;
    else said.push(part);
  };
  texts.forEach((text, at) => {
    add(text);
    for (const part of [parts[at] ?? ""].flat()) add(part);
  });
  return said;
}

const escaped = encodeURIComponent;

/** @param {string} id @param {Known} model @returns {Link} */
export const stationLink = (id, model) => ({ text: model.name(id), href: `/?station=${escaped(id)}` });

/** A station is a trader, too, and is rather shown as a place. @param {string} id @param {Known} model @returns {Link} */
export const partyLink = (id, model) => (model.stations.has(id)
  ? stationLink(id, model)
  : { text: model.name(id), href: `/trades?trader=${escaped(id)}` });

/** @param {string} id @param {Known} model @returns {Link} */
export const commodityLink = (id, model) => ({ text: inSentence(model.name(id)), href: `/markets?commodity=${escaped(id)}` });

/** @param {string} id @param {string} text @returns {Link} */
const tradeLink = (id, text) => ({ text, href: `/trades?trade=${escaped(id)}` });

/** @param {string} id @param {string} text @returns {Link} */
const shipmentLink = (id, text) => ({ text, href: `/?shipment=${escaped(id)}` });

/** The name of a good within a sentence: "Water ice" is water ice, "HE-3" stays. @param {string} name */
function inSentence(name) {
  return /^\p{Lu}[\p{Ll}\d\s-]*$/u.test(name) ? name[0].toLowerCase() + name.slice(1) : name;
}

/** @param {Link} link */
const possessive = (link) => say`${link}${link.text.endsWith("s") ? "’" : "’s"}`;

const MASSES = /** @type {const} */ ([[1e12, "Mt"], [1e9, "kt"], [1e6, "t"], [1e3, "kg"], [1, "g"]]);

/**
 * How much of a good: its mass where a unit of it has one, else the count of its units.
 * @param {number} units
 * @param {{ unitMassGrams?: number | null } | undefined} commodity
 */
export function quantity(units, commodity) {
  const grams = units * (commodity?.unitMassGrams ?? 0);
  if (grams <= 0) return integer(units);
  const [size, unit] = MASSES.find(([least]) => grams >= least) ?? [1, "g"];
  return `${significant.format(grams / size)} ${unit}`;
}

/** Units of a line of any event. @param {any} line */
const unitsOf = (line) => line.quantity ?? (line.accepted ?? 0) + (line.rejected ?? 0);

/** @param {any} line @param {Known} model */
const lot = (line, model) =>
  say`${quantity(unitsOf(line), model.commodities.get(line.commodity))} ${commodityLink(line.commodity, model)}`;

/** @param {any[] | null | undefined} lines @param {Known} model */
function goods(lines, model) {
  if (!lines || lines.length === 0) return say`goods`;
  const more = lines.length > 1 ? ` and ${lines.length - 1} more` : "";
  return say`${lot(lines[0], model)}${more}`;
}

/** @param {string | null | undefined} reason */
const because = (reason) => (reason ? `: ${reason}` : "");

/**
 * What happened, in words.
 * @param {CloudEvent} event
 * @param {Known} model
 * @returns {Part[]}
 */
export function words(event, model) {
  const at = event.type.indexOf(".");
  const [topic, what] = [event.type.slice(0, at), event.type.slice(at + 1)];
  const { data } = event;
  switch (topic) {
    case "trade": return trade(what, data, model);
    case "shipment": return shipment(what, data, model);
    case "offer": return offer(what, data, model);
    case "alert": return alert(what, data, model);
    case "alert-rule": return alertRule(what, data, model);
    case "stock": return what === "transferred" ? goodsGiven(data, model) : adjusted(data, model);
    case "credits": return credits(what, data, model);
    case "station": case "commodity": case "trader": case "vessel": return thing(topic, what, data, model);
    case "key": return key(what, data);
    case "network": return say`The network begins, at ${data.speed === 1 ? "" : `${integer(data.speed)} times `}the pace of the clock`;
    default: return say`${event.type}`;
  }
}

/** @param {string} what @param {any} data @param {Known} model */
function trade(what, data, model) {
  const place = stationLink(data.station, model);
  const sum = tradeLink(data.transactionId, integer(data.total ?? 0));
  // To those who may not see the parties a trade is a price at a place.
  if (!data.buyer || !data.seller) return say`${goods(data.lines, model)} ${what === "settled" ? "sold" : what} at ${place} for ${sum}`;
  const [buyer, seller] = [partyLink(data.buyer, model), partyLink(data.seller, model)];
  const isAtParty = data.station === data.buyer || data.station === data.seller;
  const there = isAtParty ? [] : say` at ${place}`;
  switch (what) {
    case "settled": return say`${buyer} bought ${goods(data.lines, model)} from ${seller}${there} for ${sum}`;
    case "held": return say`${buyer} reserved ${goods(data.lines, model)} of ${seller}${there} for ${sum}${data.expiresAt ? `, until ${moment(data.expiresAt)}` : ""}`;
    case "reversed": return say`${buyer} gave ${goods(data.lines, model)} back to ${seller}${there} for ${sum}${because(data.reason)}`;
    default: {
      const freed = goods(data.released?.lines, model);
      const ended = what === "expired" ? "ran out" : `was called off${because(data.reason)}`;
      return say`${possessive(buyer)} ${tradeLink(data.transactionId, "reservation")} of ${freed} of ${seller}${there} ${ended}`;
    }
  }
}

/** @param {any} data @param {Known} model @returns {Part[]} */
function ship(data, model) {
  const vessel = data.vessel ?? model.shipments.get(data.shipmentId)?.vessel;
  if (vessel) return [shipmentLink(data.shipmentId, model.name(vessel))];
  return say`${possessive(partyLink(data.owner, model))} ${shipmentLink(data.shipmentId, "shipment")}`;
}

/** @param {string} what @param {any} data @param {Known} model */
function shipment(what, data, model) {
  const [from, to] = [stationLink(data.origin, model), stationLink(data.destination, model)];
  const it = ship(data, model);
  const cargo = goods(data.lines, model);
  const way = say`${from} to ${to}`;
  switch (what) {
    case "booked": return data.vessel
      ? say`${partyLink(data.owner, model)} booked ${cargo} on ${it}, ${way}`
      : say`${partyLink(data.owner, model)} booked ${shipmentLink(data.shipmentId, "a shipment")} of ${cargo}, ${way}`;
    case "loaded": return say`${it} is loading at ${from} for ${to}`;
    case "departed": return say`${it} left ${from} for ${to}${data.lines ? say` with ${cargo}` : ""}`;
    case "position": return say`${it} reported its position, ${way}`;
    case "estimated": return estimated(data, model, it);
    case "delayed": return say`${it} is ${data.delayReason === "overdue" ? "overdue" : "late"}, ${way}`;
    case "arrived": return say`${it} arrived at ${to} from ${from}`;
    case "received": return say`${to} received ${cargo} from ${it}${received(data)}`;
    case "lost": return say`${it} ${data.cause === "stolen" ? "was robbed of" : "lost"} ${cargo}, ${way}${because(data.reason)}`;
    case "found": return say`${cargo} of ${it} found again, ${way}${because(data.reason)}`;
    case "held": return say`${it} is held, ${way}${because(data.reason)}`;
    case "released": return say`${it} may go on, ${way}`;
    case "cancelled": return say`${it} was called off, ${way}${because(data.reason)}`;
    case "returned": return say`${it} is back at ${from} with ${cargo}${because(data.reason)}`;
    default: return say`${it}: ${what}, ${way}`;
  }
}

/** @param {any} data @param {Known} model @param {Part[]} it */
function estimated(data, model, it) {
  const why = because([data.delayCode, data.reason].filter(Boolean).join(", "));
  const to = stationLink(data.destination, model);
  if (!data.estimatedArrival) {
    const leaves = data.estimatedDeparture ? ` expects to leave at ${moment(data.estimatedDeparture)}` : " gave a new estimate";
    return say`${it}${leaves} for ${to}${why}`;
  }
  const planned = model.shipments.get(data.shipmentId)?.planned;
  const lateSeconds = planned === undefined ? 0 : (Date.parse(data.estimatedArrival) - planned) / 1000;
  const late = lateSeconds >= 60 ? `, ${span(lateSeconds)} late` : "";
  return say`${it} expects to reach ${to} at ${moment(data.estimatedArrival)}${late}${why}`;
}

/** @param {any} data */
function received(data) {
  const sum = (/** @type {string} */ field) =>
    (data.lines ?? []).reduce((/** @type {number} */ total, /** @type {any} */ line) => total + (line[field] ?? 0), 0);
  const faults = /** @type {const} */ ([["rejected", "rejected"], ["short", "missing"], ["found", "more than shipped"]])
    .filter(([field]) => sum(field) > 0).map(([field, word]) => `${integer(sum(field))} ${word}`);
  if (data.complete === false) faults.unshift("not all of it yet");
  return faults.length > 0 ? `: ${faults.join(", ")}` : "";
}

/** @param {string} what @param {any} data @param {Known} model */
function offer(what, data, model) {
  if (what === "filled") return say`The last of an offer was taken by ${tradeLink(data.transactionId, "a trade")}`;
  const of = data.offers?.[0] ?? data;
  if (of.trader === undefined) return say`An offer was ${what}`;
  const [trader, good] = [partyLink(of.trader, model), commodityLink(of.commodity, model)];
  const there = of.trader === of.station ? [] : say` at ${stationLink(of.station, model)}`;
  const price = integer(of.unitPrice);
  const verb = of.side === "sell" ? "sell" : "buy";
  const units = quantity(of.remaining ?? of.quantity, model.commodities.get(of.commodity));
  if (what === "opened") return say`${trader} ${verb}s ${units} ${good}${there} at ${price} each`;
  if (what === "expired") return say`${possessive(trader)} offer to ${verb} ${units} ${good}${there} at ${price} each ran out`;
  const more = data.offers?.length > 1 ? `, and ${data.offers.length - 1} more` : "";
  return say`${trader} no longer ${verb}s ${good}${there} at ${price} each${more}`;
}

/** What each kind of alert says of a shipment, or of stock. @type {Record<string, string>} */
const ALERTS = {
  shipment_overdue: "is overdue",
  shipment_late: "will be late",
  shipment_silent: "is silent",
  stock_low: "runs low on",
  stock_out: "is out of",
};

/** @param {any} data @param {Known} model @returns {Part[]} */
function cause(data, model) {
  const says = ALERTS[data.kind] ?? data.kind;
  const { shipmentId, transactionId } = data.cause ?? {};
  const known = model.shipments.get(shipmentId);
  if (known) {
    return say`${ship({ shipmentId, owner: known.owner }, model)} ${says}, ${stationLink(known.origin, model)} to ${stationLink(known.destination, model)}`;
  }
  if (shipmentId) return say`${shipmentLink(shipmentId, "a shipment")} ${says}`;
  if (transactionId) return say`${tradeLink(transactionId, "a reservation")} ran out`;
  if (!data.station) return say`${says}`;
  return say`${stationLink(data.station, model)} ${says}${data.commodity ? say` ${commodityLink(data.commodity, model)}` : ""}`;
}

/** @param {string} what @param {any} data @param {Known} model */
function alert(what, data, model) {
  const about = cause(data, model);
  switch (what) {
    case "fired": return say`Alert, ${data.severity}: ${about}`;
    case "changed": return say`Alert, now ${data.severity}: ${about}`;
    case "acknowledged": return say`Alert acknowledged${data.actor ? ` by ${data.actor}` : ""}: ${about}`;
    case "resolved": return say`Alert over: ${about}`;
    default: return say`Alert ${what}: ${about}`;
  }
}

/** @param {string} what @param {any} data @param {Known} model */
function alertRule(what, data, model) {
  const verb = what === "created" ? "is new" : what === "updated" ? "was changed" : what;
  if (what === "deleted") return say`Alert rule ${data.id} was deleted`;
  if (data.commodity && data.station) {
    return say`Alert rule ${data.id} ${verb}: ${commodityLink(data.commodity, model)} at ${stationLink(data.station, model)} below ${integer(data.low)}`;
  }
  const after = data.afterSeconds === undefined ? "" : `, after ${span(data.afterSeconds)}`;
  return say`Alert rule ${data.id} ${verb}: ${String(data.kind).replaceAll("_", " ")}${after}`;
}

/** @param {any} data @param {Known} model */
function adjusted(data, model) {
  const there = data.owner === data.station ? [] : say` at ${stationLink(data.station, model)}`;
  /** @type {Part[]} */
  const changes = [];
  for (const line of (data.lines ?? []).slice(0, 2)) {
    changes.push(...(changes.length > 0 ? [", "] : []), ...change(line, model));
  }
  const more = data.lines?.length > 2 ? `, and ${data.lines.length - 2} more` : "";
  return say`${partyLink(data.owner, model)}${there}: ${changes}${more}`;
}

/** @param {any} line @param {Known} model */
function change(line, model) {
  const units = Math.abs(line.change ?? line.count ?? 0);
  const what = lot({ commodity: line.commodity, quantity: units }, model);
  if (line.reason !== "counted") return say`${what} ${line.reason}`;
  const off = line.count === line.expected ? "as expected" : `${integer(line.expected)} expected`;
  return say`${what} counted, ${off}`;
}

/** @param {any} data @param {Known} model */
const goodsGiven = (data, model) =>
  say`${partyLink(data.from, model)} gave ${goods(data.lines, model)} to ${partyLink(data.to, model)} at ${stationLink(data.station, model)}${because(data.reason)}`;

/** @param {string} what @param {any} data @param {Known} model */
function credits(what, data, model) {
  if (what === "transferred") {
    return say`${partyLink(data.from, model)} gave ${integer(data.credits)} credits to ${partyLink(data.to, model)}${because(data.reason)}`;
  }
  const sum = integer(Math.abs(data.change));
  return say`${sum} credits ${what} ${what === "retired" ? "from" : "to"} ${partyLink(data.trader, model)}`;
}

/** @param {string} what @param {any} data */
function key(what, data) {
  switch (what) {
    case "created": return say`${data.principal} was given a key as ${data.role}`;
    case "expired": return say`A key of ${data.principal} has expired`;
    // Of a key of tokens, which ends with each of them, only what they give may change.
    case "updated": return data.token ? say`${data.principal} is ${data.role} now` : say`A key of ${data.principal} ends at another time`;
    default: return say`A key of ${data.principal} was revoked`;
  }
}

/** A station, a commodity, a trader or a vessel. @param {string} topic @param {string} what @param {any} data @param {Known} model */
function thing(topic, what, data, model) {
  const text = data.name ?? data.id;
  const links = /** @type {Record<string, string>} */ ({
    station: `/?station=${escaped(data.id)}`,
    commodity: `/markets?commodity=${escaped(data.id)}`,
    trader: data.station ? `/?station=${escaped(data.id)}` : `/trades?trader=${escaped(data.id)}`,
    vessel: `/ships?vessel=${escaped(data.id)}`,
  });
  const link = { text, href: links[topic] };
  const flown = topic === "vessel" && data.carrier ? say`, flown by ${partyLink(data.carrier, model)}` : "";
  return what === "created" ? say`New ${topic}: ${link}${flown}` : say`The ${topic} ${link} was changed${flown}`;
}

/**
 * What an event says of the network's promises: null of what is normal.
 * @param {CloudEvent} event
 * @returns {"late" | "overdue" | "silent" | null}
 */
export function conditionOf({ type, data }) {
  if (type === "alert.fired" || type === "alert.changed") {
    if (data.kind === "shipment_silent") return "silent";
    return data.severity === "critical" || data.kind === "shipment_overdue" ? "overdue" : "late";
  }
  if (type === "shipment.lost") return "overdue";
  if (type === "shipment.delayed") return data.delayReason === "overdue" ? "overdue" : "late";
  return type === "shipment.held" ? "late" : null;
}

/** The same words as plain text. @param {Part[]} parts */
export const plain = (parts) => parts.map((part) => (typeof part === "string" ? part : part.text)).join("");
