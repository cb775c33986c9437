// A shipment that has not ended: what its events make of it, as `domain::Shipment` folds them; and
// what a map shows of it. Times are milliseconds of network time.

/**
 * @typedef {object} Line
 * @property {string} commodity
 * @property {number} quantity
 * @property {number} accepted
 * @property {number} rejected
 * @property {number} writtenOff
 * @property {number} outstanding
 */

/**
 * @typedef {object} Shipment
 * @property {string} id
 * @property {string} origin
 * @property {string} destination
 * @property {string} owner
 * @property {string} consignee
 * @property {string} carrier
 * @property {string | null} vessel
 * @property {string} status
 * @property {string | null} onHold why, if it is
 * @property {"estimate" | "overdue" | null} delay
 * @property {string | null} delayCode why its estimate is late, if that was said
 * @property {number} plannedDeparture
 * @property {number | null} estimatedDeparture
 * @property {number | null} departed
 * @property {number} planned arrival
 * @property {number | null} estimated arrival
 * @property {number | null} arrived
 * @property {{ x: number, y: number, z: number, at: number } | null} position
 * @property {Line[]} lines
 * @property {number} units outstanding
 * @property {number} estimatedAt when its latest estimate was made; before all time if there was none
 * @property {number} heardAt
 * @property {number} sequence of its latest event
 * @property {number} row in the model's census; -1 while it has none
 */

/** @typedef {{ x: number, y: number, z: number }} Place light-years */

/** Statuses of what has not ended. */
const GOING_ON = new Set(["booked", "loading", "in_transit", "arrived", "partially_received"]);

/** @param {string | null | undefined} text */
const time = (text) => (text ? Date.parse(text) : null);

/** @param {Line[]} lines */
const outstanding = (lines) => lines.reduce((sum, line) => sum + line.outstanding, 0);

/** As the API shows it. @param {any} item @returns {Shipment} */
export function shipment(item) {
  /** @type {Line[]} */
  const lines = item.lines.map((/** @type {any} */ line) => ({
    commodity: line.commodity,
    quantity: line.quantity,
    accepted: line.accepted ?? 0,
    rejected: line.rejected ?? 0,
    writtenOff: line.writtenOff ?? 0,
    outstanding: line.outstanding ?? line.quantity,
  }));
  const { origin, destination, owner, consignee, carrier, sequence } = item;
  return {
    id: item.shipmentId,
    origin, destination, owner, consignee, carrier, sequence,
    vessel: item.vessel ?? null,
    status: item.status ?? "booked",
    onHold: item.onHold ? item.onHold.reason ?? "" : null,
    delay: item.delayed?.reason ?? null,
    delayCode: item.delayed?.code ?? null,
    plannedDeparture: Date.parse(item.plannedDeparture),
    estimatedDeparture: time(item.estimatedDeparture),
    departed: time(item.actualDeparture),
    planned: Date.parse(item.plannedArrival),
    estimated: time(item.estimatedArrival),
    arrived: time(item.actualArrival),
    position: item.position ? { x: item.position.x, y: item.position.y, z: item.position.z, at: Date.parse(item.position.at) } : null,
    lines,
    units: outstanding(lines),
    estimatedAt: time(item.estimatedAt) ?? -Infinity,
    heardAt: time(item.recordedAt) ?? 0,
    row: -1,
  };
}

/** Whether it belongs among what is under way. @param {Shipment} shipment */
export const isGoingOn = (shipment) => GOING_ON.has(shipment.status);

/**
 * Follows a shipment by one event.
 * @param {Shipment} shipment
 * @param {string} what the word behind the dot
 * @param {any} event
 */
export function follow(shipment, what, event) {
  const { data } = event;
  const at = Date.parse(event.time);
  shipment.sequence = Number(event.sequence);
  if (what !== "delayed") shipment.heardAt = Date.parse(event.recordedat);
  switch (what) {
    case "loaded":
      shipment.status = "loading";
      break;
    case "departed":
      shipment.status = "in_transit";
      shipment.departed = at;
      estimate(shipment, data, at);
      break;
    case "position":
      if (shipment.arrived === null && (shipment.position === null || at >= shipment.position.at)) {
        shipment.position = { x: data.position.x, y: data.position.y, z: data.position.z, at };
      }
      break;
    case "estimated":
      estimate(shipment, data, at);
      break;
    case "delayed":
      shipment.delay = data.delayReason ?? "overdue";
      break;
    case "arrived":
      shipment.status = "arrived";
      shipment.arrived = at;
      if (at <= shipment.planned) shipment.delay = null;
      break;
    case "received":
      shipment.status = data.complete ? "received" : "partially_received";
      for (const line of data.lines ?? []) receive(shipment, line);
      break;
    case "lost":
      writeOff(shipment, data.lines);
      if (shipment.units === 0) {
        const isCounted = shipment.lines.some((line) => line.accepted + line.rejected > 0);
        shipment.status = isCounted ? "received" : "lost";
      }
      break;
    case "found":
      for (const found of data.lines ?? []) {
        const line = lineOf(shipment, found.commodity);
        if (line) line.writtenOff = Math.max(0, line.writtenOff - found.quantity);
      }
      if (shipment.status === "lost") shipment.status = shipment.arrived === null ? "in_transit" : "arrived";
      break;
    case "cancelled":
    case "returned":
      writeOff(shipment, data.lines);
      shipment.status = what;
      break;
    case "held":
      shipment.onHold = data.reason ?? "";
      break;
    case "released":
      shipment.onHold = null;
      break;
  }
  balance(shipment);
}

