// A row for each shipment: how many are under way, and how many of them are late, is counted in a column
// of numbers, for there are thousands, and time alone makes some of them late; and whoever draws them all
// finds the rows that changed.

/** @typedef {import("./shipment.js").Shipment} Shipment */

const CAPACITY_MIN = 1024;

/** As `condition` has it. @param {Shipment} shipment */
function lateFrom({ delay, arrived, planned }) {
  if (delay !== null) return -Infinity;
  return arrived === null ? planned : Infinity;
}

export class Census {
  constructor() {
    /** Since when each is late, in milliseconds of network time: before all time by its estimate; NaN for what is not under way. */
    this.lateFrom = new Float64Array(CAPACITY_MIN).fill(NaN);
    /** By row; null where there is none. @type {(Shipment | null)[]} */
    this.shipments = [];
    /** Rows that changed since whoever draws them looked. @type {Set<number>} */
    this.touched = new Set();
    /** @type {number[]} */
    this.free = [];
    this.underWay = 0;
  }

  /** Takes a shipment in, or what became of it. @param {Shipment} shipment */
  write(shipment) {
    if (shipment.row < 0) {
      shipment.row = this.free.pop() ?? this.shipments.length;
      if (shipment.row === this.lateFrom.length) this.grow();
    }
    this.shipments[shipment.row] = shipment;
    this.set(shipment.row, shipment.status === "in_transit" ? lateFrom(shipment) : NaN);
  }

  /** It has ended. @param {Shipment} shipment */
  drop(shipment) {
    if (shipment.row < 0) return;
    this.shipments[shipment.row] = null;
    this.set(shipment.row, NaN);
    this.free.push(shipment.row);
    shipment.row = -1;
  }

  /** @param {number} row @param {number} lateFrom */
  set(row, lateFrom) {
    this.underWay += Number(Number.isNaN(this.lateFrom[row])) - Number(Number.isNaN(lateFrom));
    this.lateFrom[row] = lateFrom;
    this.touched.add(row);
  }

  /** Something else changed of it. @param {Shipment | undefined} shipment */
  touch(shipment) {
    if (shipment) this.touched.add(shipment.row);
  }

  grow() {
    const longer = new Float64Array(this.lateFrom.length * 2).fill(NaN);
    longer.set(this.lateFrom);
    this.lateFrom = longer;
  }

  /** Ships under way behind their promise, or that will be by their estimate. @param {number} now network time */
  late(now) {
    const { lateFrom, shipments } = this;
    let count = 0;
    for (let row = 0; row < shipments.length; row += 1) if (lateFrom[row] < now) count += 1;
    return count;
  }
}
