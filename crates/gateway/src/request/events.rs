//! The parameters that lists of events have: those of every filter of events, and of the past.

use std::collections::BTreeSet;

use domain::{EventKind, PrincipalId, StationId};
use views::{EventFilter, State};

use crate::problem::Problem;
use crate::request::Query;
use crate::shape::Flaw;
use crate::wire::body::FilterBody;
use crate::wire::{Name, Time, Words};

/// The parameters of a list of events, read but not looked up.
pub(crate) struct EventParameters {
    wanted: FilterBody,
    actor: Option<Name>,
    reference: Option<Words>,
    from: Option<Time>,
    to: Option<Time>,
}

/// A principal that is none: there are far fewer than keys may ever be made.
const NOBODY: PrincipalId = PrincipalId(u32::MAX);

impl EventParameters {
    pub(crate) fn read(query: &mut Query) -> Self {
        let wanted = FilterBody::of_query(query);
        if wanted.wants_levels() {
            query.refuse("topic", "levels are states and no events: a stream has them");
        }
        Self {
            wanted,
            actor: query.name("actor"),
            reference: query.text("reference", Flaw::InvalidText),
            from: query.text("from", Flaw::InvalidTime),
            to: query.text("to", Flaw::InvalidTime),
        }
    }

    /// The filter, but for whether trades and shipments are there: that is asked of the journal.
    pub(crate) fn filter(self, state: &State) -> Result<EventFilter, Problem> {
        // Names of principals are not told: one that nobody has is looked for like any other, and what
        // else is asked for is checked alike.
        let actor = |Name(name): &Name| state.principal_named(name.as_str()).unwrap_or(NOBODY);
        let actor = self.actor.as_ref().map(actor);
        let wanted = self.wanted.filter(state)?;
        let kinds = EventKind::ALL.iter().copied().filter(|kind| wanted.kinds.has(*kind));
        let kinds: Vec<_> = kinds.collect();
        Ok(EventFilter {
            kinds: Some(kinds).filter(|kinds| kinds.len() < EventKind::ALL.len()),
            stations: given(wanted.stations),
            systems: given(self.wanted.system).map(|names| stations_in(&names, state)),
            commodities: given(wanted.commodities),
            traders: given(wanted.traders),
            vessels: given(wanted.vessels),
            shipments: given(wanted.shipments),
            trades: given(wanted.trades),
            actor,
            reference: self.reference.map(|Words(text)| text),
            severity: wanted.severity,
            from: self.from.map(|Time(at)| at),
            to: self.to.map(|Time(at)| at),
        })
    }
}

/// What narrows, if anything does.
fn given<T>(values: Vec<T>) -> Option<Vec<T>> {
    Some(values).filter(|values| !values.is_empty())
}

/// The stations that are in these systems now.
fn stations_in(names: &[Name], state: &State) -> Vec<StationId> {
    let names: BTreeSet<_> = names.iter().map(|Name(name)| name).collect();
    let within = state.stations().filter(|station| names.contains(&station.details.system));
    within.map(|station| station.id).collect()
}
