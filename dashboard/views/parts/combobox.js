// A field for one of many named things: type a part of its name, choose with arrows or the mouse. What is typed and
// not known is given on as it is, so that the server says what it does not know.

import { fill, h } from "../../dom.js";
import { identify, suggest } from "./suggest.js";

/** @typedef {import("./suggest.js").Named} Named */

const SHOWN_MAX = 12;
let count = 0;

export class Combobox {
  /**
   * @param {object} options
   * @param {string} options.id of the input, which a label names
   * @param {() => Iterable<Named>} options.things
   * @param {(id: string) => string} options.nameOf
   * @param {(id: string) => void} options.onChoose the identifier, empty for none
   * @param {string} [options.placeholder]
   */
  constructor({ id, things, nameOf, onChoose, placeholder = "any" }) {
    this.things = things;
    this.nameOf = nameOf;
    this.onChoose = onChoose;
    this.value = "";
    /** @type {Named[]} */
    this.shown = [];
    this.active = -1;
    const listId = `suggestions-${(count += 1)}`;
    this.input = h("input", {
      id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder,
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId,
      oninput: () => this.open(), onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
      onfocus: () => this.input.select(), onclick: () => this.open(), onblur: () => this.leave(),
    });
    this.list = h("ul", { id: listId, class: "suggestions", role: "listbox", hidden: true, "aria-label": "Suggestions" });
    this.element = h("div", { class: "combobox" }, this.input, this.list);
  }

  /** Shows what the address says. @param {string} value */
  set(value) {
    this.value = value;
    if (document.activeElement !== this.input) this.input.value = value ? this.nameOf(value) : "";
  }

  open() {
    const isUntouched = this.input.value === (this.value ? this.nameOf(this.value) : "");
    this.shown = suggest(this.things(), isUntouched ? "" : this.input.value, SHOWN_MAX);
    this.active = -1;
    this.draw();
  }

  close() {
    this.shown = [];
    this.active = -1;
    this.draw();
  }

  draw() {
    const isOpen = this.shown.length > 0;
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    fill(this.list, ...this.shown.map((thing, at) => h("li", {
      id: `${this.list.id}-${at}`, role: "option", "aria-selected": String(at === this.active),
      // Before the field loses its focus, which would close the list.
      onmousedown: (/** @type {MouseEvent} */ event) => { event.preventDefault(); this.choose(thing.id); },
    }, thing.name, thing.name === thing.id ? null : h("span", { class: "identifier quiet" }, thing.id))));
    if (this.active >= 0) {
      this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.active}`);
      this.list.children[this.active]?.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.shown.length === 0) this.open();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const places = this.shown.length + 1;
      this.active = ((this.active + 1 + step + places) % places) - 1;
      this.draw();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const thing = this.shown[this.active];
      this.choose(thing ? thing.id : identify(this.things(), this.input.value));
    } else if (event.key === "Escape" && this.shown.length > 0) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  leave() {
    this.close();
    const typed = this.input.value.trim();
    if (typed === (this.value ? this.nameOf(this.value) : "")) return;
    this.choose(identify(this.things(), typed));
  }

  /** @param {string} id */
  choose(id) {
    this.close();
    const isOther = id !== this.value;
    this.value = id;
    this.input.value = id ? this.nameOf(id) : "";
    if (isOther) this.onChoose(id);
  }
}
