// The selected station: what it is, its stock, and the ships due and leaving.

import { get } from "./api.js";
import { integer } from "./format.js";
/** @typedef {import("./store.js").Store} Store */

/** Stock is asked for again when something happened here, but not more often. */
const READ_EVERY_MS = 1500;

export class Panel {
  /** @param {Store} store @param {(id: string) => HTMLElement} element */
  constructor(store, element) {
    this.store = store;
    this.section = element("panel");
    this.name = element("panel-name");
    this.where = element("panel-where");
    this.ships = element("panel-ships");
    this.stock = element("panel-stock");
    this.note = element("panel-note");
    /** @type {string | null} */
    this.station = null;
    this.isStale = false;
    this.isReading = false;
    this.readAt = 0;
  }

  /** @param {string | null} id */
  show(id) {
    this.station = id;
    const station = id === null ? undefined : this.store.stations.get(id);
    this.section.hidden = !station;
    if (!station) return;
    this.name.textContent = station.name;
    const { x, y, z } = station.position;
    const code = document.createElement("span");
    code.className = "id";
    code.textContent = station.id;
    this.where.replaceChildren(`${station.kind} in ${this.store.systemName(station.system)}, ${[x, y, z].map((part) => part.toFixed(1)).join(" ")} ly  `, code);
    this.stock.replaceChildren();
    this.note.textContent = "–";
    this.isStale = true;
    this.readAt = 0;
  }

  /** Something happened there. @param {any} event */
  notice(event) {
    const { data } = event;
    if (this.station !== null && [data.station, data.origin, data.destination].includes(this.station)) this.isStale = true;
  }

  draw() {
    if (this.station === null || !this.isStale || this.isReading) return;
    if (performance.now() - this.readAt < READ_EVERY_MS) return;
    this.isStale = false;
    this.isReading = true;
    this.readAt = performance.now();
    this.drawShips();
    this.read(this.station).finally(() => { this.isReading = false; });
  }

  drawShips() {
    let due = 0;
    let leaving = 0;
    for (const shipment of this.store.shipments.values()) {
      if (shipment.destination === this.station && shipment.status === "in_transit") due += 1;
      if (shipment.origin === this.station && shipment.status !== "in_transit") leaving += 1;
    }
    const ships = (/** @type {number} */ count) => `${count} ${count === 1 ? "ship" : "ships"}`;
    this.ships.textContent = `${ships(due)} due here, ${ships(leaving)} about to leave`;
  }

  /** @param {string} id */
  async read(id) {
    try {
      const { levels, asOf } = await get(`/api/inventory/${encodeURIComponent(id)}`);
      if (this.station !== id) return;
      this.stock.replaceChildren(...levels.map((/** @type {any} */ level) => this.row(level)));
      this.note.textContent = levels.length === 0 ? "Nothing in stock." : `as of #${integer(asOf.sequence)}`;
    } catch (error) {
      if (this.station !== id) return;
      this.note.textContent = `Stock cannot be read: ${error instanceof Error ? error.message : error}`;
      this.isStale = true;
    }
  }

  /** @param {any} level */
  row(level) {
    const row = document.createElement("tr");
    const name = document.createElement("th");
    name.scope = "row";
    name.textContent = this.store.name(level.commodity);
    const cells = [level.onHand, level.available, level.incoming].map((units) => {
      const cell = document.createElement("td");
      cell.textContent = integer(units);
      return cell;
    });
    row.append(name, ...cells);
    return row;
  }
}
