// A shipment's story in words: the promise, what became of it, and each report. No page here.

import { counted, inline, lasting, moment, quantity } from "../home/words.js";

/** @param {string | null | undefined} text RFC 3339 @returns {number | null} */
export const time = (text) => (text ? Date.parse(text) : null);

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
    isLate = is > planned;
  } else if (planned !== null && now > planned) {
    difference = `${lasting(now - planned)} overdue`;
    isLate = true;
  }
  return { what, planned, estimated, actual, difference, isLate };
}

/** @param {number} ms after the plan */
function against(ms) {
  if (Math.abs(ms) < 60_000) return "as planned";
  return ms > 0 ? `${lasting(ms)} late` : `${lasting(-ms)} early`;
}

/** The goods of a report. @param {any[] | null | undefined} lines @param {any} model @param {string} field */
function goods(lines, model, field) {
  return (lines ?? []).filter((line) => (line[field] ?? 0) > 0)
    .map((line) => `${quantity(line[field], model.commodities.get(line.commodity)?.unitMassGrams)} of ${inline(model.name(line.commodity))}`).join(", ");
}

/** One entry of a timeline, in words. @param {any} entry @param {any} model @returns {string} */
export function told(entry, model) {
  const because = [entry.delayCode && entry.delayCode !== "other" ? entry.delayCode : "", entry.reason ?? ""].filter(Boolean).join(": ");
  const why = because ? `; ${because}` : "";
  const due = entry.estimatedArrival ? `, due ${moment(Date.parse(entry.estimatedArrival))}` : "";
  const all = goods(entry.lines, model, "quantity");
  switch (entry.type) {
    case "booked": return `Booked${all && `, ${all}`}`;
    case "loaded": return `Loaded${why}`;
    case "departed": return `Departed${due}${why}`;
    case "position": return entry.position ? `Seen at ${at(entry.position)}` : "Seen";
    case "estimated": return `New estimate${due || (entry.estimatedDeparture ? `, leaves ${moment(Date.parse(entry.estimatedDeparture))}` : "")}${why}`;
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

/** @param {any} entry @param {any} model */
function received(entry, model) {
  const accepted = goods(entry.lines, model, "accepted");
  const rejected = goods(entry.lines, model, "rejected");
  const short = goods(entry.lines, model, "short");
  const parts = [accepted && `accepted ${accepted}`, rejected && `rejected ${rejected}`, short && `missing ${short}`].filter(Boolean);
  return `${entry.complete ? "Received" : "Received in part"}${parts.length > 0 ? `: ${parts.join("; ")}` : ""}`;
}

/** A place, in light-years. @param {{ x: number, y: number, z: number }} position */
export const at = ({ x, y, z }) => `${[x, y, z].map((n) => n.toFixed(2)).join(", ")} ly`;

/** Why it is late, in words; "" where it is not. @param {any} shipment */
export function lateness(shipment) {
  if (!shipment.delayed) return "";
  const { reason, code } = shipment.delayed;
  const how = reason === "overdue" ? "its promised arrival has passed" : "by its own estimate";
  return code ? `${how}; ${code}` : how;
}

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
