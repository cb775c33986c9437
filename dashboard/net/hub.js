// One stream for all tabs: reads it, keeps the state for tabs that come later, and tells each of
// them what happens. Lives in the shared worker, or in the page where there is none.

import { Model } from "../model/model.js";
import { Refused, Unauthenticated, get, list } from "./api.js";
import { Outbox } from "./outbox.js";
import { read } from "./stream.js";

const STATIONS_MAX = 100_000;
const NAMES_MAX = 20_000;
/** Topics of what the lists know: named things may change between a list and the state. */
const LISTED = "station,commodity,trader,vessel";
/** Past so many of them it is quicker to read the lists again. */
const LISTED_EVENTS_MAX = 10_000;
const WAIT_MIN_MS = 500;
const WAIT_MAX_MS = 8_000;

/** @typedef {import("./connection.js").Status} Status */
/** @typedef {{ postMessage: (message: any) => void }} Port */

export class Hub {
  constructor() {
    /** The tabs, and what each is still to be told. @type {Map<Port, Outbox>} */
    this.ports = new Map();
    /** What it took to read the stream: milliseconds, in how many tasks, and the longest. */
    this.spent = { tasks: 0, sum: 0, max: 0 };
    this.model = new Model();
    /** @type {Status} */
    this.status = { state: "connecting", since: Date.now(), detail: "", progress: null };
    this.position = "";
    this.stopped = new AbortController();
    this.isRunning = false;
    /** Ships that are fetched, with the last event seen of each meanwhile. @type {Map<string, number>} */
    this.fetching = new Map();
  }

  /** A tab comes. @param {Port} port */
  join(port) {
    this.ports.get(port)?.end();
    // The state first: what a status means depends on who reads.
    const begin = (/** @type {number} */ passed) => [{ kind: "state", state: this.model.save(), passed }, { kind: "status", status: this.status }];
    if (!this.isRunning) this.restart();
    this.ports.set(port, new Outbox(port, begin));
  }

  /** A tab goes; without any nobody needs the stream. @param {Port} port */
  leave(port) {
    this.ports.get(port)?.end();
    this.ports.delete(port);
    if (this.ports.size > 0) return;
    this.stopped.abort();
    this.isRunning = false;
  }

  /** A tab has taken in what it was told. @param {Port} port */
  more(port) {
    this.ports.get(port)?.more();
  }

  /** What a tab asks for. @param {Port} port @param {string} message */
  asked(port, message) {
    if (message === "hello") this.join(port);
    else if (message === "more") this.more(port);
    else if (message === "bye") this.leave(port);
    else if (message === "restart") this.restart();
  }

  /** From the beginning: somebody signed in or out. Nothing is kept of what the one before could see. */
  restart() {
    this.stopped.abort();
    this.stopped = new AbortController();
    this.isRunning = true;
    this.forget("connecting");
    this.follow(this.stopped.signal).catch((error) => {
      this.say("down", String(error));
      throw error;
    });
  }

  /** What is said of the connection comes with it: "live" is said of nothing. @param {Status["state"]} state */
  forget(state) {
    this.status = { state, since: Date.now(), detail: "", progress: null };
    this.position = "";
    this.fetching.clear();
    this.model = new Model();
    for (const outbox of this.ports.values()) outbox.forget();
  }

  /** @param {any} message */
  tell(message) {
    for (const outbox of this.ports.values()) outbox.tell(message);
  }

  /** All that is known, instead of what was told. */
  tellState() {
    for (const outbox of this.ports.values()) outbox.anew();
  }

  /** @param {Status["state"]} state @param {string} [detail] @param {Status["progress"]} [progress] */
  say(state, detail = "", progress = null) {
    const since = state === this.status.state ? this.status.since : Date.now();
    this.status = { state, since, detail, progress };
    this.tell({ kind: "status", status: this.status });
  }

