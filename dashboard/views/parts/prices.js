// What was last paid for a commodity, station by station. Knows no page.

/** @typedef {{ station: string, price: number, at: number }} Price */

/**
 * From the latest trades, and from what routes quote: whichever is later of a station. The latest comes first.
 * @param {string} commodity
 * @param {any[]} trades GET /api/trades, settled ones
 * @param {any[]} routes GET /api/routes
 * @returns {Price[]}
 */
export function latestPrices(commodity, trades, routes) {
  /** @type {Map<string, Price>} */
  const latest = new Map();
  const put = (/** @type {Price} */ price) => {
    const known = latest.get(price.station);
    if (!known || known.at < price.at) latest.set(price.station, price);
  };
  for (const trade of trades) {
    const line = trade.lines.find((/** @type {any} */ line) => line.commodity === commodity);
    if (line && trade.settledAt) put({ station: trade.station, price: line.unitPrice, at: Date.parse(trade.settledAt) });
  }
  for (const quote of routes.flatMap(({ buy, sell }) => [buy, sell])) {
    if (quote.source === "trade") put({ station: quote.station, price: quote.price, at: Date.parse(quote.at) });
  }
  return [...latest.values()].sort((a, b) => b.at - a.at);
}

/**
 * Whose prices the chart shows. Without a station of one's own choice it stays where it is: it does not jump with
 * every trade.
 * @param {{ chosen?: string, shown?: string, busiest?: string }} of `shown`: whose it shows now, if any
 */
export const stationOfChart = ({ chosen, shown, busiest }) => chosen || shown || busiest || "";
