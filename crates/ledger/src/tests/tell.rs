//! A command's outcome in one line of words, with names for numbers: what the stories expect.

use domain::{CommodityId, Event, Identifier, Rejection, StationId, TraderId};

use crate::State;

/// The kinds of the events, `nothing` if there are none, or the rejection with all that it says.
pub(super) fn outcome(state: &State, outcome: &Result<Vec<Event>, Rejection>) -> String {
    match outcome {
        Ok(events) if events.is_empty() => "nothing".to_owned(),
        Ok(events) => {
            let kinds = events.iter().map(Event::kind);
            kinds.collect::<Vec<_>>().join(", ")
        }
        Err(rejection) => format!("{}{}", rejection.code(), details(state, rejection)),
    }
}

/// What an alert tells, if it is one that does: what happened, its kind, how bad it is.
pub(super) fn alert(event: &Event) -> Option<String> {
    let (kind, severity) = match event {
        Event::AlertFired(fired) => (fired.kind, fired.severity),
        Event::AlertChanged(changed) | Event::AlertResolved(changed) => {
            (changed.kind, changed.severity)
        }
        _ => return None,
    };
    let what = event.kind().trim_start_matches("alert.");
    let mut words = String::new();
    for letter in format!("{kind:?}").chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push('_');
        }
        words.extend(letter.to_lowercase());
    }
    Some(format!("{what} {words} {}", format!("{severity:?}").to_lowercase()))
}

fn details(state: &State, rejection: &Rejection) -> String {
    match rejection {
        Rejection::NotPermitted { role } => format!(" {role:?}"),
        Rejection::SameParty
        | Rejection::Unauthenticated
        | Rejection::UnknownKey
        | Rejection::KeyEnded
        | Rejection::TokenKey
        | Rejection::LastAdminKey
        | Rejection::TokenOutdated
        | Rejection::UnknownAlert
        | Rejection::UnknownAlertRule
        | Rejection::OfferClosed { line: None, .. }
        | Rejection::AmountOverflow { line: None } => String::new(),
        Rejection::AlreadyRotated { by } => format!(" by {}", by.0),
        Rejection::UnknownTrade { trade }
        | Rejection::AlreadySettled { trade }
        | Rejection::AlreadyReversed { trade }
        | Rejection::HoldExpired { trade } => format!(" {}", trade.0),
        Rejection::InvalidTradeTransition { from, to } => format!(" {from:?} to {to:?}"),
        Rejection::UnknownVessel { vessel } => format!(" {vessel}"),
        Rejection::OverCapacity { measure, requested, capacity, .. } => {
            format!(" {requested} of {capacity} {measure}")
        }
        Rejection::VesselBusy { shipment, .. } => format!(" with {}", shipment.0),
        Rejection::OfferMismatch { line, field, .. } => format!(" {field} in line {line}"),
        Rejection::PriceMoved { line, limit, price, .. } => {
            format!(" {price} past {limit} in line {line}")
        }
        Rejection::OfferExceeded { line, requested, available, .. } => {
            format!(" {requested} of {available} in line {line}")
        }
        Rejection::OverSettlement { commodity, line, requested, left } => {
            let commodity = commodity_name(state, *commodity);
            format!(" {requested} of {left} {commodity} in line {line}")
        }
        Rejection::UnknownStation { station, field } => format!(" {station} as {field}"),
        Rejection::UnknownTrader { trader, field } => format!(" {trader} as {field}"),
        Rejection::UnknownCommodity { commodity, line } => format!(" {commodity} in line {line}"),
        Rejection::UnknownShipment { shipment } | Rejection::OnHold { shipment } => {
            format!(" {}", shipment.0)
        }
        Rejection::AlreadyExists { id, kind } => format!(" {id} is a {kind}"),
        Rejection::InvalidTransition { from, report, not_before: None } => {
            format!(" {from:?} to {report:?}")
        }
        Rejection::InvalidTransition { from, report, not_before: Some(time) } => {
            format!(" {from:?} to {report:?} before {}", time.0)
        }
        Rejection::NotInShipment { commodity, line }
        | Rejection::NotInTrade { commodity, line } => {
            format!(" {} in line {line}", commodity_name(state, *commodity))
        }
        Rejection::OverReceipt { commodity, line, outstanding, received } => {
            let commodity = commodity_name(state, *commodity);
            format!(" {received} of {outstanding} {commodity} in line {line}")
        }
        Rejection::CountStale { line, expected, actual } => {
            format!(" expected {expected}, actual {actual} in line {line}")
        }
        Rejection::AmountOverflow { line: Some(line) }
        | Rejection::OfferClosed { line: Some(line), .. } => format!(" in line {line}"),
        Rejection::InsufficientStock { line, station, owner, commodity, requested, available } => {
            let commodity = commodity_name(state, *commodity);
            let (station, owner) = (station_name(state, *station), trader_name(state, *owner));
            format!(
                " {requested} of {available} {commodity} of {owner} at {station} in line {line}"
            )
        }
        Rejection::InsufficientCredits { trader, requested, available } => {
            let trader = trader_name(state, *trader);
            format!(" {requested} of {available} of {trader}")
        }
        Rejection::LimitReached { limit, maximum } => format!(" {maximum} {limit}"),
    }
}

pub(super) fn trader_name(state: &State, trader: TraderId) -> &Identifier {
    &state.traders.iter().nth(trader.index()).unwrap().0.0
}

pub(super) fn station_name(state: &State, station: StationId) -> &Identifier {
    trader_name(state, state.stations.get(station.index()).unwrap().trader)
}

pub(super) fn commodity_name(state: &State, commodity: CommodityId) -> &Identifier {
    &state.commodities.iter().nth(commodity.index()).unwrap().0.0
}
