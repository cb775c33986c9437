//! Alerts, open and lately resolved, and the rules that say when they fire.
//!
//! An event of an alert names its cause alone. What that is about (where, of what, whose) is noted
//! when it fires, for the shipment may have ended, or the rule be another, when somebody asks.

use std::collections::{BTreeMap, VecDeque};

use domain::{
    AlertCause, AlertChanged, AlertFired, AlertId, AlertKind, AlertRule, AlertRuleId, AlertRuleSet,
    CommodityId, Envelope, Event, HoldReleased, Identifier, PrincipalId, Sequence, Severity,
    Shipment, StationId, Timestamp, Timing, TraderId, TransactionId,
};
use table::{Frozen, Paged, Table};

use crate::Part;
use crate::ordered::Ordered;
use crate::shipments::Shipments;

/// Resolved alerts that are kept: the last ones.
pub const RESOLVED_ALERTS_KEPT: usize = 1_000;

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Which one.
    pub id: AlertId,
    /// What it is about. At most one alert of a cause is open.
    pub cause: AlertCause,
    /// What it says.
    pub kind: AlertKind,
    /// How bad it is, or was when it was resolved.
    pub severity: Severity,
    /// What it was about when it fired.
    pub subject: Subject,
    /// When it fired, in network time.
    pub fired_at: Timestamp,
    /// When its last event was recorded, in network time.
    pub changed_at: Timestamp,
    /// Who has seen it, and when, if somebody has.
    pub acknowledged: Option<(PrincipalId, Timestamp)>,
    /// When its cause ended, if it has.
    pub resolved_at: Option<Timestamp>,
    /// Its last event.
    pub last: Sequence,
}

/// Where it is that an alert is about something, of what, and whose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subject {
    /// Where: a shipment's destination, the place of a rule's stock or of a hold.
    pub station: Option<StationId>,
    /// What a rule watches.
    pub commodity: Option<CommodityId>,
    /// Whose: a shipment's owner, consignee and carrier, a rule's owner, a hold's buyer and seller.
    /// They may see the alert.
    pub parties: Box<[TraderId]>,
}

/// A rule of alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its number.
    pub id: AlertRuleId,
    /// Its name.
    pub name: Identifier,
    /// What it says.
    pub terms: AlertRule,
    /// The event that made it; of those that are there from the start, the first of all.
    pub created: Sequence,
    /// When that was recorded.
    pub created_at: Timestamp,
    /// The last event that made, replaced or deleted it.
    pub changed: Sequence,
    /// When that was recorded.
    pub changed_at: Timestamp,
    /// Whether it was deleted. Its number and its name stay known.
    pub deleted: bool,
    /// The event since which it is about one owner's stock.
    pub owner_since: Sequence,
}

/// How many alerts are open of each severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AlertCounts {
    /// To be known.
    pub info: u64,
    /// To be looked at.
    pub warning: u64,
    /// To be acted on now.
    pub critical: u64,
}

impl AlertCounts {
    fn of_mut(&mut self, severity: Severity) -> &mut u64 {
        match severity {
            Severity::Info => &mut self.info,
            Severity::Warning => &mut self.warning,
            Severity::Critical => &mut self.critical,
        }
    }
}

/// What a rule said from one event to before another.
#[derive(Debug, Clone, Copy)]
struct FormerTerms {
    rule: AlertRuleId,
    from: Sequence,
    until: Sequence,
    terms: AlertRule,
    owner_since: Sequence,
}

/// Former terms of rules that are kept: a burst of replacements, at 100 bytes each.
const FORMER_TERMS_KEPT: usize = 1_024;

/// A hold that ran out: what its alert will be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExpiredHold {
    pub(crate) trade: TransactionId,
    pub(crate) subject: Subject,
}

/// All alerts and rules.
#[derive(Debug, Default)]
pub(crate) struct Alerts {
    open: Ordered<Alert>,
    /// In the order in which they were resolved.
    resolved: VecDeque<Alert>,
    /// By number, deleted ones included.
    rules: Paged<Rule>,
    /// What rules said before they were replaced or deleted, the latest last. Kept in memory alone:
    /// for readers who are a little behind.
    former: VecDeque<FormerTerms>,
    /// The latest of each name.
    by_name: BTreeMap<Identifier, AlertRuleId>,
    /// The open alert of a rule of stock, if there is one.
    of_rules: BTreeMap<AlertRuleId, AlertId>,
    /// Rules of stock by station, owner and commodity.
    watched: BTreeMap<(u32, u32, u32), AlertRuleId>,
    /// Holds that ran out and are not told of yet, by trade: their alerts fire with the next events,
    /// after all that run out at once, as many as they may be.
    expired: BTreeMap<TransactionId, Subject>,
    counts: AlertCounts,
}

