// Filters of a view and the query of its address: the same names as the API's parameters. Knows no page.

import { link } from "../../address.js";

/**
 * @typedef {object} Field
 * @property {string} name the API's parameter, and the address's
 * @property {string} label
 * @property {"text" | "time" | "choice" | "station" | "commodity" | "trader" | "vessel"} kind
 * @property {[value: string, label: string][]} [choices] of a choice; the empty value is none
 * @property {string} [hint]
 */

/**
 * What the address asks for: of each field that has a value, the value.
 * @param {Field[]} fields
 * @param {URLSearchParams} query
 * @returns {Map<string, string>}
 */
export function read(fields, query) {
  const values = new Map();
  for (const { name } of fields) {
    const value = query.get(name)?.trim();
    if (value) values.set(name, value);
  }
  return values;
}

/**
 * A path of the API with these parameters, those without a value left out.
 * @param {string} path
 * @param {Iterable<[string, string | number | null | undefined]>} values
 */
export const pathOf = (path, values) => link(path, Object.fromEntries(values));

/**
 * A time as people type it, as the API reads it: "2200-01-01", "2200-01-01 12:30", with seconds or without, in
 * network time, which is UTC. What is none is given on as it is, so that the API says what is wrong.
 * @param {string} text
 */
export function timeFrom(text) {
  const trimmed = text.trim();
  const found = /^(\d{4,6}-\d\d-\d\d)(?:[ T]+(\d\d:\d\d)(:\d\d(?:\.\d+)?)?)?\s*Z?$/i.exec(trimmed);
  return found ? `${found[1]}T${found[2] ?? "00:00"}${found[3] ?? ":00"}Z` : trimmed;
}

/** A time of the API as people read it. @param {string} time */
export function timeText(time) {
  const found = /^(\d{4,6}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(time);
  return found ? `${found[1]} ${found[2]}` : time;
}

/**
 * The API's refusals of parameters, by parameter; the first of each.
 * @param {{ errors?: { parameter?: string, detail: string }[] } | null | undefined} problem
 * @returns {Map<string, string>}
 */
export function faults(problem) {
  const found = new Map();
  for (const { parameter, detail } of problem?.errors ?? []) {
    if (parameter && !found.has(parameter)) found.set(parameter, detail);
  }
  return found;
}
