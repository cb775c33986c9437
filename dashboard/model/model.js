// What this page knows: the lists and the state it began with, and every event since, folded in
// order. The shared worker keeps one for tabs that come later, each tab one to draw from.

import { Census } from "./census.js";
import { Clock } from "./clock.js";
import { systemName } from "./names.js";
import { follow, isGoingOn, shipment } from "./shipment.js";

/** @typedef {import("./shipment.js").Shipment} Shipment */

/**
 * @typedef {object} Station
 * @property {string} id
 * @property {string} name
 * @property {"planet" | "station" | "outpost" | "gate"} kind
 * @property {string} system
 * @property {{ x: number, y: number, z: number }} position light-years
 * @property {string} owner
 * @property {number} sequence
 */

/** @typedef {{ id: string, name: string, category: string, unitMassGrams: number | null, unitVolumeMillilitres: number | null }} Commodity */

/**
 * An alert that fires, as GET /api/alerts shows it.
 * @typedef {object} Alert
 * @property {string} alertId
 * @property {"firing" | "resolved"} status
 * @property {string} kind
 * @property {"info" | "warning" | "critical"} severity
 * @property {{ shipmentId?: string, rule?: string, owner?: string, transactionId?: string }} cause
 * @property {string | null} station
 * @property {string | null} commodity
 * @property {string | null} shipmentId
 * @property {string} firedAt
 * @property {string} changedAt
 * @property {string | null} acknowledgedBy
 * @property {string | null} acknowledgedAt
 * @property {{ holds: string[], rules: string[] }} atRisk
 * @property {number} sequence
 */

/** Words of what has ended or not, as the network counts them. */
const UNDER_WAY = ["booked", "loading", "in_transit", "arrived", "partially_received"];

/** The topic of each type, and the word behind the dot: there are few types. @type {Map<string, string[]>} */
const types = new Map();

/** @param {string} type */
function wordsOf(type) {
  let words = types.get(type);
  if (!words) types.set(type, (words = type.split(".")));
  return words;
}

export class Model {
  constructor() {
    this.clock = new Clock();
    /** @type {Map<string, Station>} */
    this.stations = new Map();
    /** All that have not ended. @type {Map<string, Shipment>} */
    this.shipments = new Map();
    this.census = new Census();
    /** Those that fire. @type {Map<string, Alert>} */
    this.alerts = new Map();
    /** @type {Map<string, Commodity>} */
    this.commodities = new Map();
    /** Of traders, stations, commodities and vessels. @type {Map<string, string>} */
    this.names = new Map();
    /** As GET /api/network says them, and every event since; null if this reader may not know. @type {any} */
    this.counts = null;
    this.journal = "";
    /** @type {{ principal: string | null, role: string, accounts: string[], anonymous: boolean }} */
    this.reader = { principal: null, role: "viewer", accounts: [], anonymous: true };
    this.sequence = 0;
    /** Whether the state is all there: before that a number is unknown, which is not zero. */
    this.isLoaded = false;
    this.versions = { stations: 0, shipments: 0, alerts: 0, commodities: 0 };
    /** @type {Map<string, string>} */
    this.systemNames = new Map();
    /** Shipments that are silent, by the alerts that say so. @type {Set<string>} */
    this.silent = new Set();
    /** @type {string[]} */
    this.unknown = [];
    /** Told of each alert that changes, or has ended. @type {((alertId: string) => void) | null} */
    this.onAlert = null;
  }

  /** All of it, as a message can carry it. */
  save() {
    const { clock, stations, shipments, alerts, commodities, names, counts, journal, reader, sequence, isLoaded } = this;
    return { clock: { ...clock }, stations, shipments, alerts, commodities, names, counts, journal, reader, sequence, isLoaded };
  }

  /** Becomes what another one saved. @param {ReturnType<Model["save"]>} state */
  restore(state) {
    const { clock, ...rest } = state;
    Object.assign(this.clock, clock);
    Object.assign(this, rest);
    this.systemNames.clear();
    this.silent = new Set();
    this.census = new Census();
    for (const shipment of this.shipments.values()) {
      shipment.row = -1;
      this.census.write(shipment);
    }
    for (const alert of this.alerts.values()) this.listen(alert);
    for (const kind of /** @type {const} */ (["stations", "shipments", "alerts", "commodities"])) this.versions[kind] += 1;
  }

