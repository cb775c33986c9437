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
mod alerts;
mod cargo;
mod charges;
mod holds;
mod inventory;
mod offers;
mod open;
mod reference;
mod reversal;
mod rules;
mod snapshot;
mod state;
mod terms;
#[cfg(test)]
mod tests;
mod timers;
mod tokens;
mod trade;
mod transfers;
mod vessels;
mod warm;

use domain::{Action, Command, Event, Recorded, Rejection, Timestamp, movements};

pub use snapshot::{FORMAT, FrozenState};
pub use state::{State, StockLevel};
pub use timers::due;
pub use warm::{WARM_COMMANDS, Warm, warm, warm_events};

/// Appends to `events` what the command makes happen at network time `at`. A command that asks for
/// what is so already appends nothing. A rejected one leaves `events` as it was.
pub fn decide(
    state: &State,
    at: Timestamp,
    command: &Command,
    events: &mut Vec<Event>,
) -> Result<(), Rejection> {
    access::check(state, command)?;
    let past = command.past.as_deref();
    let event = match &command.action {
        Action::CreateNetwork(details) => access::create_network(state, *details),
        Action::CreateKey(key) => access::create_key(state, at, key),
        Action::RevokeKey(key) => access::revoke_key(state, *key),
        Action::PutStation(station) => reference::put_station(state, station),
        Action::PutCommodity(commodity) => reference::put_commodity(state, commodity),
        Action::PutTrader(trader) => reference::put_trader(state, trader),
        Action::ChangeCredits { trader, change } => accounts::change(state, trader, *change),
        Action::Adjust(adjustment) => inventory::adjust(state, adjustment),
        Action::Trade(trade) => match trade.terms.get() {
            None => trade::settle(state, trade),
            Some(terms) => return terms::trade(state, at, command, trade, terms, events),
        },
        Action::PostOffer(offer) => offers::post(state, at, offer),
        Action::WithdrawOffer(offer) => offers::withdraw(state, *offer),
        Action::SettleTrade(settlement) => holds::settle(state, at, past, settlement),
        Action::VoidTrade { trade, reason } => {
            holds::void(state, at, past, *trade, reason.as_ref())
        }
        Action::ReverseTrade { trade, reason } => reversal::reverse(state, past, *trade, reason),
        Action::Transfer(transfer) => transfers::transfer(state, transfer),
        Action::BookShipment(booking) => cargo::book(state, booking),
        Action::ReportShipment { shipment, action } => {
            cargo::report(state, at, command.occurred_at, *shipment, action)
        }
        Action::PutVessel(vessel) => vessels::put(state, vessel),
        Action::PutAlertRule(rule) => rules::put(state, rule),
        Action::DeleteAlertRule(name) => rules::delete(state, name),
        Action::AcknowledgeAlert(alert) => alerts::acknowledge(state, *alert),
        Action::RotateKey(rotation) => return access::rotate_key(state, at, rotation, events),
        Action::GrantToken(grant) => tokens::grant(state, grant),
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
        Event::KeyCreated { key, details } => {
            access::apply_key(state, envelope, *key, details);
        }
        Event::KeyRevoked { key } | Event::KeyExpired { key } => access::apply_ended(state, *key),
        Event::KeyUpdated { key, expires_at } => access::apply_expiry(state, *key, *expires_at),
        Event::GrantUpdated { key, grant } => tokens::apply(state, envelope, *key, grant),
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
        Event::VesselCreated { vessel, id, details } => {
            vessels::apply_created(state, *vessel, id, details);
        }
        Event::VesselUpdated { vessel, details } => vessels::apply_updated(state, *vessel, details),
        Event::AlertRuleSet(set) => rules::apply_set(state, envelope, set),
        Event::AlertRuleDeleted { rule } => rules::apply_deleted(state, envelope, *rule),
        Event::AlertFired(fired) => alerts::apply_fired(state, envelope, fired),
        Event::AlertChanged(changed) => alerts::apply_changed(state, envelope, changed),
        Event::AlertAcknowledged(seen) => alerts::apply_acknowledged(state, envelope, seen),
        Event::AlertResolved(changed) => alerts::apply_resolved(state, envelope, changed),
        Event::TradeSettled(trade) => trade::apply_settled(state, envelope, trade),
        Event::TradeHeld(held) => holds::apply_held(state, envelope, held),
        Event::HoldSettled(settled) => holds::apply_settled(state, envelope, event, settled),
        Event::TradeVoided(released) => holds::apply_ended(state, released.trade),
        Event::TradeExpired(released) => {
            holds::apply_ended(state, released.trade);
            alerts::follow_expired(state, released.trade);
        }
        Event::TradeReversed(reversed) => reversal::apply(state, envelope, reversed),
        Event::OfferOpened(opened) => offers::apply_opened(state, envelope, opened),
        Event::OfferFilled { offer, .. } => offers::apply_ended(state, *offer),
        Event::OffersWithdrawn(rests) => {
            rests.iter().for_each(|rest| offers::apply_ended(state, rest.offer));
        }
        Event::OfferExpired(rest) => offers::apply_ended(state, rest.offer),
        // What these move is all that they do.
        Event::CreditsIssued { .. }
        | Event::CreditsRetired { .. }
        | Event::CreditsTransferred(_)
        | Event::StockTransferred(_)
        | Event::StockAdjusted(_) => {}
    }
    movements(event, |movement| state.follow(movement));
    rules::follow_stock(state, envelope.recorded_at, event);
    state.advance(envelope);
}
