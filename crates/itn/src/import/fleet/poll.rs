//! One poll of one ship: what a row of the navigation file says, checked.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::super::ImportError;
use super::super::ndjson::{self, Rows, Unusable, amount, named, shaped};
use super::super::report::{Findings, Input, SkipReason};
use super::catalogue::VOLUME_OF_A_UNIT;

/// A row as it stands in the file.
#[derive(Debug, Deserialize)]
struct Row {
    ship_symbol: String,
    timestamp: String,
    status: String,
    cargo_capacity: i64,
    cargo_units: i64,
    #[serde(rename = "route_departureTime")]
    departure: String,
    #[serde(rename = "route_arrival")]
    arrival: String,
    #[serde(rename = "route_origin_symbol")]
    origin: String,
    #[serde(rename = "route_origin_type")]
    origin_type: String,
    #[serde(rename = "route_origin_systemSymbol")]
    origin_system: String,
    #[serde(rename = "route_origin_x")]
    origin_x: i64,
    #[serde(rename = "route_origin_y")]
    origin_y: i64,
    #[serde(rename = "route_destination_symbol")]
    destination: String,
    #[serde(rename = "route_destination_type")]
    destination_type: String,
    #[serde(rename = "route_destination_systemSymbol")]
    destination_system: String,
    #[serde(rename = "route_destination_x")]
    destination_x: i64,
    #[serde(rename = "route_destination_y")]
    destination_y: i64,
}

/// A place that a route names, with its coordinates in units of its system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waypoint {
    pub(super) symbol: String,
    pub(super) kind: String,
    pub(super) system: String,
    pub(super) x: i32,
    pub(super) y: i32,
}

/// The route a ship is on, or was on last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) departure: Timestamp,
    pub(super) arrival: Timestamp,
    pub(super) origin: Waypoint,
    pub(super) destination: Waypoint,
}

/// A checked row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Poll {
    pub(super) line: u64,
    pub(super) at: Timestamp,
    pub(super) ship: String,
    /// Units that the ship can carry.
    pub(super) capacity: u64,
    /// Units aboard.
    pub(super) units: u64,
    pub(super) in_transit: bool,
    pub(super) route: Route,
}

/// Reads a file of polls: the good rows in order of time; of the same time, in the order of the
/// file.
pub(super) fn read(path: &Path, findings: &mut Findings) -> Result<Rows<Poll>, ImportError> {
    let mut polls = ndjson::read(path, Input::Navigation, findings, Poll::parse)?;
    polls.rows.sort_by_key(|poll| (poll.at, poll.line));
    Ok(polls)
}

/// A time; one without a zone is UTC.
pub(super) fn time(name: &str, text: &str) -> Result<Timestamp, Unusable> {
    let zoneless = || TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok();
    text.parse()
        .ok()
        .or_else(zoneless)
        .ok_or_else(|| (SkipReason::BadTime, format!("{name} {text:?} is no RFC 3339 time")))
}

impl Poll {
    pub(super) fn parse(line: u64, bytes: &[u8]) -> Result<Self, Unusable> {
        let row: Row = shaped(bytes)?;
        named("ship_symbol", &row.ship_symbol)?;
        let in_transit = match row.status.as_str() {
            "IN_TRANSIT" => true,
            "DOCKED" | "IN_ORBIT" => false,
            other => return Err((SkipReason::WrongShape, format!("status is {other:?}"))),
        };
        let capacity = amount("cargo_capacity", row.cargo_capacity)?;
        if capacity.checked_mul(VOLUME_OF_A_UNIT).is_none_or(|volume| volume > domain::AMOUNT_MAX) {
            return Err((SkipReason::OutOfRange, format!("cargo_capacity is {capacity}")));
        }
        let departure = time("route_departureTime", &row.departure)?;
        let arrival = time("route_arrival", &row.arrival)?;
        if arrival < departure {
            return Err((SkipReason::OutOfRange, "it arrives before it departs".to_owned()));
        }
        let origin = waypoint(
            "route_origin",
            [row.origin, row.origin_type, row.origin_system],
            [row.origin_x, row.origin_y],
        )?;
        let destination = waypoint(
            "route_destination",
            [row.destination, row.destination_type, row.destination_system],
            [row.destination_x, row.destination_y],
        )?;
        Ok(Self {
            line,
            at: time("timestamp", &row.timestamp)?,
            ship: row.ship_symbol,
            capacity,
            units: amount("cargo_units", row.cargo_units)?,
            in_transit,
            route: Route { departure, arrival, origin, destination },
        })
    }
}

fn waypoint(
    name: &str,
    [symbol, kind, system]: [String; 3],
    [x, y]: [i64; 2],
) -> Result<Waypoint, Unusable> {
    named(&format!("{name}_symbol"), &symbol)?;
    named(&format!("{name}_systemSymbol"), &system)?;
    let coordinate = |axis, value: i64| {
        let why = || (SkipReason::OutOfRange, format!("{name}_{axis} is {value}"));
        i32::try_from(value).map_err(|_| why())
    };
    Ok(Waypoint { symbol, kind, system, x: coordinate("x", x)?, y: coordinate("y", y)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"waypointSymbol":"X1-A2","route_destination_symbol":"X1-A2",
        "route_destination_type":"MOON","route_destination_systemSymbol":"X1",
        "route_destination_x":-23,"route_destination_y":-9,"route_origin_symbol":"X1-C49",
        "route_origin_type":"ORBITAL_STATION","route_origin_systemSymbol":"X1",
        "route_origin_x":153,"route_origin_y":-22,
        "route_departureTime":"2025-08-29T12:12:35.942Z","route_arrival":"2025-08-29T12:14:52.942Z",
        "status":"DOCKED","ship_symbol":"SHIP-1","cargo_capacity":40,"cargo_units":0,
        "timestamp":"2025-08-29T12:19:54.069935"}"#;

    fn check(change: (&str, &str), expected: SkipReason) {
        assert!(GOOD.contains(change.0), "{change:?}");
        let (reason, why) =
            Poll::parse(1, GOOD.replace(change.0, change.1).as_bytes()).unwrap_err();
        assert_eq!(reason, expected, "{change:?}: {why}");
    }

    #[test]
    fn a_time_without_a_zone_is_utc() {
        let poll = Poll::parse(1, GOOD.as_bytes()).unwrap();
        assert_eq!(poll.at.to_string(), "2025-08-29T12:19:54.069935Z");
        let zoned = GOOD.replace("54.069935", "54.069935+02:00");
        let poll = Poll::parse(1, zoned.as_bytes()).unwrap();
        assert_eq!(poll.at.to_string(), "2025-08-29T10:19:54.069935Z");
    }

    #[test]
    fn bad_polls_are_told_apart() {
        check(("{", "["), SkipReason::NotJson);
        check(("\"cargo_units\":0,", ""), SkipReason::WrongShape);
        check(("DOCKED", "EXPLODED"), SkipReason::WrongShape);
        check(("\"X1-C49\"", "\" \""), SkipReason::WrongShape);
        check(("\"cargo_units\":0", "\"cargo_units\":-1"), SkipReason::OutOfRange);
        check(("40", "9007199254740991"), SkipReason::OutOfRange);
        check(("153", "2147483648"), SkipReason::OutOfRange);
        check(("12:14:52", "12:10:52"), SkipReason::OutOfRange);
        check(("2025-08-29T12:19:54.069935", "noon"), SkipReason::BadTime);
    }
}
