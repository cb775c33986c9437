//! Events of any age, by everything that they are about.

use domain::{
    CommodityId, EventKind, PrincipalId, Recorded, Scope, Severity, ShipmentId, StationId, Text,
    Timestamp, TraderId, TransactionId, VesselId,
};

use super::key::{Family, Key};
use super::search::{Clause, Search};
use super::{EXAMINED_MAX, History, HistoryError, Part};
use crate::Page;

/// Which events; each list that is given narrows to those of any of its things.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventFilter {
    /// Of these types.
    pub kinds: Option<Vec<EventKind>>,
    /// At these places; of a shipment, both its ends.
    pub stations: Option<Vec<StationId>>,
    /// And at these, which are those of some systems.
    pub systems: Option<Vec<StationId>>,
    /// Of these goods.
    pub commodities: Option<Vec<CommodityId>>,
    /// Of these parties.
    pub traders: Option<Vec<TraderId>>,
    /// Of these vessels.
    pub vessels: Option<Vec<VesselId>>,
    /// Of these shipments, which must be there: from the booking on, alerts included.
    pub shipments: Option<Vec<ShipmentId>>,
    /// Of these trades, which must be there.
    pub trades: Option<Vec<TransactionId>>,
    /// Asked for by this principal.
    pub actor: Option<PrincipalId>,
    /// With this reference of the client's.
    pub reference: Option<Text>,
    /// Of alerts, those that are at least as bad; other events pass.
    pub severity: Option<Severity>,
    /// That happened at this time or after.
    pub from: Option<Timestamp>,
    /// That happened before this time.
    pub to: Option<Timestamp>,
}

const SEVERITIES: [Severity; 3] = [Severity::Info, Severity::Warning, Severity::Critical];

/// The types that everybody with a key may see: those of [`domain::is_public`].
pub(crate) const PUBLIC: [EventKind; 12] = [
    EventKind::NetworkCreated,
    EventKind::StationCreated,
    EventKind::StationUpdated,
    EventKind::CommodityCreated,
    EventKind::CommodityUpdated,
    EventKind::TraderCreated,
    EventKind::TraderUpdated,
    EventKind::VesselCreated,
    EventKind::VesselUpdated,
    EventKind::OfferOpened,
    EventKind::OfferWithdrawn,
    EventKind::OfferExpired,
];

impl EventFilter {
    /// Whether every event passes.
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// What the index is asked for.
    fn search(&self, scope: Scope<'_>) -> Search {
        let mut search = Search { from: self.from, to: self.to, ..Search::default() };
        let mut any = |family, numbers: Option<Vec<u64>>| {
            let keys = numbers.map(|numbers| numbers.into_iter().map(|one| Key::new(family, one)));
            search.all.extend(keys.map(Clause::any));
        };
        any(Family::Kind, numbers(self.kinds.as_deref(), |kind| u64::from(kind.number())));
        any(Family::Station, numbers(self.stations.as_deref(), |one| u64::from(one.0)));
        any(Family::Station, numbers(self.systems.as_deref(), |one| u64::from(one.0)));
        any(Family::Commodity, numbers(self.commodities.as_deref(), |one| u64::from(one.0)));
        any(Family::Trader, numbers(self.traders.as_deref(), |one| u64::from(one.0)));
        any(Family::Vessel, numbers(self.vessels.as_deref(), |one| u64::from(one.0)));
        any(Family::Actor, self.actor.map(|actor| vec![u64::from(actor.0)]));
        let shipments = numbers(self.shipments.as_deref(), |one| one.0.0);
        let trades = numbers(self.trades.as_deref(), |one| one.0.0);
        for sequences in [shipments, trades].into_iter().flatten() {
            let keys = sequences.iter().map(|one| Key::new(Family::Thing, *one)).collect();
            search.all.push(Clause { keys, sequences });
        }
        if let Some(reference) = &self.reference {
            search.with(Key::reference(reference));
        }
        if let Some(least) = self.severity {
            let bad = SEVERITIES.into_iter().filter(|one| *one >= least);
            let bad = bad.map(|one| Key::new(Family::Severity, one as u64));
            let others = EventKind::ALL.iter().filter(|kind| kind.topic() != "alert");
            search.all.push(Clause::any(bad.chain(others.map(|kind| Key::kind(*kind)))));
        }
        if let Scope::Accounts(accounts) = scope {
            let own = accounts.iter().map(|one| Key::new(Family::Trader, u64::from(one.0)));
            search.all.push(Clause::any(own.chain(PUBLIC.map(Key::kind))));
        }
        search
    }

    /// What the index does not say to the letter.
    fn admits(&self, recorded: &Recorded) -> bool {
        let at = recorded.envelope.occurred_at();
        let note = recorded.envelope.note.as_ref();
        let reference = note.and_then(|note| note.reference.as_ref());
        self.from.is_none_or(|from| at >= from)
            && self.to.is_none_or(|to| at < to)
            && (self.reference.is_none() || self.reference.as_ref() == reference)
    }
}

fn numbers<T: Copy>(all: Option<&[T]>, number: impl Fn(T) -> u64) -> Option<Vec<u64>> {
    all.map(|all| all.iter().map(|one| number(*one)).collect())
}

impl History {
    /// Events of any age that may be seen: those that are public, and those of the scope's accounts.
    /// A page that looked at very many in vain may be short, or empty, with more to come.
    pub fn find_events(
        &self,
        filter: &EventFilter,
        part: Part,
        scope: Scope<'_>,
    ) -> Result<Page<Recorded>, HistoryError> {
        let (mut finder, as_of) = self.begin(filter.search(scope), part)?;
        let store = &self.0.index.store;
        let (mut items, mut last, mut examined) = (Vec::new(), None, 0);
        let limit = part.limit.max(1);
        while items.len() < limit && examined < EXAMINED_MAX.max(limit) {
            let found = finder.take(limit - items.len(), store)?;
            if found.is_empty() {
                break;
            }
            examined += found.len();
            last = found.last().copied();
            items.extend(self.events(&found)?.into_iter().filter(|one| filter.admits(one)));
        }
        let next = if finder.peek(store)?.is_some() { last } else { None };
        Ok(Page { items, next, as_of })
    }
}
