// Finding stations, systems and shipments by what people call them. No DOM here.

import { systemName } from "../model/names.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("./picker.js").Thing & { name: string, where: string }} Found */

const FOUND_MAX = 10;
/** Of shipments, which are many and alike, no more than so many. */
const SHIPMENTS_MAX = 5;

/** Without accents, in lower case: as people type. @param {string} text */
export const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Names as they are searched, made once. @type {Map<string, string>} */
const folded = new Map();
/** Names that were searched, before all are forgotten: more than any network shows at a time. */
const FOLDED_MAX = 100_000;

/** @param {string} text */
function fold(text) {
  let found = folded.get(text);
  if (found === undefined) {
    if (folded.size >= FOLDED_MAX) folded.clear();
    folded.set(text, (found = plain(text)));
  }
  return found;
}

/** How well words fit: -1 they are the name, 0 it begins so, 1 a word in it does, 2 it is in there, 3 not at all. @param {string} name @param {string} words */
function fit(name, words) {
  const at = fold(name).indexOf(words);
  if (at < 0) return 3;
  if (at === 0) return fold(name) === words ? -1 : 0;
  return fold(name)[at - 1] === " " || fold(name)[at - 1] === "-" ? 1 : 2;
}

/** @type {{ key: unknown, version: number, names: Map<string, string> }} */
let known = { key: null, version: -1, names: new Map() };

/** The names of all systems, made anew when stations have changed. @param {Model} model */
function systemNames(model) {
  const { stations, versions } = model;
  if (known.key === stations && known.version === versions.stations) return known.names;
  /** @type {Map<string, { name: string }[]>} */
  const members = new Map();
  for (const station of stations.values()) {
    const others = members.get(station.system);
    if (others) others.push(station);
    else members.set(station.system, [station]);
  }
  const names = new Map([...members].map(([id, some]) => [id, systemName(id, some)]));
  known = { key: stations, version: versions.stations, names };
  return names;
}

/** @param {Model} model @param {string} text @returns {Found[]} the best first */
export function find(model, text) {
  const words = plain(text.trim());
  if (!words) return [];
  /** @type {{ rank: number, found: Found }[]} */
  const all = [];
  const offer = (/** @type {number} */ rank, /** @type {Found} */ found) => {
    if (rank < 3) all.push({ rank, found });
  };
  const systems = systemNames(model);
  for (const { id, name, kind, system } of model.stations.values()) {
    offer(Math.min(fit(name, words), fit(id, words)), { kind: "station", id, name, where: `${kind}, ${systems.get(system)}` });
  }
  // A system comes after the station that has its name in front.
  for (const [id, name] of systems) offer(Math.min(fit(name, words), fit(id, words)) + 0.1, { kind: "system", id, name, where: "system" });
  const ships = shipments(model, words);
  all.push(...ships);
  all.sort((one, other) => one.rank - other.rank || one.found.name.length - other.found.name.length || (one.found.name < other.found.name ? -1 : 1));
  return all.slice(0, FOUND_MAX).map(({ found }) => found);
}

/** @param {Model} model @param {string} words */
function shipments(model, words) {
  /** @type {{ rank: number, found: Found }[]} */
  const best = [];
  for (const shipment of model.shipments.values()) {
    const name = shipment.vessel ? model.name(shipment.vessel) : shipment.id;
    const rank = Math.min(fit(name, words), fit(shipment.id, words)) + 0.2;
    if (rank >= 3 || (best.length >= SHIPMENTS_MAX && rank >= best[best.length - 1].rank)) continue;
    const where = `ship, ${model.name(shipment.origin)} to ${model.name(shipment.destination)}`;
    best.push({ rank, found: { kind: "shipment", id: shipment.id, name, where } });
    best.sort((one, other) => one.rank - other.rank);
    best.length = Math.min(best.length, SHIPMENTS_MAX);
  }
  return best;
}

/**
 * Whether a key leads to the search: with a modifier, for a single character may be what speech input
 * hears (WCAG 2.1.4).
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">} event
 */
export function isShortcut({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  return /^k$/i.test(key) && ctrlKey !== metaKey && !altKey && !shiftKey;
}
