//! Questions about shipments of any age: under way, or ended and read back from the journal.

use domain::{
    CommodityId, Envelope, Event, EventReader, ReadError, Recorded, Scope, Sequence, Shipment,
    ShipmentBooked, ShipmentId, ShipmentStatus, StationId, TraderId, VesselId,
};

use crate::shipments::{Ended, seen};
use crate::{AsOf, Page, Views};

/// Shipments under way that one page looks at: about a millisecond.
const OPEN_EXAMINED_MAX: usize = 8_192;
/// Events that one page reads to follow ended shipments: some ten milliseconds. A page looks at one
/// shipment at least, whatever its number of events.
const EVENTS_READ_MAX: usize = 512;
/// Shipments looked at while holding the lock once.
const CHUNK_SHIPMENTS: usize = 256;

/// A shipment and everything that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipmentHistory {
    /// As it was after the last event of the timeline.
    pub shipment: Shipment,
    /// When and by whom it was booked.
    pub booking: Envelope,
    /// Its events, oldest first, the booking included.
    pub timeline: Vec<Recorded>,
}

/// Which shipments; each field that is given narrows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShipmentFilter {
    /// From this station.
    pub origin: Option<StationId>,
    /// To this station.
    pub destination: Option<StationId>,
    /// Of this owner's goods.
    pub owner: Option<TraderId>,
    /// Carried by this one.
    pub carrier: Option<TraderId>,
    /// On this vessel.
    pub vessel: Option<VesselId>,
    /// With this commodity, among others.
    pub commodity: Option<CommodityId>,
    /// Of this status.
    pub status: Option<ShipmentStatus>,
    /// Late, or not.
    pub delayed: Option<bool>,
    /// Stopped, or not.
    pub on_hold: Option<bool>,
}

impl ShipmentFilter {
    fn admits(&self, shipment: &Shipment) -> bool {
        let with = |only| {
            let mut lines = shipment.lines.iter();
            lines.any(|line| line.commodity == only)
        };
        let delayed = shipment.delayed.is_some();
        self.admits_route(shipment.route, shipment.status)
            && self.carrier.is_none_or(|only| only == shipment.carrier)
            && self.vessel.is_none_or(|only| Some(only) == shipment.vessel)
            && self.commodity.is_none_or(with)
            && self.delayed.is_none_or(|only| only == delayed)
            && self.on_hold.is_none_or(|only| only == shipment.on_hold.is_some())
    }

    fn admits_route(&self, route: domain::Route, status: ShipmentStatus) -> bool {
        self.origin.is_none_or(|only| only == route.origin)
            && self.destination.is_none_or(|only| only == route.destination)
            && self.owner.is_none_or(|only| only == route.owner)
            && self.status.is_none_or(|only| only == status)
    }

    /// Whether an ended shipment may pass, so far as its last event says.
    fn may_admit(&self, ended: &Ended, last: &Event) -> bool {
        match last {
            Event::ShipmentChanged(last) => self.admits_route(last.route, ended.status),
            _ => true,
        }
    }

    fn wants_open(&self) -> bool {
        self.status.is_none_or(|status| !status.is_terminal())
    }

    fn wants_ended(&self) -> bool {
        self.status.is_none_or(ShipmentStatus::is_terminal)
    }
}

/// A shipment that a page looks at.
enum Candidate {
    /// Under way; itself, if the filter admits it.
    Open(ShipmentId, Option<Box<Shipment>>),
    /// Ended.
    Ended(Ended),
}

impl Candidate {
    fn id(&self) -> ShipmentId {
        match self {
            Self::Open(id, _) => *id,
            Self::Ended(ended) => ended.shipment,
        }
    }
}

impl Views {
    /// A shipment of any age with its timeline. Reads the journal.
    pub fn shipment(
        &self,
        id: ShipmentId,
        scope: Scope<'_>,
    ) -> Result<Option<ShipmentHistory>, ReadError> {
        let Some(last) = self.last_event_of(id)? else {
            return Ok(None);
        };
        self.shipment_at(last, scope)
    }

    /// The shipment that this event is of, as it was after it. `None` if it is of none. Reads the
    /// journal.
    pub fn shipment_at(
        &self,
        last: Sequence,
        scope: Scope<'_>,
    ) -> Result<Option<ShipmentHistory>, ReadError> {
        match self.event(last)? {
            Some(recorded) if shipment_of(&recorded).is_some() => {
                let history = history(&*self.0.events, recorded)?;
                Ok(Some(history).filter(|history| seen(&history.shipment, scope)))
            }
            _ => Ok(None),
        }
    }

