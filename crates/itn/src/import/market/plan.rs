//! From observations to commands, by the files alone.
//!
//! The record is a market's: it sees stock for sale, demand and prices, not who traded or where
//! goods went. So the commands keep to what it shows, and put the rest beyond the record:
//!
//! - The first known stock of a commodity, and each rise, is a count.
//! - A fall in stock is a sale by the station at the price it asks; a fall in demand is a purchase
//!   by it at the price it pays. The other party is one made-up trader, `unrecorded-traders`.
//! - What that trader sells, it first finds (brought from beyond the record); what it buys, it
//!   consumes (carried off beyond it). What the station buys it consumes, as demand is for use
//!   and the stock for sale did not rise. So stock on hand is always the last that was observed.
//! - Prices are offers, see `offers.rs`.
//! - Whoever cannot pay is issued credits just before, in whole millions.
//!
//! The planner never asks the server anything: the same files give the same commands on every run,
//! and a longer record begins with the commands of a shorter one. Each command's key is made of the
//! observation it comes from, so that one observation acts once, however often it is imported.

use std::collections::BTreeMap;

use domain::AMOUNT_MAX;
use serde_json::json;

use super::super::planned::{Need, Origin, PlannedLine};
use super::super::report::{Effect, Findings, Input, SkipReason};
use super::catalogue::{Commodities, Stations};
use super::observation::Observation;

mod offers;
mod row;

use offers::{Open, Promise, Purses};
use row::Row;

/// What the keys begin with. Imports that knew no offers yet used the same keys for the same
/// commands: on a network that has one, this import adds the offers.
const PREFIX: &str = "market-import/v1";

/// The party to every trade that is not the station.
pub(super) const UNRECORDED_TRADERS: &str = "unrecorded-traders";

/// Credits are issued in multiples of this, to keep such events few.
const ISSUE_STEP: u64 = 1_000_000;

/// What was last known of one commodity at one station.
#[derive(Debug, Default)]
struct Known {
    stock: Option<u64>,
    demand: Option<u64>,
    latest: Option<Observation>,
    open: Open,
}

/// Turns observations, given in order of time, into commands.
#[derive(Debug)]
pub(super) struct Planner<'a> {
    stations: &'a Stations,
    commodities: &'a Commodities,
    known: BTreeMap<(usize, String), Known>,
    /// What is there to pay for trades.
    balances: BTreeMap<String, u64>,
    /// What is there to be held by offers.
    purses: Purses,
    prices_unpromised: u64,
}

impl<'a> Planner<'a> {
    /// Nothing is known yet.
    pub(super) fn new(stations: &'a Stations, commodities: &'a Commodities) -> Self {
        Self {
            stations,
            commodities,
            known: BTreeMap::new(),
            balances: BTreeMap::new(),
            purses: Purses::default(),
            prices_unpromised: 0,
        }
    }

    /// The commands that must stand before any observation can.
    pub(super) fn reference_lines(&self) -> Vec<PlannedLine> {
        let origin = |input, line| Origin { prefix: PREFIX, input, line };
        let stations = self.stations.all.iter().map(|station| {
            let origin = origin(Input::Stations, station.row.line);
            origin.put(Effect::Station, &station.id, station.body())
        });
        let commodities = self.commodities.all.iter().map(|commodity| {
            let origin = origin(Input::Observations, commodity.line);
            origin.put(Effect::Commodity, &commodity.id, commodity.body())
        });
        let name = json!({ "name": "Unrecorded traders" });
        let trader = origin(Input::Observations, 1).put(Effect::Trader, UNRECORDED_TRADERS, name);
        stations.chain(commodities).chain([trader]).collect()
    }

    /// How many prices became no offer, as their quantity was never seen.
    pub(super) fn prices_unpromised(&self) -> u64 {
        self.prices_unpromised
    }

    /// The commands of one observation, appended to `lines`.
    pub(super) fn plan(
        &mut self,
        station: usize,
        commodity: &str,
        observation: &Observation,
        findings: &mut Findings,
        lines: &mut Vec<PlannedLine>,
    ) {
        let stations = self.stations;
        let row = Row { observation, station: &stations.all[station].id, commodity };
        let place = (station, commodity.to_owned());
        let mut known = self.known.remove(&place).unwrap_or_default();
        if let Some(reason) = known.latest.as_ref().and_then(|latest| clash(latest, observation)) {
            let why = format!("{commodity} at {}", row.station);
            findings.skip(Input::Observations, observation.line, reason, &why);
        } else {
            if observation.is_crossed() {
                let what = "crossed: the station pays more than it asks";
                findings.note(Input::Observations, observation.line, what);
            }
            self.trades_and_offers(row, &mut known, findings, lines);
            known.latest = Some(observation.clone());
        }
        self.known.insert(place, known);
    }

