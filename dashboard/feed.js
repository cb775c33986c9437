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
    if (event.type === "shipment.lost") item.className = "is-overdue";
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
    case "trade":
      return `${name(data.buyer)} bought ${goods(data.lines, store)} from ${name(data.seller)}${beside(data, store)} for ${amount(data.total)}`;
    case "shipment": return shipment(what, data, store);
    case "stock": return `${name(data.owner)}${data.owner === data.station ? "" : ` at ${name(data.station)}`}: ${changes(data.lines, store)}`;
    case "credits": return `${amount(Math.abs(data.change))} credits ${what} ${what === "issued" ? "to" : "from"} ${name(data.trader)}`;
    case "station": case "commodity": case "trader":
      return `${topic} ${data.name} ${what}`;
    default: return event.type.replace(".", " ");
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
    case "cancelled": return `${who} called off ${way}`;
    default: return `${who}: ${what}, ${way}`;
  }
}
