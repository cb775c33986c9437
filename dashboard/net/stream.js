// Follows the event stream: begins with the state, resumes after the last event it saw. A fetch
// instead of an EventSource tells why the server refuses, and when a connection has fallen silent.

import { check } from "./api.js";
import { Parser } from "./sse.js";

/** Two heartbeats and a bit: a connection that says nothing for so long is dead. */
const SILENCE_MAX_MS = 35_000;

/**
 * @typedef {object} Reader
 * @property {() => void} onOpen the server answers
 * @property {(part: any) => void} onSnapshot a part of the state
 * @property {(position: string, isProgress: boolean) => void} onPosition everything up to here was told;
 *   with progress also everything there was when the stream was opened
 * @property {(events: any[], texts: string[]) => void} onEvents in order, none missed, none twice; and the text of each
 * @property {() => void} onHeard the server said something, if only that it is there
 * @property {(ms: number) => void} onSpent what that took here
 */

/**
 * Reads one connection until it ends or falls silent.
 * @param {{ after: string, snapshot: string }} from either a position or what to begin with
 * @param {AbortSignal} stopped
 * @param {Reader} reader
 */
export async function read(from, stopped, reader) {
  const silent = new AbortController();
  let heardAt = performance.now();
  const timer = setInterval(() => {
    if (performance.now() - heardAt > SILENCE_MAX_MS) silent.abort();
  }, SILENCE_MAX_MS / 8);
  const query = from.after ? "" : `?snapshot=${from.snapshot}`;
  /** @type {Record<string, string>} */
  const headers = { accept: "text/event-stream" };
  if (from.after) headers["last-event-id"] = from.after;
  /** @type {any[]} */
  let events = [];
  /** @type {string[]} */
  let texts = [];
  const parser = new Parser((message) => {
    if (message.event === "") {
      if (!message.data) return;
      events.push(JSON.parse(message.data));
      texts.push(message.data);
      return;
    }
    // What came before it is told before it.
    tell();
    if (message.event === "snapshot") reader.onSnapshot(JSON.parse(message.data));
    else if (message.event === "lagged") reader.onPosition(JSON.parse(message.data).resumeAfter, false);
    if (message.id) reader.onPosition(message.id, message.event === "progress");
  });
  const tell = () => {
    if (events.length === 0) return;
    const told = events;
    events = [];
    reader.onEvents(told, texts);
    texts = [];
    reader.onPosition(told[told.length - 1].id, false);
  };
  try {
    const signal = AbortSignal.any([stopped, silent.signal]);
    const response = await check(await fetch(`/api/updates/real-time${query}`, { headers, cache: "no-store", signal }));
    if (!response.body) throw new Error("no body");
    reader.onOpen();
    const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await text.read();
      if (done) return;
      const began = performance.now();
      heardAt = began;
      parser.push(value);
      tell();
      reader.onHeard();
      reader.onSpent(performance.now() - began);
    }
  } finally {
    clearInterval(timer);
  }
}