  /** Network time in milliseconds. */
  now() {
    return this.clock.now();
  }

  /** @param {any} network */
  setClock(network) {
    this.clock.set(network);
  }

  /** @param {any} network GET /api/network */
  setNetwork(network) {
    this.setClock(network);
    this.journal = network.journal;
  }

  /** @param {any} reader GET /api/whoami */
  setReader(reader) {
    this.reader = reader;
  }

  /** @param {Station[]} stations */
  setStations(stations) {
    for (const station of stations) this.setStation(station);
  }

  /** @param {Station} station */
  setStation(station) {
    const known = this.stations.get(station.id);
    if (known && known.sequence > station.sequence) return;
    const { id, name, kind, system, position, owner, sequence } = station;
    this.stations.set(id, { id, name, kind, system, position, owner, sequence });
    this.names.set(id, name);
    this.systemNames.delete(system);
    this.versions.stations += 1;
  }

  /** @param {any[]} commodities */
  setCommodities(commodities) {
    for (const { id, name, category, unitMassGrams, unitVolumeMillilitres } of commodities) {
      this.commodities.set(id, { id, name, category, unitMassGrams: unitMassGrams ?? null, unitVolumeMillilitres: unitVolumeMillilitres ?? null });
      this.names.set(id, name);
    }
    this.versions.commodities += 1;
  }

  /** @param {any[]} things */
  setNames(things) {
    for (const { id, name } of things) if (name) this.names.set(id, name);
  }

  /** A part of the state the stream begins with. @param {{ kind: string, items: any[] }} part */
  setPart({ kind, items }) {
    if (kind === "shipments") for (const item of items) this.setShipment(item);
    else if (kind === "alerts") for (const item of items) this.setAlert(item);
    else if (kind === "summary") this.counts = items[0] ?? null;
  }

  /** @param {any} item as GET /api/cargo shows it */
  setShipment(item) {
    const shown = shipment(item);
    const known = this.shipments.get(shown.id);
    if (!isGoingOn(shown) || (known && known.sequence > shown.sequence)) return;
    shown.row = known?.row ?? -1;
    this.shipments.set(shown.id, shown);
    this.census.write(shown);
    this.versions.shipments += 1;
  }

  /** @param {Alert} alert */
  setAlert(alert) {
    this.alerts.set(alert.alertId, alert);
    this.listen(alert);
    this.versions.alerts += 1;
    this.onAlert?.(alert.alertId);
  }

  /** @param {Alert} alert */
  listen(alert) {
    const { shipmentId } = alert.cause;
    if (alert.kind !== "shipment_silent" || !shipmentId) return;
    this.silent.add(shipmentId);
    this.census.touch(this.shipments.get(shipmentId));
  }

