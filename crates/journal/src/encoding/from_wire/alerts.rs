//! Alerts and their rules.

use domain::{
    AlertCause, AlertChanged, AlertFired, AlertId, AlertKind, AlertRule, AlertRuleId, AlertRuleSet,
    CommodityId, Sequence, Severity, ShipmentId, StationId, Timing, TraderId, TransactionId,
};

use super::{Decoded, identifier, quantity};
use crate::encoding::EncodingError;
use crate::encoding::wire::{self, alert_cause, alert_rule_set};

pub(super) fn rule_set(set: &wire::AlertRuleSet) -> Decoded<AlertRuleSet> {
    Ok(AlertRuleSet {
        rule: AlertRuleId(set.rule),
        id: identifier(&set.id, "the name of a rule of alerts")?,
        terms: terms(set.terms)?,
        created: set.created,
    })
}

fn terms(terms: Option<alert_rule_set::Terms>) -> Decoded<AlertRule> {
    match terms.ok_or(EncodingError::Newer("this kind of alert rule"))? {
        alert_rule_set::Terms::Timing(rule) => Ok(AlertRule::Timing {
            timing: timing(rule.timing)?,
            after_seconds: rule.after_seconds,
            critical_after_seconds: rule.critical_after_seconds,
        }),
        alert_rule_set::Terms::Stock(rule) => Ok(AlertRule::Stock {
            station: StationId(rule.station),
            owner: TraderId(rule.owner),
            commodity: CommodityId(rule.commodity),
            low: quantity(rule.low)?,
            clear: quantity(rule.clear)?,
        }),
    }
}

fn timing(timing: i32) -> Decoded<Timing> {
    match wire::Timing::try_from(timing) {
        Ok(wire::Timing::ShipmentOverdue) => Ok(Timing::ShipmentOverdue),
        Ok(wire::Timing::ShipmentLate) => Ok(Timing::ShipmentLate),
        Ok(wire::Timing::ShipmentSilent) => Ok(Timing::ShipmentSilent),
        Ok(wire::Timing::HoldExpired) => Ok(Timing::HoldExpired),
        Ok(wire::Timing::Unspecified) => Err(EncodingError::Missing("what a rule is about")),
        Err(_) => Err(EncodingError::Newer("this rule of timing")),
    }
}

pub(super) fn fired(fired: wire::AlertFired) -> Decoded<AlertFired> {
    Ok(AlertFired {
        cause: cause(fired.cause)?,
        kind: kind(fired.kind)?,
        severity: severity(fired.severity)?,
    })
}

pub(super) fn changed(changed: wire::AlertChanged) -> Decoded<AlertChanged> {
    Ok(AlertChanged {
        alert: AlertId(Sequence(changed.alert)),
        previous: Sequence(changed.previous),
        cause: cause(changed.cause)?,
        kind: kind(changed.kind)?,
        severity: severity(changed.severity)?,
    })
}

fn cause(cause: Option<wire::AlertCause>) -> Decoded<AlertCause> {
    use alert_cause::Cause;
    let cause = cause.ok_or(EncodingError::Missing("the cause of an alert"))?.cause;
    let shipment = |sequence| ShipmentId(Sequence(sequence));
    Ok(match cause.ok_or(EncodingError::Newer("this cause of an alert"))? {
        Cause::Overdue(sequence) => AlertCause::Overdue(shipment(sequence)),
        Cause::Late(sequence) => AlertCause::Late(shipment(sequence)),
        Cause::Silent(sequence) => AlertCause::Silent(shipment(sequence)),
        Cause::Stock(rule) => AlertCause::Stock(AlertRuleId(rule)),
        Cause::Hold(sequence) => AlertCause::Hold(TransactionId(Sequence(sequence))),
    })
}

fn kind(kind: i32) -> Decoded<AlertKind> {
    match wire::AlertKind::try_from(kind) {
        Ok(wire::AlertKind::ShipmentOverdue) => Ok(AlertKind::ShipmentOverdue),
        Ok(wire::AlertKind::ShipmentLate) => Ok(AlertKind::ShipmentLate),
        Ok(wire::AlertKind::ShipmentSilent) => Ok(AlertKind::ShipmentSilent),
        Ok(wire::AlertKind::StockLow) => Ok(AlertKind::StockLow),
        Ok(wire::AlertKind::StockOut) => Ok(AlertKind::StockOut),
        Ok(wire::AlertKind::HoldExpired) => Ok(AlertKind::HoldExpired),
        Ok(wire::AlertKind::Unspecified) => Err(EncodingError::Missing("the kind of an alert")),
        Err(_) => Err(EncodingError::Newer("this kind of alert")),
    }
}

fn severity(severity: i32) -> Decoded<Severity> {
    match wire::Severity::try_from(severity) {
        Ok(wire::Severity::Info) => Ok(Severity::Info),
        Ok(wire::Severity::Warning) => Ok(Severity::Warning),
        Ok(wire::Severity::Critical) => Ok(Severity::Critical),
        Ok(wire::Severity::Unspecified) => Err(EncodingError::Missing("the severity of an alert")),
        Err(_) => Err(EncodingError::Newer("this severity")),
    }
}
