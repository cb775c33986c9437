// The latest events in words, newest first.

import { amount, integer, span, timeOfDay } from "./format.js";

/** @typedef {import("./store.js").Store} Store */

const SHOWN_MAX = 30;
/** People cannot read faster; the list is not drawn more often. */
const DRAW_EVERY_MS = 120;

export class Feed {
  /** @param {HTMLElement} list @param {HTMLElement} pause @param {Store} store */
  constructor(list, pause, store) {
    this.list = list;
    this.store = store;
    /** @type {any[]} */
    this.latest = [];
    this.isPaused = false;
    this.isStale = false;
    this.drawnAt = 0;
    pause.addEventListener("click", () => {
      this.isPaused = !this.isPaused;
      pause.setAttribute("aria-pressed", String(this.isPaused));
      pause.textContent = this.isPaused ? "resume" : "pause";
    });
  }

  /** @param {any} event */
  add(event) {
    this.latest.push(event);
    if (this.latest.length > SHOWN_MAX * 4) this.latest.splice(0, this.latest.length - SHOWN_MAX);
    this.isStale = true;
  }

  draw() {
    const now = performance.now();
    if (!this.isStale || this.isPaused || now - this.drawnAt < DRAW_EVERY_MS) return;
    this.drawnAt = now;
    this.isStale = false;
    const items = this.latest.slice(-SHOWN_MAX).reverse().map((event) => this.item(event));
    this.list.replaceChildren(...items);
  }

  /** @param {any} event */
  item(event) {
    const item = document.createElement("li");
    const time = document.createElement("time");
    time.dateTime = event.time;
    time.textContent = timeOfDay(event.time);
    const text = document.createElement("p");
    text.textContent = sentence(event, this.store);
    const { severity } = event.data;
    if (event.type === "alert.fired" || event.type === "alert.changed") {
      item.className = severity === "critical" ? "is-overdue" : "is-late";
    } else if (event.type === "shipment.lost") item.className = "is-overdue";
    else if (event.type === "shipment.position") item.className = "is-routine";
    else if (event.type === "shipment.delayed") {
      item.className = event.data.delayReason === "overdue" ? "is-overdue" : "is-late";
    }
    item.title = `#${event.sequence} ${event.type}`;
    item.append(time, text);
    return item;
  }
}

/** @param {any} event @param {Store} store */
export function sentence(event, store) {
  const { data } = event;
  const name = (/** @type {string} */ id) => store.name(id);
  const [topic, what] = event.type.split(".");
  switch (topic) {
    case "trade": return trade(what, data, store);
    case "offer": return offer(what, data, store);
    case "alert": return alert(what, data, store);
    case "alert-rule": return `rule ${data.id} ${what}`;
    case "shipment": return shipment(what, data, store);
    case "stock": if (what === "transferred") return `${name(data.from)} gave ${name(data.to)} ${goods(data.lines, store)} at ${name(data.station)}`;
      return `${name(data.owner)}${data.owner === data.station ? "" : ` at ${name(data.station)}`}: ${changes(data.lines, store)}`;
    case "credits": if (what === "transferred") return `${name(data.from)} gave ${name(data.to)} ${amount(data.credits)}`;
      return `${amount(Math.abs(data.change))} credits ${what} ${what === "issued" ? "to" : "from"} ${name(data.trader)}`;
    case "station": case "commodity": case "trader": case "vessel":
      return `${topic} ${data.name} ${what}`;
    default: return event.type.replace(".", " ");
  }
}

/** @param {string} what @param {any} data @param {Store} store */
function trade(what, data, store) {
  const [buyer, seller] = [store.name(data.buyer), store.name(data.seller)];
  const lot = `${goods(data.lines, store)} from ${seller}${beside(data, store)}`;
  switch (what) {
    case "held": return `${buyer} holds ${lot} for ${amount(data.total)}`;
    case "settled": return `${buyer} bought ${lot} for ${amount(data.total)}`;
    case "reversed": return `${buyer} gave back ${goods(data.lines, store)} to ${seller}: ${data.reason}`;
    default: return `a hold of ${buyer} on goods of ${seller} ${what === "expired" ? "has run out" : "was called off"}`;
  }
}

