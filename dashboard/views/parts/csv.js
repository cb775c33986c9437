// Comma-separated values as of RFC 4180, safe to open in a spreadsheet. Knows no page.

/** A text that begins so would be run as a formula by a spreadsheet. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * One value: numbers as they are, texts quoted where they must be, and with an apostrophe in front where a
 * spreadsheet would take them for a formula.
 * @param {string | number | null | undefined} value
 */
export function field(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {(string | number | null | undefined)[]} values */
export const row = (values) => `${values.map(field).join(",")}\r\n`;

export const TRADE_COLUMNS = [
  "transactionId", "sequence", "occurredAt", "recordedAt", "settledAt", "status", "station", "buyer", "seller",
  "commodity", "quantity", "settledQuantity", "unitPrice", "lineTotal", "tradeTotal", "reference", "reason", "actor", "metadata",
];

/** A trade of GET /api/trades, a row for each of its lines. @param {any} trade */
export function tradeRows(trade) {
  const metadata = Object.keys(trade.metadata ?? {}).length > 0 ? JSON.stringify(trade.metadata) : "";
  return trade.lines.map((/** @type {any} */ line) => row([
    trade.transactionId, trade.sequence, trade.occurredAt, trade.recordedAt, trade.settledAt, trade.status, trade.station,
    trade.buyer, trade.seller, line.commodity, line.quantity, line.settledQuantity, line.unitPrice, line.total,
    trade.total, trade.reference, trade.reason, trade.actor, metadata,
  ])).join("");
}