  /** @param {AbortSignal} stopped */
  async follow(stopped) {
    let wait = WAIT_MIN_MS;
    while (!stopped.aborted) {
      try {
        const isNew = !this.position;
        const start = isNew ? await this.load(stopped) : { model: this.model, listed: 0 };
        await this.listen(start, isNew, stopped, () => (wait = WAIT_MIN_MS));
        if (!stopped.aborted) this.say("reconnecting");
      } catch (error) {
        if (stopped.aborted) return;
        if (error instanceof Unauthenticated) {
          this.forget("signed-out");
          return;
        }
        await this.explain(error);
        if (error instanceof Refused && error.retryAfter > 0) wait = Math.max(wait, error.retryAfter * 1000);
      }
      if (stopped.aborted) return;
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, WAIT_MAX_MS);
    }
  }

  /** What a failure means to whoever looks at the page. @param {unknown} error */
  async explain(error) {
    const isRefused = error instanceof Refused;
    if (isRefused && error.status < 500 && error.status !== 429) {
      // Another journal, or a position it does not have: from the beginning.
      this.position = "";
      this.say("reconnecting", error.message);
      return;
    }
    if (isRefused && error.status === 503) {
      const health = await fetch("/readyz", { cache: "no-store" }).then((answer) => answer.json(), () => ({}));
      if (health.status === "recovering") {
        this.say("recovering", "", { done: health.replayed, total: health.total });
        return;
      }
    }
    const isKnown = this.model.sequence > 0;
    this.say(isKnown ? "reconnecting" : "down", error instanceof Error ? error.message : String(error));
  }

  /**
   * Places and names first: they are what a page can show before anything else.
   * @param {AbortSignal} stopped
   */
  async load(stopped) {
    const options = { signal: stopped };
    const [network, whoami] = await Promise.all([get("/api/network", options), get("/api/whoami", options)]);
    const model = new Model();
    model.setNetwork(network);
    model.setReader(whoami);
    const stations = await list("/api/stations", STATIONS_MAX, options);
    stopped.throwIfAborted();
    model.setStations(stations.items);
    this.model = model;
    this.tellState();
    const [commodities, traders, vessels] = await Promise.all([
      list("/api/commodities", NAMES_MAX, options),
      list("/api/traders", NAMES_MAX, options),
      list("/api/vessels", NAMES_MAX, options),
    ]);
    model.setCommodities(commodities.items);
    model.setNames(traders.items);
    model.setNames(vessels.items);
    return { model, listed: Math.min(stations.sequence, commodities.sequence, traders.sequence, vessels.sequence) };
  }

  /**
   * Reads one stream. A new one begins with the state.
   * @param {{ model: Model, listed: number }} start the model, and how far its lists are complete
   * @param {boolean} isNew
   * @param {AbortSignal} stopped
   * @param {() => void} onOpen
   */
  async listen({ model, listed }, isNew, stopped, onOpen) {
    const isPart = model.reader.accounts.length > 0;
    const snapshot = isPart ? "shipments,alerts" : "shipments,alerts,summary";
    const failed = new AbortController();
    // What is asked for beside the stream ends with it.
    const over = new AbortController();
    const isOver = () => stopped.aborted || over.signal.aborted || this.model !== model;
    let latest = this.position;
    let isCompleting = false;
    // Until it has caught up, what comes is old.
    let isBacklog = !isNew;
    /** @type {any[]} */
    const early = [];
    /** @type {string[]} */
    const earlyTexts = [];
    const fold = (/** @type {any[]} */ events, /** @type {string[]} */ texts) => {
      for (const event of events) {
        model.apply(event);
        this.notice(event);
      }
      for (const outbox of this.ports.values()) outbox.events(texts, isBacklog);
      for (const id of model.takeUnknown()) this.fetchShipment(model, id);
    };
    const begin = async (/** @type {number} */ sequence) => {
      const named = await changesOfNamed(listed, sequence, over.signal);
      if (isOver()) return;
      for (const event of named) model.applyNamed(event);
      model.isLoaded = true;
      model.sequence = Math.max(model.sequence, sequence);
      this.tellState();
      this.say("live");
      fold(early.splice(0), earlyTexts.splice(0));
      this.position = latest;
    };
    try {
      await read({ after: this.position, snapshot }, AbortSignal.any([stopped, failed.signal]), {
        onOpen: () => {
          onOpen();
          if (!isNew) this.reopened(model, stopped).catch((error) => failed.abort(error));
        },
        onSnapshot: (part) => model.setPart(part),
        onPosition: (position, isProgress) => {
          if (isOver() || !position) return;
          latest = position;
          if (model.isLoaded) {
            this.position = position;
            model.sequence = Math.max(model.sequence, Number.parseInt(position, 10));
            if (isProgress) isBacklog = false;
            this.heard(model.sequence);
          } else if (!isCompleting) {
            isCompleting = true;
            begin(Number.parseInt(position, 10)).catch((error) => failed.abort(error));
          }
        },
        onEvents: (events, texts) => {
          if (isOver()) return;
          if (model.isLoaded) return fold(events, texts);
          for (const event of events) early.push(event);
          for (const text of texts) earlyTexts.push(text);
        },
        onHeard: () => this.heard(model.sequence),
        onSpent: (ms) => {
          this.spent.tasks += 1;
          this.spent.sum += ms;
          this.spent.max = Math.max(this.spent.max, ms);
        },
      });
    } finally {
      over.abort();
    }
  }

  /**
   * The server may have been away, its clock with it, and the session of whoever reads.
   * @param {Model} model
   * @param {AbortSignal} stopped
   */
  async reopened(model, stopped) {
    const options = { signal: stopped };
    const [network, whoami] = await Promise.all([get("/api/network", options), get("/api/whoami", options)]);
    if (stopped.aborted || this.model !== model) return;
    const { principal, role, accounts } = model.reader;
    if (whoami.principal !== principal || whoami.role !== role || String(whoami.accounts) !== String(accounts)) {
      // Somebody else may see something else.
      this.restart();
      return;
    }
    model.setClock(network);
    this.tell({ kind: "clock", clock: network });
    this.say("live");
  }

  /** @param {number} sequence */
  heard(sequence) {
    for (const outbox of this.ports.values()) outbox.heard(sequence);
  }

  /** What happens to a shipment while it is fetched. @param {any} event */
  notice(event) {
    const id = event.data.shipmentId;
    if (id && this.fetching.has(id)) this.fetching.set(id, Number(event.sequence));
  }

  /** A shipment that ended and goes on: it was lost, and found again. @param {Model} model @param {string} id */
  async fetchShipment(model, id) {
    if (this.fetching.has(id)) return;
    this.fetching.set(id, 0);
    try {
      for (;;) {
        const item = await get(`/api/cargo/${encodeURIComponent(id)}`);
        if (this.model !== model) return;
        // What happened meanwhile may be in the answer, or not.
        if (item.sequence < (this.fetching.get(id) ?? 0)) continue;
        model.setShipment(item);
        this.tell({ kind: "shipment", item });
        return;
      }
    } catch {
      // It is seen again when the page is loaded anew.
    } finally {
      if (this.model === model) this.fetching.delete(id);
    }
  }
}

/**
 * What changed of named things behind one position, up to another.
 * @param {number} after
 * @param {number} until
 * @param {AbortSignal} signal
 */
async function changesOfNamed(after, until, signal) {
  /** @type {any[]} */
  const events = [];
  for (let from = after; from < until; ) {
    const page = await get(`/api/events?topic=${LISTED}&after=${from}&limit=1000`, { signal });
    for (const event of page.items) {
      if (Number(event.sequence) > until) return events;
      events.push(event);
    }
    if (page.items.length === 0 || !page.nextCursor) return events;
    if (events.length > LISTED_EVENTS_MAX) throw new Error("too much was named while the lists were read");
    from = Number(page.items[page.items.length - 1].sequence);
  }
  return events;
}
