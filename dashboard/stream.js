// Follows the event stream. EventSource cannot send an Authorization header, so this reads the
// response of a fetch and parses Server-Sent Events itself; it resumes after the last event it saw.

import { Refused, Unauthenticated, authorization, check } from "./api.js";

/** Two heartbeats and a bit: a connection that says nothing for so long is dead. */
const SILENCE_MAX_MS = 35_000;
const WAIT_MIN_MS = 500;
const WAIT_MAX_MS = 8_000;

/**
 * @typedef {object} Listener
 * @property {(event: any) => void} onEvent a CloudEvent, in order, none missed, none twice
 * @property {(state: "live" | "reconnecting") => void} onState
 * @property {(error: Error) => void} onEnd following is not possible: sign in, or start anew
 */

/**
 * Follows from after a position until told to stop.
 * @param {string} position
 * @param {Listener} listener
 * @returns {() => void} stops
 */
export function follow(position, listener) {
  const stopped = new AbortController();
  run(position, listener, stopped.signal).catch((error) => {
    if (!stopped.signal.aborted) listener.onEnd(error);
  });
  return () => stopped.abort();
}

/** @param {string} start @param {Listener} listener @param {AbortSignal} stopped */
async function run(start, listener, stopped) {
  let last = start;
  let wait = WAIT_MIN_MS;
  while (!stopped.aborted) {
    try {
      await read(last, stopped, () => {
        wait = WAIT_MIN_MS;
        listener.onState("live");
      }, (message) => {
        if (message.id) last = message.id;
        if (message.event === "lagged") {
          last = JSON.parse(message.data).resumeAfter ?? last;
        } else if (message.data && !message.event) {
          listener.onEvent(JSON.parse(message.data));
        }
      });
    } catch (error) {
      const final = error instanceof Unauthenticated
        || (error instanceof Refused && error.status < 500 && error.status !== 429);
      if (final) throw error;
    }
    if (stopped.aborted) return;
    listener.onState("reconnecting");
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(wait * 2, WAIT_MAX_MS);
  }
}

/**
 * One connection, until it ends or falls silent.
 * @param {string} last
 * @param {AbortSignal} stopped
 * @param {() => void} onOpen
 * @param {(message: Message) => void} onMessage
 */
async function read(last, stopped, onOpen, onMessage) {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), SILENCE_MAX_MS);
  try {
    const response = await check(await fetch("/api/updates/real-time", {
      headers: { ...authorization(), accept: "text/event-stream", "last-event-id": last },
      cache: "no-store",
      signal: AbortSignal.any([stopped, silent.signal]),
    }));
    if (!response.body) throw new Error("no body");
    onOpen();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new Parser(onMessage);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), SILENCE_MAX_MS);
      parser.push(value);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** @typedef {{ event: string, data: string, id: string }} Message */

/** Server-Sent Events, as far as this server uses them: lines end in a line feed. */
export class Parser {
  /** @param {(message: Message) => void} onMessage */
  constructor(onMessage) {
    this.onMessage = onMessage;
    this.rest = "";
    this.clear();
  }

  clear() {
    /** @type {Message} */
    this.message = { event: "", data: "", id: "" };
    this.hasFields = false;
  }

  /** @param {string} text */
  push(text) {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.line(line.endsWith("\r") ? line.slice(0, -1) : line);
  }

  /** @param {string} line */
  line(line) {
    if (line === "") {
      if (this.hasFields) this.onMessage(this.message);
      this.clear();
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") this.message.data += (this.message.data && "\n") + value;
    else if (field === "id") this.message.id = value;
    else if (field === "event") this.message.event = value;
    else return;
    this.hasFields = true;
  }
}
