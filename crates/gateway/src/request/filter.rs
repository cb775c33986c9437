//! Which events a client wants: read from a query or a body, then found by name.

use blake3::hash;
use domain::{EventKind, Identifier};
use live::{Filter, Kinds, System};
use views::State;

use super::query::{Lookup, Query};
use crate::limits::FILTER_VALUES_MAX;
use crate::problem::{Code, Problem};
use crate::shape::Flaw;
use crate::wire::body::FilterBody;
use crate::wire::{Name, SeverityWord, ShipmentName, Topic, TradeName};

impl FilterBody {
    /// What the query's parameters say.
    pub(crate) fn of_query(query: &mut Query) -> Self {
        Self {
            topic: query.several("topic", Flaw::InvalidValue),
            r#type: query.several("type", Flaw::InvalidValue),
            station: query.several("station", Flaw::InvalidIdentifier),
            system: query.several("system", Flaw::InvalidIdentifier),
            commodity: query.several("commodity", Flaw::InvalidIdentifier),
            trader: query.several("trader", Flaw::InvalidIdentifier),
            vessel: query.several("vessel", Flaw::InvalidIdentifier),
            shipment: query.several("shipment", Flaw::InvalidIdentifier),
            trade: query.several("trade", Flaw::InvalidIdentifier),
            severity: query.text("severity", Flaw::InvalidValue),
        }
    }

    /// The first field, if any, that has more values than are compared with each event.
    pub(crate) fn too_long(&self) -> Option<&'static str> {
        let lengths = [
            ("topic", self.topic.len()),
            ("type", self.r#type.len()),
            ("station", self.station.len()),
            ("system", self.system.len()),
            ("commodity", self.commodity.len()),
            ("trader", self.trader.len()),
            ("vessel", self.vessel.len()),
            ("shipment", self.shipment.len()),
            ("trade", self.trade.len()),
        ];
        lengths.into_iter().find(|(_, length)| *length > FILTER_VALUES_MAX).map(|(field, _)| field)
    }

    /// Whether the latest stock and prices are wanted, which are states and no events.
    pub(crate) fn wants_levels(&self) -> bool {
        self.topic.contains(&Topic::Levels)
    }

    /// The filter that these words mean, if all that they name is known.
    pub(crate) fn filter(&self, state: &State) -> Result<Filter, Problem> {
        let known = Lookup(state);
        Ok(Filter {
            kinds: self.kinds(),
            stations: each(&self.station, |name| known.station("station", name))?,
            systems: self.systems(state)?,
            commodities: each(&self.commodity, |name| known.commodity("commodity", name))?,
            traders: each(&self.trader, |name| known.trader("trader", name))?,
            vessels: each(&self.vessel, |name| known.vessel("vessel", name))?,
            shipments: self.shipment.iter().map(|ShipmentName(shipment)| *shipment).collect(),
            trades: self.trade.iter().map(|TradeName(trade)| *trade).collect(),
            severity: self.severity.map(|SeverityWord(severity)| severity),
        })
    }

    fn kinds(&self) -> Kinds {
        let of_topic = |kind: &EventKind| self.topic.contains(&Topic::Events(kind.topic()));
        let topics = if self.topic.is_empty() {
            Kinds::ALL
        } else {
            EventKind::ALL.iter().copied().filter(of_topic).collect()
        };
        let types = if self.r#type.is_empty() {
            Kinds::ALL
        } else {
            self.r#type.iter().map(|of| of.0).collect()
        };
        topics.and(types)
    }

    fn systems(&self, state: &State) -> Result<Vec<System>, Problem> {
        let find = |Name(name): &Name| {
            if state.has_system(name.as_str()) {
                return Ok(system(name));
            }
            Err(super::query::unknown("system", name, Code::UnknownSystem))
        };
        self.system.iter().map(find).collect()
    }
}

/// A system, as filters compare it.
pub(crate) fn system(name: &Identifier) -> System {
    let digest = hash(name.as_str().as_bytes());
    let (half, _) = digest.as_bytes().split_first_chunk().unwrap_or((&[0; 16], &[]));
    System(u128::from_le_bytes(*half))
}

fn each<T>(
    names: &[Name],
    find: impl Fn(Option<&Name>) -> Result<Option<T>, Problem>,
) -> Result<Vec<T>, Problem> {
    let found = names.iter().map(|name| find(Some(name)));
    found.filter_map(Result::transpose).collect()
}