    fn trades_and_offers(
        &mut self,
        row: Row<'_>,
        known: &mut Known,
        findings: &mut Findings,
        lines: &mut Vec<PlannedLine>,
    ) {
        let Observation { asks, pays, .. } = *row.observation;
        let stock = row.observation.stock.or(known.stock);
        let demand = row.observation.demand.or(known.demand);
        for (price, quantity) in [(asks, stock), (pays, demand)] {
            self.prices_unpromised += u64::from(price.is_some() && quantity.is_none());
        }
        self.demand(row, known, findings, lines);
        let mut wanted = Promise::of(pays, demand);
        if wanted.is_some_and(|wanted| worth(wanted.quantity, wanted.price).is_none()) {
            let what = "wants more than the network can count in credits: no offer";
            findings.note(Input::Observations, row.observation.line, what);
            wanted = None;
        }
        known.open.buy(row, wanted, &mut self.purses, lines);
        // An offer reserves what it promises: what was sold must be freed first, and what is
        // promised must be there first.
        let asked = Promise::of(asks, stock);
        if stock < known.stock {
            known.open.sell(row, asked, lines);
            self.stock(row, known, findings, lines);
        } else {
            self.stock(row, known, findings, lines);
            known.open.sell(row, asked, lines);
        }
        known.stock = stock;
        known.demand = demand;
    }

    fn demand(
        &mut self,
        row: Row<'_>,
        known: &Known,
        findings: &mut Findings,
        lines: &mut Vec<PlannedLine>,
    ) {
        let (Some(before), Some(now)) = (known.demand, row.observation.demand) else {
            return;
        };
        let (Some(bought), Some(price)) = (before.checked_sub(now), row.observation.pays) else {
            return;
        };
        if bought == 0 {
            return;
        }
        let Some(value) = worth(bought, price) else {
            let what = "demand fell by more than the network can count in credits: not traded";
            findings.note(Input::Observations, row.observation.line, what);
            return;
        };
        self.fund(row, row.station, value, lines);
        lines.push(row.goods("found-to-sell", UNRECORDED_TRADERS, bought, "found"));
        lines.push(row.trade("purchase", row.station, UNRECORDED_TRADERS, (bought, price, value)));
        lines.push(row.goods("consumed-by-demand", row.station, bought, "consumed"));
        *self.balances.entry(UNRECORDED_TRADERS.to_owned()).or_default() += value;
    }

    fn stock(
        &mut self,
        row: Row<'_>,
        known: &Known,
        findings: &mut Findings,
        lines: &mut Vec<PlannedLine>,
    ) {
        let Some(now) = row.observation.stock else {
            return;
        };
        let before = known.stock.unwrap_or(0);
        if before == now {
            return;
        }
        let (Some(sold), Some(price)) = (before.checked_sub(now), row.observation.asks) else {
            if now < before {
                let what = "stock fell while nothing was asked for it: counted, not traded";
                findings.note(Input::Observations, row.observation.line, what);
            }
            lines.push(row.count(before, now));
            return;
        };
        let Some(value) = worth(sold, price) else {
            let what = "stock fell by more than the network can count in credits: counted";
            findings.note(Input::Observations, row.observation.line, what);
            lines.push(row.count(before, now));
            return;
        };
        self.fund(row, UNRECORDED_TRADERS, value, lines);
        lines.push(row.trade("sale", UNRECORDED_TRADERS, row.station, (sold, price, value)));
        lines.push(row.goods("carried-off", UNRECORDED_TRADERS, sold, "consumed"));
        *self.balances.entry(row.station.to_owned()).or_default() += value;
    }

    /// Takes `value` from the payer's balance, with credits issued first if it is short.
    fn fund(&mut self, row: Row<'_>, payer: &str, value: u64, lines: &mut Vec<PlannedLine>) {
        let balance = self.balances.entry(payer.to_owned()).or_default();
        if *balance < value {
            let issued = (value - *balance).next_multiple_of(ISSUE_STEP);
            *balance += issued;
            lines.push(row.credits("issued-to-pay", payer, issued));
        }
        *balance -= value;
    }
}

/// The second of two rows of one time cannot be put in order: it repeats the first or clashes.
fn clash(latest: &Observation, next: &Observation) -> Option<SkipReason> {
    let says = |row: &Observation| (row.pays, row.asks, row.demand, row.stock);
    (latest.at == next.at).then(|| {
        if says(latest) == says(next) { SkipReason::Repeated } else { SkipReason::Contradicting }
    })
}

fn worth(quantity: u64, price: u64) -> Option<u64> {
    quantity.checked_mul(price).filter(|value| *value <= AMOUNT_MAX)
}

#[cfg(test)]
mod tests;
