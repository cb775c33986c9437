// What this page knows: the lists it started from, and every event since, folded in order.

import { systemName } from "./layout.js";

/**
 * @typedef {object} Station
 * @property {string} id
 * @property {string} name
 * @property {string} kind
 * @property {string} system
 * @property {{ x: number, y: number, z: number }} position light-years
 */

/**
 * A shipment that has not ended; times in milliseconds of network time.
 * @typedef {object} Shipment
 * @property {string} id
 * @property {string} origin
 * @property {string} destination
 * @property {string} status
 * @property {number} sequence of its latest event
 * @property {number} planned arrival
 * @property {number | null} estimated arrival
 * @property {number | null} departed
 * @property {{ x: number, y: number, z: number, at: number } | null} seen
 * @property {"" | "estimate" | "overdue"} delay
 * @property {number} units outstanding
 */

const WINDOW_SECONDS = 60;
const RATE_SECONDS = 10;

/** Units of all lines that are not yet counted or given up. @param {any[] | undefined} lines */
function units(lines) {
  return (lines ?? []).reduce((sum, line) => sum + (line.outstanding ?? line.quantity ?? 0), 0);
}

export class Store {
  constructor() {
    /** @type {Map<string, Station>} */
    this.stations = new Map();
    /** @type {Map<string, Shipment>} */
    this.shipments = new Map();
    /** @type {Map<string, string>} */
    this.names = new Map();
    /** @type {Map<string, string>} */
    this.systemNames = new Map();
    this.sequence = 0;
    this.startedAt = performance.now();
    this.stationsVersion = 0;
    /** Trades and value of each second of the last minute, by second of ours. */
    this.seconds = Array.from({ length: WINDOW_SECONDS }, () => ({ second: -1, trades: 0, value: 0 }));
    this.clock = { network: 0, read: 0, speed: 1 };
  }

  /** @param {{ time: string, speed?: number }} network */
  setClock(network) {
    this.clock = { network: Date.parse(network.time), read: performance.now(), speed: network.speed ?? 1 };
  }

  /** Network time now, in milliseconds. */
  now() {
    return this.clock.network + (performance.now() - this.clock.read) * this.clock.speed;
  }

  /** @param {string} id of a system */
  systemName(id) {
    let name = this.systemNames.get(id);
    if (name === undefined) {
      const stations = [...this.stations.values()].filter(({ system }) => system === id);
      this.systemNames.set(id, (name = systemName(id, stations)));
    }
    return name;
  }

  /** @param {string} id of a station, trader or commodity */
  name(id) {
    return this.names.get(id) ?? id;
  }

  /** @param {Station} station */
  setStation(station) {
    this.stations.set(station.id, station);
    this.names.set(station.id, station.name);
    this.systemNames.delete(station.system);
    this.stationsVersion += 1;
  }

  /** A shipment as the API lists it. @param {any} item */
  setShipment(item) {
    const time = (/** @type {string | null} */ text) => (text ? Date.parse(text) : null);
    this.shipments.set(item.shipmentId, {
      id: item.shipmentId,
      origin: item.origin,
      destination: item.destination,
      status: item.status,
      sequence: item.sequence,
      planned: Date.parse(item.plannedArrival),
      estimated: time(item.estimatedArrival),
      departed: time(item.actualDeparture),
      seen: item.position && { ...item.position, at: Date.parse(item.position.at) },
      delay: item.delayed?.reason ?? "",
      units: units(item.lines),
    });
  }

  /** Folds one event. @param {any} event */
  apply(event) {
    const sequence = Number(event.sequence);
    this.sequence = Math.max(this.sequence, sequence);
    const [topic, what] = event.type.split(".");
    if (event.type === "trade.settled") this.countTrade(event.data.total);
    else if (topic === "shipment") this.applyShipment(what, event.data, sequence, event.time);
    else if (topic === "station") this.setStation(event.data);
    else if (topic === "trader" || topic === "commodity") this.names.set(event.data.id, event.data.name);
  }

