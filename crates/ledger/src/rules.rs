//! Rules of alerts: those of timing are there from the start, those of stock are made by name.

use std::collections::BTreeMap;

use domain::limits::ALERT_RULES_MAX;
use domain::{
    AlertCause, AlertRule, AlertRuleId, AlertRuleSet, AlertRuleWanted, CommodityId, Envelope,
    Event, Identifier, Movement, PutAlertRule, Rejection, StationId, StockAccount, Timestamp,
    Timing, TraderId, movements,
};
use table::Table;

use crate::access::next;
use crate::alerts;
use crate::cargo;
use crate::inventory::{unknown_commodity, unknown_station};
use crate::state::{Name, State, find};

/// Where, whose, what: one rule watches it at most.
type Place = (StationId, TraderId, CommodityId);

/// Every rule there is.
#[derive(Debug)]
pub(crate) struct Rules {
    /// By name; a rule's number is its position. Deleted ones keep theirs.
    pub(crate) rows: Table<Name, RuleRow>,
    /// The rule that watches a place: derived from `rows`.
    watching: BTreeMap<Place, AlertRuleId>,
    /// A bit for each station, set where a rule watches something: derived from `rows`.
    stations: Vec<u64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RuleRow {
    /// What it says; nothing if it was deleted.
    pub(crate) terms: Option<AlertRule>,
}

impl Default for Rules {
    fn default() -> Self {
        let mut rows = Table::new();
        for timing in Timing::ALL {
            let terms = Some(timing.rule_from_the_start());
            rows.insert(Name(timing_name(timing)), RuleRow { terms });
        }
        Self::of(rows)
    }
}

impl Rules {
    pub(crate) fn of(rows: Table<Name, RuleRow>) -> Self {
        let mut rules = Self { rows, watching: BTreeMap::new(), stations: Vec::new() };
        let places =
            rules.rows.iter().zip(0..).filter_map(|((_, row), number)| {
                Some((place_of(row.terms?)?, AlertRuleId(number)))
            });
        for (place, rule) in places.collect::<Vec<_>>() {
            rules.watch(place, rule);
        }
        rules
    }

    /// What a rule says, if there is such a rule.
    pub(crate) fn terms(&self, rule: AlertRuleId) -> Option<AlertRule> {
        self.rows.at(self.rows.slot(rule.0)?).terms
    }

    /// The rules of stock, in the order of what they watch.
    pub(crate) fn stock(&self) -> impl Iterator<Item = AlertRuleId> {
        self.watching.values().copied()
    }

    /// Whether a rule watches something at the station: all that a trade elsewhere costs.
    #[inline]
    pub(crate) fn watches(&self, station: StationId) -> bool {
        let bits = self.stations.get(station.index() / 64).copied().unwrap_or_default();
        bits >> (station.index() % 64) & 1 == 1
    }

    fn watch(&mut self, place: Place, rule: AlertRuleId) {
        self.watching.insert(place, rule);
        let word = place.0.index() / 64;
        if self.stations.len() <= word {
            self.stations.resize(word + 1, 0);
        }
        if let Some(bits) = self.stations.get_mut(word) {
            *bits |= 1 << (place.0.index() % 64);
        }
    }

