//! Resolved alerts of any age, in the order in which they were resolved.

use std::collections::BTreeMap;

use domain::{
    AlertCause, AlertRule, AlertRuleId, Event, EventKind, ReadError, Recorded, Scope, Sequence,
    TraderId,
};

use super::key::{Family, Key};
use super::search::{Clause, Order, Search};
use super::{EXAMINED_MAX, History, HistoryError, Part};
use crate::alerts::Subject;
use crate::{Alert, AlertFilter, Page};

/// Changes of rules that one page reads: some ten milliseconds. Past them a subject is left out.
const RULES_READ_MAX: usize = 1_024;

/// What the index is asked for.
fn search(filter: &AlertFilter, scope: Scope<'_>) -> Search {
    let mut search = Search { from: filter.from, to: filter.to, ..Search::default() };
    search.with(Key::kind(EventKind::AlertResolved));
    let keys = [
        filter.kind.map(|kind| Key::new(Family::AlertKind, kind as u64)),
        filter.severity.map(|severity| Key::new(Family::Severity, severity as u64)),
        filter.station.map(|station| Key::new(Family::Destination, u64::from(station.0))),
        filter.commodity.map(|commodity| Key::new(Family::Watched, u64::from(commodity.0))),
        filter.trader.map(|trader| Key::new(Family::Owner, u64::from(trader.0))),
    ];
    for key in keys.into_iter().flatten() {
        search.with(key);
    }
    if let Scope::Accounts(accounts) = scope {
        let own = accounts.iter().map(|one| Key::new(Family::Owner, u64::from(one.0)));
        search.all.push(Clause::any(own));
    }
    search
}

/// What a rule of stock said from a place on.
#[derive(Clone, Copy)]
struct Version {
    since: Sequence,
    terms: AlertRule,
}

impl History {
    /// Resolved alerts of any age: the list is of the events that resolved them, and so are its
    /// cursors and its times.
    pub fn find_resolved_alerts(
        &self,
        filter: &AlertFilter,
        part: Part,
        scope: Scope<'_>,
    ) -> Result<Page<Alert>, HistoryError> {
        let (mut finder, as_of) = self.begin(search(filter, scope), part)?;
        let store = &self.0.index.store;
        let mut rules = BTreeMap::new();
        let (mut items, mut last, mut examined) = (Vec::new(), None, 0);
        let limit = part.limit.max(1);
        while items.len() < limit && examined < EXAMINED_MAX.max(limit) {
            let found = finder.take(limit - items.len(), store)?;
            if found.is_empty() {
                break;
            }
            examined += found.len();
            last = found.last().copied();
            for recorded in self.events(&found)? {
                let at = recorded.envelope.occurred_at();
                let in_time =
                    filter.from.is_none_or(|from| at >= from) && filter.to.is_none_or(|to| at < to);
                if !in_time {
                    continue;
                }
                let alert = self.resolved(&recorded, &mut rules)?;
                items.extend(alert.filter(|one| scope.sees_any(&one.subject.parties)));
            }
        }
        let next = if finder.peek(store)?.is_some() { last } else { None };
        Ok(Page { items, next, as_of })
    }

    /// The alert that this event resolved, folded from its events.
    fn resolved(
        &self,
        last: &Recorded,
        rules: &mut BTreeMap<AlertRuleId, Vec<Version>>,
    ) -> Result<Option<Alert>, HistoryError> {
        let at = last.envelope.sequence;
        let Some(mut alert) = self.0.views.alert_at(at)? else {
            return Ok(None);
        };
        if let (AlertCause::Stock(rule), Event::AlertResolved(_)) = (alert.cause, &last.event) {
            alert.subject = self.watched(rule, alert.id.0, at, rules)?;
        }
        Ok(Some(alert))
    }

    /// What a rule watched when its alert was resolved, and whose alert it was: nobody's, if it
    /// watched the stock of several meanwhile.
    fn watched(
        &self,
        rule: AlertRuleId,
        fired: Sequence,
        resolved: Sequence,
        rules: &mut BTreeMap<AlertRuleId, Vec<Version>>,
    ) -> Result<Subject, HistoryError> {
        let versions = match rules.get(&rule) {
            Some(versions) => versions,
            None => rules.entry(rule).or_insert(self.versions(rule)?),
        };
        let mut before = versions.iter().rev().filter(|one| one.since < resolved);
        let Some(Version { terms: AlertRule::Stock { station, owner, commodity, .. }, since }) =
            before.next().copied()
        else {
            return Ok(Subject::default());
        };
        // Back to the version that was there when it fired.
        let mut is_mixed = false;
        let mut reached = since < fired;
        for version in before {
            if reached {
                break;
            }
            is_mixed |= version.terms.owner() != Some(owner);
            reached = version.since < fired;
        }
        let parties: Box<[TraderId]> = if is_mixed { Box::default() } else { [owner].into() };
        Ok(Subject { station: Some(station), commodity: Some(commodity), parties })
    }

    /// What a rule ever said, oldest first; the newest of it, if that is very much.
    fn versions(&self, rule: AlertRuleId) -> Result<Vec<Version>, HistoryError> {
        let set = [EventKind::AlertRuleCreated, EventKind::AlertRuleUpdated].map(Key::kind);
        let key = Key::new(Family::Rule, u64::from(rule.0));
        let all = vec![Clause::of(key), Clause::any(set)];
        let part = Part { order: Order::Newest, cursor: None, limit: RULES_READ_MAX };
        let (mut finder, _) = self.begin(Search { all, ..Search::default() }, part)?;
        let mut found = finder.take(RULES_READ_MAX, &self.0.index.store)?;
        found.reverse();
        let events: Result<_, ReadError> = self.events(&found);
        let version = |recorded: Recorded| match recorded.event {
            Event::AlertRuleSet(set) => {
                Some(Version { since: recorded.envelope.sequence, terms: set.terms })
            }
            _ => None,
        };
        Ok(events?.into_iter().filter_map(version).collect())
    }
}
