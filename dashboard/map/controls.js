// What stands on the map: zoom, the switch between flat and deep, the way to the table, the scale
// and the legend.

import { h } from "../dom.js";

const SVG = "http://www.w3.org/2000/svg";
/** The marks as the shaders draw them, in a box of 12: path, class. @type {[string, string, string][]} */
const MARKS = [
  ["planet", "M6 2a4 4 0 1 0 0 8a4 4 0 1 0 0-8z", "solid"],
  ["station", "M5 1.5h2v3.5h3.5v2H7v3.5H5V7H1.5V5H5z", "solid"],
  ["outpost", "M6 1.4L10.6 6L6 10.6L1.4 6z", "solid"],
  ["gate", "M6 2a4 4 0 1 0 0 8a4 4 0 1 0 0-8z", "hollow"],
  ["ship, reported", "M11 6L2 10L3.8 6L2 2z", "solid"],
  ["between reports", "M11 6L2 10L3.8 6L2 2z", "hollow"],
  ["late", "M6 1.6L11 10.2H1z", "solid late"],
  ["overdue", "M2.2 2.2h7.6v7.6H2.2z", "solid overdue"],
  ["silent", "M2.4 2.4h7.2v7.2H2.4z", "hollow silent"],
  ["on hold", "M2.6 2h2.4v8H2.6zM7 2h2.4v8H7z", "solid"],
];
/** The longest that the scale may be, in pixels. */
const SCALE_PX = 110;

/**
 * @param {{ zoom: (factor: number) => void, fit: () => void, flatten: () => void }} acts
 * @param {boolean} isAlwaysFlat there is nothing to switch
 * @returns {{ elements: HTMLElement[], covering: HTMLElement[], drawScale: (scale: number) => void, setFlat: (isFlat: boolean) => void }}
 */
export function controls(acts, isAlwaysFlat) {
  const button = (/** @type {string} */ text, /** @type {string} */ label, /** @type {() => void} */ onclick) => (
    h("button", { type: "button", "aria-label": label, title: label, onclick }, text));
  const flat = h("button", { type: "button", "aria-pressed": "false", title: "Seen straight from above", onclick: acts.flatten }, "Flat");
  const bar = h("div", { class: "map-buttons", role: "group", "aria-label": "Map" },
    button("+", "Zoom in", () => acts.zoom(1.6)),
    button("−", "Zoom out", () => acts.zoom(1 / 1.6)),
    button("Fit", "Fit: show the whole network", acts.fit),
    isAlwaysFlat ? null : flat);
  const length = h("span", { class: "map-length" });
  const words = h("span");
  const scale = h("p", { class: "map-scale" }, length, words);
  const legend = h("details", { class: "map-legend", open: innerWidth > 900 },
    h("summary", null, "Marks"),
    h("ul", { "aria-label": "Marks on the map" }, MARKS.map(([name, path, look]) => h("li", null, mark(path, look), name))),
    h("p", null, h("a", { href: "/stations" }, "Stations as a table")));
  const foot = h("div", { class: "map-foot" }, legend, scale);
  let shown = 0;
  return {
    elements: [bar, foot],
    covering: [bar, legend, scale],
    setFlat(isFlat) {
      flat.setAttribute("aria-pressed", String(isFlat));
    },
    drawScale(pixels) {
      const lightYears = nice(SCALE_PX / pixels);
      const width = Math.round(lightYears * pixels);
      if (width === shown) return;
      shown = width;
      length.style.width = `${width}px`;
      words.textContent = `${lightYears.toLocaleString("en", { maximumSignificantDigits: 1 })} ly`;
    },
  };
}

/** The largest 1, 2 or 5 with zeros that is no more. @param {number} most */
function nice(most) {
  const ten = 10 ** Math.floor(Math.log10(most));
  const step = [5, 2].find((one) => one * ten <= most) ?? 1;
  return step * ten;
}

/** @param {string} path @param {string} look */
function mark(path, look) {
  const image = document.createElementNS(SVG, "svg");
  image.setAttribute("viewBox", "0 0 12 12");
  image.setAttribute("class", `map-mark ${look}`);
  image.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  image.append(shape);
  return image;
}