/// All alerts and rules at one sequence.
pub(crate) struct FrozenAlerts {
    pub(crate) open: Frozen<(u64, Alert)>,
    pub(crate) resolved: Box<[Alert]>,
    pub(crate) rules: Frozen<Rule>,
    pub(crate) expired: Box<[ExpiredHold]>,
}

impl Alerts {
    pub(crate) fn restored(
        open: Table<u64, Alert>,
        resolved: Box<[Alert]>,
        rules: Paged<Rule>,
        expired: Box<[ExpiredHold]>,
    ) -> Self {
        let open = Ordered::restored(open);
        let mut counts = AlertCounts::default();
        let mut of_rules = BTreeMap::new();
        for (_, alert) in open.iter() {
            *counts.of_mut(alert.severity) += 1;
            if let AlertCause::Stock(rule) = alert.cause {
                of_rules.insert(rule, alert.id);
            }
        }
        let (mut by_name, mut watched) = (BTreeMap::new(), BTreeMap::new());
        for rule in rules.iter() {
            by_name.insert(rule.name.clone(), rule.id);
            if let Some(place) = watched_by(rule) {
                watched.insert(place, rule.id);
            }
        }
        let expired = expired.into_iter().map(|hold| (hold.trade, hold.subject)).collect();
        let resolved = resolved.into_iter().collect();
        let former = VecDeque::new();
        Self { open, resolved, rules, former, by_name, of_rules, watched, expired, counts }
    }

    /// Costs a pointer per page, and a copy of what is bounded.
    pub(crate) fn freeze(&self) -> FrozenAlerts {
        FrozenAlerts {
            open: self.open.freeze(),
            resolved: self.resolved.iter().cloned().collect(),
            rules: self.rules.freeze(),
            expired: self
                .expired
                .iter()
                .map(|(trade, subject)| ExpiredHold { trade: *trade, subject: subject.clone() })
                .collect(),
        }
    }

    pub(crate) fn freeze_open(&self) -> Frozen<(u64, Alert)> {
        self.open.freeze()
    }

    /// An alert that is open, or was lately.
    pub(crate) fn get(&self, id: AlertId) -> Option<&Alert> {
        let resolved = || self.resolved.iter().rev().find(|alert| alert.id == id);
        self.open.get(id.0.0).or_else(resolved)
    }

    /// A part of the open alerts.
    pub(crate) fn open_part(&self, part: Part) -> impl Iterator<Item = &Alert> {
        self.open.part(part)
    }

    pub(crate) fn counts(&self) -> AlertCounts {
        self.counts
    }

    /// The rules by number, deleted ones included.
    pub(crate) fn rules(&self) -> &Paged<Rule> {
        &self.rules
    }

    /// What a rule said when event `at` was recorded, and since when it was about that owner's stock,
    /// if that is known here.
    pub(crate) fn said_at(&self, rule: AlertRuleId, at: Sequence) -> Option<(AlertRule, Sequence)> {
        let row = self.rules.get(rule.0 as usize)?;
        if row.changed <= at {
            return Some((row.terms, row.owner_since));
        }
        let was = |it: &&FormerTerms| it.rule == rule && it.from <= at && at < it.until;
        let former = self.former.iter().rev().find(was)?;
        Some((former.terms, former.owner_since))
    }

    fn keep_former(&mut self, rule: AlertRuleId, until: Sequence) {
        if let Some(row) = self.rules.get(rule.0 as usize) {
            if self.former.len() == FORMER_TERMS_KEPT {
                self.former.pop_front();
            }
            let (from, terms, owner_since) = (row.changed, row.terms, row.owner_since);
            let former = FormerTerms { rule, from, until, terms, owner_since };
            self.former.push_back(former);
        }
    }

    pub(crate) fn rule_named(&self, name: &str) -> Option<&Rule> {
        let name = Identifier::new(name).ok()?;
        self.rules.get(self.by_name.get(&name)?.0 as usize)
    }

