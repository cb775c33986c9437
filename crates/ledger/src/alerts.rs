//! Alerts: one open alert a cause, that fires, changes, is seen and ends by itself.
//!
//! [`wanted`] says of each cause what should be told of it, given the state and the time. Where that
//! differs from what is told, [`due`] yields the event that closes the difference. Whatever changes
//! the state marks the causes that it touches; what only time changes has timers.

mod wanted;

use std::collections::{BTreeMap, BTreeSet};

use domain::limits::HOLD_ALERTS_MAX;
use domain::{
    AlertCause, AlertChanged, AlertFired, AlertId, AlertKind, Envelope, Event, Rejection, Sequence,
    Severity, Shipment, ShipmentId, Timestamp, TransactionId,
};
use table::{Key, Table};

use crate::cargo;
use crate::state::State;
use crate::timers::Timer;

pub(crate) use wanted::{Told, deadlines, hold_until};

/// Everything that is known of alerts.
#[derive(Debug, Default)]
pub(crate) struct Alerts {
    pub(crate) open: Table<AlertKey, OpenAlert>,
    /// Holds that ran out, of which nothing has been told yet.
    pub(crate) expired: BTreeSet<TransactionId>,
    /// The open alert of each cause: derived from `open`.
    pub(crate) by_cause: BTreeMap<AlertCause, AlertId>,
    /// Open alerts of expired holds, the oldest first: derived from `open`.
    pub(crate) of_holds: BTreeSet<AlertId>,
    /// Causes of which something else is to be told than is: derived from the whole state.
    pub(crate) dirty: BTreeSet<AlertCause>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AlertKey(pub(crate) AlertId);

impl Key for AlertKey {
    fn hash(&self) -> u64 {
        Key::hash(&self.0.0.0)
    }
}

/// An alert that is firing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenAlert {
    pub(crate) cause: AlertCause,
    pub(crate) kind: AlertKind,
    pub(crate) severity: Severity,
    pub(crate) fired_at: Timestamp,
    pub(crate) acknowledged: bool,
    /// Its last event.
    pub(crate) last: Sequence,
    /// When it resolves by itself, for an expired hold: derived from the rule.
    pub(crate) until: Option<Timestamp>,
}

impl OpenAlert {
    const fn told(&self) -> Told {
        (self.kind, self.severity)
    }
}

/// The alert of this cause that is firing, if one is.
pub(crate) fn open(state: &State, cause: AlertCause) -> Option<(AlertId, &OpenAlert)> {
    let alert = *state.alerts.by_cause.get(&cause)?;
    Some((alert, state.alerts.open.get(&AlertKey(alert))?))
}

/// Says that an alert has been seen. A second time changes nothing.
pub(crate) fn acknowledge(state: &State, alert: AlertId) -> Result<Option<Event>, Rejection> {
    let open = state.alerts.open.get(&AlertKey(alert)).ok_or(Rejection::UnknownAlert)?;
    Ok((!open.acknowledged).then(|| Event::AlertAcknowledged(changed(alert, open, open.told()))))
}

/// What is to be told that no timer is needed for: causes in their order, then holds that ran out.
/// Applied, each event leaves its cause with nothing more to tell.
pub(crate) fn due(state: &State) -> Option<(Timestamp, Event)> {
    let at = state.recorded_at;
    let told = state.alerts.dirty.iter().find_map(|cause| event(state, *cause, at));
    Some((at, told.or_else(|| expired(state))?))
}

/// The next hold that ran out. The oldest alert of its kind makes room where there is none.
fn expired(state: &State) -> Option<Event> {
    let trade = *state.alerts.expired.first()?;
    if state.alerts.of_holds.len() < HOLD_ALERTS_MAX {
        return event(state, AlertCause::Hold(trade), state.recorded_at);
    }
    resolved(state, *state.alerts.of_holds.first()?)
}