    /// Shipments before `before`, newest first, at most `limit`. Those that have ended are read
    /// from the journal: a page costs a bounded number of reads and says where the next one begins.
    pub fn find_shipments(
        &self,
        filter: &ShipmentFilter,
        before: Option<ShipmentId>,
        limit: usize,
        scope: Scope<'_>,
    ) -> Result<Page<Shipment>, ReadError> {
        let mut before = before.map_or(Sequence(u64::MAX), |before| before.0);
        let (mut examined, mut reads) = (0, 0);
        let mut page = Page { items: Vec::new(), next: None, as_of: AsOf::default() };
        loop {
            let (as_of, candidates) = self.candidates(filter, before, scope)?;
            if examined == 0 {
                page.as_of = as_of;
            }
            let more = candidates.len() == CHUNK_SHIPMENTS;
            let mut left = candidates.len();
            for candidate in candidates {
                left -= 1;
                before = candidate.id().0;
                let found = match candidate {
                    Candidate::Open(_, shipment) => shipment.map(|shipment| *shipment),
                    Candidate::Ended(ended) => {
                        let found = self.ended(filter, &ended, &mut reads)?;
                        found.filter(|shipment| seen(shipment, scope))
                    }
                };
                page.items.extend(found);
                examined += 1;
                let full = page.items.len() >= limit.max(1) || reads >= EVENTS_READ_MAX;
                if full || examined >= OPEN_EXAMINED_MAX {
                    page.next = (more || left > 0).then_some(before);
                    return Ok(page);
                }
            }
            if !more {
                return Ok(page);
            }
        }
    }

    /// How a shipment ended; `None` if it has not, or may not be seen. Reads one event at most.
    pub fn ended_status(
        &self,
        id: ShipmentId,
        scope: Scope<'_>,
    ) -> Result<Option<ShipmentStatus>, ReadError> {
        let Some(Known::Ended(ended)) = self.known(id)? else {
            return Ok(None);
        };
        if !scope.is_network() {
            let booking = self.event(id.0)?;
            let Some(Recorded { envelope, event: Event::ShipmentBooked(booked) }) = booking else {
                return Err(broken(id.0, "a shipment begins without booking"));
            };
            let booked = Shipment::booked(&envelope, &booked);
            if !seen(&booked, scope) {
                return Ok(None);
            }
        }
        Ok(Some(ended.status))
    }

    /// The newest shipments before an identifier, under way and ended.
    fn candidates(
        &self,
        filter: &ShipmentFilter,
        before: Sequence,
        scope: Scope<'_>,
    ) -> Result<(AsOf, Vec<Candidate>), ReadError> {
        loop {
            let found_count = self.0.ended.found_count();
            let looked = self.look_for_candidates(filter, before, scope)?;
            // One that was found in between may have been neither here nor there.
            if self.0.ended.found_count() == found_count {
                return Ok(looked);
            }
        }
    }

