//! What a reader wants to hear of, and what it may: decided by what an event is about, in a few
//! compares of integers.

use std::sync::Arc;

use domain::{
    CommodityId, EventKind, Facet, Scope, Severity, ShipmentId, StationId, TraderId, TransactionId,
    VesselId,
};

use crate::subject::{Subject, System};

/// Some of the kinds of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds(u64);

impl Kinds {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// All of them.
    pub const ALL: Self = Self(u64::MAX);

    /// Whether this kind is among them.
    pub const fn has(self, kind: EventKind) -> bool {
        self.0 >> kind.number() & 1 == 1
    }

    /// Those that are in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl FromIterator<EventKind> for Kinds {
    fn from_iter<I: IntoIterator<Item = EventKind>>(kinds: I) -> Self {
        Self(kinds.into_iter().fold(0, |bits, kind| bits | 1 << kind.number()))
    }
}

/// Which events are wanted. Each field narrows; of several values in one, any will do. A list that
/// is empty asks for nothing special.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Of these kinds.
    pub kinds: Kinds,
    /// At these stations.
    pub stations: Vec<StationId>,
    /// At stations in these systems, as they lie when the event is looked at.
    pub systems: Vec<System>,
    /// Of these goods.
    pub commodities: Vec<CommodityId>,
    /// Of these parties.
    pub traders: Vec<TraderId>,
    /// Of these vessels.
    pub vessels: Vec<VesselId>,
    /// Of these shipments.
    pub shipments: Vec<ShipmentId>,
    /// Of these trades.
    pub trades: Vec<TransactionId>,
    /// Of alerts, those at least as bad; events of other topics pass.
    pub severity: Option<Severity>,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            kinds: Kinds::ALL,
            stations: Vec::new(),
            systems: Vec::new(),
            commodities: Vec::new(),
            traders: Vec::new(),
            vessels: Vec::new(),
            shipments: Vec::new(),
            trades: Vec::new(),
            severity: None,
        }
    }
}

impl Filter {
    /// Whether it admits every event.
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the event is wanted.
    pub fn admits(&self, subject: &Subject) -> bool {
        self.kinds.has(subject.kind) && self.is_about(&subject.facets, &subject.systems)
    }

    /// Whether a thing is wanted that this is said of, whatever happens to it.
    pub fn is_about(&self, subject: &[Facet], systems: &[System]) -> bool {
        any(&self.stations, subject, |facet| match facet {
            Facet::Station(station) => Some(station),
            _ => None,
        }) && (self.systems.is_empty()
            || systems.iter().any(|system| self.systems.contains(system)))
            && any(&self.commodities, subject, |facet| match facet {
                Facet::Commodity(commodity) => Some(commodity),
                _ => None,
            })
            && any(&self.traders, subject, |facet| match facet {
                Facet::Trader(trader) => Some(trader),
                _ => None,
            })
            && any(&self.vessels, subject, |facet| match facet {
                Facet::Vessel(vessel) => Some(vessel),
                _ => None,
            })
            && any(&self.shipments, subject, |facet| match facet {
                Facet::Shipment(shipment) => Some(shipment),
                _ => None,
            })
            && any(&self.trades, subject, |facet| match facet {
                Facet::Trade(trade) => Some(trade),
                _ => None,
            })
            && self.severity.is_none_or(|least| is_as_bad(subject, least))
    }
}

/// Whether the event is about any of these; nothing is asked of it if there are none.
fn any<T: PartialEq>(wanted: &[T], subject: &[Facet], part: impl Fn(Facet) -> Option<T>) -> bool {
    wanted.is_empty()
        || subject.iter().filter_map(|facet| part(*facet)).any(|one| wanted.contains(&one))
}

fn is_as_bad(subject: &[Facet], least: Severity) -> bool {
    let mut severities = subject.iter().filter_map(|facet| match facet {
        Facet::Severity(severity) => Some(*severity),
        _ => None,
    });
    // An event that is not bad at all is not of an alert.
    severities.next().is_none_or(|severity| severity >= least)
}

/// What a reader gets: what it wants of what it may see.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interest {
    /// What it wants.
    pub filter: Filter,
    /// The accounts that it sees, besides what is public; `None` if it sees the whole network.
    pub accounts: Option<Arc<[TraderId]>>,
}

impl Interest {
    /// What is wanted, of what this scope sees.
    pub fn new(filter: Filter, scope: Scope<'_>) -> Self {
        let accounts = match scope {
            Scope::Network => None,
            Scope::Accounts(accounts) => Some(accounts.into()),
        };
        Self { filter, accounts }
    }

    /// Whether the reader gets every event.
    pub fn is_everything(&self) -> bool {
        self.accounts.is_none() && self.filter.is_everything()
    }

    /// Whether the reader gets the event.
    pub fn admits(&self, subject: &Subject) -> bool {
        self.may_see(subject) && self.filter.admits(subject)
    }

    fn may_see(&self, subject: &Subject) -> bool {
        let Some(accounts) = &self.accounts else {
            return true;
        };
        subject.is_public
            || subject.facets.iter().any(|facet| match facet {
                Facet::Trader(trader) => accounts.contains(trader),
                _ => false,
            })
    }
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
