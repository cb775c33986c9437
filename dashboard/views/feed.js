// What happens, as it happens, in words. What an event's type does not decide is asked of the API, once a second.

import { h, keyed, prose, setText } from "../dom.js";
import { integer } from "../format.js";
import { conditionOf, words } from "../model/words.js";
import { get } from "../net/api.js";
import { Ask, absence, trouble } from "./parts/ask.js";
import { Rows, localFilter } from "./parts/burst.js";
import { time } from "./parts/cells.js";
import { TOPICS, TYPES } from "./parts/types.js";
import { Filters } from "./parts/filters.js";
import { ViewFrame } from "./parts/frame.js";
import { earlier } from "./parts/past.js";
import { pathOf } from "./parts/query.js";
import { Source } from "./parts/source.js";

/** @typedef {import("./parts/burst.js").Row} Row */

const BEGIN_WITH = 60;
const EARLIER_BY = 100;
const ASK_EVERY_MS = 1_000;
const ASKED_MAX = 1_000;

/** @type {import("./parts/query.js").Field[]} */
const FIELDS = [
  { name: "topic", label: "Topic", kind: "choice", choices: TOPICS.map((topic) => [topic, topic]) },
  { name: "type", label: "Type", kind: "choice", choices: TYPES.map((type) => [type, type]) },
  { name: "severity", label: "Alerts", kind: "choice", hint: "all", choices: [["warning", "warning and worse"], ["critical", "critical"]] },
  { name: "station", label: "Station", kind: "station" },
  { name: "commodity", label: "Commodity", kind: "commodity" },
  { name: "trader", label: "Trader", kind: "trader" },
];

/** @param {HTMLElement} place @param {import("../app.js").App} app @returns {import("../app.js").View} */
export function mount(place, app) {
  return new Feed(place, app);
}

class Feed {
  /** @param {HTMLElement} place @param {import("../app.js").App} app */
  constructor(place, app) {
    this.app = app;
    this.place = place;
    this.rows = new Rows();
    this.isPaused = false;
    /** Events that came while it rested. */
    this.missed = 0;
    this.pauses = 0;
    this.drawn = -1;
    this.names = -1;
    /** The last sequence that was taken in, or passed over; 0 before the first. */
    this.last = 0;
    /** @type {((event: any) => boolean) | null} */
    this.filter = null;
    this.pause = h("button", { type: "button", "aria-pressed": "false", "aria-keyshortcuts": "Space", title: "Space", onclick: () => this.rest(!this.isPaused) }, "Pause");
    this.frame = new ViewFrame(place, "Feed", this.pause);
    this.filters = new Filters(app, FIELDS, "Which events");
    this.list = h("ol", { class: "feed", "aria-label": "Events, the newest first" });
    this.older = h("button", { type: "button", onclick: () => this.loadEarlier() }, "Load earlier");
    this.olderWords = h("span", { class: "quiet", role: "status" });
    this.frame.add(this.filters.element, this.list, h("div", { class: "more" }, this.older, this.olderWords));
    this.ask = new Ask((get) => this.follow(get), (words) => setText(this.frame.note, words), ASK_EVERY_MS);
    this.source = new Source(app.model);
    this.ended = new AbortController();
    document.addEventListener("keydown", (event) => this.key(event), { signal: this.ended.signal });
    this.loading = new AbortController();
    this.begin();
  }

  show() {
    this.filters.show();
    this.begin();
  }

  /** What was there before this page came, and from there on. */
  begin() {
    this.loading.abort();
    this.loading = new AbortController();
    this.rows.clear();
    this.rest(false);
    this.filter = localFilter(this.filters.values);
    this.last = 0;
    this.place.scrollTop = 0;
    this.frame.say("Loading…");
    // Until the model knows where the stream begins there is nothing to go back from.
    if (this.app.model.sequence > 0) this.fetchEarlier(BEGIN_WITH);
  }

  /** @param {number} count */
  async fetchEarlier(count) {
    const { signal } = this.loading;
    const before = this.rows.oldest || this.app.model.sequence + 1;
    if (this.last === 0) [this.last, this.rows.oldest] = [before - 1, before];
    this.older.disabled = true;
    setText(this.olderWords, "Loading…");
    try {
      const { events, reached } = await earlier(get, this.filters.values, before, count, signal);
      if (signal.aborted) return;
      this.rows.addEarlier(events, reached);
      this.filters.explain(null);
      setText(this.olderWords, events.length > 0 || reached <= 1 ? "" : `None from #${integer(reached)} on; there may be some before.`);
    } catch (/** @type {any} */ error) {
      if (signal.aborted) return;
      setText(this.olderWords, "");
      if (this.filters.explain(error.problem)) this.frame.refuse("The server refuses this filter; the field says why.");
      else if (this.rows.rows.length === 0) this.frame.refuse(trouble(error), () => this.begin());
      else setText(this.olderWords, trouble(error));
      return;
    } finally {
      if (!signal.aborted) this.older.disabled = false;
    }
    this.older.hidden = this.rows.oldest <= 1;
    if (this.rows.rows.length > 0) this.frame.say();
    else this.frame.say(this.filters.values.size > 0 ? "No such event yet. The next one appears here." : "Nothing has happened yet.");
  }

