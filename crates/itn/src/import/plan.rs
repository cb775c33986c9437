//! From observations to commands, by the files alone.
//!
//! The record is a market's: it sees stock for sale and demand, not who traded or where goods went.
//! So the commands keep to what it shows, and put the rest beyond the record:
//!
//! - The first known stock of a commodity, and each rise, is a count.
//! - A fall in stock is a sale by the station at the price it asks; a fall in demand is a purchase
//!   by it at the price it pays. The other party is one made-up trader, `unrecorded-traders`.
//! - What that trader sells, it first finds (brought from beyond the record); what it buys, it
//!   consumes (carried off beyond it). What the station buys it consumes, as demand is for use
//!   and the stock for sale did not rise. So stock on hand is always the last that was observed.
//! - Whoever cannot pay is issued credits just before, in whole millions.
//!
//! The planner never asks the server anything: the same files give the same commands on every run,
//! and a longer record begins with the commands of a shorter one. Each command's key is made of the
//! observation it comes from, so that one observation acts once, however often it is imported.

use std::collections::BTreeMap;

use domain::AMOUNT_MAX;
use serde_json::{Value, json};

use super::catalogue::{Commodities, Stations};
use super::observation::Observation;
use super::report::{Effect, Findings, Input, SkipReason};

/// The party to every trade that is not the station.
pub(super) const UNRECORDED_TRADERS: &str = "unrecorded-traders";

/// Credits are issued in multiples of this, to keep such events few.
const ISSUE_STEP: u64 = 1_000_000;

/// A command, and which row it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlannedLine {
    pub(super) input: Input,
    pub(super) line: u64,
    pub(super) effect: Effect,
    pub(super) json: String,
}

impl AsRef<str> for PlannedLine {
    fn as_ref(&self) -> &str {
        &self.json
    }
}

/// What was last known of one commodity at one station.
#[derive(Debug, Default)]
struct Known {
    stock: Option<u64>,
    demand: Option<u64>,
    latest: Option<Observation>,
}

/// One observation with the names the network knows it by.
#[derive(Clone, Copy)]
struct Row<'a> {
    observation: &'a Observation,
    station: &'a str,
    commodity: &'a str,
}

/// Turns observations, given in order of time, into commands.
#[derive(Debug)]
pub(super) struct Planner<'a> {
    stations: &'a Stations,
    commodities: &'a Commodities,
    known: BTreeMap<(usize, String), Known>,
    balances: BTreeMap<String, u64>,
}

impl<'a> Planner<'a> {
    /// Nothing is known yet.
    pub(super) fn new(stations: &'a Stations, commodities: &'a Commodities) -> Self {
        Self { stations, commodities, known: BTreeMap::new(), balances: BTreeMap::new() }
    }

