// Where an axis of network time is marked, and with what words.

import { timeOfDay } from "../format.js";

const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [1, 2, 5, 10, 15, 30].map((n) => n * MINUTE)
  .concat([1, 2, 3, 6, 12].map((n) => n * HOUR), [1, 2, 5, 10, 20, 50, 100, 200, 500].map((n) => n * DAY));

/**
 * Marks between two times, `most` of them or fewer; a day is told where one begins.
 * @param {number} from @param {number} to @param {number} most
 * @returns {{ at: number, text: string, isDay: boolean }[]}
 */
export function ticks(from, to, most) {
  const step = STEPS.find((each) => (to - from) / each <= most) ?? Math.ceil((to - from) / most / DAY) * DAY;
  const marks = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    const isDay = at % DAY === 0;
    marks.push({ at, isDay, text: isDay ? day.format(at) : timeOfDay(at).slice(0, 5) });
  }
  return marks;
}
