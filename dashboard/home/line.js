// One hairline over time, without axes: a row of the small multiples.

import uPlot from "../vendor/uplot/uPlot.esm.js";

/** A colour of the page, as it is now: the theme may change. @param {string} name of a token */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * @param {HTMLElement} place
 * @param {{ isShare?: boolean }} [options] whether it runs from 0 to 1
 */
export function line(place, { isShare = false } = {}) {
  let top = 1;
  const stepped = /** @type {NonNullable<typeof uPlot.paths.stepped>} */ (uPlot.paths.stepped);
  const plot = new uPlot({
    width: Math.max(1, place.clientWidth),
    height: Math.max(1, place.clientHeight),
    padding: [4, 0, 1, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false },
      y: { range: () => [0, isShare ? 1 : top] },
    },
    axes: [{ show: false }, { show: false }],
    series: [{}, { stroke: () => colour("--ink"), width: 1, paths: stepped({ align: 1 }), points: { show: false } }],
  }, [[], []], place);

  return {
    /**
     * @param {number[]} times seconds
     * @param {(number | null)[]} values
     * @param {{ min: number, max: number }} range of times
     * @returns {number} the top of its scale
     */
    set(times, values, range) {
      top = Math.max(Number.MIN_VALUE, ...values.map((value) => value ?? 0));
      if (top < 1e-9) top = 1;
      plot.batch(() => {
        plot.setData([times, values], false);
        plot.setScale("x", range);
        plot.setScale("y", { min: 0, max: isShare ? 1 : top });
      });
      return isShare ? 1 : top;
    },
    fit() {
      const { clientWidth: width, clientHeight: height } = place;
      if (width > 0 && height > 0 && (width !== plot.width || height !== plot.height)) plot.setSize({ width, height });
    },
    recolour: () => plot.redraw(false, false),
    end: () => plot.destroy(),
  };
}
