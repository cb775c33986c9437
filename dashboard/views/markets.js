// Markets: all commodities; and of one its offers, what was paid for it, and where buying and selling it pays.

import { fill, h } from "../dom.js";
import { commodityTable } from "./parts/commodities.js";
import { Filters } from "./parts/filters.js";
import { ViewFrame } from "./parts/frame.js";
import { Market } from "./parts/market.js";

/** @type {import("./parts/query.js").Field[]} */
const FIELDS = [
  { name: "commodity", label: "Commodity", kind: "commodity", hint: "all" },
  { name: "station", label: "Station", kind: "station" },
  { name: "maxDistance", label: "Routes of at most, ly", kind: "text" },
  { name: "maxAge", label: "Prices paid in the last", kind: "choice", hint: "any time", choices: [["3600", "hour"], ["86400", "24 hours"], ["604800", "7 days"]] },
];
/** What a change of asks for another market; the rest changes within one. */
const OF_MARKET = ["commodity", "station", "maxDistance", "maxAge"];

/** @param {HTMLElement} place @param {import("../app.js").App} app @returns {import("../app.js").View} */
export function mount(place, app) {
  const { model, address } = app;
  const frame = new ViewFrame(place, "Markets");
  const filters = new Filters(app, FIELDS, "Which market");
  const holder = h("div");
  frame.add(filters.element, holder);
  /** @type {{ draw: (frame: import("../app.js").Frame) => void, show?: () => void, end: () => void } | null} */
  let part = null;
  let asked = "";
  let names = -1;

  function show() {
    const { query } = address.current;
    const now = JSON.stringify(OF_MARKET.map((name) => query.get(name)));
    if (part && now === asked) {
      part.show?.();
      return;
    }
    asked = now;
    part?.end();
    fill(holder);
    frame.say();
    frame.note.textContent = "";
    filters.show();
    place.scrollTop = 0;
    const commodity = query.get("commodity");
    part = commodity ? new Market({ app, frame, filters, holder, commodity }) : commodityTable({ app, frame, holder, scroller: place });
    for (const name of OF_MARKET.slice(1)) {
      const field = filters.controls.get(name)?.input.closest(".field");
      if (field instanceof HTMLElement) field.hidden = !commodity;
    }
    entitle();
  }

  /** The heading is the good, once its name is known. */
  function entitle() {
    const id = address.current.query.get("commodity");
    const good = id ? model.commodities.get(id) : null;
    fill(frame.heading, id ? model.name(id) : "Markets");
    if (good) frame.note.textContent = [good.category, good.unitMassGrams ? `${mass(good.unitMassGrams)} a unit` : ""].filter(Boolean).join(", ");
  }

  show();
  return {
    draw(now) {
      if (names !== model.names.size) {
        names = model.names.size;
        filters.rename();
        entitle();
      }
      part?.draw(now);
    },
    show,
    end: () => part?.end(),
  };
}

const digits = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });

/** @param {number} grams */
const mass = (grams) => (grams >= 1e6 ? `${digits.format(grams / 1e6)} t` : grams >= 1e3 ? `${digits.format(grams / 1e3)} kg` : `${digits.format(grams)} g`);
