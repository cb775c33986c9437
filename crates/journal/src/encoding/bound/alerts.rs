//! Alerts and their rules.

use domain::{AlertCause, AlertChanged, AlertFired, AlertRule, AlertRuleSet};

use super::{CHOICE, id, identifier, nested, number, present, sequence};

pub(super) fn rule_set(set: &AlertRuleSet) -> usize {
    id(set.rule.0) + identifier(&set.id) + usize::from(set.created) * CHOICE + terms(set.terms)
}

fn terms(rule: AlertRule) -> usize {
    match rule {
        AlertRule::Timing { timing: _, after_seconds, critical_after_seconds } => {
            nested(CHOICE + id(after_seconds) + id(critical_after_seconds))
        }
        AlertRule::Stock { station, owner, commodity, low, clear } => {
            let levels = number(low.get()) + number(clear.get());
            nested(id(station.0) + id(owner.0) + id(commodity.0) + levels)
        }
    }
}

pub(super) fn fired(fired: AlertFired) -> usize {
    let kind_and_severity = 2 * CHOICE;
    cause(fired.cause) + kind_and_severity
}

pub(super) fn changed(changed: AlertChanged) -> usize {
    let kind_and_severity = 2 * CHOICE;
    sequence(changed.alert.0)
        + sequence(changed.previous)
        + cause(changed.cause)
        + kind_and_severity
}

fn cause(cause: AlertCause) -> usize {
    nested(match cause {
        AlertCause::Overdue(shipment)
        | AlertCause::Late(shipment)
        | AlertCause::Silent(shipment) => present(shipment.0.0),
        AlertCause::Stock(rule) => present(u64::from(rule.0)),
        AlertCause::Hold(trade) => present(trade.0.0),
    })
}
