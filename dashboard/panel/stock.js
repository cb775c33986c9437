// A station's stock, by commodity or also by owner, now or as of an earlier time.

import { fill, h } from "../dom.js";
import { link } from "../address.js";
import { UNKNOWN, integer, position } from "../format.js";
import { get } from "../net/api.js";
import { asked, because } from "./asked.js";

/** So many goods are shown before somebody asks for all. */
const FEW = 10;
const ROWS_MAX = 500;
/** @type {[string, string, string][]} */
const COLUMNS = [
  ["onHand", "On hand", "there: available, reserved and unavailable"],
  ["available", "Available", "free to be traded, shipped or consumed"],
  ["reserved", "Reserved", "promised to shipments, trades and offers"],
  ["unavailable", "Unavail.", "there, but damaged or rejected"],
  ["incoming", "Incoming", "under way to here, not on hand"],
];

/** Whether something of it is promised, damaged or under way. @param {any} level */
const isBusy = (level) => level.reserved + level.unavailable + level.incoming > 0;
/** Which to show first, where not all are: what is busy, then what changed last. @param {any} a @param {any} b */
const livelier = (a, b) => Number(isBusy(b)) - Number(isBusy(a)) || (a.changedAt < b.changedAt ? 1 : -1);

/**
 * @param {HTMLElement} place
 * @param {import("../app.js").App} app
 * @param {string} station
 * @param {{ chosen: () => string, onFirst: (commodity: string) => void }} options the good that is chosen; `onFirst` is
 *   told what changed last, once it is known
 */
export function stock(place, app, station, { chosen, onFirst }) {
  const { model, address } = app;
  const toggle = h("a", { href: "/", class: "button" });
  const note = h("p", { class: "quiet small" });
  const body = h("div", { class: "table" });
  place.append(h("header", null, h("h3", null, "Stock"), toggle), note, body);
  let hasAny = false;
  let isAll = false;
  /** @type {any} */
  let last = null;
  const all = h("button", { type: "button", class: "plain small more", onclick: () => {
    isAll = !isAll;
    show(last);
  } });

  const query = () => address.current.query;
  const ask = asked(
    app.connection,
    (signal) => get(link(`/api/inventory/${encodeURIComponent(station)}`, { by: query().get("by") === "owner" ? "owner" : null, asOf: query().get("at") }), { signal }),
    show,
    (error) => {
      fill(body);
      const code = /** @type {{ code?: string }} */ (error)?.code;
      note.textContent = code === "unknown_station" ? "It was not there yet." : `The stock could not be read: ${because(error)}`;
    },
  );

  /** @param {any} answer */
  function show(answer) {
    last = answer;
    const isByOwner = query().get("by") === "owner";
    const at = query().get("at");
    note.textContent = at ? `Right after ${position(answer.asOf.sequence)}` : "";
    const levels = [...answer.levels].sort((a, b) => model.name(a.commodity).localeCompare(model.name(b.commodity)));
    if (levels.length === 0) {
      fill(body, h("p", { class: "quiet" }, at ? "There was nothing on hand or on its way." : "Nothing on hand or on its way."));
      return;
    }
    const good = chosen();
    // To hide two or three is not worth a button.
    const isFew = levels.length <= FEW + 3;
    const few = new Set([...levels].sort(livelier).slice(0, FEW));
    const shown = levels.slice(0, ROWS_MAX).filter((level) => isAll || isFew || few.has(level) || level.commodity === good);
    const head = h("tr", null,
      h("th", { scope: "col" }, "Good"),
      isByOwner && h("th", { scope: "col" }, "Owner"),
      COLUMNS.map(([, name, title]) => h("th", { scope: "col", class: "number", title }, name)));
    const rows = shown.map((level) => h("tr", { "aria-current": level.commodity === good && "true" },
      h("th", { scope: "row" }, h("a", { href: link("/", { ...Object.fromEntries(query()), commodity: level.commodity }) }, model.name(level.commodity))),
      isByOwner && h("td", null, model.name(level.owner)),
      COLUMNS.map(([field]) => h("td", { class: level[field] ? "number" : "number quiet" }, integer(level[field] ?? null)))));
    const focused = body.contains(document.activeElement) ? document.activeElement?.getAttribute("href") : null;
    all.textContent = isAll ? `Show ${FEW}` : `Show all ${integer(Math.min(levels.length, ROWS_MAX))}`;
    const isFocused = document.activeElement === all;
    fill(body, h("table", null, h("caption", { class: "unseen" }, "Stock by commodity"), h("thead", null, head), h("tbody", null, rows)),
      !isFew && all,
      isAll && levels.length > ROWS_MAX && h("p", { class: "quiet small" }, `and ${integer(levels.length - ROWS_MAX)} more`));
    if (isFocused) all.focus();
    if (focused) [...body.querySelectorAll("a")].find((anchor) => anchor.getAttribute("href") === focused)?.focus();
    if (!hasAny) {
      hasAny = true;
      onFirst(answer.levels.reduce((/** @type {any} */ last, /** @type {any} */ level) => (level.changedAt > last.changedAt ? level : last)).commodity);
    }
  }

  function label() {
    const isByOwner = query().get("by") === "owner";
    toggle.textContent = isByOwner ? "By commodity" : "By owner";
    toggle.setAttribute("href", link("/", { ...Object.fromEntries(query()), by: isByOwner ? null : "owner" }));
  }
  label();
  fill(body, h("p", { class: "quiet" }, UNKNOWN));

  return {
    again() {
      // What was then stays as it was.
      if (!query().get("at")) ask.again();
    },
    /** Another good is chosen. */
    mark() {
      if (last) show(last);
    },
    draw: ask.draw,
    show() {
      label();
      ask.anew();
    },
    end: ask.end,
  };
}
