//! Shipments of any age: under way, from the state, and ended, by the index.

use std::collections::VecDeque;

use domain::{
    Event, EventKind, ReadError, Recorded, Scope, Sequence, Shipment, ShipmentId, ShipmentStatus,
};

use super::key::{Family, Key};
use super::search::{Clause, Finder, Order, Search, StatusClause};
use super::status::Statuses;
use super::{EXAMINED_MAX, History, HistoryError, PATIENCE, Part};
use crate::page::ids;
use crate::shipments::seen;
use crate::{AsOf, Page, ShipmentFilter};

/// Shipments under way that one page looks at: about a millisecond.
const OPEN_EXAMINED_MAX: usize = 8_192;
/// Events that one page reads to follow ended shipments: some ten milliseconds. A page looks at one
/// shipment at least, whatever its number of events.
const EVENTS_READ_MAX: usize = 1_024;
/// Ended shipments that are found at a time.
const FOUND_AT_ONCE: usize = 64;

/// What the index is asked for.
fn search(filter: &ShipmentFilter, scope: Scope<'_>, status: Option<StatusClause>) -> Search {
    let mut search = Search { status, ..Search::default() };
    search.with(Key::kind(EventKind::ShipmentBooked));
    (search.from, search.to) = (filter.from, filter.to);
    let number = |family, number: u32| Key::new(family, u64::from(number));
    let keys = [
        filter.origin.map(|station| number(Family::Origin, station.0)),
        filter.destination.map(|station| number(Family::Destination, station.0)),
        filter.owner.map(|trader| number(Family::Owner, trader.0)),
        filter.carrier.map(|trader| number(Family::Carrier, trader.0)),
        filter.vessel.map(|vessel| number(Family::Vessel, vessel.0)),
        filter.commodity.map(|commodity| number(Family::Commodity, commodity.0)),
        filter.reference.as_ref().map(Key::reference),
    ];
    for key in keys.into_iter().flatten() {
        search.with(key);
    }
    if let Scope::Accounts(accounts) = scope {
        let keys = accounts.iter().map(|account| number(Family::Trader, account.0));
        search.all.push(Clause::any(keys));
    }
    search
}

/// Where the shipments of a page come from.
struct Sources {
    /// Those under way that pass, in the order, up to `open_until`.
    open: VecDeque<Shipment>,
    /// The list of those under way was looked at up to here; to its end, if not given.
    open_until: Option<Sequence>,
    /// Shipments of any kind whose status is to be looked at.
    found: Option<Finder>,
    as_of: AsOf,
}

impl History {
    /// Shipments of any age. A page that looked at very many in vain may be short, or empty, with
    /// more to come.
    pub fn find_shipments(
        &self,
        filter: &ShipmentFilter,
        part: Part,
        scope: Scope<'_>,
    ) -> Result<Page<Shipment>, HistoryError> {
        let mut sources = self.sources(filter, part, scope)?;
        let mut page = Page { items: Vec::new(), next: None, as_of: sources.as_of };
        let (mut examined, mut reads) = (0, 0);
        let limit = part.limit.max(1);
        let mut waiting: VecDeque<Recorded> = VecDeque::new();
        loop {
            if waiting.is_empty()
                && let Some(finder) = &mut sources.found
            {
                let some = FOUND_AT_ONCE.min(limit - page.items.len());
                let found = finder.take(some, &self.0.index.store)?;
                waiting = self.events(&found)?.into();
            }
            let booked = waiting.front().map(|recorded| recorded.envelope.sequence);
            let open = sources.open.front().map(|shipment| shipment.id.0);
            let is_first = |one: Sequence, other: Option<Sequence>| match part.order {
                Order::Newest => other.is_none_or(|other| one >= other),
                Order::Oldest => other.is_none_or(|other| one <= other),
            };
            let at = match (open, booked) {
                (Some(open), booked) if is_first(open, booked) => {
                    page.items.extend(sources.open.pop_front());
                    open
                }
                (_, Some(booked)) if is_first(booked, sources.open_until) => {
                    let recorded = waiting.pop_front();
                    let one = recorded.map(|one| self.shipment_of(filter, &one, scope, &mut reads));
                    page.items.extend(one.transpose()?.flatten());
                    booked
                }
                _ => {
                    // Nothing is left, or what is under way was not looked at so far.
                    page.next = sources.open_until;
                    return Ok(page);
                }
            };
            if open == Some(at) && booked == Some(at) {
                // Under way in the state, and so it was shown.
                waiting.pop_front();
            }
            examined += 1;
            let is_full = page.items.len() >= limit || reads >= EVENTS_READ_MAX;
            if is_full || examined >= EXAMINED_MAX.max(limit) {
                let more = !sources.open.is_empty()
                    || !waiting.is_empty()
                    || sources.open_until.is_some()
                    || match &mut sources.found {
                        Some(finder) => finder.peek(&self.0.index.store)?.is_some(),
                        None => false,
                    };
                page.next = more.then_some(at);
                return Ok(page);
            }
        }
    }

