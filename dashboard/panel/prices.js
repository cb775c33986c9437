// Candles as figures: what a chart and its table are made of. No page here.

/** @typedef {"minute" | "hour" | "day"} Interval */

/** Milliseconds of each interval. @type {Record<Interval, number>} */
export const LENGTHS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
/** How many of each are shown. @type {Record<Interval, number>} */
const SHOWN = { minute: 120, hour: 96, day: 90 };

/** @param {Interval} interval @param {number} to milliseconds of network time */
export const since = (interval, to) => Math.floor(to / LENGTHS[interval] - SHOWN[interval] + 1) * LENGTHS[interval];

/** Intervals in which something may be seen to happen, at a network's speed. @param {number} speed @returns {Interval[]} */
export const usual = (speed) => (speed >= 600 ? ["hour", "day"] : ["minute", "hour", "day"]);

/** In how many of them something was traded. @param {any[]} candles */
export const traded = (candles) => candles.filter(({ open }) => open !== null).length;

/**
 * Columns: times in seconds, then open, high, low and close (null where nothing was traded), units.
 * @param {any[]} candles as GET /api/analytics/prices answers
 * @returns {[number[], (number | null)[], (number | null)[], (number | null)[], (number | null)[], number[]]}
 */
export function columns(candles) {
  return [
    candles.map(({ at }) => Date.parse(at) / 1000),
    candles.map(({ open }) => open),
    candles.map(({ high }) => high),
    candles.map(({ low }) => low),
    candles.map(({ close }) => close),
    candles.map(({ units }) => units),
  ];
}

/** The lowest and highest price, null where nothing was traded. @param {any[]} candles @returns {{ low: number, high: number } | null} */
export function extent(candles) {
  const traded = candles.filter(({ low }) => low !== null);
  if (traded.length === 0) return null;
  return { low: Math.min(...traded.map(({ low }) => low)), high: Math.max(...traded.map(({ high }) => high)) };
}

/** So many candles are shown even where the first of them are empty. */
const SHOWN_MIN = 24;

/** Without the empty ones at the beginning. @param {any[]} candles */
export function trimmed(candles) {
  const first = candles.findIndex(({ open }) => open !== null);
  return first <= 0 ? candles : candles.slice(Math.min(first, Math.max(0, candles.length - SHOWN_MIN)));
}

/** Room for the prices above and for the volume below. @param {{ low: number, high: number }} extent */
export function room({ low, high }) {
  const height = Math.max(high - low, Math.max(1, high * 0.02));
  return { min: low - height * 0.45, max: high + height * 0.08 };
}
