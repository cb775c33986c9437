// Asks the API again when something happened, but not too often; and says in words why it could not.

import { Refused, Unauthenticated, get } from "../../net/api.js";

export class Ask {
  /**
   * @param {(get: (path: string) => Promise<any>) => Promise<void>} run
   * @param {(words: string, problem: any) => void} onTrouble
   * @param {number} everyMs at most so often
   */
  constructor(run, onTrouble, everyMs) {
    this.run = run;
    this.onTrouble = onTrouble;
    this.everyMs = everyMs;
    this.isStale = false;
    this.isAsking = false;
    this.wasLive = true;
    this.askedAt = -Infinity;
    this.ended = new AbortController();
  }

  /** What was asked for is no longer what is to be shown. */
  now() {
    this.ended.abort();
    this.ended = new AbortController();
    this.ask();
  }

  /** What is shown is old: ask again, in a while. */
  stale() {
    this.isStale = true;
  }

  /** Called once a frame. @param {number} wall */
  draw(wall) {
    if (this.isStale && !this.isAsking && wall - this.askedAt >= this.everyMs) this.ask();
  }

  /**
   * The same for what is asked of a time until now, which wants the network's clock.
   * @param {Pick<import("../../app.js").App, "model" | "connection">} app @param {number} wall @param {(words: string) => void} refuse
   */
  drawTimed({ model, connection }, wall, refuse) {
    const isLive = connection.state === "live";
    // What was asked for while nobody answered, or was answered before, may be another thing since.
    if (isLive && !this.wasLive) this.stale();
    this.wasLive = isLive;
    if (model.clock.network > 0) this.draw(wall);
    else {
      const words = absence(connection);
      if (words) refuse(words);
    }
  }

  async ask() {
    const { signal } = this.ended;
    this.isStale = false;
    this.isAsking = true;
    this.askedAt = Date.now();
    try {
      await this.run((path) => get(path, { signal }));
    } catch (error) {
      if (signal.aborted) return;
      const words = trouble(error);
      // Asked again until somebody answers: nothing else would take these words away.
      if (words === NO_ANSWER) this.stale();
      this.onTrouble(words, error instanceof Refused ? error.problem : null);
    } finally {
      if (!signal.aborted) this.isAsking = false;
    }
  }

  end() {
    this.ended.abort();
  }
}

/** Whether the same may be asked again with another answer. @param {any} problem */
export const mayHelp = (problem) => problem?.status !== 403;

export const NOT_ALLOWED = "Your key sees its own accounts alone, and this is about the whole network. A key of a viewer, an operator or an administrator shows it.";

/** Nobody answered; what was answered before may still be shown. */
export const NO_ANSWER = "The server does not answer.";
const SIGNED_OUT = "You are signed out: sign in to see this.";

/** Why nothing is there, if that is so; said in place of "loading". @param {{ state: string }} connection */
export function absence({ state }) {
  switch (state) {
    case "down": return NO_ANSWER;
    case "signed-out": return SIGNED_OUT;
    case "recovering": return "The server is starting and replays its journal: this comes when it is done.";
    default: return "";
  }
}

/** What went wrong, in words. @param {unknown} error */
export function trouble(error) {
  if (error instanceof Unauthenticated) return SIGNED_OUT;
  if (error instanceof Refused) {
    if (error.status === 403) return NOT_ALLOWED;
    if (error.status === 503) return `The server cannot answer this now: ${error.message}`;
    // Not the server's own words: something between does not reach it.
    if (error.status < 500 || error.code) return sentence(error.message);
  }
  return NO_ANSWER;
}

/** @param {string} text */
const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
