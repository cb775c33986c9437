//! Answers about alerts and their rules.

use domain::{
    AlertCause, AlertChanged, AlertFired, AlertId, AlertRule, AlertRuleId, AlertRuleSet, Envelope,
    Scope, Sequence, Timestamp,
};
use views::{Alert, Rule};

use super::{NAMELESS, Render};
use crate::wire::answer::{
    AlertAnswer, AlertData, AlertRuleAnswer, AtRiskAnswer, CauseAnswer, RuleDeletedData,
    RuleTermsAnswer,
};
use crate::wire::{
    AlertKindWord, AlertStatus, AlertStatusWord, RuleKind, RuleKindWord, SeverityWord, Time,
};

impl<'a> Render<'a> {
    /// An alert, and what it puts at risk now.
    pub(crate) fn alert(self, alert: &Alert, scope: Scope<'_>) -> AlertAnswer<'a> {
        let at_risk = self.state.at_risk(alert, scope);
        let resolved = alert.resolved_at.is_some();
        let mut cause = self.cause(alert.cause, alert.last);
        if let (AlertCause::Stock(_), [owner]) = (alert.cause, &*alert.subject.parties) {
            // The rule may watch another's stock by now.
            cause.owner = Some(self.trader(*owner));
        }
        AlertAnswer {
            alert_id: alert.id.to_string(),
            status: status(resolved),
            kind: AlertKindWord(alert.kind),
            severity: SeverityWord(alert.severity),
            station: alert.subject.station.map(|station| self.station(station)),
            commodity: alert.subject.commodity.map(|commodity| self.commodity(commodity)),
            shipment_id: cause.shipment_id.clone(),
            cause,
            fired_at: Time(alert.fired_at),
            changed_at: Time(alert.changed_at),
            acknowledged_by: alert.acknowledged.map(|(by, _)| self.principal(by)),
            acknowledged_at: alert.acknowledged.map(|(_, at)| Time(at)),
            resolved_at: alert.resolved_at.map(Time),
            at_risk: AtRiskAnswer {
                holds: at_risk.holds.iter().map(ToString::to_string).collect(),
                rules: at_risk.rules.iter().map(|rule| self.rule_name(*rule)).collect(),
            },
            sequence: alert.last.0,
            as_of: None,
        }
    }

    /// What it is about, as event `at` of the alert meant it.
    fn cause(self, cause: AlertCause, at: Sequence) -> CauseAnswer<'a> {
        let none = CauseAnswer::default();
        match cause {
            AlertCause::Overdue(shipment)
            | AlertCause::Late(shipment)
            | AlertCause::Silent(shipment) => {
                CauseAnswer { shipment_id: Some(shipment.to_string()), ..none }
            }
            AlertCause::Stock(rule) => {
                let owner = self.terms_then(rule, at).owner;
                CauseAnswer { rule: Some(self.rule_name(rule)), owner, ..none }
            }
            AlertCause::Hold(trade) => {
                CauseAnswer { transaction_id: Some(trade.to_string()), ..none }
            }
        }
    }

    /// An alert that fired, as an event.
    pub(super) fn fired_data(self, envelope: &'a Envelope, fired: AlertFired) -> AlertData<'a> {
        let AlertFired { cause, kind, severity } = fired;
        let alert = AlertId(envelope.sequence);
        let changed = AlertChanged { alert, previous: envelope.sequence, cause, kind, severity };
        AlertData { previous: None, ..self.alert_data(envelope, &changed, false) }
    }

    /// What happened to an alert, as an event.
    pub(super) fn alert_data(
        self,
        envelope: &'a Envelope,
        changed: &AlertChanged,
        resolved: bool,
    ) -> AlertData<'a> {
        let terms = match changed.cause {
            AlertCause::Stock(rule) => self.terms_then(rule, envelope.sequence),
            _ => RuleTermsAnswer::default(),
        };
        AlertData {
            alert_id: changed.alert.to_string(),
            status: status(resolved),
            kind: AlertKindWord(changed.kind),
            severity: SeverityWord(changed.severity),
            cause: self.cause(changed.cause, envelope.sequence),
            station: terms.station,
            commodity: terms.commodity,
            previous: Some(changed.previous.0),
            envelope: self.envelope(envelope),
        }
    }

    /// A rule as it is.
    pub(crate) fn rule_now(self, rule: &'a Rule) -> AlertRuleAnswer<'a> {
        let (created, changed) = (rule.created_at, rule.changed_at);
        self.rule_as(rule.name.as_str(), rule.terms, created, (changed, rule.changed.0))
    }

    /// A rule as an event left it.
    pub(crate) fn rule_then(
        self,
        envelope: &Envelope,
        set: &'a AlertRuleSet,
    ) -> AlertRuleAnswer<'a> {
        let changed = envelope.recorded_at;
        let known = self.state.alert_rule(set.rule).filter(|_| !set.created);
        let created = known.map_or(changed, |rule| rule.created_at.min(changed));
        self.rule_as(set.id.as_str(), set.terms, created, (changed, envelope.sequence.0))
    }

    fn rule_as(
        self,
        id: &'a str,
        terms: AlertRule,
        created: Timestamp,
        (changed, sequence): (Timestamp, u64),
    ) -> AlertRuleAnswer<'a> {
        let kind = match terms {
            AlertRule::Timing { timing, .. } => timing.into(),
            AlertRule::Stock { .. } => RuleKind::Stock,
        };
        AlertRuleAnswer {
            id,
            kind: RuleKindWord(kind),
            terms: self.terms(terms),
            created_at: Time(created),
            changed_at: Time(changed),
            sequence,
            as_of: None,
        }
    }

    fn terms(self, terms: AlertRule) -> RuleTermsAnswer<'a> {
        let none = RuleTermsAnswer::default();
        match terms {
            AlertRule::Timing { after_seconds, critical_after_seconds, .. } => RuleTermsAnswer {
                after_seconds: Some(after_seconds),
                critical_after_seconds: Some(critical_after_seconds),
                ..none
            },
            AlertRule::Stock { station, owner, commodity, low, clear } => RuleTermsAnswer {
                station: Some(self.station(station)),
                owner: Some(self.trader(owner)),
                commodity: Some(self.commodity(commodity)),
                low: Some(low.get()),
                clear: Some(clear.get()),
                ..none
            },
        }
    }

    /// What a rule said when event `at` was recorded: what it says since may be of somebody else.
    /// Nothing, if that is too long ago.
    fn terms_then(self, rule: AlertRuleId, at: Sequence) -> RuleTermsAnswer<'a> {
        let terms = self.state.alert_rule_terms(rule, at);
        terms.map_or_else(RuleTermsAnswer::default, |terms| self.terms(terms))
    }

    pub(super) fn rule_name(self, rule: AlertRuleId) -> &'a str {
        self.state.alert_rule(rule).map_or(NAMELESS, |rule| rule.name.as_str())
    }

    /// A rule that was deleted, as an event.
    pub(super) fn rule_deleted(
        self,
        envelope: &'a Envelope,
        rule: AlertRuleId,
    ) -> RuleDeletedData<'a> {
        RuleDeletedData { id: self.rule_name(rule), envelope: self.envelope(envelope) }
    }
}

const fn status(resolved: bool) -> AlertStatusWord {
    AlertStatusWord(if resolved { AlertStatus::Resolved } else { AlertStatus::Firing })
}
