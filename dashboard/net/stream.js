// One connection to the event stream, as the hub reads it: the client's, with the events of each piece together.

import { listen } from "../client/follow.js";
import { client } from "./api.js";

/** @import { Parser } from "../client/sse.js" */

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
export async function read({ after, snapshot }, stopped, reader) {
  /** @type {any[]} */
  let events = [];
  /** @type {string[]} */
  let texts = [];
  const tell = () => {
    if (events.length === 0) return;
    const told = events;
    events = [];
    reader.onEvents(told, texts);
    texts = [];
    reader.onPosition(told[told.length - 1].id, false);
  };
  let spent = 0;
  /** What parsing takes counts, too. @param {Parser} parser */
  const timed = (parser) => {
    const push = parser.push.bind(parser);
    parser.push = (text) => {
      const began = performance.now();
      push(text);
      spent += performance.now() - began;
    };
  };
  let isOpen = false;
  const query = after ? {} : { snapshot };
  for await (const messages of listen(client, { query, after, signal: stopped, parser: timed })) {
    if (!isOpen) {
      isOpen = true;
      reader.onOpen();
      continue;
    }
    const began = performance.now();
    for (const { event, data, id } of messages) {
      if (event === "") {
        events.push(JSON.parse(data));
        texts.push(data);
        continue;
      }
      // What came before it is told before it.
      tell();
      if (event === "snapshot") reader.onSnapshot(JSON.parse(data));
      else if (event === "lagged") reader.onPosition(JSON.parse(data).resumeAfter, false);
      if (id) reader.onPosition(id, event === "progress");
    }
    tell();
    reader.onHeard();
    reader.onSpent(performance.now() - began + spent);
    spent = 0;
  }
}
