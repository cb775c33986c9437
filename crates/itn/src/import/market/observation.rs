//! One market observation: what a row of the NDJSON file says, checked.

use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

use super::super::ImportError;
use super::super::ndjson::{self, Rows, Unusable, amount, named, shaped};
use super::super::report::{Findings, Input, SkipReason};

/// A row as it stands in the file. `-1` is unknown, which is not zero.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    observed_at: String,
    system: String,
    station: String,
    #[serde(default)]
    category: Option<String>,
    commodity: String,
    /// What the station pays; 0 when it does not buy.
    sell_price: i64,
    /// What the station asks; 0 when it does not sell.
    buy_price: i64,
    demand: i64,
    stock: i64,
}

/// A checked row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Observation {
    pub(super) line: u64,
    pub(super) at: Timestamp,
    pub(super) system: String,
    pub(super) station: String,
    pub(super) category: Option<String>,
    pub(super) commodity: String,
    /// What the station pays for a unit; `None` when it does not buy.
    pub(super) pays: Option<u64>,
    /// What the station asks for a unit; `None` when it does not sell.
    pub(super) asks: Option<u64>,
    /// Units wanted; `None` when unknown.
    pub(super) demand: Option<u64>,
    /// Units for sale; `None` when unknown.
    pub(super) stock: Option<u64>,
}

impl Observation {
    /// Whether the station pays more than it asks, which a market with one keeper should not.
    pub(super) fn is_crossed(&self) -> bool {
        matches!((self.pays, self.asks), (Some(pays), Some(asks)) if pays > asks)
    }

    fn parse(line: u64, bytes: &[u8]) -> Result<Self, Unusable> {
        let row: Row = shaped(bytes)?;
        named("system", &row.system)?;
        named("station", &row.station)?;
        named("commodity", &row.commodity)?;
        let at = row.observed_at.parse::<Timestamp>().map_err(|_| {
            (SkipReason::BadTime, format!("{:?} is no RFC 3339 time", row.observed_at))
        })?;
        let price = |name, value| Ok(Some(amount(name, value)?).filter(|price| *price > 0));
        let quantity = |name, value| match value {
            -1 => Ok(None),
            known => amount(name, known).map(Some),
        };
        Ok(Self {
            line,
            at,
            pays: price("sellPrice", row.sell_price)?,
            asks: price("buyPrice", row.buy_price)?,
            demand: quantity("demand", row.demand)?,
            stock: quantity("stock", row.stock)?,
            system: row.system,
            station: row.station,
            category: row.category.filter(|category| !category.trim().is_empty()),
            commodity: row.commodity,
        })
    }
}

/// Reads a file of observations: the good rows in order of time; of the same time, in the order of
/// the file.
pub(super) fn read(path: &Path, findings: &mut Findings) -> Result<Rows<Observation>, ImportError> {
    ndjson::read(path, Input::Observations, findings, Observation::parse).map(in_order)
}

fn in_order(mut observations: Rows<Observation>) -> Rows<Observation> {
    observations.rows.sort_by_key(|row| (row.at, row.line));
    observations
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"observedAt":"2014-09-08T20:22:18Z","system":"LFT 992",
        "station":"Szulkin Mines","category":"Foods","commodity":"Fish","sellPrice":1323,
        "buyPrice":0,"demand":-1,"demandLevel":-1,"stock":0,"stockLevel":-1}"#;

    fn check(change: (&str, &str), expected: SkipReason) {
        let row = GOOD.replace('\n', " ").replace(change.0, change.1);
        let (reason, why) = Observation::parse(1, row.as_bytes()).unwrap_err();
        assert_eq!(reason, expected, "{change:?}: {why}");
    }

    #[test]
    fn unknown_is_not_zero() {
        let row = Observation::parse(1, GOOD.as_bytes()).unwrap();
        assert_eq!((row.demand, row.stock), (None, Some(0)));
        assert_eq!((row.pays, row.asks), (Some(1323), None));
    }

    #[test]
    fn bad_rows_are_told_apart() {
        check(("{", "["), SkipReason::NotJson);
        check(("\"stock\":0,", ""), SkipReason::WrongShape);
        check(("\"stock\":0", "\"stock\":\"0\""), SkipReason::WrongShape);
        check(("\"stock\":0", "\"stock\":1.5"), SkipReason::WrongShape);
        check(("\"stock\":0", "\"stock\":-2"), SkipReason::OutOfRange);
        check(("1323", "9007199254740992"), SkipReason::OutOfRange);
        check(("\"Fish\"", "\" \""), SkipReason::WrongShape);
        check(("2014-09-08T20:22:18Z", "2014-09-31T20:22:18Z"), SkipReason::BadTime);
        check(("2014-09-08T20:22:18Z", "yesterday"), SkipReason::BadTime);
    }

    #[test]
    fn rows_are_put_in_order_of_time() {
        let good = GOOD.replace('\n', " ");
        let earlier = good.replace("20:22:18Z", "20:22:18+02:00");
        let text = format!("\u{feff}{good}\r\n\n{{oops\n{earlier}\n");
        let mut findings = Findings::default();
        let parsed =
            ndjson::parse(text.as_bytes(), Input::Observations, &mut findings, Observation::parse);
        let observations = in_order(parsed.unwrap());
        let lines: Vec<_> = observations.rows.iter().map(|row| row.line).collect();
        assert_eq!((lines, observations.read_count), (vec![4, 1], 3));
        let told = findings.take_lines();
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with("observations line 3: skipped: not JSON"));
    }
}
