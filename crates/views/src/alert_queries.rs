//! Questions about alerts, and what each puts at risk.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use domain::{
    AlertCause, AlertId, AlertKind, AlertRule, AlertRuleId, CommodityId, Event, ReadError,
    Recorded, Scope, Sequence, Severity, Shipment, StationId, Timestamp, TraderId, TransactionId,
};

use crate::alerts::{Alert, AlertCounts, Rule, Subject};
use crate::shipment_queries::broken;
use crate::{Page, Part, State, Views};

/// Alerts that one page looks at, found or not: with a cache miss each, it holds the lock for less
/// than a millisecond.
const ALERTS_EXAMINED_MAX: usize = 4_096;
/// Holds, and rules, that one alert is shown to put at risk.
pub const AT_RISK_MAX: usize = 20;
/// Holds that are looked at for one line of a shipment and one seller, seen or not.
const HOLDS_EXAMINED_MAX: usize = 64;

/// Which alerts; each field that is given narrows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AlertFilter {
    /// That say this.
    pub kind: Option<AlertKind>,
    /// That are as bad.
    pub severity: Option<Severity>,
    /// About this station.
    pub station: Option<StationId>,
    /// About this commodity: those of a rule of stock.
    pub commodity: Option<CommodityId>,
    /// Of this party: owner, consignee or carrier of a shipment, owner of a rule's stock, buyer or
    /// seller of a hold.
    pub trader: Option<TraderId>,
    /// That fired, or were resolved, at this time or after.
    pub from: Option<Timestamp>,
    /// That fired, or were resolved, before this time.
    pub to: Option<Timestamp>,
}

impl AlertFilter {
    fn admits(&self, alert: &Alert) -> bool {
        self.kind.is_none_or(|only| only == alert.kind)
            && self.severity.is_none_or(|only| only == alert.severity)
            && self.station.is_none_or(|only| Some(only) == alert.subject.station)
            && self.commodity.is_none_or(|only| Some(only) == alert.subject.commodity)
            && self.trader.is_none_or(|only| alert.subject.parties.contains(&only))
            && self.from.is_none_or(|from| alert.fired_at >= from)
            && self.to.is_none_or(|to| alert.fired_at < to)
    }
}

/// What waits for the goods that an alert is about: at most [`AT_RISK_MAX`] of each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AtRisk {
    /// Pending holds of which the seller has reserved the goods, oldest first.
    pub holds: Vec<TransactionId>,
    /// Rules of stock.
    pub rules: Vec<AlertRuleId>,
}

impl State {
    /// An alert that is open or was lately, if it may be seen.
    pub fn alert(&self, id: AlertId, scope: Scope<'_>) -> Option<&Alert> {
        self.alerts.get(id).filter(|alert| scope.sees_any(&alert.subject.parties))
    }

    /// Open alerts, by when they fired. A page looks at a bounded number of alerts and says where the
    /// next one begins. Resolved ones are found in the past: [`crate::History`].
    pub fn find_alerts(&self, filter: &AlertFilter, part: Part, scope: Scope<'_>) -> Page<Alert> {
        let mut alerts = self.alerts.open_part(part);
        let mut page = Page { items: Vec::new(), next: None, as_of: self.as_of() };
        let mut last = None;
        for alert in alerts.by_ref().take(ALERTS_EXAMINED_MAX) {
            last = Some(alert.id.0);
            if filter.admits(alert) && scope.sees_any(&alert.subject.parties) {
                page.items.push(alert.clone());
                if page.items.len() >= part.limit.max(1) {
                    break;
                }
            }
        }
        page.next = last.filter(|_| alerts.next().is_some());
        page
    }

    /// How many alerts are open of each severity.
    pub fn alert_counts(&self) -> AlertCounts {
        self.alerts.counts()
    }

    /// The rule of this name, if there is one and it may be seen.
    pub fn alert_rule_named(&self, name: &str, scope: Scope<'_>) -> Option<&Rule> {
        self.alerts.rule_named(name).filter(|rule| !rule.deleted && sees_rule(rule, scope))
    }

    /// The rule of this number, deleted or not.
    pub fn alert_rule(&self, id: AlertRuleId) -> Option<&Rule> {
        self.alerts.rules().get(id.0 as usize)
    }

    /// What a rule said when event `at` was recorded; `None` if that is too long ago to be known
    /// here.
    pub fn alert_rule_terms(&self, id: AlertRuleId, at: Sequence) -> Option<AlertRule> {
        self.alerts.said_at(id, at).map(|(terms, _)| terms)
    }

    /// What a rule said at the end of a time, and whether all that time it watched one owner's stock;
    /// `None` if that is too long ago to be known here.
    pub fn alert_rule_terms_during(
        &self,
        id: AlertRuleId,
        during: &RangeInclusive<Sequence>,
    ) -> Option<(AlertRule, bool)> {
        let (terms, owner_since) = self.alerts.said_at(id, *during.end())?;
        Some((terms, owner_since <= *during.start()))
    }

    /// The rules numbered from `index` on that are not deleted and may be seen, in the order of
    /// their numbers.
    pub fn alert_rules_from(&self, index: usize, scope: Scope<'_>) -> impl Iterator<Item = &Rule> {
        let rules = self.alerts.rules().iter_from(index);
        rules.filter(move |rule| !rule.deleted && sees_rule(rule, scope))
    }