    fn look_for_candidates(
        &self,
        filter: &ShipmentFilter,
        before: Sequence,
        scope: Scope<'_>,
    ) -> Result<(AsOf, Vec<Candidate>), ReadError> {
        let mut candidates = Vec::new();
        let mut waiting = Vec::new();
        let state = self.read();
        let as_of = state.as_of();
        if filter.wants_open() {
            let open = state.shipments.before(before.0).take(CHUNK_SHIPMENTS);
            candidates.extend(open.map(|shipment| {
                let admitted = filter.admits(shipment) && seen(shipment, scope);
                Candidate::Open(shipment.id, admitted.then(|| Box::new(shipment.clone())))
            }));
        }
        if filter.wants_ended() {
            waiting = self.0.ended.waiting_before(before.0, CHUNK_SHIPMENTS);
        }
        drop(state);
        candidates.extend(waiting.into_iter().map(|(id, ended)| match ended {
            Some(ended) => Candidate::Ended(ended),
            // Under way again, though the store may say otherwise still.
            None => Candidate::Open(ShipmentId(Sequence(id)), None),
        }));
        if filter.wants_ended() {
            // After what waits: whatever leaves the one has come to the other.
            let stored = self.0.ended.stored_before(before.0, CHUNK_SHIPMENTS)?;
            candidates.extend(stored.into_iter().map(Candidate::Ended));
        }
        // A shipment that ended meanwhile is there twice; the sort keeps the one under way first.
        candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.id()));
        candidates.dedup_by_key(|candidate| candidate.id());
        candidates.truncate(CHUNK_SHIPMENTS);
        Ok((as_of, candidates))
    }

    /// An ended shipment, if the filter admits it; counts the events it reads.
    fn ended(
        &self,
        filter: &ShipmentFilter,
        ended: &Ended,
        reads: &mut usize,
    ) -> Result<Option<Shipment>, ReadError> {
        if filter.status.is_some_and(|only| only != ended.status) {
            return Ok(None);
        }
        *reads += 1;
        let Some(recorded) = self.event(ended.last)? else {
            return Err(broken(ended.last, "the last event of a shipment is not there"));
        };
        if !filter.may_admit(ended, &recorded.event) {
            return Ok(None);
        }
        let history = history(&*self.0.events, recorded)?;
        *reads += history.timeline.len() - 1;
        Ok(Some(history.shipment).filter(|shipment| filter.admits(shipment)))
    }

    /// The last event of a shipment.
    fn last_event_of(&self, id: ShipmentId) -> Result<Option<Sequence>, ReadError> {
        Ok(self.known(id)?.map(|known| match known {
            Known::Open(last) => last,
            Known::Ended(ended) => ended.last,
        }))
    }

    /// What is known of a shipment: under way, waiting for the store, or in the store, in the order
    /// in which it goes through them.
    fn known(&self, id: ShipmentId) -> Result<Option<Known>, ReadError> {
        loop {
            let found_count = self.0.ended.found_count();
            let state = self.read();
            let open = state.shipments.get(id).map(|shipment| Known::Open(shipment.last));
            let known = open.or_else(|| self.0.ended.waiting(id).map(Known::Ended));
            drop(state);
            if known.is_some() {
                return Ok(known);
            }
            let stored = self.0.ended.stored_one(id)?.map(Known::Ended);
            // One that was found in between was perhaps neither here nor there.
            if self.0.ended.found_count() == found_count {
                return Ok(stored);
            }
        }
    }
}

/// Where the last event of a shipment is.
enum Known {
    Open(Sequence),
    Ended(Ended),
}

/// Walks back from an event of a shipment to its booking, and folds forward.
pub(crate) fn history(
    events: &dyn EventReader,
    last: Recorded,
) -> Result<ShipmentHistory, ReadError> {
    let mut timeline = vec![last];
    while let Some((after, previous)) = timeline.last().and_then(previous_of) {
        if previous >= after {
            return Err(broken(after, "it names a later event as the one before"));
        }
        let earlier = events.event(previous)?;
        let earlier = earlier.ok_or_else(|| broken(after, "the event before is not there"))?;
        if shipment_of(&earlier) != timeline.last().and_then(shipment_of) {
            return Err(broken(after, "the event before is of another shipment"));
        }
        timeline.push(earlier);
    }
    timeline.reverse();
    let (booking, booked) = match timeline.first() {
        Some(Recorded { envelope, event: Event::ShipmentBooked(booked) }) => {
            (envelope.clone(), booked)
        }
        _ => return Err(broken(Sequence::ZERO, "a shipment begins without booking")),
    };
    let shipment = folded(&booking, booked, &timeline);
    Ok(ShipmentHistory { shipment, booking, timeline })
}

fn folded(booking: &Envelope, booked: &ShipmentBooked, timeline: &[Recorded]) -> Shipment {
    let mut shipment = Shipment::booked(booking, booked);
    for recorded in timeline {
        if let Event::ShipmentChanged(changed) = &recorded.event {
            shipment.apply(&recorded.envelope, changed);
        }
    }
    shipment
}

/// The shipment that an event is of.
fn shipment_of(recorded: &Recorded) -> Option<ShipmentId> {
    match &recorded.event {
        Event::ShipmentBooked(_) => Some(ShipmentId(recorded.envelope.sequence)),
        Event::ShipmentChanged(changed) => Some(changed.shipment),
        _ => None,
    }
}

/// The place of an event of a shipment and of the one before; `None` of a booking.
fn previous_of(recorded: &Recorded) -> Option<(Sequence, Sequence)> {
    match &recorded.event {
        Event::ShipmentChanged(changed) => Some((recorded.envelope.sequence, changed.previous)),
        _ => None,
    }
}

pub(crate) fn broken(at: Sequence, reason: &str) -> ReadError {
    ReadError { after: Sequence(at.0.saturating_sub(1)), reason: reason.to_owned() }
}
