//! Questions about shipments of any age: under way, or ended and read back from the journal.

use domain::{
    CommodityId, Envelope, Event, ReadError, Recorded, Scope, Sequence, Shipment, ShipmentBooked,
    ShipmentChange, ShipmentChanged, ShipmentId, ShipmentStatus, StationId, TraderId,
};

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
    /// With this commodity, among others.
    pub commodity: Option<CommodityId>,
    /// Of this status.
    pub status: Option<ShipmentStatus>,
    /// Late, or not.
    pub delayed: Option<bool>,
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
            && self.commodity.is_none_or(with)
            && self.delayed.is_none_or(|only| only == delayed)
    }

    fn admits_route(&self, route: domain::Route, status: ShipmentStatus) -> bool {
        self.origin.is_none_or(|only| only == route.origin)
            && self.destination.is_none_or(|only| only == route.destination)
            && self.owner.is_none_or(|only| only == route.owner)
            && self.status.is_none_or(|only| only == status)
    }

    /// Whether the last event of an ended shipment, by itself, lets it pass so far.
    fn may_admit(&self, last: &ShipmentChanged) -> bool {
        let status = match &last.change {
            ShipmentChange::Received { .. } => ShipmentStatus::Received,
            ShipmentChange::Lost { .. } => ShipmentStatus::Lost,
            ShipmentChange::Cancelled { .. } => ShipmentStatus::Cancelled,
            ShipmentChange::Loaded
            | ShipmentChange::Departed { .. }
            | ShipmentChange::Position(_)
            | ShipmentChange::Estimated { .. }
            | ShipmentChange::Delayed { .. }
            | ShipmentChange::Arrived => return true,
        };
        self.admits_route(last.route, status)
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
    /// Ended, and its last event.
    Ended(ShipmentId, Sequence),
}

impl Candidate {
    fn id(&self) -> ShipmentId {
        match self {
            Self::Open(id, _) | Self::Ended(id, _) => *id,
        }
    }
}

impl Views {
    /// A shipment of any age with its timeline. Reads the journal.
    pub fn shipment(
        &self,
        id: ShipmentId,
        scope: Scope,
    ) -> Result<Option<ShipmentHistory>, ReadError> {
        let Scope::Network = scope;
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
        scope: Scope,
    ) -> Result<Option<ShipmentHistory>, ReadError> {
        let Scope::Network = scope;
        match self.event(last)? {
            Some(recorded) if shipment_of(&recorded).is_some() => self.history(recorded).map(Some),
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
        scope: Scope,
    ) -> Result<Page<Shipment>, ReadError> {
        let Scope::Network = scope;
        let mut before = before.map_or(Sequence(u64::MAX), |before| before.0);
        let (mut examined, mut reads) = (0, 0);
        let mut page = Page { items: Vec::new(), next: None, as_of: AsOf::default() };
        loop {
            let (as_of, candidates) = self.candidates(filter, before)?;
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
                    Candidate::Ended(_, last) => self.ended(filter, last, &mut reads)?,
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

    /// The newest shipments before an identifier, under way and ended.
    fn candidates(
        &self,
        filter: &ShipmentFilter,
        before: Sequence,
    ) -> Result<(AsOf, Vec<Candidate>), ReadError> {
        let mut candidates = Vec::new();
        let mut ended = Vec::new();
        let state = self.read();
        let as_of = state.as_of();
        if filter.wants_open() {
            let open = state.shipments.before(before.0).take(CHUNK_SHIPMENTS);
            candidates.extend(open.map(|shipment| {
                let admitted = filter.admits(shipment);
                Candidate::Open(shipment.id, admitted.then(|| Box::new(shipment.clone())))
            }));
        }
        if filter.wants_ended() {
            ended = self.0.ended.waiting_before(before.0, CHUNK_SHIPMENTS);
        }
        drop(state);
        if filter.wants_ended() {
            // After what waits: whatever leaves the one has come to the other.
            ended.extend(self.0.ended.stored_before(before.0, CHUNK_SHIPMENTS)?);
        }
        candidates.extend(
            ended
                .into_iter()
                .map(|(id, last)| Candidate::Ended(ShipmentId(Sequence(id)), Sequence(last))),
        );
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
        last: Sequence,
        reads: &mut usize,
    ) -> Result<Option<Shipment>, ReadError> {
        *reads += 1;
        let Some(recorded) = self.event(last)? else {
            return Err(broken(last, "the last event of a shipment is not there"));
        };
        if let Event::ShipmentChanged(changed) = &recorded.event
            && !filter.may_admit(changed)
        {
            return Ok(None);
        }
        let history = self.history(recorded)?;
        *reads += history.timeline.len() - 1;
        Ok(Some(history.shipment).filter(|shipment| filter.admits(shipment)))
    }

    /// The last event of a shipment: of one under way, of one that waits for the store, or of one
    /// in the store, in the order in which it goes through them.
    fn last_event_of(&self, id: ShipmentId) -> Result<Option<Sequence>, ReadError> {
        let state = self.read();
        let open = state.shipments.get(id).map(|shipment| shipment.last);
        let found = open.or_else(|| self.0.ended.waiting_last_of(id));
        drop(state);
        match found {
            Some(last) => Ok(Some(last)),
            None => self.0.ended.stored_last_of(id),
        }
    }

    /// Walks back from an event of a shipment to its booking, and folds forward.
    fn history(&self, last: Recorded) -> Result<ShipmentHistory, ReadError> {
        let mut timeline = vec![last];
        while let Some((after, previous)) = timeline.last().and_then(previous_of) {
            if previous >= after {
                return Err(broken(after, "it names a later event as the one before"));
            }
            let earlier = self.0.events.event(previous)?;
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

fn broken(at: Sequence, reason: &str) -> ReadError {
    ReadError { after: Sequence(at.0.saturating_sub(1)), reason: reason.to_owned() }
}