    /// The rule on an owner's stock.
    pub(crate) fn watching(
        &self,
        station: StationId,
        owner: TraderId,
        commodity: CommodityId,
    ) -> Option<AlertRuleId> {
        self.watched.get(&(station.0, owner.0, commodity.0)).copied()
    }
}

/// Folding.
impl Alerts {
    pub(crate) fn fold(&mut self, envelope: &Envelope, event: &Event, shipments: &Shipments) {
        match event {
            Event::NetworkCreated(_) => self.begin(envelope),
            Event::AlertRuleSet(set) => self.set_rule(envelope, set),
            Event::AlertRuleDeleted { rule } => self.delete_rule(envelope, *rule),
            Event::TradeExpired(released) => self.note_expired(released),
            Event::AlertFired(fired) => self.fire(envelope, *fired, shipments),
            Event::AlertChanged(changed)
            | Event::AlertAcknowledged(changed)
            | Event::AlertResolved(changed) => self.follow(envelope, event, changed),
            _ => unreachable!("only events of alerts and of what they are about come here"),
        }
    }

    /// The rules that no event makes.
    fn begin(&mut self, envelope: &Envelope) {
        for timing in Timing::ALL {
            let name = Identifier::new(timing.rule_name()).expect("a plain name");
            let terms = timing.rule_from_the_start();
            self.push_rule(envelope, timing.rule(), name, terms);
        }
    }

    fn set_rule(&mut self, envelope: &Envelope, set: &AlertRuleSet) {
        let AlertRuleSet { rule, id, terms, .. } = set;
        if (rule.0 as usize) == self.rules.len() {
            return self.push_rule(envelope, *rule, id.clone(), *terms);
        }
        self.unwatch(*rule);
        self.keep_former(*rule, envelope.sequence);
        let row = self.rule_mut(*rule);
        if row.deleted {
            (row.created, row.created_at) = (envelope.sequence, envelope.recorded_at);
        }
        (row.changed, row.changed_at) = (envelope.sequence, envelope.recorded_at);
        if row.terms.owner() != terms.owner() {
            row.owner_since = envelope.sequence;
        }
        (row.terms, row.deleted) = (*terms, false);
        let subject = Subject::of_rule(row);
        self.watch(*rule);
        // One that goes on firing is now about what the rule watches now.
        let alert = self.of_rules.get(rule).and_then(|alert| self.open.get_mut(alert.0.0));
        if let Some(alert) = alert {
            let is_same_owner = alert.subject.parties == subject.parties;
            alert.subject = subject;
            if !is_same_owner {
                // One owner's stock was low, and it is another's that the rule watches now: neither
                // may be told of the other's.
                alert.subject.parties = Box::default();
            }
        }
    }

    fn push_rule(
        &mut self,
        envelope: &Envelope,
        id: AlertRuleId,
        name: Identifier,
        terms: AlertRule,
    ) {
        assert_eq!(
            id.0 as usize,
            self.rules.len(),
            "the rule {name} is not numbered in the order of creation"
        );
        self.by_name.insert(name.clone(), id);
        self.rules.push(Rule {
            id,
            name,
            terms,
            created: envelope.sequence,
            created_at: envelope.recorded_at,
            changed: envelope.sequence,
            changed_at: envelope.recorded_at,
            deleted: false,
            owner_since: envelope.sequence,
        });
        self.watch(id);
    }

    fn delete_rule(&mut self, envelope: &Envelope, id: AlertRuleId) {
        self.unwatch(id);
        self.keep_former(id, envelope.sequence);
        let row = self.rule_mut(id);
        (row.changed, row.changed_at) = (envelope.sequence, envelope.recorded_at);
        row.deleted = true;
        if id == Timing::HoldExpired.rule() {
            self.expired.clear();
        }
    }

    fn watch(&mut self, id: AlertRuleId) {
        let rule = self.rules.get(id.0 as usize);
        if let Some(place) = rule.and_then(watched_by) {
            self.watched.insert(place, id);
        }
    }

    fn unwatch(&mut self, id: AlertRuleId) {
        let rule = self.rules.get(id.0 as usize);
        if let Some(place) = rule.and_then(watched_by) {
            self.watched.remove(&place);
        }
    }

    fn rule_mut(&mut self, id: AlertRuleId) -> &mut Rule {
        self.rules.get_mut(id.0 as usize).expect("a rule that is replaced or deleted was made")
    }