    fn unwatch(&mut self, place: Place) {
        self.watching.remove(&place);
        let first = (place.0, TraderId(0), CommodityId(0));
        let watched = self.watching.range(first..).next().is_some_and(|(it, _)| it.0 == place.0);
        if !watched && let Some(bits) = self.stations.get_mut(place.0.index() / 64) {
            *bits &= !(1 << (place.0.index() % 64));
        }
    }
}

fn timing_name(timing: Timing) -> Identifier {
    Identifier::new(timing.rule_name()).expect("a plain name")
}

const fn place_of(terms: AlertRule) -> Option<Place> {
    match terms {
        AlertRule::Stock { station, owner, commodity, .. } => Some((station, owner, commodity)),
        AlertRule::Timing { .. } => None,
    }
}

/// Created or replaced whole. A name of timing's is timing's for good, and the other way round; a
/// place is watched by one rule.
pub(crate) fn put(state: &State, put: &PutAlertRule) -> Result<Option<Event>, Rejection> {
    let terms = resolve(state, &put.rule)?;
    let taken = |id: Identifier| Rejection::AlreadyExists { id, kind: "alert_rule" };
    let named = Timing::ALL.into_iter().find(|timing| timing.rule_name() == put.id.as_str());
    let own = match terms {
        AlertRule::Timing { timing, .. } => Some(timing),
        AlertRule::Stock { .. } => None,
    };
    if named != own {
        return Err(taken(own.map_or_else(|| put.id.clone(), timing_name)));
    }
    let rows = &state.rules.rows;
    let known = find(rows, &put.id);
    let other = place_of(terms).and_then(|place| state.rules.watching.get(&place));
    if let Some(other) = other.and_then(|rule| rows.slot(rule.0)).filter(|it| known != Some(*it)) {
        return Err(taken(rows.key_at(other).0.clone()));
    }
    let before = known.and_then(|slot| rows.at(slot).terms);
    let rule = match known {
        Some(slot) => slot.position(),
        None => next(rows.len(), "alert_rules", ALERT_RULES_MAX)?,
    };
    let (rule, id, created) = (AlertRuleId(rule), put.id.clone(), before.is_none());
    let set = AlertRuleSet { rule, id, terms, created };
    Ok((before != Some(terms)).then(|| Event::AlertRuleSet(Box::new(set))))
}

fn resolve(state: &State, wanted: &AlertRuleWanted) -> Result<AlertRule, Rejection> {
    match wanted {
        AlertRuleWanted::Timing { timing, after_seconds, critical_after_seconds } => {
            Ok(AlertRule::Timing {
                timing: *timing,
                after_seconds: *after_seconds,
                critical_after_seconds: *critical_after_seconds,
            })
        }
        AlertRuleWanted::Stock { station: name, owner, commodity, low, clear } => {
            let station = state.station(name).ok_or_else(|| unknown_station(name, "station"))?;
            let owner = owner.as_ref().unwrap_or(name);
            let unknown = || Rejection::UnknownTrader { trader: owner.clone(), field: "owner" };
            let owner = state.trader(owner).ok_or_else(unknown)?;
            let unknown = || unknown_commodity(commodity, 0);
            let commodity = state.commodity(commodity).ok_or_else(unknown)?;
            Ok(AlertRule::Stock { station, owner, commodity, low: *low, clear: *clear })
        }
    }
}

/// Its number stays its own; its alerts resolve.
pub(crate) fn delete(state: &State, name: &Identifier) -> Result<Option<Event>, Rejection> {
    let slot = find(&state.rules.rows, name);
    let slot = slot.filter(|slot| state.rules.rows.at(*slot).terms.is_some());
    let rule = AlertRuleId(slot.ok_or(Rejection::UnknownAlertRule)?.position());
    Ok(Some(Event::AlertRuleDeleted { rule }))
}

pub(crate) fn apply_set(state: &mut State, envelope: &Envelope, set: &AlertRuleSet) {
    if set.rule.index() == state.rules.rows.len() {
        let before = state.rules.rows.insert(Name(set.id.clone()), RuleRow::default());
        assert!(before.is_none(), "a rule is created once");
    }
    replace(state, envelope, set.rule, Some(set.terms));
}

pub(crate) fn apply_deleted(state: &mut State, envelope: &Envelope, rule: AlertRuleId) {
    replace(state, envelope, rule, None);
}

fn replace(state: &mut State, envelope: &Envelope, rule: AlertRuleId, terms: Option<AlertRule>) {
    let slot = state.rules.rows.slot(rule.0).expect("the rule exists");
    let before = std::mem::replace(&mut state.rules.rows.at_mut(slot).terms, terms);
    if let Some(place) = before.and_then(place_of) {
        state.rules.unwatch(place);
    }
    if let Some(place) = terms.and_then(place_of) {
        state.rules.watch(place, rule);
    }
    follow_rule(state, envelope.recorded_at, rule);
}

/// A rule has changed: whatever it says something of is looked at again.
fn follow_rule(state: &mut State, at: Timestamp, rule: AlertRuleId) {
    let timing = Timing::ALL.into_iter().find(|timing| timing.rule() == rule);
    match timing {
        None => alerts::follow(state, at, AlertCause::Stock(rule)),
        Some(Timing::HoldExpired) => alerts::follow_hold_rule(state, at),
        Some(Timing::ShipmentOverdue | Timing::ShipmentLate | Timing::ShipmentSilent) => {
            let open = state.shipments.iter().map(|(key, _)| key.0).collect::<Vec<_>>();
            for id in open {
                cargo::rearm(state, id);
                alerts::follow_shipment(state, at, id);
            }
        }
    }
}

/// Follows what an event has moved where a rule watches.
#[inline]
pub(crate) fn follow_stock(state: &mut State, at: Timestamp, event: &Event) {
    if state.rules.watching.is_empty() {
        return;
    }
    if let Event::TradeSettled(trade) = event
        && !state.rules.watches(trade.station)
    {
        return;
    }
    follow_watched(state, at, event);
}

fn follow_watched(state: &mut State, at: Timestamp, event: &Event) {
    let mut touched = Vec::new();
    movements(event, |movement| {
        let Movement::Goods { commodity, from, to, .. } = movement else { return };
        for account in [from, to] {
            if let StockAccount::Level { station, owner, .. } = account
                && state.rules.watches(station)
            {
                touched.extend(state.rules.watching.get(&(station, owner, commodity)).copied());
            }
        }
    });
    for rule in touched {
        alerts::follow(state, at, AlertCause::Stock(rule));
    }
}
