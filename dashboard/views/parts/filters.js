// The filter bar of a view: a form whose fields are the parameters of the address, with the server's refusals at the
// fields they are of.

import { fill, h, setText } from "../../dom.js";
import { Combobox } from "./combobox.js";
import { faults, read, timeFrom, timeText } from "./query.js";
import { Things } from "./things.js";

/** @typedef {import("./query.js").Field} Field */

/**
 * @typedef {object} Control
 * @property {Field} field
 * @property {HTMLInputElement | HTMLSelectElement} input
 * @property {HTMLElement} trouble
 * @property {(value: string) => void} set
 */

export class Filters {
  /** @param {import("../../app.js").App} app @param {Field[]} fields @param {string} label */
  constructor(app, fields, label) {
    this.app = app;
    this.fields = fields;
    this.things = new Things(app.model);
    /** @type {Map<string, Control>} */
    this.controls = new Map();
    this.clearing = h("button", { type: "button", class: "plain", onclick: () => this.clear() }, "Clear");
    this.form = h("form", { class: "filters", role: "search", "aria-label": label, id: "filters", onsubmit: (/** @type {Event} */ event) => event.preventDefault() });
    for (const field of fields) this.form.append(this.make(field));
    this.form.append(h("div", { class: "field clearing" }, this.clearing));
    this.toggle = h("button", { type: "button", class: "filters-toggle", "aria-expanded": "false", "aria-controls": "filters", onclick: () => this.fold() }, "Filter");
    this.element = h("div", { class: "filter-bar" }, this.toggle, this.form);
    this.show();
  }

  /** @returns {Map<string, string>} */
  get values() {
    return read(this.fields, this.app.address.current.query);
  }

  /** On a narrow page the fields are folded away. */
  fold() {
    const isOpen = this.element.classList.toggle("is-open");
    this.toggle.setAttribute("aria-expanded", String(isOpen));
  }

  /** Shows what the address says. */
  show() {
    const { values } = this;
    for (const [name, { set }] of this.controls) set(values.get(name) ?? "");
    this.clearing.hidden = values.size === 0;
    setText(this.toggle, values.size === 0 ? "Filter" : `Filter · ${values.size}`);
    this.explain(null);
  }

  /** Names may have come since. */
  rename() {
    const { values } = this;
    for (const [name, { field, set }] of this.controls) if (field.kind !== "choice") set(values.get(name) ?? "");
  }

  /** Says at each field what the server refused; gives whether there was such a field. @param {any} problem */
  explain(problem) {
    const found = faults(problem);
    let isSaid = false;
    for (const [name, { input, trouble }] of this.controls) {
      const text = found.get(name) ?? "";
      isSaid ||= text !== "";
      setText(trouble, text);
      trouble.hidden = text === "";
      if (text) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    if (isSaid) {
      this.element.classList.add("is-open");
      this.toggle.setAttribute("aria-expanded", "true");
    }
    return isSaid;
  }

  clear() {
    this.app.address.change(Object.fromEntries(this.fields.map(({ name }) => [name, null])));
  }

  /** @param {Field} field @param {string} value */
  change(field, value) {
    if (value === (this.values.get(field.name) ?? "")) return;
    this.app.address.change({ [field.name]: value || null });
  }

  /** @param {Field} field */
  make(field) {
    const id = `filter-${field.name}`;
    const trouble = h("p", { id: `${id}-trouble`, class: "field-trouble small", role: "alert", hidden: true });
    const { element, input, set } = this.control(field, id);
    input.setAttribute("aria-describedby", trouble.id);
    this.controls.set(field.name, { field, input, trouble, set });
    return h("div", { class: `field ${field.kind}` }, h("label", { for: id }, field.label), element, trouble);
  }

  /** @param {Field} field @param {string} id */
  control(field, id) {
    if (field.kind === "choice") {
      const options = [["", field.hint ?? "any"], ...(field.choices ?? [])];
      const input = h("select", { id, onchange: () => this.change(field, input.value) },
        options.map(([value, label]) => h("option", { value }, label)));
      const set = (/** @type {string} */ value) => {
        // A value from the address that is no choice is shown, and left to the server to refuse.
        if (![...input.options].some((option) => option.value === value)) input.append(h("option", { value }, value));
        input.value = value;
      };
      return { element: input, input, set };
    }
    if (field.kind === "text" || field.kind === "time") {
      const isTime = field.kind === "time";
      const input = h("input", {
        id, type: "text", autocomplete: "off", spellcheck: "false", placeholder: field.hint ?? (isTime ? "2200-01-01 12:00" : "any"),
        onchange: () => this.change(field, isTime ? timeFrom(input.value) : input.value.trim()),
        onkeydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === "Enter") input.blur(), input.focus(); },
      });
      const set = (/** @type {string} */ value) => {
        if (document.activeElement !== input || value === "") input.value = isTime ? timeText(value) : value;
      };
      return { element: input, input, set };
    }
    const box = new Combobox({
      id,
      things: () => this.things.of(field.kind),
      nameOf: (name) => this.app.model.name(name),
      onChoose: (value) => this.change(field, value),
      placeholder: field.hint ?? "any",
    });
    box.input.addEventListener("focus", () => this.things.want(field.kind));
    return { element: box.element, input: box.input, set: (/** @type {string} */ value) => box.set(value) };
  }
}