/** Always: shipped = accepted + rejected + written off + outstanding. @param {Shipment} shipment */
function balance(shipment) {
  for (const line of shipment.lines) {
    line.outstanding = Math.max(0, line.quantity - line.accepted - line.rejected - line.writtenOff);
  }
  shipment.units = outstanding(shipment.lines);
}

/** The latest estimate wins, by when it was made and not by when it came. @param {Shipment} shipment @param {any} data @param {number} at */
function estimate(shipment, data, at) {
  const departure = time(data.estimatedDeparture);
  const arrival = time(data.estimatedArrival);
  if ((departure === null && arrival === null) || at < shipment.estimatedAt || shipment.arrived !== null) return;
  shipment.estimatedAt = at;
  shipment.estimatedDeparture = departure ?? shipment.estimatedDeparture;
  if (arrival === null) return;
  shipment.estimated = arrival;
  const isLate = arrival > shipment.planned;
  shipment.delayCode = isLate ? data.delayCode ?? null : null;
  // Once the promise has passed, no estimate takes that back: only the arrival ends it.
  if (shipment.delay !== "overdue") shipment.delay = isLate ? "estimate" : null;
}

/** @param {Shipment} shipment @param {string} commodity */
const lineOf = (shipment, commodity) => shipment.lines.find((line) => line.commodity === commodity);

/** @param {Shipment} shipment @param {any} received */
function receive(shipment, received) {
  const line = lineOf(shipment, received.commodity);
  if (!line) return;
  line.accepted += received.accepted ?? 0;
  line.rejected += received.rejected ?? 0;
}

/** @param {Shipment} shipment @param {any[] | undefined} lines */
function writeOff(shipment, lines) {
  for (const gone of lines ?? []) {
    const line = lineOf(shipment, gone.commodity);
    if (line) line.writtenOff += gone.quantity;
  }
  balance(shipment);
}

/**
 * How it does. Overdue: its promised arrival has passed. Late: its latest estimate is past the
 * promise. Silent: an alert says that nothing was heard of it.
 * @param {Shipment} shipment
 * @param {number} now
 * @param {boolean} [isSilent]
 * @returns {"normal" | "late" | "overdue" | "silent" | "held"}
 */
export function condition(shipment, now, isSilent = false) {
  if (shipment.arrived === null && (shipment.delay === "overdue" || now > shipment.planned)) return "overdue";
  if (isSilent) return "silent";
  if (shipment.delay !== null) return "late";
  return shipment.onHold === null ? "normal" : "held";
}

/** Seconds by which it is, or expects to be, behind its promise; 0 if it is not. @param {Shipment} shipment @param {number} now */
export function behindSeconds(shipment, now) {
  const arrival = shipment.arrived ?? Math.max(shipment.estimated ?? shipment.planned, now);
  return Math.max(0, (arrival - shipment.planned) / 1000);
}

/** Of the way from where it was last known to be, from 0 to 1. @param {Shipment} shipment @param {number} now */
export function progress(shipment, now) {
  if (shipment.arrived !== null) return 1;
  if (shipment.departed === null) return 0;
  const arrival = shipment.estimated ?? shipment.planned;
  return share(shipment.departed, arrival, now);
}

/** @param {number} from @param {number} to @param {number} now */
function share(from, to, now) {
  return to <= from ? 1 : Math.min(1, Math.max(0, (now - from) / (to - from)));
}

/**
 * Where it is: at a station, where it was reported, or between that and where it goes.
 * @param {Shipment} shipment
 * @param {(station: string) => Place | undefined} placeOf
 * @param {number} now
 * @returns {(Place & { isReported: boolean }) | null} null if its stations are not known
 */
export function place(shipment, placeOf, now) {
  const origin = placeOf(shipment.origin);
  const destination = placeOf(shipment.destination);
  if (!origin || !destination) return null;
  if (shipment.arrived !== null) return { ...destination, isReported: true };
  if (shipment.departed === null) return { ...origin, isReported: true };
  const seen = shipment.position;
  const from = seen ?? origin;
  const since = seen ? seen.at : shipment.departed;
  const part = share(since, shipment.estimated ?? shipment.planned, now);
  const between = (/** @type {"x" | "y" | "z"} */ axis) => from[axis] + (destination[axis] - from[axis]) * part;
  return { x: between("x"), y: between("y"), z: between("z"), isReported: part === 0 };
}
