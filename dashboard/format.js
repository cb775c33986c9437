// Numbers and times as people read them.

const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const oneDecimal = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** @param {number} value */
export const integer = (value) => whole.format(value);

/** Large amounts in short: 1.24M. @param {number} value */
export const amount = (value) => (value < 10_000 ? whole.format(Math.round(value)) : short.format(value));

/** @param {number} value */
export const rate = (value) => (value < 100 ? oneDecimal.format(value) : whole.format(Math.round(value)));

/** The time of day of a moment of the network. @param {string} time RFC 3339 */
export const timeOfDay = (time) => time.slice(11, 19);

/** A span of network time, in its two largest units. @param {number} seconds */
export function span(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
