// The page's end of the stream: keeps what came since the last frame until it is folded.

import { Hub } from "./hub.js";

/** Pages of another version of this page have a worker of their own. */
const WORKER = "itn-2";
/** Past this many events waiting for a frame they are folded at once: a hidden tab gets no frames. */
const WAITING_MAX = 5_000;

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
    /** @type {any[]} */
    this.waiting = [];
    /** How many were folded that no frame saw: too many came at once, or nothing was drawn. */
    this.passed = 0;
    this.isBacklog = false;
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
    port.onmessage = ({ data }) => this.receive(data);
    this.send = (message) => port.postMessage(message);
    this.send("hello");
    addEventListener("pagehide", () => this.send("bye"));
    addEventListener("pageshow", (event) => {
      // Out of the browser's memory: what happened meanwhile comes with the state.
      if (event.persisted) this.send("hello");
    });
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
        this.passed += this.waiting.length;
        this.waiting = [];
        model.restore(message.state);
        break;
      case "events":
        this.heardAt = Date.now();
        this.isBacklog = message.isBacklog;
        for (const event of message.events) this.waiting.push(event);
        if (this.waiting.length > WAITING_MAX) this.passed += this.take().length;
        break;
      case "heard":
        this.heardAt = Date.now();
        break;
      case "position":
        this.heardAt = Date.now();
        if (this.waiting.length === 0) model.sequence = Math.max(model.sequence, message.sequence);
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

  /** Folds what waits, and gives it. @returns {any[]} */
  take() {
    if (this.waiting.length === 0) return this.waiting;
    const events = this.waiting;
    this.waiting = [];
    for (const event of events) this.model.apply(event);
    // What was lost and found again is fetched once, for all tabs, where the stream is read.
    this.model.takeUnknown();
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
  port2.onmessage = ({ data }) => {
    if (data === "hello") hub.join(port2);
    else if (data === "bye") hub.leave(port2);
    else if (data === "restart") hub.restart();
  };
  return port1;
}