    /// What an open alert puts at risk: the pending holds and the rules of stock that wait for the
    /// goods, so far as they may be seen.
    pub fn at_risk(&self, alert: &Alert, scope: Scope<'_>) -> AtRisk {
        if alert.resolved_at.is_some() {
            return AtRisk::default();
        }
        match alert.cause {
            AlertCause::Overdue(shipment)
            | AlertCause::Late(shipment)
            | AlertCause::Silent(shipment) => {
                let shipment = self.shipments.get(shipment);
                shipment.map_or_else(AtRisk::default, |shipment| self.awaited(shipment, scope))
            }
            AlertCause::Stock(rule) => {
                let mut holds = BTreeSet::new();
                if let Some(Rule {
                    terms: AlertRule::Stock { station, owner, commodity, .. },
                    ..
                }) = self.alert_rule(rule)
                {
                    holds.extend(self.promised(*station, *commodity, *owner, scope));
                }
                AtRisk { holds: holds.into_iter().take(AT_RISK_MAX).collect(), rules: Vec::new() }
            }
            AlertCause::Hold(_) => AtRisk::default(),
        }
    }

    /// What waits at the destination for what is outstanding of a shipment.
    fn awaited(&self, shipment: &Shipment, scope: Scope<'_>) -> AtRisk {
        let station = shipment.route.destination;
        let itself = self.station(station).map(|station| station.trader);
        let sellers = BTreeSet::from([shipment.route.owner, shipment.consignee]);
        let owners: BTreeSet<_> = sellers.iter().copied().chain(itself).collect();
        let (mut holds, mut rules) = (BTreeSet::new(), BTreeSet::new());
        for line in &shipment.outstanding() {
            for seller in &sellers {
                holds.extend(self.promised(station, line.commodity, *seller, scope));
            }
            for owner in owners.iter().filter(|owner| scope.sees(**owner)) {
                rules.extend(self.alerts.watching(station, *owner, line.commodity));
            }
        }
        AtRisk {
            holds: holds.into_iter().take(AT_RISK_MAX).collect(),
            rules: rules.into_iter().take(AT_RISK_MAX).collect(),
        }
    }

    /// Pending holds of this seller's goods, oldest first: those of the first that may be seen.
    fn promised(
        &self,
        station: StationId,
        commodity: CommodityId,
        seller: TraderId,
        scope: Scope<'_>,
    ) -> impl Iterator<Item = TransactionId> {
        let holds = self.promises.of(station, commodity, seller).take(HOLDS_EXAMINED_MAX);
        holds.filter(move |hold| self.open_hold(*hold, scope).is_some()).take(AT_RISK_MAX)
    }
}

/// Rules of timing are everybody's.
fn sees_rule(rule: &Rule, scope: Scope<'_>) -> bool {
    match rule.terms {
        AlertRule::Timing { .. } => true,
        AlertRule::Stock { owner, .. } => scope.sees(owner),
    }
}

impl Views {
    /// The alert that this event is of, as it was after it; `None` if it is of none. Reads the
    /// journal.
    pub fn alert_at(&self, last: Sequence) -> Result<Option<Alert>, ReadError> {
        let Some(recorded) = self.event(last)? else {
            return Ok(None);
        };
        let mut later = Vec::new();
        let mut recorded = recorded;
        while let Some(previous) = previous_of(&recorded) {
            if previous >= recorded.envelope.sequence {
                return Err(broken(previous, "an alert names a later event as the one before"));
            }
            later.push(recorded);
            let earlier = self.0.events.event(previous)?;
            recorded =
                earlier.ok_or_else(|| broken(previous, "an event of an alert is missing"))?;
        }
        let Recorded { envelope, event: Event::AlertFired(fired) } = &recorded else {
            return Ok(None);
        };
        let mut alert = Alert::fired(envelope, *fired, self.subject_of(fired.cause)?);
        for recorded in later.iter().rev() {
            alert.apply(&recorded.envelope, &recorded.event);
        }
        Ok(Some(alert))
    }

    /// What a cause is about, as the journal says; of a rule, what it watches now.
    fn subject_of(&self, cause: AlertCause) -> Result<Subject, ReadError> {
        let begun = match cause {
            AlertCause::Overdue(shipment)
            | AlertCause::Late(shipment)
            | AlertCause::Silent(shipment) => shipment.0,
            AlertCause::Hold(trade) => trade.0,
            AlertCause::Stock(rule) => {
                let state = self.read();
                return Ok(state.alert_rule(rule).map(Subject::of_rule).unwrap_or_default());
            }
        };
        Ok(match self.0.events.event(begun)?.map(|recorded| recorded.event) {
            Some(Event::ShipmentBooked(booked)) => Subject {
                station: Some(booked.route.destination),
                commodity: None,
                parties: [booked.route.owner, booked.consignee, booked.carrier].into(),
            },
            Some(Event::TradeHeld(held)) => Subject::of_hold(held.station, held.buyer, held.seller),
            _ => return Err(broken(begun, "what an alert is about is not there")),
        })
    }
}

fn previous_of(recorded: &Recorded) -> Option<Sequence> {
    match &recorded.event {
        Event::AlertChanged(changed)
        | Event::AlertAcknowledged(changed)
        | Event::AlertResolved(changed) => Some(changed.previous),
        _ => None,
    }
}
