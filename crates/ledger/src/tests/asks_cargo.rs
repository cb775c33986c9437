//! What is asked of shipments that is less than usual, and of vessels, alerts and their rules.

use domain::{
    Action, Added, AlertRuleWanted, BookingLine, DelayCode, Lines, Loss, LossCause, PutAlertRule,
    PutVessel, Quantity, ReceiptLineWanted, ShipmentAction, Timestamp, Timing,
};

use super::asks::{name, text, units};

type Goods<'a> = &'a [(&'a str, u64)];

fn goods(lines: Goods<'_>) -> Lines<BookingLine> {
    let line = |(commodity, count): &(&str, u64)| BookingLine {
        commodity: name(commodity),
        quantity: units(*count),
    };
    Lines::new(lines.iter().map(line).collect()).unwrap()
}

/// Some of it is gone.
pub(super) fn lost_of(lines: Goods<'_>) -> ShipmentAction {
    let loss = Loss { cause: LossCause::Lost, lines: Some(goods(lines)) };
    ShipmentAction::Lost { reason: None, loss: loss.into() }
}

/// All of it was taken.
pub(super) fn stolen() -> ShipmentAction {
    let loss = Loss { cause: LossCause::Stolen, lines: None };
    ShipmentAction::Lost { reason: Some(text("Pirates")), loss: loss.into() }
}

/// All that was lost is back.
pub(super) const fn recovered() -> ShipmentAction {
    ShipmentAction::Found { lines: None, reason: None }
}

/// Some of what was lost is back.
pub(super) fn recovered_of(lines: Goods<'_>) -> ShipmentAction {
    ShipmentAction::Found { lines: Some(goods(lines)), reason: None }
}

pub(super) const fn returned() -> ShipmentAction {
    ShipmentAction::Returned { reason: None }
}

pub(super) fn held(reason: &str) -> ShipmentAction {
    ShipmentAction::Held { reason: text(reason) }
}

pub(super) const fn released() -> ShipmentAction {
    ShipmentAction::Released
}

/// Counted of one commodity: good, not good, missed.
pub(super) fn counted_of(
    commodity: &str,
    accepted: u64,
    rejected: u64,
    short: u64,
) -> ShipmentAction {
    let line = ReceiptLineWanted {
        commodity: name(commodity),
        accepted: units(accepted),
        rejected: units(rejected),
        short: (short > 0).then(|| units(short)).into(),
    };
    ShipmentAction::Received(Lines::new(vec![line]).unwrap())
}

pub(super) fn delayed_by(code: DelayCode, arrival: i64) -> ShipmentAction {
    let (departure, arrival) = (None, Some(Timestamp(arrival)));
    ShipmentAction::Estimated { departure, arrival, reason: None, code: code.into() }
}

pub(super) fn estimated_departure(departure: i64) -> ShipmentAction {
    let (departure, arrival) = (Some(Timestamp(departure)), None);
    ShipmentAction::Estimated { departure, arrival, reason: None, code: Added::default() }
}

/// Flown by hauler; without bounds where they are none.
pub(super) fn vessel(id: &str, mass: Option<u64>, volume: Option<u64>) -> Action {
    Action::PutVessel(PutVessel {
        id: name(id),
        name: text(id),
        carrier: name("hauler"),
        mass_capacity_grams: mass.map(units),
        volume_capacity_millilitres: volume.map(units),
    })
}

/// A rule on belt's ice at ceres.
pub(super) fn stock_rule(id: &str, low: u64, clear: u64) -> Action {
    stock_rule_of(id, "ceres", "belt", "ice", units(low), units(clear))
}

pub(super) fn stock_rule_of(
    id: &str,
    station: &str,
    owner: &str,
    commodity: &str,
    low: Quantity,
    clear: Quantity,
) -> Action {
    let (station, owner, commodity) = (name(station), Some(name(owner)), name(commodity));
    let rule = AlertRuleWanted::Stock { station, owner, commodity, low, clear };
    Action::PutAlertRule(PutAlertRule { id: name(id), rule })
}

pub(super) fn timing_rule(timing: Timing, after: u32, critical: u32) -> Action {
    let (after_seconds, critical_after_seconds) = (after, critical);
    let rule = AlertRuleWanted::Timing { timing, after_seconds, critical_after_seconds };
    Action::PutAlertRule(PutAlertRule { id: name(timing.rule_name()), rule })
}

pub(super) fn no_rule(id: &str) -> Action {
    Action::DeleteAlertRule(name(id))
}