/// What is told of a shipment when this deadline of it has come.
pub(crate) fn of_shipment(
    state: &State,
    shipment: &Shipment,
    deadline: Timestamp,
    at: Timestamp,
) -> Option<Event> {
    let cause = deadlines(state, shipment).find(|(due, _)| *due == deadline);
    event(state, cause?.1, at)
}

/// The end of an alert.
pub(crate) fn resolved(state: &State, alert: AlertId) -> Option<Event> {
    let open = state.alerts.open.get(&AlertKey(alert))?;
    Some(Event::AlertResolved(changed(alert, open, open.told())))
}

/// What closes the difference between what is told of a cause and what should be.
fn event(state: &State, cause: AlertCause, at: Timestamp) -> Option<Event> {
    match (open(state, cause), wanted::wanted(state, cause, at)) {
        (None, Some((kind, severity))) => {
            Some(Event::AlertFired(AlertFired { cause, kind, severity }))
        }
        (Some((alert, _)), None) => resolved(state, alert),
        (Some((alert, open)), Some(told)) if told != open.told() => {
            Some(Event::AlertChanged(changed(alert, open, told)))
        }
        _ => None,
    }
}

fn changed(alert: AlertId, open: &OpenAlert, (kind, severity): Told) -> AlertChanged {
    AlertChanged { alert, previous: open.last, cause: open.cause, kind, severity }
}

/// The causes that a shipment can be.
const fn of(id: ShipmentId) -> [AlertCause; 3] {
    [AlertCause::Overdue(id), AlertCause::Late(id), AlertCause::Silent(id)]
}

/// Marks a cause that something is to be told of, or unmarks it. `at` is the time of the event that
/// has touched it. What a timer is due for is left to the timer.
pub(crate) fn follow(state: &mut State, at: Timestamp, cause: AlertCause) {
    if event(state, cause, at).is_some() && !is_timed(state, cause, at) {
        state.alerts.dirty.insert(cause);
    } else {
        state.alerts.dirty.remove(&cause);
    }
}

/// Whether it is a timer that tells what is to be told of a cause.
fn is_timed(state: &State, cause: AlertCause, at: Timestamp) -> bool {
    match cause {
        AlertCause::Overdue(id) | AlertCause::Silent(id) => {
            state.shipment(id).is_some_and(|open| {
                let mut due = deadlines(state, &open.shipment);
                due.any(|(deadline, of)| of == cause && deadline <= at)
            })
        }
        AlertCause::Hold(_) => {
            open(state, cause).and_then(|(_, open)| open.until).is_some_and(|until| until <= at)
        }
        AlertCause::Late(_) | AlertCause::Stock(_) => false,
    }
}

/// Follows whatever happened to a shipment, its end included.
pub(crate) fn follow_shipment(state: &mut State, at: Timestamp, id: ShipmentId) {
    for cause in of(id) {
        follow(state, at, cause);
    }
}

/// A hold ran out, which is told if there is a rule that says so.
pub(crate) fn follow_expired(state: &mut State, trade: TransactionId) {
    if wanted::tells_of_holds(state) {
        state.alerts.expired.insert(trade);
    }
}

/// A rule of holds has changed or is gone: so have the ends of their alerts.
pub(crate) fn follow_hold_rule(state: &mut State, at: Timestamp) {
    if !wanted::tells_of_holds(state) {
        state.alerts.expired.clear();
    }
    for alert in state.alerts.of_holds.clone() {
        let open = state.alerts.open.get(&AlertKey(alert)).expect("an alert that is firing");
        let (cause, before) = (open.cause, open.until);
        let until = hold_until(state, open);
        state.disarm(before, Timer::Alert(alert));
        state.arm(until, Timer::Alert(alert));
        open_mut(state, alert).until = until;
        follow(state, at, cause);
    }
}

