//! Alerts and their rules.

use domain::{
    AlertCause, AlertChanged, AlertFired, AlertKind, AlertRule, AlertRuleSet, Severity, Timing,
};

use crate::encoding::wire::{self, alert_cause, alert_rule_set};

pub(super) fn rule_set(set: &AlertRuleSet) -> wire::AlertRuleSet {
    wire::AlertRuleSet {
        rule: set.rule.0,
        id: set.id.as_str().to_owned(),
        created: set.created,
        terms: Some(terms(set.terms)),
    }
}

fn terms(rule: AlertRule) -> alert_rule_set::Terms {
    match rule {
        AlertRule::Timing { timing, after_seconds, critical_after_seconds } => {
            alert_rule_set::Terms::Timing(wire::TimingRule {
                timing: self::timing(timing).into(),
                after_seconds,
                critical_after_seconds,
            })
        }
        AlertRule::Stock { station, owner, commodity, low, clear } => {
            alert_rule_set::Terms::Stock(wire::StockRule {
                station: station.0,
                owner: owner.0,
                commodity: commodity.0,
                low: low.get(),
                clear: clear.get(),
            })
        }
    }
}

fn timing(timing: Timing) -> wire::Timing {
    match timing {
        Timing::ShipmentOverdue => wire::Timing::ShipmentOverdue,
        Timing::ShipmentLate => wire::Timing::ShipmentLate,
        Timing::ShipmentSilent => wire::Timing::ShipmentSilent,
        Timing::HoldExpired => wire::Timing::HoldExpired,
    }
}

pub(super) fn fired(fired: AlertFired) -> wire::AlertFired {
    wire::AlertFired {
        cause: Some(cause(fired.cause)),
        kind: kind(fired.kind).into(),
        severity: severity(fired.severity).into(),
    }
}

pub(super) fn changed(changed: AlertChanged) -> wire::AlertChanged {
    wire::AlertChanged {
        alert: changed.alert.0.0,
        previous: changed.previous.0,
        cause: Some(cause(changed.cause)),
        kind: kind(changed.kind).into(),
        severity: severity(changed.severity).into(),
    }
}

fn cause(cause: AlertCause) -> wire::AlertCause {
    use alert_cause::Cause;
    let cause = match cause {
        AlertCause::Overdue(shipment) => Cause::Overdue(shipment.0.0),
        AlertCause::Late(shipment) => Cause::Late(shipment.0.0),
        AlertCause::Silent(shipment) => Cause::Silent(shipment.0.0),
        AlertCause::Stock(rule) => Cause::Stock(rule.0),
        AlertCause::Hold(trade) => Cause::Hold(trade.0.0),
    };
    wire::AlertCause { cause: Some(cause) }
}

fn kind(kind: AlertKind) -> wire::AlertKind {
    match kind {
        AlertKind::ShipmentOverdue => wire::AlertKind::ShipmentOverdue,
        AlertKind::ShipmentLate => wire::AlertKind::ShipmentLate,
        AlertKind::ShipmentSilent => wire::AlertKind::ShipmentSilent,
        AlertKind::StockLow => wire::AlertKind::StockLow,
        AlertKind::StockOut => wire::AlertKind::StockOut,
        AlertKind::HoldExpired => wire::AlertKind::HoldExpired,
    }
}

fn severity(severity: Severity) -> wire::Severity {
    match severity {
        Severity::Info => wire::Severity::Info,
        Severity::Warning => wire::Severity::Warning,
        Severity::Critical => wire::Severity::Critical,
    }
}
