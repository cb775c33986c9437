//! The real state in the words of the naive one, so that both can be held against each other.

use std::collections::{BTreeMap, BTreeSet};

use domain::{DelayReason, Quantity, Shipment, ShipmentStatus};

use super::keys::Key;
use super::network::{Level, MOST, Network, Place};
use super::roles::Principal;
use super::rules::Craft;
use super::shipment::{Cargo, Parts};
use crate::State;

/// Fails unless both know the same names, levels, balances and shipments.
pub(super) fn compare(network: &Network, state: &State) {
    let names = Names::of(state);
    let mut stock = network.stock.clone();
    stock.retain(|_, level| *level != Level::default());
    assert_eq!(stock, real_stock(state, &names), "stock");
    let mut balances = network.balances.clone();
    balances.retain(|_, balance| *balance != 0);
    assert_eq!(balances, real_balances(state), "balances");
    let mut shipments = network.shipments.clone();
    // When its timer fires is seen when it does: its alerts have a part in it.
    for cargo in shipments.values_mut() {
        cargo.deadline = None;
    }
    assert_eq!(shipments, real_shipments(state, &names), "shipments");
    assert_eq!(network.vessels, real_vessels(state, &names), "vessels");
    let rules = state.rules.rows.iter().filter(|(_, row)| row.terms.is_some());
    let rules = rules.map(|(name, _)| name.0.as_str());
    assert!(rules.collect::<BTreeSet<_>>().into_iter().eq(network.rules.keys()), "rules");
    let alerts = state.alerts.open.iter().map(|(key, open)| (key.0.0.0, open.acknowledged));
    assert_eq!(network.alerts, alerts.collect(), "alerts");
    super::compare_trading::compare(network, state, &names);
    assert_eq!(network.issued, u128::from(state.issued.get()), "issued");
    let parties = network.traders.len() + network.stations.len();
    assert_eq!(parties, state.traders.len(), "traders");
    assert_eq!(network.commodities.len(), state.commodities.len());
    let keys = state.keys.iter().map(|row| Key {
        principal: names.principals[row.principal.index()].clone(),
        ended: row.has_ended,
        deadline: row.expires_at.map(|at| at.0),
        seconds: row.lifetime.map(|lifetime| lifetime.seconds().into()),
        replaced: row.replaced_by.is_some(),
    });
    assert_eq!(network.keys, keys.collect::<Vec<_>>(), "keys");
    assert_eq!(network.principals, real_principals(state, &names), "principals");
}

/// Produced + found = on hand + in transit + consumed + lost + expired + stolen, for each
/// commodity; issued - retired = all balances and all that is held; and no source past its bound.
pub(super) fn check_conservation(network: &Network) {
    let mut there = BTreeMap::<&str, u128>::new();
    for ((_, _, commodity), level) in &network.stock {
        *there.entry(commodity).or_default() += level.on_hand() + level.incoming;
    }
    for commodity in network.commodities.keys() {
        let gone = ["Consumed", "Lost", "Expired", "Stolen"];
        let gone = gone.map(|reason| network.total(commodity, reason));
        let all = there.get(commodity.as_str()).copied().unwrap_or_default();
        let sourced = network.sourced(commodity);
        assert_eq!(sourced, all + gone.iter().sum::<u128>(), "{commodity}");
        assert!(sourced <= MOST, "{commodity}");
    }
    let balances = network.balances.values().sum::<u128>();
    let held = network.held.values().sum::<u128>();
    assert_eq!(network.issued, network.retired + balances + held);
    assert!(network.issued <= MOST);
}

/// Everybody's name by number.
pub(super) struct Names {
    pub(super) traders: Vec<String>,
    pub(super) stations: Vec<String>,
    pub(super) commodities: Vec<String>,
    pub(super) principals: Vec<String>,
}

impl Names {
    fn of(state: &State) -> Self {
        let traders = state.traders.iter().map(|(name, _)| name.0.to_string());
        let traders = traders.collect::<Vec<_>>();
        let station = |row: &crate::state::Station| traders[row.trader.index()].clone();
        let stations = state.stations.iter().map(station).collect();
        let commodities = state.commodities.iter().map(|(name, _)| name.0.to_string());
        let commodities = commodities.collect();
        let principals = state.principals.iter().map(|(name, _)| name.0.to_string()).collect();
        Self { traders, stations, commodities, principals }
    }
}

pub(super) fn wide(quantity: Quantity) -> u128 {
    quantity.get().into()
}

/// All but the network itself.
fn real_principals(state: &State, names: &Names) -> BTreeMap<String, Principal> {
    let row = |(number, (name, row)): (u32, (&crate::state::Name, &crate::state::Principal))| {
        let accounts = row.accounts.iter().map(|account| names.traders[account.index()].clone());
        let mut accounts = accounts.collect::<Vec<_>>();
        accounts.sort();
        let token = row.token.as_ref().map(|token| (token.digest, token.issued_at.0));
        (name.0.to_string(), Principal { number, role: row.role, accounts, token })
    };
    (0..).zip(state.principals.iter()).skip(1).map(row).collect()
}

