// Whether an event is a new trade that a filter of trades would find. Knows no page.

/** @param {any} event trade.held or trade.settled @param {Map<string, string>} values */
export function isAmong({ type, time, data }, values) {
  const isFirst = (type === "trade.settled" || type === "trade.held") && data.previous === undefined;
  if (!isFirst) return false;
  const at = Date.parse(time);
  /** @type {Record<string, (value: string) => boolean>} */
  const tests = {
    station: (value) => data.station === value,
    commodity: (value) => (data.lines ?? []).some((/** @type {any} */ line) => line.commodity === value),
    trader: (value) => data.buyer === value || data.seller === value,
    status: (value) => data.status === value,
    reference: (value) => data.reference === value,
    from: (value) => at >= Date.parse(value),
    to: (value) => at < Date.parse(value),
  };
  return [...values].every(([name, value]) => tests[name]?.(value) ?? true);
}
