//! What the rules of stock say now: an alert's events name their rule alone.

use std::collections::BTreeMap;

use domain::{
    AlertCause, AlertRule, AlertRuleId, AlertRuleSet, CommodityId, Event, StationId, TraderId,
};

/// What a rule of stock says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RuleNow {
    pub(crate) station: StationId,
    pub(crate) owner: TraderId,
    pub(crate) commodity: CommodityId,
    /// Its alert is open.
    pub(crate) is_firing: bool,
    /// The alert fired for the stock of one owner, and the rule watches another's now: neither may
    /// be told of the other's.
    pub(crate) is_mixed: bool,
}

/// The rules of stock by number, deleted ones included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Rules(BTreeMap<u32, RuleNow>);

impl Rules {
    pub(crate) fn get(&self, rule: AlertRuleId) -> Option<&RuleNow> {
        self.0.get(&rule.0)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, RuleNow)> {
        self.0.iter().map(|(rule, now)| (*rule, *now))
    }

    /// Whether an event changes any of this.
    pub(crate) fn is_changed_by(event: &Event) -> bool {
        match event {
            Event::AlertRuleSet(_) => true,
            Event::AlertFired(fired) => matches!(fired.cause, AlertCause::Stock(_)),
            Event::AlertResolved(changed) => matches!(changed.cause, AlertCause::Stock(_)),
            _ => false,
        }
    }

    /// Follows an event, once it is indexed.
    pub(crate) fn follow(&mut self, event: &Event) {
        match event {
            Event::AlertRuleSet(set) => self.set(set),
            Event::AlertFired(fired) => self.turn(fired.cause, true),
            Event::AlertResolved(changed) => self.turn(changed.cause, false),
            _ => {}
        }
    }

    fn set(&mut self, set: &AlertRuleSet) {
        let AlertRule::Stock { station, owner, commodity, .. } = set.terms else {
            return;
        };
        let before = self.0.get(&set.rule.0).copied();
        let now = before.map_or(
            RuleNow { station, owner, commodity, is_firing: false, is_mixed: false },
            |before| RuleNow {
                station,
                owner,
                commodity,
                is_firing: before.is_firing,
                is_mixed: before.is_mixed || (before.is_firing && before.owner != owner),
            },
        );
        self.0.insert(set.rule.0, now);
    }

    fn turn(&mut self, cause: AlertCause, is_firing: bool) {
        let AlertCause::Stock(rule) = cause else {
            return;
        };
        if let Some(now) = self.0.get_mut(&rule.0) {
            (now.is_firing, now.is_mixed) = (is_firing, false);
        }
    }
}

impl FromIterator<(u32, RuleNow)> for Rules {
    fn from_iter<I: IntoIterator<Item = (u32, RuleNow)>>(rules: I) -> Self {
        Self(rules.into_iter().collect())
    }
}
