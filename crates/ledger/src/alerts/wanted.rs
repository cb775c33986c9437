//! What should be told of a cause, as a pure function of the state and the time.

use domain::{
    AlertCause, AlertKind, AlertRule, AlertRuleId, Quantity, Severity, Shipment, ShipmentId,
    ShipmentStatus, Timestamp, Timing, TransactionId,
};

use super::{OpenAlert, is_awaited, open};
use crate::state::{ShipmentKey, State, StockKey};

/// What an alert says, and how bad it is.
pub(crate) type Told = (AlertKind, Severity);

/// Microseconds until an alert fires, and until it is critical.
#[derive(Clone, Copy)]
struct Thresholds {
    after: i64,
    critical: i64,
}

impl Thresholds {
    /// `None` where the rule was deleted.
    fn of(state: &State, timing: Timing) -> Option<Self> {
        let Some(AlertRule::Timing { after_seconds, critical_after_seconds, .. }) =
            state.rules.terms(timing.rule())
        else {
            return None;
        };
        let micros = |seconds: u32| i64::from(seconds) * 1_000_000;
        let after = micros(after_seconds);
        Some(Self { after, critical: after.max(micros(critical_after_seconds)) })
    }

    /// How bad it is when so much time has passed since, if it is.
    fn severity(self, since: Timestamp, at: Timestamp) -> Option<Severity> {
        if at >= later(since, self.critical) {
            Some(Severity::Critical)
        } else {
            (at >= later(since, self.after)).then_some(Severity::Warning)
        }
    }

    /// When it will be worse than what is told.
    fn worsens(self, since: Timestamp, told: Option<&OpenAlert>) -> Option<Timestamp> {
        match told.map(|open| open.severity) {
            None => Some(later(since, self.after)),
            Some(Severity::Critical) => None,
            Some(Severity::Info | Severity::Warning) => Some(later(since, self.critical)),
        }
    }
}

fn later(since: Timestamp, micros: i64) -> Timestamp {
    Timestamp(since.0.saturating_add(micros))
}

/// What should be told of a cause at this time; nothing where all is well, or where nobody asks.
pub(super) fn wanted(state: &State, cause: AlertCause, at: Timestamp) -> Option<Told> {
    match cause {
        AlertCause::Overdue(id) => {
            let shipment = shipment(state, id)?;
            let severity = overdue(state)?.severity(promise(shipment)?, at)?;
            Some((AlertKind::ShipmentOverdue, severity))
        }
        AlertCause::Late(id) => {
            let shipment = shipment(state, id).filter(|shipment| is_awaited(shipment))?;
            let rule = Thresholds::of(state, Timing::ShipmentLate)?;
            let promise = shipment.schedule.arrival();
            let severity = rule.severity(promise, shipment.estimated_arrival?)?;
            Some((AlertKind::ShipmentLate, severity))
        }
        AlertCause::Silent(id) => {
            let heard = heard(shipment(state, id)?)?;
            Some((AlertKind::ShipmentSilent, silent(state)?.severity(heard, at)?))
        }
        AlertCause::Stock(rule) => stock(state, rule),
        AlertCause::Hold(trade) => hold(state, trade, at),
    }
}

/// When which alerts of a shipment will be due that only time brings.
pub(crate) fn deadlines(
    state: &State,
    shipment: &Shipment,
) -> impl Iterator<Item = (Timestamp, AlertCause)> + use<> {
    let causes = [
        (AlertCause::Overdue(shipment.id), promise(shipment).zip(overdue(state))),
        (AlertCause::Silent(shipment.id), heard(shipment).zip(silent(state))),
    ];
    let due = causes.map(|(cause, since)| {
        let (since, rule) = since?;
        Some((rule.worsens(since, open(state, cause).map(|(_, open)| open))?, cause))
    });
    due.into_iter().flatten()
}

fn shipment(state: &State, id: ShipmentId) -> Option<&Shipment> {
    Some(&state.shipments.get(&ShipmentKey(id))?.shipment)
}

fn overdue(state: &State) -> Option<Thresholds> {
    Thresholds::of(state, Timing::ShipmentOverdue)
}

fn silent(state: &State) -> Option<Thresholds> {
    Thresholds::of(state, Timing::ShipmentSilent)
}

/// When its arrival is awaited, if it is; a promise already past when it was made is none.
fn promise(shipment: &Shipment) -> Option<Timestamp> {
    let promise = shipment.schedule.arrival();
    (is_awaited(shipment) && shipment.booked_at < promise).then_some(promise)
}

/// When it was last heard of, while it is under way.
fn heard(shipment: &Shipment) -> Option<Timestamp> {
    (shipment.status == ShipmentStatus::InTransit).then_some(shipment.heard_at)
}

/// Once it is low it stays low, and once it is out it stays out, until there is enough again. What
/// would fire at once again is not enough, whatever the rule says: it would be told of for ever.
fn stock(state: &State, rule: AlertRuleId) -> Option<Told> {
    let Some(AlertRule::Stock { station, owner, commodity, low, clear }) = state.rules.terms(rule)
    else {
        return None;
    };
    let available = state.level(StockKey { station, owner, commodity }).available;
    let told = open(state, AlertCause::Stock(rule)).map(|(_, open)| open.kind);
    let out = (AlertKind::StockOut, Severity::Critical);
    match told {
        Some(_) if available >= clear && available > low => None,
        _ if available == Quantity::ZERO => Some(out),
        Some(AlertKind::StockOut) => Some(out),
        None if available > low => None,
        _ => Some((AlertKind::StockLow, Severity::Warning)),
    }
}

/// Told once, until it is seen or its time is over.
fn hold(state: &State, trade: TransactionId, at: Timestamp) -> Option<Told> {
    let lasts = match open(state, AlertCause::Hold(trade)) {
        Some((_, open)) => {
            !open.acknowledged && hold_until(state, open).is_some_and(|until| at < until)
        }
        None => state.alerts.expired.contains(&trade),
    };
    lasts.then_some((AlertKind::HoldExpired, Severity::Warning))
}

/// Whether there is a rule of holds that run out.
pub(super) fn tells_of_holds(state: &State) -> bool {
    Thresholds::of(state, Timing::HoldExpired).is_some()
}

/// When the alert of a hold resolves by itself; no other kind does.
pub(crate) fn hold_until(state: &State, alert: &OpenAlert) -> Option<Timestamp> {
    let AlertCause::Hold(_) = alert.cause else { return None };
    Some(later(alert.fired_at, Thresholds::of(state, Timing::HoldExpired)?.after))
}
