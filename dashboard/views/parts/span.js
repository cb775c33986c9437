// Over which time figures are asked for: the last day or days, or from and before times of one's own. Knows no page.

const DAY_MS = 86_400_000;

/** @type {import("./query.js").Field[]} */
export const SPAN_FIELDS = [
  { name: "days", label: "Over", kind: "choice", hint: "24 hours", choices: [["7", "7 days"], ["30", "30 days"]] },
  { name: "from", label: "From", kind: "time" },
  { name: "to", label: "Before", kind: "time" },
];

/**
 * The API's `from` and `to`: times of one's own beat the days.
 * @param {Map<string, string>} values
 * @param {number} now network time
 * @returns {[string, string | undefined][]}
 */
export function spanOf(values, now) {
  const days = Number(values.get("days"));
  const isDays = Number.isFinite(days) && days > 0 && !values.has("from") && !values.has("to");
  const from = isDays ? new Date(now - days * DAY_MS).toISOString() : values.get("from");
  return [["from", from], ["to", values.get("to")]];
}
