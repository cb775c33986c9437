// One stream for all tabs: reads it, keeps the state for tabs that come later, and tells each of
// them what happens. Lives in the shared worker, or in the page where there is none.

import { Model } from "../model/model.js";
import { Refused, Unauthenticated, get, list } from "./api.js";
import { read } from "./stream.js";

const STATIONS_MAX = 100_000;
const NAMES_MAX = 20_000;
/** Topics of what the lists know: named things may change between a list and the state. */
const LISTED = "station,commodity,trader,vessel";
const LISTED_EVENTS_MAX = 10_000;
const WAIT_MIN_MS = 500;
const WAIT_MAX_MS = 8_000;
const CATCHING_UP_MS = 2_000;

/** @typedef {import("./connection.js").Status} Status */
/** @typedef {{ postMessage: (message: any) => void }} Port */

export class Hub {
  constructor() {
    /** @type {Set<Port>} */
    this.ports = new Set();
    this.model = new Model();
    /** @type {Status} */
    this.status = { state: "connecting", since: Date.now(), detail: "", progress: null };
    this.position = "";
    this.stopped = new AbortController();
    this.run = 0;
  }

  /** A tab comes. @param {Port} port */
  join(port) {
    this.ports.add(port);
    port.postMessage({ kind: "status", status: this.status });
    port.postMessage({ kind: "state", state: this.model.save() });
    if (this.run === 0) this.restart();
  }

  /** A tab goes; without any nobody needs the stream. @param {Port} port */
  leave(port) {
    this.ports.delete(port);
    if (this.ports.size > 0) return;
    this.stopped.abort();
    this.run = 0;
  }

  /** From the beginning: somebody signed in or out, or the server has another journal. */
  restart() {
    this.stopped.abort();
    this.stopped = new AbortController();
    this.run += 1;
    this.position = "";
    this.say("connecting");
    this.follow(this.stopped.signal).catch((error) => {
      this.say("down", String(error));
      throw error;
    });
  }

  /** @param {any} message */
  tell(message) {
    for (const port of this.ports) port.postMessage(message);
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
        if (!this.position) await this.load();
        await this.listen(stopped, () => (wait = WAIT_MIN_MS));
        if (!stopped.aborted) this.say("reconnecting");
      } catch (error) {
        if (stopped.aborted) return;
        if (error instanceof Unauthenticated) {
          this.say("signed-out");
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

  /** Places and names first: they are what a page can show before anything else. */
  async load() {
    const [network, whoami] = await Promise.all([get("/api/network"), get("/api/whoami")]);
    const model = new Model();
    model.setNetwork(network);
    model.setReader(whoami);
    const stations = await list("/api/stations", STATIONS_MAX);
    model.setStations(stations.items);
    this.model = model;
    this.tell({ kind: "state", state: model.save() });
    const [commodities, traders, vessels] = await Promise.all([
      list("/api/commodities", NAMES_MAX),
      list("/api/traders", NAMES_MAX),
      list("/api/vessels", NAMES_MAX),
    ]);
    model.setCommodities(commodities.items);
    model.setNames(traders.items);
    model.setNames(vessels.items);
    this.listed = Math.min(stations.sequence, commodities.sequence, traders.sequence, vessels.sequence);
  }

  /** What of the lists changed before the stream begins. @param {number} until */
  async complete(until) {
    let after = this.listed ?? until;
    for (let count = 0; after < until && count < LISTED_EVENTS_MAX; ) {
      const page = await get(`/api/events?topic=${LISTED}&after=${after}&limit=1000`);
      for (const event of page.items) this.model.apply(event);
      count += page.items.length;
      if (page.items.length === 0 || !page.nextCursor) return;
      after = Number(page.items[page.items.length - 1].sequence);
    }
  }

  /** @param {AbortSignal} stopped @param {() => void} onOpen */
  async listen(stopped, onOpen) {
    const { model } = this;
    const isPart = model.reader.accounts.length > 0;
    const snapshot = isPart ? "shipments,alerts" : "shipments,alerts,summary";
    const isNew = !this.position;
    const caughtUp = isNew ? 0 : Date.now() + CATCHING_UP_MS;
    let latest = this.position;
    let isCompleting = false;
    const failed = new AbortController();
    /** @type {any[]} */
    const early = [];
    const fold = (/** @type {any[]} */ events) => {
      for (const event of events) model.apply(event);
      this.tell({ kind: "events", events, isBacklog: Date.now() < caughtUp });
      for (const id of model.takeUnknown()) this.fetchShipment(id);
    };
    await read({ after: this.position, snapshot }, AbortSignal.any([stopped, failed.signal]), {
      onOpen: () => {
        onOpen();
        if (!isNew) this.reopened();
      },
      onSnapshot: (part) => model.setPart(part),
      onPosition: (position) => {
        if (stopped.aborted || !position) return;
        latest = position;
        const sequence = Number.parseInt(position, 10);
        if (model.isLoaded) {
          this.position = position;
          model.sequence = Math.max(model.sequence, sequence);
          this.tell({ kind: "position", sequence: model.sequence });
        } else if (!isCompleting) {
          isCompleting = true;
          this.complete(sequence).then(() => {
            // Since then this may have begun anew.
            if (stopped.aborted || this.model !== model) return;
            model.isLoaded = true;
            model.sequence = Math.max(model.sequence, sequence);
            this.tell({ kind: "state", state: model.save() });
            this.say("live");
            fold(early.splice(0));
            this.position = latest;
          }).catch((error) => failed.abort(error));
        }
      },
      onEvents: (events) => {
        if (stopped.aborted) return;
        if (model.isLoaded) fold(events);
        else early.push(...events);
      },
    });
  }

  /** The server may have been away, and its clock with it. */
  reopened() {
    this.say("live");
    get("/api/network").then((network) => {
      this.model.setClock(network);
      this.tell({ kind: "clock", clock: network });
    }, () => {});
  }

  /** A shipment that ended and goes on: it was lost, and found again. @param {string} id */
  fetchShipment(id) {
    get(`/api/cargo/${encodeURIComponent(id)}`).then((item) => {
      this.model.setShipment(item);
      this.tell({ kind: "shipment", item });
    }, () => {});
  }
}
