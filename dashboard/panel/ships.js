// The ships of a station's panel, due or leaving: rows that stay where they are while their words change.

import { h, keyed, setText } from "../dom.js";
import { link } from "../address.js";
import { integer } from "../format.js";
import { condition } from "../model/shipment.js";
import { say } from "../home/sentence.js";
import { cargo, shipPart } from "../home/words.js";

const SHOWN = 6;

/** @typedef {import("../model/shipment.js").Shipment} Shipment */

/** A row of a panel's list: its mark, what it is, how much, and when. @param {boolean} isShip */
export const row = (isShip) => h("li", null,
  h("span", { class: "shape", "aria-hidden": true }),
  h("span", { class: "what" }, h("span", { class: "words" }), h("span", { class: "how" })),
  isShip && h("span", { class: "load quiet" }),
  h("span", { class: isShip ? "when" : "when quiet" }));

/** A part of a row, by its class. @param {Element} of @param {string} name @returns {HTMLElement} */
export const part = (of, name) => /** @type {HTMLElement} */ (of.querySelector(`.${name}`));

export class ShipList {
  /**
   * @param {import("../model/model.js").Model} model
   * @param {string} title
   * @param {Record<string, string>} query where all of them are listed
   * @param {(shipment: Shipment) => import("../home/words.js").Part[]} other where it comes from, or goes
   * @param {(shipment: Shipment, now: number) => string} when
   */
  constructor(model, title, query, other, when) {
    this.model = model;
    this.other = other;
    this.when = when;
    this.count = h("span", { class: "quiet" });
    this.list = h("ol", { class: "list" });
    this.link = h("a", { href: link("/ships", query) });
    this.more = h("p", null, this.link);
    this.element = h("div", null, h("h3", null, title, " ", this.count), this.list, this.more);
  }

  /** @param {Shipment[]} shipments @param {number} now */
  draw(shipments, now) {
    const shown = shipments.slice(0, SHOWN);
    setText(this.count, integer(shipments.length));
    this.list.hidden = shown.length === 0;
    keyed(this.list, shown, ({ id }) => id, () => row(true), (element, shipment) => this.update(element, shipment, now));
    const more = shipments.length - shown.length;
    this.more.hidden = more <= 0;
    setText(this.link, `and ${integer(more)} more`);
  }

  /** @param {HTMLElement} element @param {Shipment} shipment @param {number} now */
  update(element, shipment, now) {
    const { model } = this;
    const is = condition(shipment, now, model.silent.has(shipment.id));
    part(element, "shape").className = `shape ${is}`;
    say(part(element, "words"), [shipPart(model, shipment.id), " ", ...this.other(shipment)]);
    const how = part(element, "how");
    how.className = is === "normal" ? "how" : `how ${is}`;
    setText(how, is === "normal" ? "" : `, ${is}`);
    say(part(element, "load"), cargo(model, shipment));
    setText(part(element, "when"), this.when(shipment, now));
  }
}
