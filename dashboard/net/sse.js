// Server-Sent Events from text in pieces.

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
