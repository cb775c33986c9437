//! Items as tables: which columns each kind has, and what stands in them.

use serde_json::Value;

use super::What;

/// What begins a formula where a spreadsheet opens the file (OWASP, "CSV Injection").
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// What of an item stands where. A name is its column's header and, if no other is given, its path in
/// the item; `lines[].` is each line's own, `#` the line's number.
type Columns = &'static [(&'static str, &'static str)];

const TRADES: Columns = &[
    ("transactionId", ""),
    ("status", ""),
    ("station", ""),
    ("buyer", ""),
    ("seller", ""),
    ("line", "#"),
    ("commodity", "lines[].commodity"),
    ("quantity", "lines[].quantity"),
    ("unitPrice", "lines[].unitPrice"),
    ("lineTotal", "lines[].total"),
    ("settledQuantity", "lines[].settledQuantity"),
    ("offer", "lines[].offer"),
    ("total", ""),
    ("charges", ""),
    ("settledAt", ""),
    ("expiresAt", ""),
    ("proposedBy", ""),
    ("awaiting", ""),
    ("reason", ""),
    ("recordedAt", ""),
    ("occurredAt", ""),
    ("actor", ""),
    ("reference", ""),
    ("metadata", ""),
    ("sequence", ""),
];

const SHIPMENTS: Columns = &[
    ("shipmentId", ""),
    ("status", ""),
    ("onHoldReason", "onHold.reason"),
    ("delayReason", "delayed.reason"),
    ("delayCode", "delayed.code"),
    ("origin", ""),
    ("destination", ""),
    ("owner", ""),
    ("consignee", ""),
    ("carrier", ""),
    ("vessel", ""),
    ("plannedDeparture", ""),
    ("estimatedDeparture", ""),
    ("actualDeparture", ""),
    ("plannedArrival", ""),
    ("estimatedArrival", ""),
    ("estimatedAt", ""),
    ("actualArrival", ""),
    ("positionX", "position.x"),
    ("positionY", "position.y"),
    ("positionZ", "position.z"),
    ("positionAt", "position.at"),
    ("line", "#"),
    ("commodity", "lines[].commodity"),
    ("quantity", "lines[].quantity"),
    ("accepted", "lines[].accepted"),
    ("rejected", "lines[].rejected"),
    ("writtenOff", "lines[].writtenOff"),
    ("outstanding", "lines[].outstanding"),
    ("found", "lines[].found"),
    ("short", "lines[].short"),
    ("charges", ""),
    ("tolerancePermille", ""),
    ("sequence", ""),
];

const LEVELS: Columns = &[
    ("station", ""),
    ("commodity", ""),
    ("owner", ""),
    ("onHand", ""),
    ("available", ""),
    ("reserved", ""),
    ("unavailable", ""),
    ("incoming", ""),
    ("changedAt", ""),
    ("asOfSequence", "asOf.sequence"),
    ("asOfTime", "asOf.time"),
];

const EVENTS: Columns = &[
    ("sequence", ""),
    ("id", ""),
    ("type", ""),
    ("subject", ""),
    ("time", ""),
    ("recordedat", ""),
    ("source", ""),
    ("specversion", ""),
    ("datacontenttype", ""),
    ("data", ""),
];

const ALERTS: Columns = &[
    ("alertId", ""),
    ("status", ""),
    ("kind", ""),
    ("severity", ""),
    ("causeShipmentId", "cause.shipmentId"),
    ("causeTransactionId", "cause.transactionId"),
    ("causeRule", "cause.rule"),
    ("causeOwner", "cause.owner"),
    ("station", ""),
    ("commodity", ""),
    ("shipmentId", ""),
    ("firedAt", ""),
    ("changedAt", ""),
    ("acknowledgedBy", ""),
    ("acknowledgedAt", ""),
    ("resolvedAt", ""),
    ("atRiskHolds", "atRisk.holds"),
    ("atRiskRules", "atRisk.rules"),
    ("sequence", ""),
];

/// A kind of table.
pub(super) struct Table {
    columns: Columns,
}

/// What stands in one place of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<'a> {
    Value(&'a Value),
    /// The number of the line, from 1.
    Number(usize),
    Nothing,
}

impl Table {
    pub(super) fn of(what: What) -> Self {
        let columns = match what {
            What::Trades => TRADES,
            What::Shipments => SHIPMENTS,
            What::Levels => LEVELS,
            What::Events => EVENTS,
            What::Alerts => ALERTS,
        };
        Self { columns }
    }

    /// The names of the columns.
    pub(super) fn header(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|(name, _)| *name)
    }

    /// The rows of an item: one, or one for each of its lines where there are columns of these.
    pub(super) fn rows<'a>(&self, item: &'a Value) -> impl Iterator<Item = Vec<Cell<'a>>> {
        let has_lines = self.columns.iter().any(|(_, path)| path.starts_with(LINES));
        let lines = item["lines"].as_array().filter(|_| has_lines).map_or(&[][..], Vec::as_slice);
        let columns = self.columns;
        (0..lines.len().max(1)).map(move |number| {
            let line = lines.get(number);
            columns.iter().map(|(name, path)| cell(item, number, line, name, path)).collect()
        })
    }
}

/// Where paths into a line begin.
const LINES: &str = "lines[].";

fn cell<'a>(
    item: &'a Value,
    number: usize,
    line: Option<&'a Value>,
    name: &str,
    path: &str,
) -> Cell<'a> {
    let found = match path.strip_prefix(LINES) {
        _ if path == "#" => return line.map_or(Cell::Nothing, |_| Cell::Number(number + 1)),
        Some(member) => line.and_then(|line| line.get(member)),
        None => {
            let path = if path.is_empty() { name } else { path };
            path.split('.').try_fold(item, |value, member| value.get(member))
        }
    };
    found.map_or(Cell::Nothing, Cell::Value)
}

impl Cell<'_> {
    /// The cell as text: what is null or not there is empty; lists and objects are JSON.
    pub(super) fn text(self, guards: bool) -> String {
        match self {
            Self::Nothing | Self::Value(Value::Null) => String::new(),
            Self::Number(number) => number.to_string(),
            Self::Value(Value::String(text)) if guards && text.starts_with(FORMULA_STARTS) => {
                format!("'{text}")
            }
            Self::Value(Value::String(text)) => text.clone(),
            Self::Value(other) => other.to_string(),
        }
    }
}
