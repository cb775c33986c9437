// Something of the API that is shown, and asked for again, not too often, when an event concerns it.

const AGAIN_MS = 1_000;
const RETRY_MS = 5_000;

/**
 * @template T
 * @param {import("../net/connection.js").Connection} connection nothing is asked while the server does not answer
 * @param {(signal: AbortSignal) => Promise<T>} ask
 * @param {(answer: T) => void} show
 * @param {(error: unknown) => void} fail
 */
export function asked(connection, ask, show, fail) {
  let isDue = true;
  let askedAt = -Infinity;
  let turn = 0;
  let wait = AGAIN_MS;
  let isLive = true;
  let hasShown = false;
  /** @type {AbortController | null} */
  let running = null;

  /** @param {number} wall */
  async function run(wall) {
    isDue = false;
    askedAt = wall;
    turn += 1;
    const mine = turn;
    running = new AbortController();
    const { signal } = running;
    try {
      const answer = await ask(signal);
      if (mine !== turn || signal.aborted) return;
      wait = AGAIN_MS;
      hasShown = true;
      show(answer);
    } catch (error) {
      if (mine !== turn || signal.aborted) return;
      wait = RETRY_MS;
      isDue = !isFinal(error);
      // What is shown stays until it can be read again; the bar says how old it is.
      if (!hasShown || !isDue) fail(error);
    } finally {
      if (mine === turn) running = null;
    }
  }

  return {
    /** What is shown may be old by now. */
    again() {
      isDue = true;
    },
    /** Another thing is to be shown: what is under way does not matter any more. */
    anew() {
      running?.abort();
      running = null;
      turn += 1;
      askedAt = -Infinity;
      isDue = true;
      hasShown = false;
    },
    /** @param {number} wall */
    draw(wall) {
      const wasLive = isLive;
      isLive = connection.state === "live";
      if (isLive && !wasLive) isDue = true;
      if (!isLive) return;
      if (isDue && !running && wall - askedAt >= wait && !document.hidden) run(wall);
    },
    end() {
      turn += 1;
      running?.abort();
    },
  };
}

/** Whether asking the same again gives the same. @param {unknown} error */
function isFinal(error) {
  const status = /** @type {{ status?: number }} */ (error)?.status ?? 0;
  return status >= 400 && status < 500 && status !== 429;
}

/** @param {unknown} error */
export const because = (error) => (error instanceof Error ? error.message : String(error));