fn real_stock(state: &State, names: &Names) -> BTreeMap<Place, Level> {
    let rows = state.stock.iter().map(|(key, level)| {
        let place = (
            names.stations[key.station.index()].clone(),
            names.traders[key.owner.index()].clone(),
            names.commodities[key.commodity.index()].clone(),
        );
        let level = Level {
            available: wide(level.available),
            reserved: wide(level.reserved),
            unavailable: wide(level.unavailable),
            incoming: wide(level.incoming),
        };
        (place, level)
    });
    rows.collect()
}

fn real_balances(state: &State) -> BTreeMap<String, u128> {
    let rows = state.traders.iter().filter(|(_, row)| !row.balance.is_zero());
    rows.map(|(name, row)| (name.0.to_string(), row.balance.get().into())).collect()
}

fn real_shipments(state: &State, names: &Names) -> BTreeMap<u64, Cargo> {
    let rows = state.shipments.iter().map(|(key, open)| {
        let mut cargo = real_shipment(state, names, &open.shipment);
        cargo.loaded_at = open.loaded_at.map(|time| time.0);
        (key.0.0.0, cargo)
    });
    rows.collect()
}

fn real_vessels(state: &State, names: &Names) -> BTreeMap<String, Craft> {
    let rows = state.vessels.iter().map(|(name, row)| {
        let craft = Craft {
            name: row.details.name.as_str().to_owned(),
            carrier: names.traders[row.details.carrier.index()].clone(),
            mass: row.details.mass_capacity_grams.map(wide),
            volume: row.details.volume_capacity_millilitres.map(wide),
            carrying: row.carrying.map(|shipment| shipment.0.0),
        };
        (name.0.to_string(), craft)
    });
    rows.collect()
}

fn real_shipment(state: &State, names: &Names, shipment: &Shipment) -> Cargo {
    let line = |line: &domain::ShipmentLine| {
        let parts = Parts {
            outstanding: wide(line.shipped)
                - wide(line.accepted)
                - wide(line.rejected)
                - wide(line.written_off),
            accepted: wide(line.accepted),
            rejected: wide(line.rejected),
            written_off: wide(line.written_off),
            found: wide(line.found),
            short: wide(line.short),
        };
        (names.commodities[line.commodity.index()].clone(), parts)
    };
    let trader = |trader: domain::TraderId| names.traders[trader.index()].clone();
    let charge = |it: &domain::Charge| (trader(it.payer), trader(it.to), it.amount.get().into());
    let vessel = |vessel: domain::VesselId| {
        state.vessels.iter().nth(vessel.index()).unwrap().0.0.to_string()
    };
    let time = |time: Option<domain::Timestamp>| time.map(|time| time.0);
    Cargo {
        origin: names.stations[shipment.route.origin.index()].clone(),
        destination: names.stations[shipment.route.destination.index()].clone(),
        owner: names.traders[shipment.route.owner.index()].clone(),
        consignee: names.traders[shipment.consignee.index()].clone(),
        carrier: names.traders[shipment.carrier.index()].clone(),
        status: match shipment.status {
            ShipmentStatus::Booked => "booked",
            ShipmentStatus::Loading => "loading",
            ShipmentStatus::InTransit => "in_transit",
            ShipmentStatus::Arrived => "arrived",
            ShipmentStatus::PartiallyReceived => "partially_received",
            ShipmentStatus::Lost => "lost",
            ended => panic!("{ended:?} and still in memory"),
        },
        planned_arrival: shipment.schedule.arrival().0,
        estimated: [time(shipment.estimated_departure), time(shipment.estimated_arrival)],
        estimated_at: time(shipment.estimated_at),
        vessel: shipment.vessel.map(vessel),
        charges: shipment.charges.iter().map(charge).collect(),
        tolerance: shipment.tolerance.permille().into(),
        loaded_at: None,
        booked_at: shipment.booked_at.0,
        heard_at: shipment.heard_at.0,
        delay_code: shipment.delay_code.map(|code| format!("{code:?}")),
        on_hold: shipment.on_hold.as_ref().map(|reason| reason.as_str().to_owned()),
        position: shipment.position.map(|(at, time)| ([at.x, at.y, at.z], time.0)),
        actual: [time(shipment.actual_departure), time(shipment.actual_arrival)],
        delayed: shipment.delayed.map(|reason| match reason {
            DelayReason::Estimate => "estimate",
            DelayReason::Overdue => "overdue",
        }),
        deadline: None,
        lines: shipment.lines.iter().map(line).collect(),
    }
}