    fn sources(
        &self,
        filter: &ShipmentFilter,
        part: Part,
        scope: Scope<'_>,
    ) -> Result<Sources, HistoryError> {
        let flags = filter.delayed.is_some() || filter.on_hold.is_some();
        let is_ended = filter.status.map(ShipmentStatus::is_terminal);
        let wanted = Statuses::of_shipments(filter.status, filter.delayed, filter.on_hold);
        let ended = StatusClause { wanted, or_never: None };
        let (by_index, live) = match is_ended {
            // Few have a reference: each is asked for its status.
            _ if filter.reference.is_some() => (Some(None), false),
            Some(true) => (Some(Some(ended)), false),
            Some(false) => (None, true),
            None if flags => (Some(Some(ended)), true),
            None => (Some(None), false),
        };
        loop {
            let found_count = self.0.views.0.ended.found_count();
            let (mut open, mut open_until, mut as_of) = (VecDeque::new(), None, None);
            if live {
                let at = self.open_shipments(filter, part, scope, &mut open, &mut open_until)?;
                as_of = Some(at);
            }
            // After what is under way: whatever ends meanwhile is in both.
            let found = match by_index {
                Some(status) => {
                    let (finder, at) = self.begin(search(filter, scope, status), part)?;
                    let shown = as_of.get_or_insert(at).sequence;
                    if at.sequence < shown {
                        // What ended at last is no longer under way, and not yet in the index.
                        if !self.0.follower.wait_for(shown, PATIENCE) {
                            let position = at.sequence;
                            return Err(HistoryError::Behind { position, last: shown });
                        }
                        continue;
                    }
                    Some(finder)
                }
                None => None,
            };
            // One that was found in between may be neither here nor there.
            if self.0.views.0.ended.found_count() == found_count {
                let as_of = as_of.unwrap_or_default();
                return Ok(Sources { open, open_until, found, as_of });
            }
        }
    }

    /// Shipments under way that pass, in the order, as many as a page takes.
    fn open_shipments(
        &self,
        filter: &ShipmentFilter,
        part: Part,
        scope: Scope<'_>,
        open: &mut VecDeque<Shipment>,
        until: &mut Option<Sequence>,
    ) -> Result<AsOf, ReadError> {
        let state = self.0.views.read();
        let as_of = state.as_of();
        let mut examined = 0;
        let mut all = ids(state.shipments.order(), part);
        for id in all.by_ref() {
            examined += 1;
            let shipment = state.shipments.get(ShipmentId(Sequence(id)));
            let admitted = shipment.filter(|one| filter.admits(one) && seen(one, scope));
            open.extend(admitted.cloned());
            if open.len() > part.limit || examined >= OPEN_EXAMINED_MAX {
                *until = Some(Sequence(id));
                break;
            }
        }
        if all.next().is_none() {
            *until = None;
        }
        drop(all);
        drop(state);
        if filter.needs_booking() {
            let bookings: Vec<_> = open.iter().map(|shipment| shipment.id.0).collect();
            let bookings = self.events(&bookings)?;
            let mut admitted = bookings.iter().map(|booking| filter.admits_booking(booking));
            open.retain(|_| admitted.next().unwrap_or(false));
        }
        Ok(as_of)
    }

    /// The shipment that this books as it is now, if it passes; counts the events that it reads.
    fn shipment_of(
        &self,
        filter: &ShipmentFilter,
        booking: &Recorded,
        scope: Scope<'_>,
        reads: &mut usize,
    ) -> Result<Option<Shipment>, ReadError> {
        if !matches!(booking.event, Event::ShipmentBooked(_)) || !filter.admits_booking(booking) {
            return Ok(None);
        }
        let id = ShipmentId(booking.envelope.sequence);
        let state = self.0.views.read();
        let open = state.shipments.get(id).cloned();
        drop(state);
        let shipment = if open.is_some() {
            open
        } else {
            let history = self.0.views.shipment(id, scope)?;
            *reads += history.as_ref().map_or(0, |history| history.timeline.len());
            history.map(|history| history.shipment)
        };
        Ok(shipment.filter(|one| filter.admits(one) && seen(one, scope)))
    }
}
