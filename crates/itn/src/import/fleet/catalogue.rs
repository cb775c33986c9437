//! The places, ships, fleets and goods of the log, and what the network calls them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::names::{qualified, slug};

use super::super::planned::{Origin, PlannedLine};
use super::super::report::{Effect, Findings, Input};
use super::PREFIX;
use super::hold::CargoRow;
use super::poll::{Poll, Waypoint};

/// Holds are measured in units: each takes a litre of a vessel's capacity.
pub(super) const VOLUME_OF_A_UNIT: u64 = 1_000;

/// What stands in for the goods of a trip with an empty hold, a unit each; it takes no room.
pub(super) const EMPTY_HOLD: &str = "empty-hold";

/// The trader that the ships of a fleet belong to: `AGENT-1` and `AGENT-2` are of `fleet-agent`.
pub(super) fn owner(ship: &str) -> String {
    format!("fleet-{}", slug(fleet_name(ship)))
}

fn fleet_name(ship: &str) -> &str {
    ship.rsplit_once('-').map_or(ship, |(fleet, _)| fleet)
}

/// The body of a vessel.
pub(super) fn vessel(ship: &str, capacity: u64) -> Value {
    json!({
        "name": ship,
        "carrier": owner(ship),
        "volumeCapacityMillilitres": capacity * VOLUME_OF_A_UNIT,
    })
}

/// A commodity's identifier; one by the name of the stand-in is another.
pub(super) fn commodity(symbol: &str) -> String {
    let id = slug(symbol);
    if id == EMPTY_HOLD { qualified(&id, "cargo") } else { id }
}

/// Whereabouts in light-years: a unit of a system's own coordinates counts as a thousandth of one,
/// the finest the network keeps, as the log does not say how long it is.
pub(super) fn position(waypoint: &Waypoint) -> Value {
    let light_years = |units: i32| f64::from(units) / 1_000.0;
    json!({ "x": light_years(waypoint.x), "y": light_years(waypoint.y), "z": 0.0 })
}

/// The kind of station that a type of waypoint is nearest to.
fn station_kind(waypoint_type: &str) -> &'static str {
    match waypoint_type {
        "PLANET" | "GAS_GIANT" | "MOON" => "planet",
        "JUMP_GATE" => "gate",
        "ASTEROID" | "ASTEROID_BASE" | "ENGINEERED_ASTEROID" | "FUEL_STATION" => "outpost",
        _ => "station",
    }
}

/// Everything that is named, as it was first seen.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    /// By identifier; what others refer to comes before them.
    entries: BTreeMap<(Effect, String), Entry>,
    noted: BTreeSet<String>,
}

#[derive(Debug)]
struct Entry {
    input: Input,
    line: u64,
    body: Value,
}

impl Catalogue {
    /// Goes through the rows in order.
    pub(super) fn new(polls: &[Poll], cargo: &[CargoRow], findings: &mut Findings) -> Self {
        let mut catalogue = Self::default();
        for poll in polls {
            for waypoint in [&poll.route.origin, &poll.route.destination] {
                catalogue.station(poll.line, waypoint, findings);
            }
            let name = json!({ "name": format!("Fleet {}", fleet_name(&poll.ship)) });
            let source = (Input::Navigation, poll.line);
            catalogue.first(Effect::Trader, owner(&poll.ship), source, name);
            let body = vessel(&poll.ship, poll.capacity);
            catalogue.first(Effect::Vessel, slug(&poll.ship), source, body);
        }
        let body = json!({ "name": "Empty hold", "category": "stand-in" });
        catalogue.first(Effect::Commodity, EMPTY_HOLD.to_owned(), (Input::Navigation, 1), body);
        for row in cargo {
            let body = json!({ "name": row.name, "unitVolumeMillilitres": VOLUME_OF_A_UNIT });
            let source = (Input::Cargo, row.line);
            catalogue.first(Effect::Commodity, row.commodity.clone(), source, body);
        }
        catalogue
    }

    /// The commands that must stand before any poll's can.
    pub(super) fn reference_lines(&self) -> Vec<PlannedLine> {
        let line = |((effect, id), entry): (&(Effect, String), &Entry)| {
            let origin = Origin { prefix: PREFIX, input: entry.input, line: entry.line };
            origin.put(*effect, id, entry.body.clone())
        };
        self.entries.iter().map(line).collect()
    }

    fn station(&mut self, line: u64, waypoint: &Waypoint, findings: &mut Findings) {
        let id = slug(&waypoint.symbol);
        let body = json!({
            "name": waypoint.symbol,
            "kind": station_kind(&waypoint.kind),
            "system": slug(&waypoint.system),
            "position": position(waypoint),
        });
        let kept = self.first(Effect::Station, id.clone(), (Input::Navigation, line), body.clone());
        if *kept != body && self.noted.insert(id.clone()) {
            let what = format!("{id} is told of in another way than before: kept as first seen");
            findings.note(Input::Navigation, line, &what);
        }
    }

    fn first(
        &mut self,
        effect: Effect,
        id: String,
        (input, line): (Input, u64),
        body: Value,
    ) -> &Value {
        &self.entries.entry((effect, id)).or_insert(Entry { input, line, body }).body
    }
}
