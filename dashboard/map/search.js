// The search field: stations, systems and ships by name. What is picked goes into the address, and
// the map flies there. A combobox with a list, as the ARIA practices describe it.

import { link } from "../address.js";
import { fill, h } from "../dom.js";
import { picked } from "../home/arrival.js";
import { find, isShortcut } from "./find.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("./find.js").Found} Found */

/** As style/shell.css has it: there the field is too short for more, and there is hardly a keyboard. */
const NARROW = "(max-width: 700px)";
const SHORTCUT = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘K" : "Ctrl+K";

/** To the map, flat if it is. @param {App["address"]} address @returns {(found: Found) => void} */
const toMap = (address) => ({ kind, id }) => {
  const { path, query } = address.current;
  picked();
  address.go(link("/", { [kind]: id, flat: path === "/" ? query.get("flat") : null }));
};

/**
 * @param {HTMLElement} place
 * @param {App} app
 * @param {(found: Found) => void} [onPick] by default goes to the map
 * @returns {import("../app.js").View}
 */
export function mountSearch(place, app, onPick = toMap(app.address)) {
  const stop = new AbortController();
  /** @type {Found[]} */
  let found = [];
  let chosen = -1;
  const list = h("ul", { id: "find-list", class: "find-list", role: "listbox", "aria-label": "Found", hidden: true });
  const field = h("input", {
    id: "find", type: "search", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder: matchMedia(NARROW).matches ? "Station or ship" : `Station or ship (${SHORTCUT})`, title: `${SHORTCUT} comes here`,
    "aria-label": "Find a station, a system or a ship", "aria-controls": "find-list", "aria-expanded": "false", "aria-autocomplete": "list", "aria-keyshortcuts": "Control+K Meta+K",
  });
  const said = h("span", { class: "unseen", role: "status" });
  const whole = h("div", { class: "find", role: "search" }, field, list, said);
  place.append(whole);

  const choose = (/** @type {number} */ number) => {
    chosen = number;
    [...list.children].forEach((item, index) => {
      if (item.role !== "option") return;
      item.setAttribute("aria-selected", String(index === number));
      if (index === number) item.scrollIntoView({ block: "nearest" });
    });
    if (number < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", `find-${number}`);
  };
  const close = () => {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    choose(-1);
  };
  const take = (/** @type {Found | undefined} */ item) => {
    if (!item) return;
    field.value = "";
    close();
    field.blur();
    onPick(item);
  };
  const search = () => {
    const text = field.value.trim();
    found = find(app.model, text);
    const items = found.map((item, number) => h("li", {
      id: `find-${number}`, role: "option", "aria-selected": "false",
      // Before the field loses the focus, and with it the list goes.
      onpointerdown: (/** @type {Event} */ event) => event.preventDefault(),
      onclick: () => take(item),
    }, h("span", null, item.name), h("small", null, item.where)));
    const none = text && items.length === 0 ? h("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, `Nothing is called “${text}”`) : null;
    fill(list, items, none);
    list.hidden = !text;
    field.setAttribute("aria-expanded", String(!list.hidden));
    said.textContent = text ? `${found.length} found` : "";
    choose(found.length > 0 ? 0 : -1);
  };

  field.addEventListener("input", search, { signal: stop.signal });
  field.addEventListener("focus", () => field.value && search(), { signal: stop.signal });
  field.addEventListener("blur", close, { signal: stop.signal });
  field.addEventListener("keydown", (event) => {
    const last = found.length - 1;
    if (event.key === "ArrowDown" && last >= 0) choose(chosen >= last ? 0 : chosen + 1);
    else if (event.key === "ArrowUp" && last >= 0) choose(chosen <= 0 ? last : chosen - 1);
    else if (event.key === "Enter") take(found[Math.max(0, chosen)]);
    else if (event.key === "Escape") {
      if (list.hidden) field.value = "";
      close();
    } else return;
    event.preventDefault();
  }, { signal: stop.signal });
  document.addEventListener("keydown", (event) => {
    // A dialog keeps the focus to itself.
    if (!isShortcut(event) || (event.target instanceof Element && event.target.closest("dialog"))) return;
    event.preventDefault();
    field.focus();
    field.select();
  }, { signal: stop.signal });

  return {
    end() {
      stop.abort();
      whole.remove();
    },
  };
}
