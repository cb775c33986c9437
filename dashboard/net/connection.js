// The page's end of the stream: keeps what came since the last frame until it is folded.

import { Hub } from "./hub.js";

/** Pages of another version of this page have a worker of their own. */
const WORKER = "itn-3";
/** So many events are kept for the next frame; of more it is told how many they were. A hidden tab gets no frames. */
const WAITING_MAX = 5_000;
/** A tab that nobody saw for so long is told nothing more until somebody looks. */
const HIDDEN_MAX_MS = 60_000;

/**
 * @typedef {object} Status
 * @property {"connecting" | "live" | "reconnecting" | "recovering" | "signed-out" | "down"} state
 * @property {number} since milliseconds of wall time
 * @property {string} detail what the server said
 * @property {{ done: number, total: number } | null} progress of a recovery, in events
 */

export class Connection {
  /** @param {import("../model/model.js").Model} model */
  constructor(model) {
    this.model = model;
    /** @type {Status} */
    this.status = { state: "connecting", since: Date.now(), detail: "", progress: null };
    /** When the server was last heard of, in milliseconds of wall time. */
    this.heardAt = 0;
    /** Folded, and not yet seen by a frame. @type {any[]} */
    this.waiting = [];
    /** How many were folded that no frame saw: too many came at once, or nothing was drawn. */
    this.passed = 0;
    this.isBacklog = false;
    /** When the page was hidden, in milliseconds of wall time; 0 while it is seen. */
    this.hiddenAt = 0;
    /** Whether nothing more was asked for, because nobody looks. */
    this.isHeld = false;
    /** Told of each event that the model has taken in. @type {(event: any) => void} */
    this.onEvent = () => {};
    /** What it took to fold: milliseconds, in how many tasks, and the longest. */
    this.spent = { tasks: 0, sum: 0, max: 0 };
    /** @type {Set<(status: Status) => void>} */
    this.listeners = new Set();
    /** @type {(message: string) => void} */
    this.send = () => {};
  }

  get state() {
    return this.status.state;
  }

  get since() {
    return this.status.since;
  }

  get progress() {
    return this.status.progress;
  }

  start() {
    const port = typeof SharedWorker === "function" ? shared() : alone();
    port.onmessage = ({ data }) => this.hear(data);
    this.send = (message) => port.postMessage(message);
    this.send("hello");
    document.addEventListener("visibilitychange", () => this.see(document.hidden));
    this.see(document.hidden);
    addEventListener("pagehide", () => this.send("bye"));
    addEventListener("pageshow", (event) => {
      // Out of the browser's memory: what happened meanwhile comes with the state.
      if (event.persisted) this.send("hello");
    });
  }

  /** What the hub tells at once. @param {any[]} messages */
  hear(messages) {
    const began = performance.now();
    try {
      for (const message of messages) this.receive(message);
    } finally {
      // Whatever went wrong with one message, the next ones come.
      this.isHeld = this.hiddenAt > 0 && Date.now() - this.hiddenAt > HIDDEN_MAX_MS;
      if (!this.isHeld) this.send("more");
    }
    const took = performance.now() - began;
    this.spent.tasks += 1;
    this.spent.sum += took;
    this.spent.max = Math.max(this.spent.max, took);
  }

  /** The page is seen, or is not. @param {boolean} isHidden */
  see(isHidden) {
    this.hiddenAt = isHidden ? Date.now() : 0;
    if (isHidden || !this.isHeld) return;
    this.isHeld = false;
    this.send("more");
  }

  /** After somebody signed in or out. */
  restart() {
    this.send("restart");
  }

  /** @param {(status: Status) => void} listener @returns {() => void} stops */
  onStatus(listener) {
    this.listeners.add(listener);
    listener(this.status);
    return () => this.listeners.delete(listener);
  }

  /** @param {any} message */
  receive(message) {
    const { model } = this;
    switch (message.kind) {
      case "state":
        // The frame loop learns of them by what the state is now.
        this.passed += this.waiting.length + message.passed;
        this.waiting = [];
        model.restore(message.state);
        break;
      case "events":
        this.isBacklog = message.isBacklog;
        this.fold(JSON.parse(message.text));
        this.at(message.sequence);
        break;
      case "heard":
        this.at(message.sequence);
        break;
      case "shipment":
        model.setShipment(message.item);
        break;
      case "clock":
        model.setClock(message.clock);
        break;
      case "status":
        this.status = message.status;
        if (this.status.state === "live") this.heardAt = Date.now();
        for (const listener of this.listeners) listener(this.status);
        break;
    }
  }

  /** @param {any[]} events */
  fold(events) {
    for (const event of events) {
      this.model.apply(event);
      this.waiting.push(event);
      this.tell(event);
    }
    // What was lost and found again is fetched once, for all tabs, where the stream is read.
    this.model.takeUnknown();
    if (this.waiting.length > WAITING_MAX) this.passed += this.take().length;
  }

  /** A view that fails at an event keeps none from the model, nor the next ones from itself. @param {any} event */
  tell(event) {
    try {
      this.onEvent(event);
    } catch (error) {
      console.error(error);
    }
  }

  /** Everything up to here was told. @param {number} sequence */
  at(sequence) {
    this.heardAt = Date.now();
    this.model.sequence = Math.max(this.model.sequence, sequence);
  }

  /** What was folded since this was asked last. @returns {any[]} */
  take() {
    if (this.waiting.length === 0) return this.waiting;
    const events = this.waiting;
    this.waiting = [];
    return events;
  }
}

/** @returns {MessagePort} */
function shared() {
  const worker = new SharedWorker(new URL("worker.js", import.meta.url), { type: "module", name: WORKER });
  return worker.port;
}

/** Without a shared worker this page follows the stream itself. @returns {MessagePort} */
function alone() {
  const { port1, port2 } = new MessageChannel();
  const hub = new Hub();
  port2.onmessage = ({ data }) => hub.asked(port2, data);
  return port1;
}
