// Server-Sent Events from text in pieces: the WHATWG standard ("9.2.6 Interpreting an event stream").

/** @typedef {{ event: string, data: string, id: string }} Message what was said; `id` is the last that was told */

export class Parser {
  /** @param {(message: Message) => void} onMessage */
  constructor(onMessage) {
    this.onMessage = onMessage;
    this.rest = "";
    this.id = "";
    /** What the server asks to wait before another connection, in milliseconds; 0 if it has not said. */
    this.retry = 0;
    this.isBegun = false;
    this.event = "";
    /** @type {string[]} */
    this.data = [];
  }

  clear() {
    this.event = "";
    this.data = [];
  }

  /** @param {string} text */
  push(text) {
    let rest = this.rest + text;
    if (!this.isBegun && rest) {
      this.isBegun = true;
      if (rest.startsWith("\u{feff}")) rest = rest.slice(1);
    }
    // A carriage return at the end may be half of a line's end.
    const isHalf = rest.endsWith("\r");
    // This server ends lines in a line feed, which is quicker to find.
    const ends = rest.includes("\r") ? /\r\n|\n|\r/ : "\n";
    const lines = (isHalf ? rest.slice(0, -1) : rest).split(ends);
    this.rest = (lines.pop() ?? "") + (isHalf ? "\r" : "");
    for (const line of lines) this.line(line);
  }

  /** @param {string} line */
  line(line) {
    if (line === "") {
      if (this.data.length > 0) this.onMessage({ event: this.event, data: this.data.join("\n"), id: this.id });
      this.clear();
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line.charAt(colon + 1) === " " ? colon + 2 : colon + 1);
    if (field === "data") this.data.push(value);
    else if (field === "id" && !value.includes("\0")) this.id = value;
    else if (field === "event") this.event = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.retry = Number(value);
  }
}
