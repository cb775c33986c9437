//! Which alerts should be firing, worked out anew from everything there is after each command.

use std::collections::{BTreeMap, BTreeSet};

use domain::limits::HOLD_ALERTS_MAX;
use domain::{
    AlertCause, AlertChanged, AlertId, AlertKind, AlertRule, AlertRuleId, Event, Recorded,
    Sequence, Severity, Shipment, ShipmentStatus, Timestamp, Timing,
};

use crate::State;
use crate::state::StockKey;
use crate::timers::Timer;

type Told = (AlertKind, Severity);

/// The alerts that fire, as their events tell it, and the rules.
pub(super) struct AlertBook {
    open: BTreeMap<AlertId, Row>,
    /// The causes of those that are open.
    firing: BTreeSet<AlertCause>,
    rules: BTreeMap<AlertRuleId, AlertRule>,
    /// What was last to be told of each rule of stock.
    stock: BTreeMap<AlertRuleId, AlertKind>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    cause: AlertCause,
    told: Told,
    fired_at: Timestamp,
    acknowledged: bool,
    last: Sequence,
}

impl Default for AlertBook {
    fn default() -> Self {
        let rules = Timing::ALL.map(|timing| (timing.rule(), timing.rule_from_the_start()));
        let rules = rules.into();
        Self { open: BTreeMap::new(), firing: BTreeSet::new(), rules, stock: BTreeMap::new() }
    }
}

impl AlertBook {
    pub(super) fn follow(&mut self, recorded: &Recorded) {
        let (sequence, at) = (recorded.envelope.sequence, recorded.envelope.recorded_at);
        match &recorded.event {
            Event::AlertRuleSet(set) => {
                let before = self.rules.insert(set.rule, set.terms);
                assert_eq!(before.is_none(), set.created, "{set:?}");
            }
            Event::AlertRuleDeleted { rule } => {
                self.rules.remove(rule).expect("a rule is there until it is deleted");
            }
            Event::AlertFired(fired) => {
                assert!(self.firing.insert(fired.cause), "{fired:?} while it fires");
                let told = (fired.kind, fired.severity);
                let (cause, acknowledged) = (fired.cause, false);
                let row = Row { cause, told, fired_at: at, acknowledged, last: sequence };
                self.open.insert(AlertId(sequence), row);
            }
            Event::AlertChanged(changed) => {
                let row = self.row(changed);
                assert_ne!(row.told, (changed.kind, changed.severity), "nothing new");
                row.told = (changed.kind, changed.severity);
                row.last = sequence;
            }
            Event::AlertAcknowledged(seen) => {
                let row = self.row(seen);
                assert_eq!(row.told, (seen.kind, seen.severity));
                assert!(!std::mem::replace(&mut row.acknowledged, true), "once is enough");
                row.last = sequence;
            }
            Event::AlertResolved(changed) => {
                let row = self.row(changed);
                assert_eq!(row.told, (changed.kind, changed.severity), "what it said last");
                self.open.remove(&changed.alert);
                assert!(self.firing.remove(&changed.cause));
            }
            _ => {}
        }
    }

    fn row(&mut self, changed: &AlertChanged) -> &mut Row {
        let row = self.open.get_mut(&changed.alert).expect("it fires");
        assert_eq!((row.last, row.cause), (changed.previous, changed.cause));
        row
    }

    /// When the alerts of holds end by themselves.
    pub(super) fn timers(&self) -> Vec<(Timestamp, Timer)> {
        let Some((after, _)) = self.thresholds(Timing::HoldExpired) else { return Vec::new() };
        let held = self.open.iter().filter(|(_, row)| matches!(row.cause, AlertCause::Hold(_)));
        let timer =
            |(id, row): (&AlertId, &Row)| (Timestamp(row.fired_at.0 + after), Timer::Alert(*id));
        held.map(timer).collect()
    }