/** @param {string} what @param {any} data @param {Store} store */
function offer(what, data, store) {
  const of = data.offers?.[0] ?? data;
  if (of.trader === undefined) return `an offer was ${what}`;
  const verb = what === "opened" ? (of.side === "sell" ? "sells" : "buys") : `no longer ${of.side}s`;
  const lot = what === "opened" ? `${integer(of.quantity)} ` : "";
  return `${store.name(of.trader)} ${verb} ${lot}${store.name(of.commodity)} at ${amount(of.unitPrice)}`;
}

/** What each kind of alert says. @type {Record<string, string>} */
const ALERTS = {
  shipment_overdue: "overdue",
  shipment_late: "expected late",
  shipment_silent: "silent",
  stock_low: "running low",
  stock_out: "out of stock",
  hold_expired: "a hold ran out",
};

/** @param {string} what @param {any} data @param {Store} store */
function alert(what, data, store) {
  const { cause } = data;
  const known = cause.shipmentId && store.shipments.get(cause.shipmentId);
  const place = data.station ? `${store.name(data.station)}: ` : "";
  const subject = known ? `${store.name(known.origin)} to ${store.name(known.destination)}: ` : place;
  const good = data.commodity ? ` of ${store.name(data.commodity)}` : "";
  const says = `${subject}${ALERTS[data.kind] ?? data.kind}${good}`;
  switch (what) {
    case "fired": return `Alert: ${says}`;
    case "changed": return `Alert is ${data.severity} now: ${says}`;
    case "acknowledged": return `Alert seen: ${says}`;
    default: return `Alert over: ${says}`;
  }
}

/** Where a trade was, if neither party is the place. @param {any} data @param {Store} store */
function beside(data, store) {
  return data.station === data.buyer || data.station === data.seller ? "" : ` at ${store.name(data.station)}`;
}

/** @param {any[] | undefined} lines @param {Store} store */
function goods(lines, store) {
  if (!lines || lines.length === 0) return "goods";
  const [first, ...others] = lines;
  const units = first.quantity ?? (first.accepted ?? 0) + (first.rejected ?? 0);
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  return `${integer(units)} ${store.name(first.commodity)}${more}`;
}

/** @param {any[]} lines @param {Store} store */
function changes(lines, store) {
  const words = lines.slice(0, 2).map((line) => (line.reason === "counted"
    ? `counted ${integer(line.count)} ${store.name(line.commodity)}`
    : `${line.reason} ${integer(Math.abs(line.change))} ${store.name(line.commodity)}`));
  return words.join(", ") + (lines.length > 2 ? ` and ${lines.length - 2} more` : "");
}

/** @param {string} what @param {any} data @param {Store} store */
function shipment(what, data, store) {
  const way = `${store.name(data.origin)} to ${store.name(data.destination)}`;
  const who = store.name(data.owner);
  const known = store.shipments.get(data.shipmentId);
  switch (what) {
    case "booked": return `${who} booked ${goods(data.lines, store)}, ${way}`;
    case "loaded": return `${who} is loading at ${store.name(data.origin)}`;
    case "departed": return `${who} left ${store.name(data.origin)} for ${store.name(data.destination)}`;
    case "position": return `${who} reported its position, ${way}`;
    case "estimated": {
      const late = data.estimatedArrival && known ? (Date.parse(data.estimatedArrival) - known.planned) / 1000 : 0;
      const by = late > 60 ? `, ${span(late)} late` : "";
      return `${who} gives a new estimate${by}${data.reason ? `: ${data.reason}` : ""}`;
    }
    case "delayed": return `${who} is ${data.delayReason === "overdue" ? "overdue" : "late"}, ${way}`;
    case "arrived": return `${who} arrived at ${store.name(data.destination)}`;
    case "received": return `${store.name(data.destination)} received ${goods(data.lines, store)} of ${who}`;
    case "lost": return `${who} is lost, ${way}${data.reason ? `: ${data.reason}` : ""}`;
    case "returned": return `${who} is back at ${store.name(data.origin)} with ${goods(data.lines, store)}`;
    case "found": return `${goods(data.lines, store)} of ${who} found again, ${way}`;
    case "held": return `${who} is held, ${way}: ${data.reason}`;
    case "released": return `${who} may go on, ${way}`;
    case "cancelled": return `${who} called off ${way}`;
    default: return `${who}: ${what}, ${way}`;
  }
}
