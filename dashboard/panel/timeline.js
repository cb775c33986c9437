// A shipment's time: the plan as one line, what became of it as another, and now across both.

import { fill, h } from "../dom.js";
import { brief, legs, span } from "./story.js";

/** @param {HTMLElement} place */
export function timeline(place) {
  const figure = h("div", { class: "timeline", "aria-hidden": true });
  const table = h("div", { class: "table" });
  place.append(figure, table);

  return {
    /** @param {any} shipment as GET /api/cargo/{id} answers @param {number} now network time */
    set(shipment, now) {
      const rows = legs(shipment, now);
      fill(table, h("table", null,
        h("caption", { class: "unseen" }, "Departure and arrival: planned, estimated and actual"),
        h("thead", null, h("tr", null, ["", "Planned", "Estimated", "Actual", ""].map((name) => (name ? h("th", { scope: "col" }, name) : h("td"))))),
        h("tbody", null, rows.map(({ what, planned, estimated, actual, difference, isLate }) => h("tr", null,
          h("th", { scope: "row" }, what),
          [planned, estimated, actual].map((at) => h("td", null, brief(at))),
          h("td", { class: isLate ? "late" : "quiet" }, difference))))));
      const { from, to, plan, course, isOpen } = span(shipment, now);
      const part = (/** @type {number} */ at) => `${(Math.min(1, Math.max(0, (at - from) / Math.max(1, to - from)))) * 100}%`;
      const bar = (/** @type {string} */ name, /** @type {[number, number]} */ [start, end]) => {
        const element = h("div", { class: name });
        element.style.left = part(start);
        element.style.right = `calc(100% - ${part(end)})`;
        return element;
      };
      const mark = h("div", { class: "is-now" });
      mark.style.left = part(now);
      const rests = course && isOpen && course.until < course.expected ? bar("rest", [course.until, course.expected]) : null;
      const isLate = course !== null && Math.max(course.until, course.expected) > plan[1];
      const how = isOpen && now > plan[1] ? "way overdue" : isLate ? "way late" : "way";
      fill(figure,
        h("div", { class: "track" }, h("span", { class: "quiet small" }, "plan"), h("div", { class: "way" }, bar("plan", plan))),
        h("div", { class: "track" }, h("span", { class: "quiet small" }, "course"), h("div", { class: how }, course && bar("course", [course.start, course.until]), rests)),
        h("div", { class: "track over" }, h("span"), h("div", { class: "way" }, now >= from && now <= to && isOpen ? mark : null)));
    },
  };
}
