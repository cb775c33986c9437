// A list that goes on as one scrolls, and by a button for whoever does not scroll.

import { h, setText } from "../../dom.js";

/** Rows that scrolling loads: past this they are asked for by the button, and the first ones go. */
export const ROWS_MAX = 2_000;
/** How far below the edge the next rows are asked for already. */
const AHEAD = "600px";

export class Endless {
  /**
   * @param {HTMLElement} scroller
   * @param {object} does
   * @param {() => Promise<boolean>} does.load gives whether there is more
   * @param {() => number} does.rows
   * @param {(error: unknown) => string} does.onTrouble gives what is said of it
   */
  constructor(scroller, { load, rows, onTrouble }) {
    this.load = load;
    this.onTrouble = onTrouble;
    this.rows = rows;
    this.turn = 0;
    this.isLoading = false;
    this.isAtEnd = false;
    this.hasTrouble = false;
    this.isInSight = false;
    this.words = h("span", { class: "quiet", role: "status" });
    this.button = h("button", { type: "button", onclick: () => this.more() }, "More");
    this.element = h("div", { class: "more" }, this.button, this.words);
    this.observer = new IntersectionObserver((entries) => {
      this.isInSight = entries.some((entry) => entry.isIntersecting);
      this.look();
    }, { root: scroller, rootMargin: `0px 0px ${AHEAD} 0px` });
    this.observer.observe(this.element);
    this.draw();
  }

  /** Another list begins. */
  restart() {
    this.turn += 1;
    this.isLoading = false;
    this.isAtEnd = false;
    this.hasTrouble = false;
    this.more();
  }

  look() {
    if (this.isInSight && !this.isLoading && !this.isAtEnd && !this.hasTrouble && this.rows() < ROWS_MAX) this.more();
  }

  async more() {
    if (this.isLoading || this.isAtEnd) return;
    const turn = this.turn;
    this.isLoading = true;
    this.hasTrouble = false;
    this.draw();
    try {
      const hasMore = await this.load();
      if (turn !== this.turn) return;
      this.isAtEnd = !hasMore;
    } catch (error) {
      if (turn !== this.turn) return;
      this.hasTrouble = true;
      this.isLoading = false;
      this.draw(this.onTrouble(error));
      return;
    }
    this.isLoading = false;
    this.draw();
    // What came may not reach the edge; the observer tells of changes alone.
    requestAnimationFrame(() => { if (turn === this.turn) this.look(); });
  }

  /** @param {string} [words] */
  draw(words = "") {
    this.button.hidden = this.isAtEnd;
    this.button.disabled = this.isLoading;
    const isFull = !this.isAtEnd && this.rows() >= ROWS_MAX;
    setText(this.button, this.hasTrouble ? "Ask again" : isFull ? "Go on from here" : "More");
    setText(this.words, words || (this.isLoading ? "Loading…" : ""));
  }

  end() {
    this.turn += 1;
    this.observer.disconnect();
  }
}
