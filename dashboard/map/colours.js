// The page's colours as numbers, as the style sheet has them now.

/** @typedef {[number, number, number]} Colour from 0 to 1 */
/** @typedef {Record<"ground" | "ink" | "quiet" | "line" | "amber" | "vermilion" | "blue", Colour>} Colours */

const NAMES = /** @type {const} */ (["ground", "ink", "quiet", "line", "amber", "vermilion", "blue"]);

/** @returns {Colours} */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  /** @type {Partial<Colours>} */
  const found = {};
  for (const name of NAMES) {
    // However the token is written, a pen says it as #rrggbb.
    pen.fillStyle = style.getPropertyValue(`--${name}`).trim();
    const number = Number.parseInt(String(pen.fillStyle).slice(1, 7), 16);
    found[name] = [(number >> 16) / 255, ((number >> 8) & 255) / 255, (number & 255) / 255];
  }
  return /** @type {Colours} */ (found);
}

/** Told when the theme changes. @param {() => void} listener @returns {() => void} stops */
export function onTheme(listener) {
  const scheme = matchMedia("(prefers-color-scheme: light)");
  scheme.addEventListener("change", listener);
  return () => scheme.removeEventListener("change", listener);
}
