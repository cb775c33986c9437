//! What a scan of the journal finds: slow and obvious.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Event, EventKind, Facet, Origin, Recorded, Scope, Sequence, Shipment, ShipmentBooked,
    Timestamp, TradeRecord, TransactionId, facets, is_public, origin,
};
use views::{EventFilter, ShipmentFilter, TradeFilter};

use crate::journal::*;

/// Everything that the journal says, by a scan of it.
pub(super) struct Scan {
    events: Vec<Recorded>,
    pub(super) trades: BTreeMap<u64, TradeRecord>,
    pub(super) shipments: BTreeMap<u64, Shipment>,
}

impl Scan {
    pub(super) fn of(journal: &Journal) -> Self {
        let events = journal.events.read().clone();
        let (mut trades, mut shipments) = (BTreeMap::new(), BTreeMap::<u64, Shipment>::new());
        for Recorded { envelope, event } in &events {
            if let Some(trade) = TradeRecord::begun(envelope, event) {
                trades.insert(envelope.sequence.0, trade);
            }
            for facet in told(&events, envelope.sequence) {
                if let Facet::Trade(TransactionId(id)) = facet {
                    let trade = trades.get_mut(&id.0).unwrap();
                    trade.apply(envelope, event);
                }
            }
            match event {
                Event::ShipmentBooked(booked) => {
                    let booked: &ShipmentBooked = booked;
                    shipments.insert(envelope.sequence.0, Shipment::booked(envelope, booked));
                }
                Event::ShipmentChanged(changed) => {
                    shipments.get_mut(&changed.shipment.0.0).unwrap().apply(envelope, changed);
                }
                _ => {}
            }
        }
        Self { events, trades, shipments }
    }

    fn event(&self, sequence: u64) -> &Recorded {
        &self.events[usize::try_from(sequence).unwrap() - 1]
    }

    /// The time and the reference of a filter.
    fn envelope(
        &self,
        sequence: u64,
        (from, to): (Option<Timestamp>, Option<Timestamp>),
        reference: Option<&domain::Text>,
    ) -> bool {
        let envelope = &self.event(sequence).envelope;
        let at = envelope.occurred_at();
        let own = envelope.note.as_ref().and_then(|note| note.reference.as_ref());
        from.is_none_or(|from| at >= from)
            && to.is_none_or(|to| at < to)
            && (reference.is_none() || reference == own)
    }

    pub(super) fn trades(&self, filter: &TradeFilter, scope: Scope<'_>) -> Vec<u64> {
        let passes = |trade: &&TradeRecord| {
            let charged = trade.charges().iter().flat_map(|charge| [charge.payer, charge.to]);
            let parties: Vec<_> = [trade.buyer, trade.seller].into_iter().chain(charged).collect();
            scope.sees_any(&parties)
                && filter.station.is_none_or(|only| only == trade.station)
                && filter.trader.is_none_or(|only| [trade.buyer, trade.seller].contains(&only))
                && filter.status.is_none_or(|only| only == trade.status)
                && filter
                    .commodity
                    .is_none_or(|only| trade.lines.iter().any(|line| line.commodity == only))
                && self.envelope(trade.id.0.0, (filter.from, filter.to), filter.reference.as_ref())
        };
        self.trades.values().filter(passes).map(|trade| trade.id.0.0).collect()
    }

    pub(super) fn shipments(&self, filter: &ShipmentFilter, scope: Scope<'_>) -> Vec<u64> {
        let passes = |one: &&Shipment| {
            scope.sees_any(&[one.route.owner, one.consignee, one.carrier])
                && filter.origin.is_none_or(|only| only == one.route.origin)
                && filter.destination.is_none_or(|only| only == one.route.destination)
                && filter.owner.is_none_or(|only| only == one.route.owner)
                && filter.carrier.is_none_or(|only| only == one.carrier)
                && filter.status.is_none_or(|only| only == one.status)
                && filter.delayed.is_none_or(|only| only == one.delayed.is_some())
                && filter.on_hold.is_none_or(|only| only == one.on_hold.is_some())
                && filter
                    .commodity
                    .is_none_or(|only| one.lines.iter().any(|line| line.commodity == only))
                && self.envelope(one.id.0.0, (filter.from, filter.to), filter.reference.as_ref())
        };
        self.shipments.values().filter(passes).map(|one| one.id.0.0).collect()
    }

    pub(super) fn events(&self, filter: &EventFilter, scope: Scope<'_>) -> Vec<u64> {
        let passes = |recorded: &&Recorded| {
            let sequence = recorded.envelope.sequence;
            let told = told(&self.events, sequence);
            let any = |facets: Option<Vec<Facet>>| {
                facets.is_none_or(|all| all.iter().any(|one| told.contains(one)))
            };
            let seen = match scope {
                Scope::Network => true,
                Scope::Accounts(own) => {
                    is_public(&recorded.event)
                        || own.iter().any(|one| told.contains(&Facet::Trader(*one)))
                }
            };
            let kind = EventKind::of(&recorded.event);
            let list = |all: &Option<Vec<_>>, facet: fn(_) -> Facet| {
                any(all.as_ref().map(|all| all.iter().copied().map(facet).collect()))
            };
            seen && filter.kinds.as_ref().is_none_or(|all| all.contains(&kind))
                && list(&filter.stations, Facet::Station)
                && any(filter
                    .commodities
                    .as_ref()
                    .map(|all| all.iter().copied().map(Facet::Commodity).collect()))
                && any(filter
                    .traders
                    .as_ref()
                    .map(|all| all.iter().copied().map(Facet::Trader).collect()))
                && any(filter
                    .shipments
                    .as_ref()
                    .map(|all| all.iter().copied().map(Facet::Shipment).collect()))
                && any(filter
                    .trades
                    .as_ref()
                    .map(|all| all.iter().copied().map(Facet::Trade).collect()))
                && filter.actor.is_none_or(|only| only == recorded.envelope.actor)
                && self.envelope(sequence.0, (filter.from, filter.to), filter.reference.as_ref())
        };
        self.events.iter().filter(passes).map(|one| one.envelope.sequence.0).collect()
    }
}

/// All facets of an event: its own and its origin's.
fn told(events: &[Recorded], sequence: Sequence) -> BTreeSet<Facet> {
    let recorded = &events[usize::try_from(sequence.0).unwrap() - 1];
    let mut all = BTreeSet::new();
    facets(recorded, &mut |facet| {
        all.insert(facet);
    });
    if let Some(Origin::Event(earlier)) = origin(&recorded.event) {
        all.append(&mut told(events, earlier));
    }
    all
}
