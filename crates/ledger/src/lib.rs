//! The rules of the network: `decide` says what a command makes happen, `apply` makes it so.
//!
//! Plain functions over plain data: no I/O, no clock, no randomness, no serialization format, no
//! async. `decide` only reads; `apply` cannot fail. Live, the engine decides then applies; recovery,
//! replicas and tests apply alone, and come to the identical state. This file only routes: each part
//! of the trade has a file of its own.

#![deny(clippy::unwrap_used, clippy::float_arithmetic, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests panic"))]

mod access;
mod accounts;
mod cargo;
mod inventory;
mod reference;
mod snapshot;
mod state;
#[cfg(test)]
mod tests;
mod trade;
mod warm;

use domain::{Action, Command, Event, Recorded, Rejection, Timestamp, movements};

pub use cargo::due;
pub use snapshot::{FORMAT, FrozenState};
pub use state::{State, StockLevel};
pub use warm::{WARM_COMMANDS, Warm, warm, warm_events};

/// Appends to `events` what the command makes happen at network time `at`. A command that asks for
/// what is so already appends nothing. A rejected one leaves `events` as it was.
///
/// No rule asks for the time yet; holds and offers will be judged by it.
pub fn decide(
    state: &State,
    _at: Timestamp,
    command: &Command,
    events: &mut Vec<Event>,
) -> Result<(), Rejection> {
    access::check(state, command)?;
    let event = match &command.action {
        Action::CreateNetwork(details) => access::create_network(state, *details),
        Action::CreateKey(key) => access::create_key(state, key),
        Action::RevokeKey(key) => access::revoke_key(state, *key),
        Action::PutStation(station) => reference::put_station(state, station),
        Action::PutCommodity(commodity) => reference::put_commodity(state, commodity),
        Action::PutTrader(trader) => reference::put_trader(state, trader),
        Action::ChangeCredits { trader, change } => accounts::change(state, trader, *change),
        Action::Adjust(adjustment) => inventory::adjust(state, adjustment),
        Action::Trade(trade) => trade::settle(state, trade),
        Action::BookShipment(booking) => cargo::book(state, booking),
        Action::ReportShipment { shipment, action } => cargo::report(state, *shipment, action),
    }?;
    events.extend(event);
    Ok(())
}

/// Follows the state by one event, which must be the next in the sequence.
///
/// # Panics
///
/// If the event is not one that this state can have decided: the journal is not this ledger's, and
/// going on would invent or lose something.
pub fn apply(state: &mut State, recorded: &Recorded) {
    let Recorded { envelope, event } = recorded;
    assert_eq!(envelope.sequence, state.last().next(), "events are applied in sequence");
    match event {
        Event::NetworkCreated(details) => access::apply_network(state, *details),
        Event::KeyCreated { key, details } => access::apply_key(state, *key, details),
        Event::KeyRevoked { key } => access::apply_revoked(state, *key),
        Event::StationCreated { station, trader, id, details } => {
            reference::apply_station(state, *station, *trader, id, details);
        }
        Event::StationUpdated { station, details } => {
            reference::apply_station_update(state, *station, details);
        }
        Event::CommodityCreated { commodity, id, details } => {
            reference::apply_commodity(state, *commodity, id, details);
        }
        Event::CommodityUpdated { commodity, details } => {
            reference::apply_commodity_update(state, *commodity, details);
        }
        Event::TraderCreated { trader, id, details } => {
            reference::apply_trader(state, *trader, id, details);
        }
        Event::TraderUpdated { trader, details } => {
            reference::apply_trader_update(state, *trader, details);
        }
        Event::ShipmentBooked(booked) => cargo::apply_booked(state, envelope, booked),
        Event::ShipmentChanged(changed) => cargo::apply_changed(state, envelope, changed),
        // What these move is all that they do.
        Event::CreditsIssued { .. }
        | Event::CreditsRetired { .. }
        | Event::StockAdjusted(_)
        | Event::TradeSettled(_) => {}
    }
    movements(event, |movement| state.follow(movement));
    state.advance(envelope);
}
