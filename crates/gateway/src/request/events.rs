//! The filter of events, as its parameters say it: one meaning for every list and stream of events.

use domain::{EventKind, ShipmentId, StationId, TransactionId};
use views::{EventFilter, State};

use crate::problem::{Code, Problem};
use crate::request::{Lookup, Query};
use crate::shape::{Fault, Flaw, Place};
use crate::wire::{EventType, Name, SeverityWord, ShipmentName, Time, Topic, TradeName, Words};

/// The parameters of a filter of events, read but not looked up.
pub(crate) struct EventParameters {
    topics: Option<Vec<Topic>>,
    types: Option<Vec<EventType>>,
    stations: Option<Vec<Name>>,
    systems: Option<Vec<Name>>,
    commodities: Option<Vec<Name>>,
    traders: Option<Vec<Name>>,
    vessels: Option<Vec<Name>>,
    shipments: Option<Vec<ShipmentName>>,
    trades: Option<Vec<TradeName>>,
    severity: Option<SeverityWord>,
    actor: Option<Name>,
    reference: Option<Words>,
    from: Option<Time>,
    to: Option<Time>,
}

impl EventParameters {
    pub(crate) fn read(query: &mut Query) -> Self {
        Self {
            topics: query.several("topic", Flaw::InvalidValue),
            types: query.several("type", Flaw::InvalidValue),
            stations: query.several("station", Flaw::InvalidIdentifier),
            systems: query.several("system", Flaw::InvalidIdentifier),
            commodities: query.several("commodity", Flaw::InvalidIdentifier),
            traders: query.several("trader", Flaw::InvalidIdentifier),
            vessels: query.several("vessel", Flaw::InvalidIdentifier),
            shipments: query.several("shipment", Flaw::InvalidIdentifier),
            trades: query.several("trade", Flaw::InvalidIdentifier),
            severity: query.text("severity", Flaw::InvalidValue),
            actor: query.name("actor"),
            reference: query.text("reference", Flaw::InvalidText),
            from: query.text("from", Flaw::InvalidTime),
            to: query.text("to", Flaw::InvalidTime),
        }
    }

    /// The filter, but for whether trades and shipments are there: that is asked of the journal.
    /// `None` if nothing can pass.
    pub(crate) fn filter(self, state: &State) -> Result<Option<EventFilter>, Problem> {
        let known = Lookup(state);
        let actor = match &self.actor {
            // Who has never done anything is found in nothing; names of principals are not told.
            Some(Name(name)) => match state.principal_named(name.as_str()) {
                Some(actor) => Some(actor),
                None => return Ok(None),
            },
            None => None,
        };
        Ok(Some(EventFilter {
            kinds: kinds(self.topics.as_deref(), self.types.as_deref()),
            stations: all(self.stations, |name| known.station("station", name))?,
            systems: self.systems.map(|names| in_systems(&names, state)).transpose()?,
            commodities: all(self.commodities, |name| known.commodity("commodity", name))?,
            traders: all(self.traders, |name| known.trader("trader", name))?,
            vessels: all(self.vessels, |name| known.vessel("vessel", name))?,
            shipments: self
                .shipments
                .map(|all| all.into_iter().map(|ShipmentName(id)| id).collect::<Vec<ShipmentId>>()),
            trades: self
                .trades
                .map(|all| all.into_iter().map(|TradeName(id)| id).collect::<Vec<TransactionId>>()),
            actor,
            reference: self.reference.map(|Words(text)| text),
            severity: self.severity.map(|SeverityWord(severity)| severity),
            from: self.from.map(|Time(at)| at),
            to: self.to.map(|Time(at)| at),
        }))
    }
}

/// The types that pass both, if one is given.
fn kinds(topics: Option<&[Topic]>, types: Option<&[EventType]>) -> Option<Vec<EventKind>> {
    if topics.is_none() && types.is_none() {
        return None;
    }
    let of_topic = |kind: &EventKind| {
        topics.is_none_or(|topics| topics.iter().any(|Topic(topic)| *topic == kind.topic()))
    };
    let of_type =
        |kind: &EventKind| types.is_none_or(|types| types.iter().any(|EventType(one)| one == kind));
    Some(EventKind::ALL.iter().copied().filter(of_topic).filter(of_type).collect())
}

fn all<T>(
    names: Option<Vec<Name>>,
    mut find: impl FnMut(Option<&Name>) -> Result<Option<T>, Problem>,
) -> Result<Option<Vec<T>>, Problem> {
    let Some(names) = names else {
        return Ok(None);
    };
    let mut found = Vec::with_capacity(names.len());
    for name in &names {
        found.extend(find(Some(name))?);
    }
    Ok(Some(found))
}

/// The stations that are in these systems now.
fn in_systems(names: &[Name], state: &State) -> Result<Vec<StationId>, Problem> {
    let mut found = Vec::new();
    for Name(name) in names {
        let before = found.len();
        let within = state.stations().filter(|station| station.details.system == *name);
        found.extend(within.map(|station| station.id));
        if found.len() == before {
            let place = Place::Parameter("system".into());
            let detail = format!("no station is in the system {name}");
            let fault = Fault {
                place,
                code: Code::UnknownStation.row().code,
                detail: detail.clone().into(),
            };
            return Err(Problem::new(Code::UnknownStation, detail).with_errors(vec![fault]));
        }
    }
    Ok(found)
}