  /** The name of a station, commodity, trader or vessel; its identifier if it has none. @param {string} id */
  name(id) {
    return this.names.get(id) ?? id;
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

  /** @param {string} id of a station */
  placeOf(id) {
    return this.stations.get(id)?.position;
  }

  /** Shipments that ended and go on: to be fetched. */
  takeUnknown() {
    return this.unknown.splice(0);
  }

  /** Folds one event. @param {any} event a CloudEvent */
  apply(event) {
    const sequence = Number(event.sequence);
    this.sequence = Math.max(this.sequence, sequence);
    const [topic, what] = wordsOf(event.type);
    switch (topic) {
      case "shipment": this.applyShipment(what, event, sequence); break;
      case "alert": this.applyAlert(what, event, sequence); break;
      case "station": this.setStation({ ...event.data, sequence }); break;
      case "commodity": this.setCommodities([event.data]); break;
      case "trader": case "vessel": this.setNames([event.data]); break;
    }
    this.count(topic, what, event);
  }

  /** @param {string} what @param {any} event @param {number} sequence */
  applyShipment(what, event, sequence) {
    const { data } = event;
    const known = this.shipments.get(data.shipmentId);
    this.versions.shipments += 1;
    if (what === "booked") {
      if (known) return;
      const booked = shipment({ ...data, sequence });
      this.shipments.set(booked.id, booked);
      this.census.write(booked);
      return;
    }
    if (!known) {
      if (what === "found") this.unknown.push(data.shipmentId);
      return;
    }
    if (known.sequence >= sequence) return;
    const before = known.status;
    follow(known, what, event);
    this.recount(before, known.status);
    if (isGoingOn(known)) this.census.write(known);
    else {
      this.shipments.delete(known.id);
      this.census.drop(known);
    }
  }

  /** @param {string} what @param {any} event @param {number} sequence */
  applyAlert(what, event, sequence) {
    const { data } = event;
    const known = this.alerts.get(data.alertId);
    if (known && known.sequence >= sequence) return;
    if (what === "resolved") {
      this.alerts.delete(data.alertId);
      this.versions.alerts += 1;
      this.onAlert?.(data.alertId);
      if (known?.kind === "shipment_silent" && data.cause.shipmentId) {
        this.silent.delete(data.cause.shipmentId);
        this.census.touch(this.shipments.get(data.cause.shipmentId));
      }
      this.countAlert(known?.severity, null);
      return;
    }
    const shipmentId = data.cause.shipmentId ?? null;
    const destination = shipmentId ? this.shipments.get(shipmentId)?.destination ?? null : null;
    /** @type {Alert} */
    const alert = known ?? {
      alertId: data.alertId, status: "firing", kind: data.kind, severity: data.severity, cause: data.cause,
      station: data.station ?? destination, commodity: data.commodity ?? null, shipmentId,
      firedAt: event.recordedat, changedAt: event.recordedat, acknowledgedBy: null, acknowledgedAt: null,
      atRisk: { holds: [], rules: [] }, sequence,
    };
    this.countAlert(known?.severity, data.severity);
    const isSeen = what === "acknowledged";
    this.setAlert({
      ...alert, sequence, kind: data.kind, severity: data.severity, changedAt: event.recordedat,
      acknowledgedBy: isSeen ? data.actor ?? alert.acknowledgedBy : alert.acknowledgedBy,
      acknowledgedAt: isSeen ? event.recordedat : alert.acknowledgedAt,
    });
  }

  /** @param {string | undefined} before @param {string | null} after severity */
  countAlert(before, after) {
    const open = this.counts?.openAlerts;
    if (!open) return;
    if (before) open[before] -= 1;
    if (after) open[after] += 1;
  }

  /** @param {string} before @param {string} after status */
  recount(before, after) {
    const counts = this.counts?.shipments;
    if (!counts || before === after) return;
    counts[before] -= 1;
    counts[after] += 1;
    if (!UNDER_WAY.includes(after)) this.counts.openShipments -= 1;
  }

  /**
   * Folds an event of a named thing that the numbers of the network have already.
   * @param {any} event
   */
  applyNamed(event) {
    const { counts } = this;
    this.counts = null;
    this.apply(event);
    this.counts = counts;
  }

  /** The numbers of the network that an event changes by itself. @param {string} topic @param {string} what @param {any} event */
  count(topic, what, event) {
    const { counts } = this;
    if (!counts) return;
    counts.events = Math.max(counts.events, Number(event.sequence));
    if (topic === "trade" && what === "settled") {
      counts.tradesSettled += 1;
      counts.tradedValue += event.data.total ?? 0;
    } else if (topic === "shipment" && what === "booked") {
      counts.shipments.booked += 1;
      counts.openShipments += 1;
    } else if (topic === "station" && what === "created") {
      counts.stations += 1;
      // A station is a trader, too.
      counts.traders += 1;
    } else if (topic === "commodity" && what === "created") counts.commodities += 1;
    else if (topic === "trader" && what === "created") counts.traders += 1;
    else if (topic === "vessel" && what === "created") counts.vessels += 1;
  }
}