  /** @param {number} value */
  countTrade(value) {
    const second = Math.floor(performance.now() / 1000);
    const slot = this.seconds[second % WINDOW_SECONDS];
    if (slot.second !== second) Object.assign(slot, { second, trades: 0, value: 0 });
    slot.trades += 1;
    slot.value += value;
  }

  /** @param {string} what @param {any} data @param {number} sequence @param {string} time */
  applyShipment(what, data, sequence, time) {
    const id = data.shipmentId;
    const known = this.shipments.get(id);
    if (what === "booked") {
      if (!known) this.setShipment({ ...data, status: "booked", sequence });
      return;
    }
    // The list it came from had this event already, or the shipment ended before the list.
    if (!known || known.sequence >= sequence) return;
    known.sequence = sequence;
    const estimate = data.estimatedArrival ? Date.parse(data.estimatedArrival) : null;
    switch (what) {
      case "loaded": known.status = "loading"; break;
      case "departed":
        known.status = "in_transit";
        known.departed = Date.parse(time);
        known.estimated = estimate ?? known.estimated;
        break;
      case "position": known.seen = { ...data.position, at: Date.parse(time) }; break;
      case "estimated":
        known.estimated = estimate ?? known.estimated;
        known.delay = (known.estimated ?? 0) > known.planned ? "estimate" : "";
        break;
      case "delayed": known.delay = data.delayReason ?? "overdue"; break;
      case "lost":
        // Of what is lost by line the rest goes on.
        known.units -= units(data.lines);
        if (known.units <= 0) this.shipments.delete(id);
        break;
      case "found": known.units += units(data.lines); break;
      case "arrived": case "received": case "cancelled": case "returned":
        this.shipments.delete(id);
        break;
      default: break;
    }
  }

  /**
   * Late, or overdue: past its planned arrival and past, or without, a later estimate of its own.
   * @param {Shipment} shipment
   * @param {number} now network time
   * @returns {"" | "late" | "overdue"}
   */
  lateness(shipment, now) {
    if (!shipment.delay) return "";
    if (shipment.delay === "estimate") return "late";
    const isTold = shipment.estimated !== null && shipment.estimated > Math.max(shipment.planned, now);
    return isTold ? "late" : "overdue";
  }

  /** Ships under way and how many of them are late. */
  underWay() {
    let count = 0;
    let late = 0;
    for (const shipment of this.shipments.values()) {
      if (shipment.status !== "in_transit") continue;
      count += 1;
      if (shipment.delay) late += 1;
    }
    return { count, late };
  }

  /** Trades a second and value a minute, lately; null until there is enough to say. */
  rates() {
    const now = performance.now() / 1000;
    const watched = now - this.startedAt / 1000;
    if (watched < 3) return null;
    let trades = 0;
    let value = 0;
    for (const slot of this.seconds) {
      const age = Math.floor(now) - slot.second;
      if (slot.second < 0 || age >= WINDOW_SECONDS) continue;
      value += slot.value;
      if (age > 0 && age <= RATE_SECONDS) trades += slot.trades;
    }
    return {
      tradesPerSecond: trades / Math.min(RATE_SECONDS, watched),
      valuePerMinute: (value / Math.min(WINDOW_SECONDS, watched)) * 60,
    };
  }

  /** Where a ship is by now, between its last report and its estimate. @param {Shipment} shipment @param {number} now network time */
  place(shipment, now = this.now()) {
    const from = this.stations.get(shipment.origin)?.position;
    const to = this.stations.get(shipment.destination)?.position;
    if (!from || !to || shipment.departed === null) return null;
    const start = shipment.seen ?? { ...from, at: shipment.departed };
    const end = shipment.estimated ?? shipment.planned;
    const part = Math.min(1, Math.max(0, (now - start.at) / Math.max(1, end - start.at)));
    return {
      x: start.x + (to.x - start.x) * part,
      z: start.z + (to.z - start.z) * part,
      from,
      to,
    };
  }
}
