//! Which stations and commodities there are, and what the network calls them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::names::{qualified, slug};

use super::super::report::{Findings, Input, SkipReason};
use super::observation::Observation;
use super::plan::UNRECORDED_TRADERS;
use super::stations::StationRow;

/// A station as the network shall know it.
#[derive(Debug)]
pub(super) struct Station {
    pub(super) id: String,
    pub(super) row: StationRow,
}

impl Station {
    /// The body of `PUT /api/stations/{id}`.
    pub(super) fn body(&self) -> serde_json::Value {
        let [x, y, z] = self.row.position;
        json!({
            "name": self.row.station,
            // The table does not say what kind of place it is.
            "kind": "station",
            "system": slug(&self.row.system),
            "position": { "x": x, "y": y, "z": z },
        })
    }
}

/// The stations, found by the names that observations use.
#[derive(Debug)]
pub(super) struct Stations {
    pub(super) all: Vec<Station>,
    by_name: BTreeMap<(String, String), usize>,
}

impl Stations {
    /// Gives each station its identifier: its name, with the system's where stations of several
    /// systems share the name. It depends on the table alone, so that more observations of the
    /// same stations never rename one.
    pub(super) fn new(rows: Vec<StationRow>, findings: &mut Findings) -> Self {
        let mut by_name = BTreeMap::new();
        let mut kept: Vec<StationRow> = Vec::new();
        // A station must not be taken for the trader of this import.
        let mut bearers = BTreeMap::from([(UNRECORDED_TRADERS.to_owned(), 1_u32)]);
        for row in rows {
            let name = (slug(&row.system), slug(&row.station));
            if let Some(&earlier) = by_name.get(&name) {
                let earlier: &StationRow = &kept[earlier];
                let same = earlier.position.map(f64::to_bits) == row.position.map(f64::to_bits);
                let reason = if same { SkipReason::Repeated } else { SkipReason::Contradicting };
                let why = format!("{} in {} is in line {}", row.station, row.system, earlier.line);
                findings.skip(Input::Stations, row.line, reason, &why);
                continue;
            }
            *bearers.entry(name.1.clone()).or_default() += 1;
            by_name.insert(name, kept.len());
            kept.push(row);
        }
        let all = kept.into_iter().map(|row| {
            let name = slug(&row.station);
            let id = match bearers.get(&name) {
                Some(0 | 1) | None => name,
                Some(_) => {
                    let id = qualified(&name, &slug(&row.system));
                    let what = format!("another is also called {}: this is {id}", row.station);
                    findings.note(Input::Stations, row.line, &what);
                    id
                }
            };
            Station { id, row }
        });
        Self { all: all.collect(), by_name }
    }

    /// The station that an observation names.
    pub(super) fn find(&self, observation: &Observation) -> Option<usize> {
        let name = (slug(&observation.system), slug(&observation.station));
        self.by_name.get(&name).copied()
    }
}

/// A commodity as the network shall know it.
#[derive(Debug)]
pub(super) struct Commodity {
    pub(super) id: String,
    pub(super) line: u64,
    name: String,
    category: Option<String>,
}

impl Commodity {
    /// The body of `PUT /api/commodities/{id}`.
    pub(super) fn body(&self) -> serde_json::Value {
        let mut body = json!({ "name": self.name });
        if let Some(category) = &self.category {
            body["category"] = slug(category).into();
        }
        body
    }
}

/// The commodities, in the order first observed.
#[derive(Debug, Default)]
pub(super) struct Commodities {
    pub(super) all: Vec<Commodity>,
    by_id: BTreeMap<String, usize>,
    /// Other spellings that were noted already.
    noted: BTreeSet<String>,
}

impl Commodities {
    /// The commodity that an observation names; made known at its first.
    pub(super) fn find_or_add(
        &mut self,
        observation: &Observation,
        findings: &mut Findings,
    ) -> usize {
        let id = slug(&observation.commodity);
        if let Some(&place) = self.by_id.get(&id) {
            self.note_differences(place, observation, findings);
            return place;
        }
        let place = self.all.len();
        self.by_id.insert(id.clone(), place);
        self.all.push(Commodity {
            id,
            line: observation.line,
            name: observation.commodity.clone(),
            category: observation.category.clone(),
        });
        place
    }

    fn note_differences(
        &mut self,
        place: usize,
        observation: &Observation,
        findings: &mut Findings,
    ) {
        let commodity = &self.all[place];
        let mut differing = Vec::new();
        if observation.commodity != commodity.name {
            differing.push((&observation.commodity, &commodity.name));
        }
        if let (Some(other), Some(category)) = (&observation.category, &commodity.category)
            && slug(other) != slug(category)
        {
            differing.push((other, category));
        }
        for (other, known) in differing {
            if self.noted.insert(format!("{}/{other}", commodity.id)) {
                let what = format!("{other:?} is taken for {known:?} ({})", commodity.id);
                findings.note(Input::Observations, observation.line, &what);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: u64, system: &str, station: &str, x: f64) -> StationRow {
        StationRow {
            line,
            system: system.to_owned(),
            station: station.to_owned(),
            position: [x, 0.0, 0.0],
        }
    }

    #[test]
    fn stations_of_one_name_in_two_systems_stay_two() {
        let mut findings = Findings::default();
        let stations = Stations::new(
            vec![
                row(2, "TILIAN", "Freeport", 1.0),
                row(3, "LP 98-132", "Freeport", 2.0),
                row(4, "Tilian", "FREEPORT", 1.0),
                row(5, "TILIAN", "Freeport", 9.0),
                row(6, "SOL", "Unrecorded Traders", 0.0),
            ],
            &mut findings,
        );
        let ids: Vec<_> = stations.all.iter().map(|station| station.id.as_str()).collect();
        assert_eq!(ids, ["freeport.tilian", "freeport.lp-98-132", "unrecorded-traders.sol"]);
        let told = findings.take_lines().join("\n");
        assert!(told.contains("stations line 4: skipped: repeats"), "{told}");
        assert!(told.contains("stations line 5: skipped: contradicts"), "{told}");
        assert!(told.contains("stations line 3: noted: another is also called"), "{told}");
    }
}
