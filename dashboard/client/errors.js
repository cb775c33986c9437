// What can go wrong between a client and a server.

/** @import { Problem } from "./types.js" */

/** There is no answer: what was asked, how often, and why. Whether a write was acted on is not known. */
export class Unanswered extends Error {
  /** @param {string} what @param {number} attempts @param {unknown} cause */
  constructor(what, attempts, cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`no answer: ${why} (${what}${attempts > 1 ? `, tried ${attempts} times` : ""})`, { cause });
    this.what = what;
    this.attempts = attempts;
  }
}

/** The server refused: `code` is the problem's, and what a program acts on; `problem` is all of it. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {Partial<Omit<Problem, "code">> & Record<string, any>} problem
   * @param {number} [retryAfter] seconds, 0 if it does not say
   * @param {string} [what] what was asked
   * @param {number} [attempts] how often
   */
  constructor(status, problem, retryAfter = 0, what = "", attempts = 1) {
    super(problem.detail || problem.title || `status ${status}`);
    this.status = status;
    /** @type {string} */
    this.code = problem.code ?? "";
    this.problem = problem;
    this.retryAfter = retryAfter;
    this.what = what;
    this.attempts = attempts;
  }

  /** Whether another try may do better. 502 is a proxy's word for a connection that was lost. */
  get isPassing() {
    const mayPass = [408, 429, 502, 503, 504].includes(this.status);
    return mayPass && (this.code === "" || this.problem.retryable !== false);
  }

  /** What was wrong with a parameter or a field. @param {string} name @returns {string} */
  of(name) {
    /** @type {any[]} */
    const errors = this.problem.errors ?? [];
    return errors.find((error) => error.parameter === name || error.pointer === `/${name}`)?.detail ?? "";
  }
}

/** The server wants to know who asks: there is no key, or it is not known. */
export class Unauthenticated extends Refused {
  /** @param {Record<string, any>} [problem] @param {string} [what] */
  constructor(problem = {}, what = "") {
    super(401, problem, 0, what);
  }
}

/** The refusal that an answer is. @param {Response} response @param {string} what @param {number} [attempts] */
export async function refusal(response, what, attempts = 1) {
  const problem = await response.json().catch(() => ({}));
  if (response.status === 401) return new Unauthenticated(problem, what);
  return new Refused(response.status, problem, retryAfter(response.headers.get("retry-after")), what, attempts);
}

/** `Retry-After`, in seconds: it is a number of them, or a date. @param {string | null} value @param {number} [now] */
export function retryAfter(value, now = Date.now()) {
  if (!value) return 0;
  if (/^\d+$/.test(value)) return Number(value);
  const until = Date.parse(value);
  return Number.isNaN(until) ? 0 : Math.max(0, (until - now) / 1000);
}
