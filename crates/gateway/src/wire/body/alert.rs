//! `PUT /api/alert-rules/{id}`.

use domain::{Action, AlertRuleWanted, Identifier, PutAlertRule, Timing};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Tail, Wanted};
use crate::shape::{Fault, Flaw};
use crate::wire::{Amount, Metadata, Name, RuleKind, RuleKindWord, Seconds, Time, Words};

/// A rule of alerts as it shall be. Beside the kind and what every body may have: rules of timing have
/// `afterSeconds` and `criticalAfterSeconds` (which `hold_expired` may leave out) and the names that
/// they are listed by; `stock` has `station`, `commodity`, `low` and `clear`, and may have `owner`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PutAlertRule)]
pub(crate) struct AlertRuleBody {
    kind: RuleKindWord,
    /// Until the alert fires; of `hold_expired`, until it resolves by itself.
    after_seconds: Option<Seconds>,
    /// Until it is critical; not before it fires.
    critical_after_seconds: Option<Seconds>,
    station: Option<Name>,
    /// Whose stock; the station's own if left out.
    owner: Option<Name>,
    commodity: Option<Name>,
    /// At or below this the stock is low; at zero it is out.
    low: Option<Amount>,
    /// At or above this it is well again; more than `low`.
    clear: Option<Amount>,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

impl AlertRuleBody {
    pub(crate) fn wanted(self, id: Identifier) -> Result<Wanted, Vec<Fault>> {
        let mut faults = Vec::new();
        self.refuse_foreign_fields(&mut faults);
        let rule = match self.kind.0.timing() {
            Some(timing) => self.timing(timing, &mut faults),
            None => self.stock(&mut faults),
        };
        let Some(rule) = rule.filter(|_| faults.is_empty()) else {
            return Err(faults);
        };
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        Ok(tail.with(Action::PutAlertRule(PutAlertRule { id, rule })))
    }

    fn timing(&self, timing: Timing, faults: &mut Vec<Fault>) -> Option<AlertRuleWanted> {
        let after = needed("afterSeconds", self.after_seconds.map(Seconds::get), faults);
        let critical = self.critical_after_seconds.map(Seconds::get);
        let critical = match timing {
            // Its alert never worsens.
            Timing::HoldExpired => critical.or(after),
            _ => needed("criticalAfterSeconds", critical, faults),
        };
        let (after_seconds, critical_after_seconds) = (after?, critical?);
        if critical_after_seconds < after_seconds {
            let detail = "must not be less than afterSeconds";
            let pointer = "/criticalAfterSeconds".to_owned();
            faults.push(Fault::new(pointer, Flaw::OutOfRange, detail));
        }
        Some(AlertRuleWanted::Timing { timing, after_seconds, critical_after_seconds })
    }

    fn stock(&self, faults: &mut Vec<Fault>) -> Option<AlertRuleWanted> {
        let name = |name: &Option<Name>| name.as_ref().map(|Name(name)| name.clone());
        let station = needed("station", name(&self.station), faults);
        let commodity = needed("commodity", name(&self.commodity), faults);
        let low = needed("low", self.low.map(Amount::quantity), faults);
        let clear = needed("clear", self.clear.map(Amount::quantity), faults);
        let (low, clear) = (low?, clear?);
        if clear <= low {
            // Else it would flap.
            let detail = "must be more than low";
            faults.push(Fault::new("/clear".to_owned(), Flaw::OutOfRange, detail));
        }
        let owner = name(&self.owner);
        Some(AlertRuleWanted::Stock { station: station?, owner, commodity: commodity?, low, clear })
    }

    fn refuse_foreign_fields(&self, faults: &mut Vec<Fault>) {
        let is_stock = self.kind.0 == RuleKind::Stock;
        for (field, is_given, of_stock) in [
            ("afterSeconds", self.after_seconds.is_some(), false),
            ("criticalAfterSeconds", self.critical_after_seconds.is_some(), false),
            ("station", self.station.is_some(), true),
            ("owner", self.owner.is_some(), true),
            ("commodity", self.commodity.is_some(), true),
            ("low", self.low.is_some(), true),
            ("clear", self.clear.is_some(), true),
        ] {
            if is_given && of_stock != is_stock {
                let detail = format!("does not go with the kind `{}`", self.kind.word());
                faults.push(Fault::new(format!("/{field}"), Flaw::UnknownField, detail));
            }
        }
    }
}

fn needed<T>(field: &str, given: Option<T>, faults: &mut Vec<Fault>) -> Option<T> {
    if given.is_none() {
        let detail = "this kind needs this field";
        faults.push(Fault::new(format!("/{field}"), Flaw::MissingField, detail));
    }
    given
}
