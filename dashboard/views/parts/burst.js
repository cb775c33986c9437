// The rows of a live feed: the newest first, bounded, and of each second no more than one can read; how many more
// there were is said in a row of its own, so that nothing is left out unsaid. Knows no page.

/**
 * @typedef {{ key: string, event: any, more: 0 } | { key: string, event: null, more: number }} Row
 */

/** Events of one second of the clock that are shown, at most. */
export const EVENTS_A_SECOND_MAX = 20;
/** Rows while the feed runs. */
export const ROWS_LIVE_MAX = 300;
/** Rows while it rests, and older ones are loaded. */
const ROWS_READ_MAX = 3_000;

export class Rows {
  constructor() {
    /** Newest first. @type {Row[]} */
    this.rows = [];
    this.second = -1;
    this.shown = 0;
    /** Rises with each change. */
    this.version = 0;
    /** The oldest sequence that is here, or was asked for and is not there; 0 if none was. */
    this.oldest = 0;
  }

  /**
   * Events that have just come, oldest first.
   * @param {any[]} events
   * @param {number} second of the clock
   */
  add(events, second) {
    if (events.length === 0) return;
    if (second !== this.second) [this.second, this.shown] = [second, 0];
    // Of what came the newest can be read; the rest of this second is counted.
    const room = Math.min(events.length, Math.max(0, EVENTS_A_SECOND_MAX - this.shown));
    this.leaveOut(events.length - room, `second-${second}`);
    for (const event of events.slice(events.length - room)) this.rows.unshift(asRow(event));
    this.shown += room;
    this.oldest ||= Number(events[0].sequence);
    this.trim(ROWS_LIVE_MAX);
    this.version += 1;
  }

  /** Counts events that get no row of their own. @param {number} count @param {string} key of the row that says so */
  leaveOut(count, key) {
    if (count <= 0) return;
    const at = this.rows.findIndex((row) => row.key === key);
    if (at < 0) this.rows.unshift({ key, event: null, more: count });
    else this.rows[at] = { key, event: null, more: count + this.rows[at].more };
    this.version += 1;
  }

  /** Older events, newest first. @param {any[]} events @param {number} reached all from this sequence on is here */
  addEarlier(events, reached) {
    for (const event of events) this.rows.push(asRow(event));
    this.oldest = reached;
    this.trim(ROWS_READ_MAX);
    this.version += 1;
  }

  /** Lets go of the oldest rows. @param {number} rowsMax */
  trim(rowsMax) {
    if (this.rows.length <= rowsMax) return;
    this.rows.length = rowsMax;
    const last = this.rows.findLast((row) => row.event !== null);
    if (last?.event) this.oldest = Number(last.event.sequence);
  }

  clear() {
    this.rows = [];
    this.oldest = 0;
    this.version += 1;
  }
}

/** @param {any} event @returns {Row} */
const asRow = (event) => ({ key: `#${event.sequence}`, event, more: 0 });

/**
 * Whether an event passes the filters that its type alone decides; null if the others must be asked.
 * @param {Map<string, string>} values topic, type and severity, each any of several between commas
 * @returns {((event: any) => boolean) | null}
 */
export function localFilter(values) {
  const local = new Set(["topic", "type", "severity"]);
  if ([...values.keys()].some((name) => !local.has(name))) return null;
  const some = (/** @type {string} */ name) => {
    const text = values.get(name);
    return text === undefined ? null : new Set(text.split(",").map((one) => one.trim()));
  };
  const [topics, types] = [some("topic"), some("type")];
  const least = SEVERITIES.indexOf(values.get("severity") ?? "info");
  return ({ type, data }) => {
    const topic = type.slice(0, type.indexOf("."));
    if (topics && !topics.has(topic)) return false;
    if (types && !types.has(type)) return false;
    return topic !== "alert" || SEVERITIES.indexOf(data.severity) >= least;
  };
}

const SEVERITIES = ["info", "warning", "critical"];