    /// The commands that must stand before any observation can.
    pub(super) fn reference_lines(&self) -> Vec<PlannedLine> {
        let put = |input, line, effect, id: &str, body: Value| {
            let kind = effect_type(effect);
            let key = format!("market-import/v1:{kind}:{}", digest(&format!("{id}\n{body}")));
            let json = json!({ "type": kind, "id": id, "idempotencyKey": key, "data": body });
            PlannedLine { input, line, effect, json: json.to_string() }
        };
        let stations = self.stations.all.iter().map(|station| {
            let line = station.row.line;
            put(Input::Stations, line, Effect::Station, &station.id, station.body())
        });
        let commodities = self.commodities.all.iter().map(|commodity| {
            let line = commodity.line;
            put(Input::Observations, line, Effect::Commodity, &commodity.id, commodity.body())
        });
        let name = json!({ "name": "Unrecorded traders" });
        let trader = put(Input::Observations, 1, Effect::Trader, UNRECORDED_TRADERS, name);
        stations.chain(commodities).chain([trader]).collect()
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
            self.demand(row, &known, findings, lines);
            self.stock(row, &known, findings, lines);
            known.stock = observation.stock.or(known.stock);
            known.demand = observation.demand.or(known.demand);
            known.latest = Some(observation.clone());
        }
        self.known.insert(place, known);
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
        lines.push(row.trade("purchase", row.station, UNRECORDED_TRADERS, bought, price, value));
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
        lines.push(row.trade("sale", UNRECORDED_TRADERS, row.station, sold, price, value));
        lines.push(row.goods("carried-off", UNRECORDED_TRADERS, sold, "consumed"));
        *self.balances.entry(row.station.to_owned()).or_default() += value;
    }

    /// Takes `value` from the payer's balance, with credits issued first if it is short.
    fn fund(&mut self, row: Row<'_>, payer: &str, value: u64, lines: &mut Vec<PlannedLine>) {
        let balance = self.balances.entry(payer.to_owned()).or_default();
        if *balance < value {
            let issued = (value - *balance).next_multiple_of(ISSUE_STEP);
            *balance += issued;
            let data = json!({ "change": issued, "reason": "issued" });
            let address = ("trader", payer);
            lines.push(row.line("issued-to-pay", Effect::Credits(issued), address, data));
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

fn effect_type(effect: Effect) -> &'static str {
    match effect {
        Effect::Station => "station",
        Effect::Commodity => "commodity",
        Effect::Trader => "trader",
        Effect::Credits(_) => "credits",
        Effect::Goods | Effect::Count => "adjustment",
        Effect::Trade(_) => "trade",
    }
}

fn digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
}

impl Row<'_> {
    fn trade(
        self,
        step: &str,
        buyer: &str,
        seller: &str,
        quantity: u64,
        price: u64,
        value: u64,
    ) -> PlannedLine {
        let data = json!({
            "station": self.station,
            "buyer": buyer,
            "seller": seller,
            "lines": [{ "commodity": self.commodity, "quantity": quantity, "unitPrice": price }],
            "reference": "market-import/v1",
        });
        self.line(step, Effect::Trade(value), ("", ""), data)
    }

    fn goods(self, step: &str, owner: &str, quantity: u64, reason: &str) -> PlannedLine {
        // Quantities stay far below i64::MAX: they are checked against AMOUNT_MAX.
        let sign = if reason == "found" { 1 } else { -1 };
        let change = sign * i64::try_from(quantity).unwrap_or(i64::MAX);
        let data = json!({
            "owner": owner,
            "lines": [{ "commodity": self.commodity, "change": change, "reason": reason }],
        });
        self.line(step, Effect::Goods, ("station", self.station), data)
    }

    fn count(self, expected: u64, count: u64) -> PlannedLine {
        let line = json!({
            "commodity": self.commodity, "count": count, "expected": expected, "reason": "counted",
        });
        let data = json!({ "lines": [line] });
        self.line("count", Effect::Count, ("station", self.station), data)
    }

    /// `address` is the member beside `data` that says where it goes; empty for a trade.
    fn line(
        self,
        step: &str,
        effect: Effect,
        address: (&str, &str),
        mut data: Value,
    ) -> PlannedLine {
        data["at"] = self.observation.at.to_string().into();
        let key = format!("market-import/v1:{step}:{}", self.digest());
        let mut json = json!({
            "type": effect_type(effect), "idempotencyKey": key, "data": data,
        });
        if !address.0.is_empty() {
            json[address.0] = address.1.into();
        }
        PlannedLine {
            input: Input::Observations,
            line: self.observation.line,
            effect,
            json: json.to_string(),
        }
    }

    /// What the observation says, whatever line of whatever file it stands in.
    fn digest(self) -> String {
        let Observation { at, pays, asks, demand, stock, .. } = self.observation;
        let (station, commodity) = (self.station, self.commodity);
        digest(&format!("{at} {station} {commodity} {pays:?} {asks:?} {demand:?} {stock:?}"))
    }
}

#[cfg(test)]
mod tests;
