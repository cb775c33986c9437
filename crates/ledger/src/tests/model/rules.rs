//! Vessels, rules of alerts and alerts of the second ledger. What should fire is worked out by the
//! books: see [`crate::tests::audit_alerts`].

use domain::{AlertRuleWanted, Event, PutAlertRule, PutVessel, Timing};

use super::network::{Network, Reasons, one_if};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Craft {
    pub(super) name: String,
    pub(super) carrier: String,
    pub(super) mass: Option<u128>,
    pub(super) volume: Option<u128>,
    pub(super) carrying: Option<u64>,
}

/// What a rule says, in words; of a rule of stock also where, whose and what it watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    place: Option<[String; 3]>,
    words: String,
}

impl Network {
    pub(super) fn reasons_of_vessel(&self, put: &PutVessel) -> Reasons {
        one_if(!self.is_trader(put.carrier.as_str()), "unknown_trader")
    }

    pub(super) fn put_vessel(&mut self, put: &PutVessel) -> bool {
        let before = self.vessels.get(put.id.as_str()).cloned();
        let wide = |amount: Option<domain::Quantity>| amount.map(|it| u128::from(it.get()));
        let craft = Craft {
            name: put.name.as_str().to_owned(),
            carrier: put.carrier.as_str().to_owned(),
            mass: wide(put.mass_capacity_grams),
            volume: wide(put.volume_capacity_millilitres),
            carrying: before.as_ref().and_then(|craft| craft.carrying),
        };
        let changes = before.as_ref() != Some(&craft);
        self.vessels.insert(put.id.as_str().to_owned(), craft);
        changes
    }

    pub(super) fn reasons_of_rule(&self, put: &PutAlertRule) -> Reasons {
        let timing = Timing::ALL.into_iter().find(|it| it.rule_name() == put.id.as_str());
        match &put.rule {
            AlertRuleWanted::Timing { timing: wanted, .. } => {
                one_if(timing != Some(*wanted), "already_exists")
            }
            AlertRuleWanted::Stock { station, owner, commodity, .. } => {
                let owner = owner.as_ref().unwrap_or(station).as_str();
                let known = self.stations.contains_key(station.as_str());
                let mut reasons = one_if(!known, "unknown_station");
                reasons.extend(one_if(!self.is_trader(owner), "unknown_trader"));
                reasons.extend(self.unknown_commodity(commodity.as_str()));
                let place = [station.as_str(), owner, commodity.as_str()].map(str::to_owned);
                let mut others = self.rules.iter().filter(|(id, _)| *id != put.id.as_str());
                let twice = others.any(|(_, rule)| rule.place.as_ref() == Some(&place));
                reasons.extend(one_if(twice || timing.is_some(), "already_exists"));
                reasons
            }
        }
    }

    pub(super) fn put_rule(&mut self, put: &PutAlertRule) -> bool {
        let rule = match &put.rule {
            AlertRuleWanted::Timing { after_seconds, critical_after_seconds, .. } => {
                let words = format!("{after_seconds} {critical_after_seconds}");
                Rule { place: None, words }
            }
            AlertRuleWanted::Stock { station, owner, commodity, low, clear } => {
                let owner = owner.as_ref().unwrap_or(station).as_str();
                let place = [station.as_str(), owner, commodity.as_str()].map(str::to_owned);
                Rule { place: Some(place), words: format!("{low} {clear}") }
            }
        };
        self.rules.insert(put.id.as_str().to_owned(), rule.clone()) != Some(rule)
    }

    /// Those that there are from the start.
    pub(super) fn first_rules(&mut self) {
        for timing in Timing::ALL {
            let domain::AlertRule::Timing { after_seconds, critical_after_seconds, .. } =
                timing.rule_from_the_start()
            else {
                panic!("a rule of timing");
            };
            let words = format!("{after_seconds} {critical_after_seconds}");
            self.rules.insert(timing.rule_name().to_owned(), Rule { place: None, words });
        }
    }

    /// Follows which alerts are open, and which of them have been seen.
    pub(super) fn follow_alert(&mut self, sequence: u64, event: &Event) {
        match event {
            Event::AlertFired(_) => drop(self.alerts.insert(sequence, false)),
            Event::AlertResolved(changed) => drop(self.alerts.remove(&changed.alert.0.0)),
            _ => {}
        }
    }
}
