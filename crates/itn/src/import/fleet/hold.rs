//! What the ships carried: the rows of the cargo file, joined to the polls they belong to.
//!
//! Holds were polled just after the ships, so a ship's hold at a poll is the first that the cargo
//! file shows at that time or later, before the ship's next poll, and that adds up to the units the
//! poll says. If none does, the hold is unknown, which is not empty.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

use super::super::ImportError;
use super::super::ndjson::{self, Rows, Unusable, amount, named, shaped};
use super::super::report::{Findings, Input, SkipReason};
use super::catalogue;
use super::poll::{Poll, time};

/// Units by commodity; none of it is zero.
pub(super) type Goods = BTreeMap<String, u64>;

/// A poll and what was aboard, if that is known.
#[derive(Debug)]
pub(super) struct Sighting {
    pub(super) poll: Poll,
    pub(super) hold: Option<Goods>,
}

/// A row as it stands in the file.
#[derive(Debug, Deserialize)]
struct Row {
    symbol: String,
    name: String,
    units: i64,
    ship_symbol: String,
    timestamp: String,
}

/// A checked row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CargoRow {
    pub(super) line: u64,
    pub(super) commodity: String,
    pub(super) name: String,
    units: u64,
    ship: String,
    at: Timestamp,
}

/// All that one ship held at one time.
#[derive(Debug, Default)]
struct Hold {
    line: u64,
    goods: Goods,
}

/// Reads a file of holds: the good rows in order of time; of the same time, in the order of the
/// file.
pub(super) fn read(path: &Path, findings: &mut Findings) -> Result<Rows<CargoRow>, ImportError> {
    let mut cargo = ndjson::read(path, Input::Cargo, findings, CargoRow::parse)?;
    cargo.rows.sort_by_key(|row| (row.at, row.line));
    Ok(cargo)
}

impl CargoRow {
    pub(super) fn parse(line: u64, bytes: &[u8]) -> Result<Self, Unusable> {
        let row: Row = shaped(bytes)?;
        named("symbol", &row.symbol)?;
        named("name", &row.name)?;
        named("ship_symbol", &row.ship_symbol)?;
        Ok(Self {
            line,
            commodity: catalogue::commodity(&row.symbol),
            name: row.name,
            units: amount("units", row.units)?,
            ship: row.ship_symbol,
            at: time("timestamp", &row.timestamp)?,
        })
    }
}

/// Gives each poll its hold. Of rows of the same ship and time, the first stands.
pub(super) fn joined(
    polls: Vec<Poll>,
    cargo: Vec<CargoRow>,
    findings: &mut Findings,
) -> Vec<Sighting> {
    let polls = once_each(polls, findings);
    let mut holds = holds(cargo, findings);
    let mut next_poll = BTreeMap::<String, Timestamp>::new();
    let mut sightings: Vec<Sighting> = polls
        .into_iter()
        .rev()
        .map(|poll| {
            let until = next_poll.insert(poll.ship.clone(), poll.at).unwrap_or(Timestamp::MAX);
            let seen = holds.get_mut(&poll.ship).map(|holds| holds.split_off(&poll.at));
            let seen = seen.unwrap_or_default();
            let hold = fitting(&poll, seen.into_iter().filter(|(at, _)| *at < until), findings);
            Sighting { poll, hold }
        })
        .collect();
    for hold in holds.into_values().flat_map(BTreeMap::into_values) {
        findings.note(Input::Cargo, hold.line, "seen before any poll of the ship: not used");
    }
    sightings.reverse();
    sightings
}

fn fitting(
    poll: &Poll,
    mut seen: impl Iterator<Item = (Timestamp, Hold)>,
    findings: &mut Findings,
) -> Option<Goods> {
    if poll.units == 0 {
        return Some(Goods::new());
    }
    let units =
        |hold: &Hold| hold.goods.values().fold(0, |sum: u64, units| sum.saturating_add(*units));
    let found = seen.find(|(_, hold)| units(hold) == poll.units).map(|(_, hold)| hold.goods);
    if found.is_none() {
        let what = format!("{} units aboard, of what is not in the cargo file", poll.units);
        findings.note(Input::Navigation, poll.line, &what);
    }
    found
}

fn once_each(polls: Vec<Poll>, findings: &mut Findings) -> Vec<Poll> {
    let mut kept: Vec<Poll> = Vec::with_capacity(polls.len());
    for poll in polls {
        let same_time = kept.iter().rev().take_while(|earlier| earlier.at == poll.at);
        if let Some(earlier) = same_time.into_iter().find(|earlier| earlier.ship == poll.ship) {
            let repeats = Poll { line: earlier.line, ..poll.clone() } == *earlier;
            let reason = if repeats { SkipReason::Repeated } else { SkipReason::Contradicting };
            let why = format!("{} is in line {}", poll.ship, earlier.line);
            findings.skip(Input::Navigation, poll.line, reason, &why);
        } else {
            kept.push(poll);
        }
    }
    kept
}

fn holds(
    cargo: Vec<CargoRow>,
    findings: &mut Findings,
) -> BTreeMap<String, BTreeMap<Timestamp, Hold>> {
    let mut holds = BTreeMap::<String, BTreeMap<Timestamp, Hold>>::new();
    for row in cargo {
        let of_ship = holds.entry(row.ship).or_default();
        let hold = of_ship.entry(row.at).or_insert(Hold { line: row.line, ..Hold::default() });
        match hold.goods.get(&row.commodity) {
            Some(units) => {
                let repeats = *units == row.units;
                let reason = if repeats { SkipReason::Repeated } else { SkipReason::Contradicting };
                findings.skip(Input::Cargo, row.line, reason, &row.commodity);
            }
            None if row.units > 0 => {
                hold.goods.insert(row.commodity, row.units);
            }
            None => {}
        }
    }
    holds
}
