// Numbers and times as people read them. What is not known is a dash.

export const UNKNOWN = "–";

const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const oneDecimal = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const percentage = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

/** @typedef {number | null | undefined} Maybe */

/** @param {Maybe} value @param {(value: number) => string} write */
const known = (value, write) => (value === null || value === undefined || Number.isNaN(value) ? UNKNOWN : write(value));

/** @param {Maybe} value */
export const integer = (value) => known(value, (known) => whole.format(known));

/** Large amounts in short: 1.24M. @param {Maybe} value */
export const amount = (value) => known(value, (known) => (Math.abs(known) < 10_000 ? whole.format(Math.round(known)) : short.format(known)));

/** @param {Maybe} value a second, an hour */
export const rate = (value) => known(value, (known) => (known < 100 ? oneDecimal.format(known) : amount(known)));

/** @param {Maybe} value from 0 to 1 */
export const share = (value) => known(value, (known) => percentage.format(known));

/** @param {Maybe} value light-years */
export const lightYears = (value) => known(value, (known) => `${oneDecimal.format(known)} ly`);

/** A span of network time, in its two largest units. @param {Maybe} seconds */
export function span(seconds) {
  return known(seconds, (all) => {
    if (all < 60) return `${Math.max(0, Math.floor(all))} s`;
    const minutes = Math.floor(all / 60);
    if (minutes < 60) return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
    const days = Math.floor(hours / 24);
    return hours % 24 ? `${days} d ${hours % 24} h` : `${days} d`;
  });
}

/** The same in its largest unit, for sentences: 4 h. @param {Maybe} seconds */
export function about(seconds) {
  return known(seconds, (all) => {
    if (all < 90) return `${Math.max(0, Math.round(all))} s`;
    if (all < 5400) return `${Math.round(all / 60)} min`;
    if (all < 48 * 3600) return `${Math.round(all / 3600)} h`;
    return `${Math.round(all / 86_400)} d`;
  });
}

/** @param {string | number} time */
const iso = (time) => new Date(time).toISOString();

/** The time of day of a moment of the network. @param {string | number | null | undefined} time */
export const timeOfDay = (time) => (time === null || time === undefined ? UNKNOWN : iso(time).slice(11, 19));

/** The day. @param {string | number | null | undefined} time */
export const day = (time) => (time === null || time === undefined ? UNKNOWN : iso(time).slice(0, 10));

/** Day and minute. @param {string | number | null | undefined} time */
export const moment = (time) => (time === null || time === undefined ? UNKNOWN : `${day(time)} ${iso(time).slice(11, 16)}`);

/** A sequence number. @param {Maybe} sequence */
export const position = (sequence) => known(sequence, (known) => `#${whole.format(known)}`);