  /** Older ones are read at rest: what comes on top would push them away. */
  loadEarlier() {
    this.rest(true);
    this.fetchEarlier(EARLIER_BY);
  }

  /** @param {boolean} isPaused */
  rest(isPaused) {
    if (this.isPaused === isPaused) return;
    this.isPaused = isPaused;
    this.pause.setAttribute("aria-pressed", String(isPaused));
    setText(this.pause, isPaused ? "Go on" : "Pause");
    if (isPaused) return;
    this.pauses += 1;
    this.rows.leaveOut(this.missed, `pause-${this.pauses}`);
    this.missed = 0;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const isField = event.target instanceof Element && event.target.closest("input, select, button, a, textarea, dialog");
    if (event.key !== " " || isField || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.rest(!this.isPaused);
  }

  /** @param {import("../app.js").Frame} frame */
  draw({ wall, events, passed }) {
    const { model } = this.app;
    if (this.source.hasChanged()) this.begin();
    if (this.last === 0 && model.sequence > 0 && !this.older.disabled) this.fetchEarlier(BEGIN_WITH);
    const missing = this.last === 0 && absence(this.app.connection);
    if (missing) this.frame.refuse(missing);
    // Which of them would match nobody knows any more.
    if (this.filter && passed > 0 && this.last > 0 && !this.isPaused) this.rows.leaveOut(passed, `passed-${wall}`);
    if (this.filter) this.take(events.filter((event) => Number(event.sequence) > this.last && this.filter?.(event)), wall);
    else {
      if (events.length > 0) this.ask.stale();
      if (this.last > 0) this.ask.draw(wall);
    }
    if (this.filter && events.length > 0 && this.last > 0) this.last = Math.max(this.last, Number(events[events.length - 1].sequence));
    if (this.drawn !== this.rows.version || this.names !== model.names.size) this.drawRows();
    const rests = this.isPaused ? `resting; ${integer(this.missed)} ${this.missed === 1 ? "event" : "events"} since` : "";
    this.frame.tell(rests || (this.last === 0 ? "" : `${integer(this.rows.rows.length)} rows`), this.filter ? Math.max(model.sequence, this.last) : this.last);
  }

  /** @param {any[]} events @param {number} wall */
  take(events, wall) {
    if (events.length === 0 || this.last === 0) return;
    if (this.isPaused) this.missed += events.length;
    else this.rows.add(events, Math.floor(wall / 1_000));
    if (!this.isPaused) this.frame.say();
  }

  /** What came since, of what the server alone can find. @param {(path: string) => Promise<any>} get */
  async follow(get) {
    const { signal } = this.loading;
    const { items, nextCursor, asOf } = await get(pathOf("/api/events", [...this.filters.values, ["after", this.last], ["limit", ASKED_MAX]]));
    if (signal.aborted || this.filter) return;
    setText(this.frame.note, "");
    this.take(items, Date.now());
    const last = items.length > 0 ? Number(items[items.length - 1].sequence) : this.last;
    // With no more to come all that the answer has seen is passed.
    this.last = nextCursor === null ? Math.max(last, asOf.sequence) : Math.max(last, Number.parseInt(nextCursor, 10) || last);
    if (nextCursor !== null) this.ask.stale();
  }

  drawRows() {
    const { model } = this.app;
    if (this.names !== model.names.size) {
      // Names have come: the sentences are made anew.
      this.names = model.names.size;
      this.list.replaceChildren();
      this.filters.rename();
    }
    this.drawn = this.rows.version;
    keyed(this.list, this.rows.rows, ({ key }) => key, (row) => this.item(row), (element, row) => {
      if (row.more > 0) setText(element, moreText(row));
    });
  }

  /** @param {Row} row */
  item(row) {
    if (row.event === null) return h("li", { class: "left-out quiet" }, moreText(row));
    const { event } = row;
    const condition = conditionOf(event);
    const mark = h("span", { class: condition ? `shape ${condition}` : "shape", "aria-hidden": "true" });
    return h("li", { class: event.type === "shipment.position" ? "is-routine" : null, title: `#${integer(Number(event.sequence))} ${event.type}` },
      time(event.time), mark, h("p", null, prose(words(event, this.app.model))),
      h("span", { class: "type identifier quiet" }, event.type));
  }

  end() {
    this.ended.abort();
    this.loading.abort();
    this.ask.end();
  }
}

/** @param {Row} row */
const moreText = ({ key, more }) => `… ${integer(more)} more ${more === 1 ? "event" : "events"} ${key.startsWith("pause") ? "while this rested" : "in this second"}`;
