// A shipment's story in words: the promise, what became of it, and each report. No page here.

import { about, moment } from "../format.js";
import { counted, inline, quantity } from "../home/words.js";

/** Milliseconds from which on a moment is not as planned. */
const MINUTE = 60_000;

/** @param {string | null | undefined} text RFC 3339 @returns {number | null} */
export const time = (text) => (text ? Date.parse(text) : null);

/** A moment without its year. @param {string | number | null | undefined} at */
export const brief = (at) => moment(at).replace(/^\d+-/, "");

/**
 * Departure and arrival: planned, estimated, actual, and how far from the plan.
 * @param {any} shipment as GET /api/cargo/{id} answers
 * @param {number} now network time
 */
export function legs(shipment, now) {
  return [
    leg("Departure", time(shipment.plannedDeparture), time(shipment.estimatedDeparture), time(shipment.actualDeparture), now),
    leg("Arrival", time(shipment.plannedArrival), time(shipment.estimatedArrival), time(shipment.actualArrival), now),
  ];
}

/** @param {string} what @param {number | null} planned @param {number | null} estimated @param {number | null} actual @param {number} now */
function leg(what, planned, estimated, actual, now) {
  const is = actual ?? estimated;
  let difference = "";
  let isLate = false;
  if (planned !== null && is !== null) {
    difference = against(is - planned);
    isLate = is - planned >= MINUTE;
  } else if (planned !== null && now > planned) {
    difference = `${about((now - planned) / 1000)} overdue`;
    isLate = true;
  }
  return { what, planned, estimated, actual, difference, isLate };
}

/** @param {number} ms after the plan */
function against(ms) {
  if (Math.abs(ms) < MINUTE) return "as planned";
  return ms > 0 ? `${about(ms / 1000)} late` : `${about(-ms / 1000)} early`;
}

/** The goods of a report. @param {any[] | null | undefined} lines @param {import("../model/model.js").Model} model @param {string} field */
function goods(lines, model, field) {
  return (lines ?? []).filter((line) => (line[field] ?? 0) > 0)
    .map((line) => `${quantity(line[field], model.commodities.get(line.commodity)?.unitMassGrams)} of ${inline(model.name(line.commodity))}`).join(", ");
}

/** One entry of a timeline, in words. @param {any} entry @param {import("../model/model.js").Model} model @returns {string} */
export function told(entry, model) {
  const because = [entry.delayCode && entry.delayCode !== "other" ? entry.delayCode : "", entry.reason ?? ""].filter(Boolean).join(": ");
  const why = because ? `; ${because}` : "";
  const due = entry.estimatedArrival ? `, due ${brief(entry.estimatedArrival)}` : "";
  const all = goods(entry.lines, model, "quantity");
  switch (entry.type) {
    case "booked": return `Booked${all && `, ${all}`}`;
    case "loaded": return `Loaded${why}`;
    case "departed": return `Departed${due}${why}`;
    case "position": return entry.position ? `Seen at ${at(entry.position)}` : "Seen";
    case "estimated": return `New estimate${due || (entry.estimatedDeparture ? `, leaves ${brief(entry.estimatedDeparture)}` : "")}${why}`;
    case "delayed": return entry.delayReason === "overdue" ? "Late: its promised arrival has passed" : `Late by its estimate${why}`;
    case "held": return `Stopped${why}`;
    case "released": return "Goes on";
    case "arrived": return "Arrived";
    case "received": return received(entry, model);
    case "lost": return `${entry.cause === "stolen" ? "Stolen" : "Lost"}${all && `, ${all}`}${why}`;
    case "found": return `Found again${all && `, ${all}`}`;
    case "cancelled": return `Cancelled${why}`;
    case "returned": return `Returned to its origin${why}`;
    default: return String(entry.type);
  }
}

/** @param {any} entry @param {import("../model/model.js").Model} model */
function received(entry, model) {
  const accepted = goods(entry.lines, model, "accepted");
  const rejected = goods(entry.lines, model, "rejected");
  const short = goods(entry.lines, model, "short");
  const parts = [accepted && `accepted ${accepted}`, rejected && `rejected ${rejected}`, short && `missing ${short}`].filter(Boolean);
  return `${entry.complete ? "Received" : "Received in part"}${parts.length > 0 ? `: ${parts.join("; ")}` : ""}`;
}

/** A place, in light-years. @param {{ x: number, y: number, z: number }} position */
export const at = ({ x, y, z }) => `${[x, y, z].map((n) => n.toFixed(2).replace("-", "−")).join(", ")} ly`;

/**
 * Reports in a row that say the same, positions, become one: the newest, and how many.
 * @param {any[]} timeline oldest first
 * @returns {{ entry: any, count: number }[]} newest first
 */
export function merged(timeline) {
  /** @type {{ entry: any, count: number }[]} */
  const rows = [];
  for (const entry of timeline) {
    const last = rows[rows.length - 1];
    if (entry.type === "position" && last?.entry.type === "position") Object.assign(last, { entry, count: last.count + 1 });
    else rows.push({ entry, count: 1 });
  }
  return rows.reverse();
}

/** @param {number} count */
export const more = (count) => (count > 1 ? ` (${counted(count, "report")})` : "");

/**
 * The times that a picture of it spans: the plan, and its course as far as it went.
 * @param {any} shipment as GET /api/cargo/{id} answers
 * @param {number} now
 */
export function span(shipment, now) {
  const planned = /** @type {[number, number]} */ ([Date.parse(shipment.plannedDeparture), Date.parse(shipment.plannedArrival)]);
  const departed = time(shipment.actualDeparture);
  const arrived = time(shipment.actualArrival);
  const isOpen = arrived === null && ["booked", "loading", "in_transit"].includes(shipment.status);
  const expected = arrived ?? time(shipment.estimatedArrival) ?? planned[1];
  const ended = arrived ?? (isOpen ? now : Date.parse(shipment.timeline?.at(-1)?.occurredAt ?? shipment.plannedArrival));
  const course = departed === null ? null : { start: departed, until: Math.max(departed, ended), expected };
  const all = [...planned, expected, ...(course ? [course.start, course.until] : []), ...(isOpen ? [now] : [])];
  return { from: Math.min(...all), to: Math.max(...all), plan: planned, course, isOpen };
}
