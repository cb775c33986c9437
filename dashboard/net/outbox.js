// What one tab is still to be told, in order. Events go as the text they came in, many in one message:
// a tab parses them quicker than it would be given objects. A tab that does not ask for more, because
// the browser froze it or nobody looks at it, has little waiting: past a bound it begins anew.

/** A tab is told at most so often: each message costs, and sooner nobody sees. */
const PACE_MS = 80;
/** Events in one message: what a tab does with it at once stays short. */
const BATCH_MAX = 100;
/** Characters of events that wait for one tab, and other messages. */
const SIZE_MAX = 4 * 2 ** 20;
const QUEUE_MAX = 2_000;
/** Kinds of messages that may wait until the tab is told something again. */
const PATIENT = new Set(["events", "heard"]);

/** @typedef {{ postMessage: (message: any) => void }} Port */
/** @typedef {{ kind: "events" | "heard", texts: string[], size: number, isBacklog: boolean, sequence: number }} Events */

export class Outbox {
  /**
   * @param {Port} port
   * @param {(passed: number) => any[]} begin what a tab begins with, now: the state, and how the connection
   *   is; it was not told of so many events
   */
  constructor(port, begin) {
    this.port = port;
    this.begin = begin;
    /** @type {any[]} */
    this.queue = [];
    /** Characters of events in it. */
    this.size = 0;
    /** Whether the state is to be told, which is taken when it is sent: it has all that happened until then. */
    this.isAnew = true;
    /** Events that it has instead of this tab. */
    this.passed = 0;
    /** Whether the tab asked for more since it was told something. */
    this.isReady = true;
    this.sentAt = -Infinity;
    /** @type {ReturnType<typeof setTimeout> | null} */
    this.timer = null;
    this.send();
  }

  /** The state has changed as no event tells, or too much waits. */
  anew() {
    this.passed += this.queue.reduce((sum, { texts }) => sum + (texts?.length ?? 0), 0);
    this.queue = [];
    this.size = 0;
    this.isAnew = true;
    this.send();
  }

  /** The tab may know nothing any more: told at once, ready or not. */
  forget() {
    this.isReady = true;
    this.anew();
  }

  /** @param {string[]} texts of events @param {boolean} isBacklog */
  events(texts, isBacklog) {
    if (this.isAnew) {
      this.passed += texts.length;
      return;
    }
    /** @type {Events | undefined} */
    let last = this.queue.at(-1);
    // That the server was heard of goes without saying.
    if (last?.kind === "heard") {
      this.queue.pop();
      last = this.queue.at(-1);
    }
    for (const text of texts) {
      if (last?.kind !== "events" || last.texts.length >= BATCH_MAX || last.isBacklog !== isBacklog) {
        this.queue.push((last = { kind: "events", texts: [], size: 0, isBacklog, sequence: 0 }));
      }
      last.texts.push(text);
      last.size += text.length;
      this.size += text.length;
    }
    this.bound();
  }

  /** The server was heard of, and told everything up to here. @param {number} sequence */
  heard(sequence) {
    const last = this.queue.at(-1);
    if (last?.kind === "events" || last?.kind === "heard") last.sequence = sequence;
    else this.tell({ kind: "heard", sequence });
  }

  /** Behind what waits. @param {any} message */
  tell(message) {
    if (this.isAnew) return;
    this.queue.push(message);
    this.bound();
  }

  bound() {
    if (this.size > SIZE_MAX || this.queue.length > QUEUE_MAX) this.anew();
    else this.send();
  }

  /** The tab has taken in what it was told. */
  more() {
    this.isReady = true;
    this.send();
  }

  /** Tells what one message can, when its time has come. */
  send() {
    if (!this.isReady || (this.queue.length === 0 && !this.isAnew)) return;
    // As many as one message takes, or something else than events: now.
    const isUrgent = this.isAnew || this.queue.length > 1 || !PATIENT.has(this.queue[0].kind);
    const wait = isUrgent ? 0 : this.sentAt + PACE_MS - performance.now();
    if (wait > 0) {
      this.timer ??= setTimeout(() => {
        this.timer = null;
        this.send();
      }, wait);
      return;
    }
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.isReady = false;
    this.sentAt = performance.now();
    this.port.postMessage(this.take());
  }

  /** Up to the first events, which are joined to one text. */
  take() {
    if (this.isAnew) {
      const { passed } = this;
      Object.assign(this, { isAnew: false, passed: 0 });
      return this.begin(passed);
    }
    const first = this.queue.findIndex(({ kind }) => kind === "events");
    return this.queue.splice(0, first < 0 ? this.queue.length : first + 1).map((message) => {
      if (message.kind !== "events") return message;
      const { kind, texts, size, isBacklog, sequence } = message;
      this.size -= size;
      return { kind, text: `[${texts.join(",")}]`, isBacklog, sequence };
    });
  }

  end() {
    if (this.timer !== null) clearTimeout(this.timer);
    this.isReady = false;
    this.queue = [];
  }
}