    fn note_expired(&mut self, released: &HoldReleased) {
        let rule = self.rules.get(Timing::HoldExpired.rule().0 as usize);
        if rule.is_none_or(|rule| rule.deleted) {
            // No alert comes to take it.
            return;
        }
        let HoldReleased { trade, station, buyer, seller, .. } = released;
        self.expired.insert(*trade, Subject::of_hold(*station, *buyer, *seller));
    }

    fn fire(&mut self, envelope: &Envelope, fired: AlertFired, shipments: &Shipments) {
        let id = AlertId(envelope.sequence);
        let subject = match fired.cause {
            AlertCause::Overdue(shipment)
            | AlertCause::Late(shipment)
            | AlertCause::Silent(shipment) => shipments.get(shipment).map(Subject::of_shipment),
            AlertCause::Stock(rule) => self.rules.get(rule.0 as usize).map(Subject::of_rule),
            AlertCause::Hold(trade) => self.expired.remove(&trade),
        };
        *self.counts.of_mut(fired.severity) += 1;
        if let AlertCause::Stock(rule) = fired.cause {
            self.of_rules.insert(rule, id);
        }
        self.open.insert(id.0.0, Alert::fired(envelope, fired, subject.unwrap_or_default()));
    }

    /// Follows an alert by one event, which may resolve it.
    fn follow(&mut self, envelope: &Envelope, event: &Event, changed: &AlertChanged) {
        let (at, id) = (envelope.sequence, changed.alert);
        let alert = self.open.get_mut(id.0.0);
        let alert = alert.unwrap_or_else(|| panic!("event {at} is of {id}, which is not open"));
        assert_eq!(changed.previous, alert.last, "event {at} of {id} does not follow its last one");
        let before = alert.severity;
        alert.apply(envelope, event);
        *self.counts.of_mut(before) -= 1;
        if alert.resolved_at.is_none() {
            *self.counts.of_mut(alert.severity) += 1;
            return;
        }
        if let AlertCause::Stock(rule) = alert.cause {
            self.of_rules.remove(&rule);
        }
        if self.resolved.len() == RESOLVED_ALERTS_KEPT {
            self.resolved.pop_front();
        }
        self.resolved.extend(self.open.remove(id.0.0));
    }
}

impl Alert {
    pub(crate) fn fired(envelope: &Envelope, fired: AlertFired, subject: Subject) -> Self {
        let AlertFired { cause, kind, severity } = fired;
        Self {
            id: AlertId(envelope.sequence),
            cause,
            kind,
            severity,
            subject,
            fired_at: envelope.recorded_at,
            changed_at: envelope.recorded_at,
            acknowledged: None,
            resolved_at: None,
            last: envelope.sequence,
        }
    }

    /// Follows the alert by one of its later events.
    pub(crate) fn apply(&mut self, envelope: &Envelope, event: &Event) {
        match event {
            Event::AlertChanged(changed) => {
                (self.kind, self.severity) = (changed.kind, changed.severity);
            }
            Event::AlertAcknowledged(_) => {
                self.acknowledged = Some((envelope.actor, envelope.recorded_at));
            }
            Event::AlertResolved(_) => self.resolved_at = Some(envelope.recorded_at),
            _ => return,
        }
        (self.last, self.changed_at) = (envelope.sequence, envelope.recorded_at);
    }
}

impl Subject {
    fn of_shipment(shipment: &Shipment) -> Self {
        Self {
            station: Some(shipment.route.destination),
            commodity: None,
            parties: [shipment.route.owner, shipment.consignee, shipment.carrier].into(),
        }
    }

    pub(crate) fn of_rule(rule: &Rule) -> Self {
        match rule.terms {
            AlertRule::Timing { .. } => Self::default(),
            AlertRule::Stock { station, owner, commodity, .. } => {
                Self { station: Some(station), commodity: Some(commodity), parties: [owner].into() }
            }
        }
    }

    pub(crate) fn of_hold(station: StationId, buyer: TraderId, seller: TraderId) -> Self {
        Self { station: Some(station), commodity: None, parties: [buyer, seller].into() }
    }
}

/// What a rule watches, if it watches anything.
fn watched_by(rule: &Rule) -> Option<(u32, u32, u32)> {
    match rule.terms {
        AlertRule::Stock { station, owner, commodity, .. } if !rule.deleted => {
            Some((station.0, owner.0, commodity.0))
        }
        AlertRule::Stock { .. } | AlertRule::Timing { .. } => None,
    }
}