    pub(super) fn check<'a>(
        &mut self,
        state: &State,
        shipments: impl Iterator<Item = &'a Shipment>,
        now: Timestamp,
    ) {
        let real = state.alerts.open.iter().map(|(key, open)| {
            let told = (open.kind, open.severity);
            let (cause, acknowledged) = (open.cause, open.acknowledged);
            (key.0, Row { cause, told, fired_at: open.fired_at, acknowledged, last: open.last })
        });
        assert_eq!(real.collect::<BTreeMap<_, _>>(), self.open, "alerts");
        let mut expected = BTreeMap::new();
        for shipment in shipments {
            self.of_shipment(shipment, now, &mut expected);
        }
        self.of_stock(state, &mut expected);
        self.of_holds(now, &mut expected);
        let firing = self.open.values().map(|row| (row.cause, row.told));
        assert_eq!(firing.collect::<BTreeMap<_, _>>(), expected, "what fires at {now:?}");
    }

    /// Microseconds until it fires, and until it is critical.
    fn thresholds(&self, timing: Timing) -> Option<(i64, i64)> {
        let AlertRule::Timing { after_seconds, critical_after_seconds, .. } =
            *self.rules.get(&timing.rule())?
        else {
            panic!("{timing:?} has a rule of timing");
        };
        Some((i64::from(after_seconds) * 1_000_000, i64::from(critical_after_seconds) * 1_000_000))
    }

    fn severity(&self, timing: Timing, passed: i64) -> Option<Severity> {
        let (after, critical) = self.thresholds(timing)?;
        if passed < after {
            return None;
        }
        Some(if passed < critical { Severity::Warning } else { Severity::Critical })
    }

    fn of_shipment(
        &self,
        shipment: &Shipment,
        now: Timestamp,
        expected: &mut BTreeMap<AlertCause, Told>,
    ) {
        let (id, status, promise) = (shipment.id, shipment.status, shipment.schedule.arrival());
        let not_there = matches!(
            status,
            ShipmentStatus::Booked | ShipmentStatus::Loading | ShipmentStatus::InTransit
        );
        if not_there && shipment.booked_at < promise {
            let severity = self.severity(Timing::ShipmentOverdue, now.0 - promise.0);
            let told = severity.map(|severity| (AlertKind::ShipmentOverdue, severity));
            expected.extend(told.map(|told| (AlertCause::Overdue(id), told)));
        }
        if not_there && let Some(estimate) = shipment.estimated_arrival {
            let severity = self.severity(Timing::ShipmentLate, estimate.0 - promise.0);
            let told = severity.map(|severity| (AlertKind::ShipmentLate, severity));
            expected.extend(told.map(|told| (AlertCause::Late(id), told)));
        }
        if status == ShipmentStatus::InTransit {
            let severity = self.severity(Timing::ShipmentSilent, now.0 - shipment.heard_at.0);
            let told = severity.map(|severity| (AlertKind::ShipmentSilent, severity));
            expected.extend(told.map(|told| (AlertCause::Silent(id), told)));
        }
    }

    fn of_stock(&mut self, state: &State, expected: &mut BTreeMap<AlertCause, Told>) {
        let mut stock = BTreeMap::new();
        for (rule, terms) in &self.rules {
            let AlertRule::Stock { station, owner, commodity, low, clear } = *terms else {
                continue;
            };
            let available = state.level(StockKey { station, owner, commodity }).available;
            let before = self.stock.get(rule).copied();
            let well = if before.is_some() { available >= clear } else { available > low };
            if well && !(before.is_none() && available.is_zero()) {
                continue;
            }
            let out = available.is_zero() || before == Some(AlertKind::StockOut);
            let kind = if out { AlertKind::StockOut } else { AlertKind::StockLow };
            let severity = if out { Severity::Critical } else { Severity::Warning };
            stock.insert(*rule, kind);
            expected.insert(AlertCause::Stock(*rule), (kind, severity));
        }
        self.stock = stock;
    }

    /// Of holds, that which fires says when it fired; it must not do so for ever.
    fn of_holds(&self, now: Timestamp, expected: &mut BTreeMap<AlertCause, Told>) {
        let after = self.thresholds(Timing::HoldExpired).map(|(after, _)| after);
        let mut count = 0;
        for row in self.open.values() {
            let lasts = after.is_some_and(|after| now.0 < row.fired_at.0 + after);
            if matches!(row.cause, AlertCause::Hold(_)) && !row.acknowledged && lasts {
                expected.insert(row.cause, (AlertKind::HoldExpired, Severity::Warning));
                count += 1;
            }
        }
        assert!(count <= HOLD_ALERTS_MAX);
    }
}
