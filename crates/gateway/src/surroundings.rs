//! What filters need and events do not say: where stations lie, and what rules of alerts said.

use std::collections::BTreeMap;
use std::ops::{Bound, RangeInclusive};
use std::sync::{Arc, Mutex, PoisonError};

use domain::{
    AlertRule, AlertRuleId, Event, EventReader, Facet, ReadError, Sequence, StationId, rule_facets,
};
use live::{Surroundings, System};
use views::Views;

use crate::request::system;

/// Events read at a time while looking for what rules said.
const EVENTS_AT_ONCE: usize = 1_024;

/// Where stations lie and what rules said, as the views know and else the journal.
pub fn surroundings(views: &Views, events: Arc<dyn EventReader>) -> Arc<dyn Surroundings> {
    Arc::new(Known { views: views.clone(), events, rules: Mutex::default() })
}

struct Known {
    views: Views,
    events: Arc<dyn EventReader>,
    rules: Mutex<RuleLog>,
}

/// What all rules said, as far as the journal was read for it: read only for readers of long ago
/// who meet a rule that was replaced since, each event once. Rules are replaced by hand.
#[derive(Default)]
struct RuleLog {
    read_to: Sequence,
    said: BTreeMap<(AlertRuleId, Sequence), AlertRule>,
}

impl RuleLog {
    fn read(&mut self, events: &dyn EventReader, to: Sequence) -> Result<(), ReadError> {
        while self.read_to < to {
            let found = events.read_after(self.read_to, EVENTS_AT_ONCE)?;
            let Some(last) = found.last() else {
                return Ok(());
            };
            self.read_to = last.envelope.sequence;
            for recorded in &found {
                if let Event::AlertRuleSet(set) = &recorded.event {
                    self.said.insert((set.rule, recorded.envelope.sequence), set.terms);
                }
            }
        }
        Ok(())
    }
}

impl Surroundings for Known {
    fn system(&self, station: StationId) -> Option<System> {
        self.views.read().station(station).map(|station| system(&station.details.system))
    }

    fn rule_known(
        &self,
        rule: AlertRuleId,
        during: &RangeInclusive<Sequence>,
        tell: &mut dyn FnMut(Facet),
    ) -> bool {
        let known = self.views.read().alert_rule_terms_during(rule, during);
        known.inspect(|(terms, is_of_one)| tell_rule(terms, *is_of_one, tell)).is_some()
    }

    fn rule(
        &self,
        rule: AlertRuleId,
        during: &RangeInclusive<Sequence>,
        tell: &mut dyn FnMut(Facet),
    ) -> Result<(), ReadError> {
        if self.rule_known(rule, during, tell) {
            return Ok(());
        }
        let (from, to) = (*during.start(), *during.end());
        let mut log = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        log.read(&*self.events, to)?;
        let at_first = log.said.range((rule, Sequence::ZERO)..=(rule, from)).next_back();
        let later = log.said.range((Bound::Excluded((rule, from)), Bound::Included((rule, to))));
        let said: Vec<_> = at_first.into_iter().chain(later).map(|(_, terms)| terms).collect();
        // Rules that are there from the start are of timing, and are about nothing.
        if let Some(last) = said.last() {
            let is_of_one = said.iter().all(|terms| terms.owner() == last.owner());
            tell_rule(last, is_of_one, tell);
        }
        Ok(())
    }
}

/// Whose stock it is only if it was that owner's all along: whoever was told when the alert fired is not
/// told of another's, nor the other of theirs.
fn tell_rule(terms: &AlertRule, is_of_one: bool, tell: &mut dyn FnMut(Facet)) {
    rule_facets(terms, &mut |facet| {
        if is_of_one || !matches!(facet, Facet::Trader(_)) {
            tell(facet);
        }
    });
}