pub(crate) fn apply_fired(state: &mut State, envelope: &Envelope, fired: &AlertFired) {
    let alert = AlertId(envelope.sequence);
    let mut row = OpenAlert {
        cause: fired.cause,
        kind: fired.kind,
        severity: fired.severity,
        fired_at: envelope.recorded_at,
        acknowledged: false,
        last: envelope.sequence,
        until: None,
    };
    row.until = hold_until(state, &row);
    state.arm(row.until, Timer::Alert(alert));
    state.alerts.open.insert(AlertKey(alert), row);
    let before = state.alerts.by_cause.insert(fired.cause, alert);
    assert!(before.is_none(), "one alert of a cause is open at a time");
    if let AlertCause::Hold(trade) = fired.cause {
        state.alerts.expired.remove(&trade);
        state.alerts.of_holds.insert(alert);
    }
    settle(state, envelope.recorded_at, fired.cause);
}

pub(crate) fn apply_changed(state: &mut State, envelope: &Envelope, changed: &AlertChanged) {
    let open = open_mut(state, changed.alert);
    open.kind = changed.kind;
    open.severity = changed.severity;
    open.last = envelope.sequence;
    settle(state, envelope.recorded_at, changed.cause);
}

pub(crate) fn apply_acknowledged(state: &mut State, envelope: &Envelope, seen: &AlertChanged) {
    let open = open_mut(state, seen.alert);
    open.acknowledged = true;
    open.last = envelope.sequence;
    follow(state, envelope.recorded_at, seen.cause);
}

pub(crate) fn apply_resolved(state: &mut State, envelope: &Envelope, changed: &AlertChanged) {
    let alert = changed.alert;
    let ended = state.alerts.open.remove(&AlertKey(alert)).expect("an alert that is firing");
    state.disarm(ended.until, Timer::Alert(alert));
    state.alerts.by_cause.remove(&changed.cause);
    state.alerts.of_holds.remove(&alert);
    settle(state, envelope.recorded_at, changed.cause);
}

fn open_mut(state: &mut State, alert: AlertId) -> &mut OpenAlert {
    state.alerts.open.get_mut(&AlertKey(alert)).expect("an alert that is firing")
}

/// After an alert was told: its cause has nothing more to tell, and the next timer is set.
fn settle(state: &mut State, at: Timestamp, cause: AlertCause) {
    follow(state, at, cause);
    match cause {
        AlertCause::Overdue(id) | AlertCause::Late(id) | AlertCause::Silent(id) => {
            cargo::rearm(state, id);
        }
        AlertCause::Stock(_) | AlertCause::Hold(_) => {}
    }
}

impl State {
    /// What the rows of alerts say beside themselves, once all rows of the state are there.
    pub(crate) fn derive_alerts(&mut self) {
        let open = self.alerts.open.iter().map(|(key, row)| (key.0, *row)).collect::<Vec<_>>();
        for (alert, row) in open {
            self.alerts.by_cause.insert(row.cause, alert);
            if matches!(row.cause, AlertCause::Hold(_)) {
                self.alerts.of_holds.insert(alert);
                let until = hold_until(self, &row);
                open_mut(self, alert).until = until;
            }
        }
        let shipments = self.shipments.iter().map(|(key, _)| key.0).collect::<Vec<_>>();
        for id in shipments {
            let due = cargo::deadline(self, &self.shipment(id).expect("it is there").shipment);
            self.shipment_mut(id).timer = due;
            follow_shipment(self, self.recorded_at, id);
        }
        let stock = self.rules.stock().map(AlertCause::Stock).collect::<Vec<_>>();
        let told = self.alerts.by_cause.keys().copied().collect::<Vec<_>>();
        for cause in stock.into_iter().chain(told) {
            follow(self, self.recorded_at, cause);
        }
    }
}

/// Whether a shipment is one whose arrival is awaited.
fn is_awaited(shipment: &Shipment) -> bool {
    shipment.actual_arrival.is_none() && !shipment.status.is_terminal()
}
