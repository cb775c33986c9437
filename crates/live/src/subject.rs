//! What an event is about, with what its origin says and where its stations lie: all that a filter
//! looks at. Found once per event, for all readers.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use domain::{
    AlertCause, AlertId, AlertRuleId, EventKind, EventReader, Facet, Origin, ReadError, Recorded,
    Sequence, Severity, StationId, facets, is_public, origin,
};
use parking_lot::Mutex;

/// A system, by a digest of its name: stations move between systems, and systems have no numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct System(pub u128);

/// What events do not say: where stations lie, and what rules of alerts said.
pub trait Surroundings: Send + Sync {
    /// The system that a station lies in now.
    fn system(&self, station: StationId) -> Option<System>;

    /// Tells what a rule was about at the end of `during`, but for its owner if that was another at any
    /// time of it, if all that is known without reading the journal; `false` if not.
    fn rule_known(
        &self,
        rule: AlertRuleId,
        during: &RangeInclusive<Sequence>,
        tell: &mut dyn FnMut(Facet),
    ) -> bool;

    /// The same, reading the journal where that is needed. By itself it is for whoever never needs to:
    /// not to know is an error, because an event that seemed to be about less would be kept from those
    /// who want it.
    fn rule(
        &self,
        rule: AlertRuleId,
        during: &RangeInclusive<Sequence>,
        tell: &mut dyn FnMut(Facet),
    ) -> Result<(), ReadError> {
        if self.rule_known(rule, during, tell) {
            return Ok(());
        }
        Err(ReadError {
            after: Sequence(during.end().0.saturating_sub(1)),
            reason: "what a rule of alerts said is not known".to_owned(),
        })
    }
}

/// What an event is about, all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// What happened.
    pub kind: EventKind,
    /// Whether every key sees it.
    pub is_public: bool,
    /// Its own facets and those of its origin; some may be there twice.
    pub facets: Box<[Facet]>,
    /// The systems that its stations lie in.
    pub systems: Box<[System]>,
}

/// Origins that are kept in memory, in each of two generations: what is under way is changed and
/// ended sooner, as a rule, than so many others begin. About 10 MiB.
const ORIGINS_KEPT: usize = 16_384;

/// Finds out what events are about. A handle: clones share what they have read.
#[derive(Clone)]
pub struct Subjects(Arc<Shared>);

struct Shared {
    events: Arc<dyn EventReader>,
    surroundings: Arc<dyn Surroundings>,
    origins: Mutex<Origins>,
}

impl Subjects {
    /// Reads origins from `events`.
    pub fn new(events: Arc<dyn EventReader>, surroundings: Arc<dyn Surroundings>) -> Self {
        let origins = Mutex::new(Origins::default());
        Self(Arc::new(Shared { events, surroundings, origins }))
    }

    /// What an event is about. May read the journal.
    pub fn of(&self, recorded: &Recorded) -> Result<Subject, ReadError> {
        if let Some(known) = self.known(recorded) {
            return Ok(known);
        }
        let mut found = own_facets(recorded);
        let at = recorded.envelope.sequence;
        let mut next = origin(&recorded.event);
        while let Some(origin) = next.take() {
            match origin {
                Origin::Rule(rule, alert) => {
                    let during = since(alert, at);
                    self.0.surroundings.rule(rule, &during, &mut |facet| found.push(facet))?;
                }
                Origin::Event(begun) => {
                    let (facets, further) = self.origin(begun)?;
                    found.extend_from_slice(&facets);
                    next = further;
                }
            }
        }
        Ok(self.subject(recorded, found))
    }

    /// What an open alert is about, as its last event `at` says. May read the journal.
    pub fn of_alert(
        &self,
        (alert, at): (AlertId, Sequence),
        severity: Severity,
        cause: AlertCause,
    ) -> Result<Vec<Facet>, ReadError> {
        let mut found = vec![Facet::Alert(alert), Facet::Severity(severity)];
        let begun = match cause {
            AlertCause::Overdue(shipment)
            | AlertCause::Late(shipment)
            | AlertCause::Silent(shipment) => shipment.0,
            AlertCause::Hold(trade) => trade.0,
            AlertCause::Stock(rule) => {
                let during = since(Some(alert), at);
                self.0.surroundings.rule(rule, &during, &mut |facet| found.push(facet))?;
                return Ok(found);
            }
        };
        found.extend_from_slice(&self.origin(begun)?.0);
        Ok(found)
    }

    /// The systems that the stations among these lie in.
    pub fn systems(&self, facets: &[Facet]) -> Vec<System> {
        let mut systems = Vec::new();
        for facet in facets {
            if let Facet::Station(station) = facet
                && let Some(system) = self.0.surroundings.system(*station)
                && !systems.contains(&system)
            {
                systems.push(system);
            }
        }
        systems
    }

    /// What an event is about, if that is known without reading the journal.
    pub fn known(&self, recorded: &Recorded) -> Option<Subject> {
        let mut found = own_facets(recorded);
        let at = recorded.envelope.sequence;
        let mut next = origin(&recorded.event);
        if next.is_none() {
            // What begins something is soon asked for by what becomes of it.
            if begins(&recorded.event) {
                self.0.origins.lock().keep(at, found.as_slice().into(), None);
            }
            return Some(self.subject(recorded, found));
        }
        while let Some(origin) = next.take() {
            match origin {
                Origin::Rule(rule, alert) => {
                    let during = since(alert, at);
                    let tell = &mut |facet| found.push(facet);
                    if !self.0.surroundings.rule_known(rule, &during, tell) {
                        return None;
                    }
                }
                Origin::Event(begun) => {
                    let (facets, further) = self.0.origins.lock().get(begun)?;
                    found.extend_from_slice(&facets);
                    next = further;
                }
            }
        }
        Some(self.subject(recorded, found))
    }

    fn origin(&self, begun: Sequence) -> Result<(Arc<[Facet]>, Option<Origin>), ReadError> {
        if let Some(known) = self.0.origins.lock().get(begun) {
            return Ok(known);
        }
        let recorded = self.0.events.event(begun)?.ok_or_else(|| ReadError {
            after: Sequence(begun.0.saturating_sub(1)),
            reason: "what an event is about is not there".to_owned(),
        })?;
        let facets: Arc<[Facet]> = own_facets(&recorded).into();
        // An origin is older than what it is the origin of: the walk ends.
        let further = origin(&recorded.event).filter(|origin| match origin {
            Origin::Event(earlier) => *earlier < begun,
            Origin::Rule(..) => true,
        });
        self.0.origins.lock().keep(begun, Arc::clone(&facets), further);
        Ok((facets, further))
    }

    fn subject(&self, recorded: &Recorded, found: Vec<Facet>) -> Subject {
        let systems = self.systems(&found);
        Subject {
            kind: EventKind::of(&recorded.event),
            is_public: is_public(&recorded.event),
            facets: found.into(),
            systems: systems.into(),
        }
    }
}

/// From when an alert fired, if it did before, to an event.
fn since(alert: Option<AlertId>, at: Sequence) -> RangeInclusive<Sequence> {
    alert.map_or(at, |alert| alert.0)..=at
}

fn own_facets(recorded: &Recorded) -> Vec<Facet> {
    let mut found = Vec::with_capacity(8);
    facets(recorded, &mut |facet| found.push(facet));
    found
}

/// Whether later events name it as their origin.
fn begins(event: &domain::Event) -> bool {
    match EventKind::of(event) {
        EventKind::ShipmentBooked | EventKind::TradeHeld | EventKind::OfferOpened => true,
        // A reversal's origin: one trade in thousands, not worth the room.
        _ => false,
    }
}

type Known = (Arc<[Facet]>, Option<Origin>);

/// The origins that were read or seen last, in two generations: when the young one is full, the old
/// one goes and the young one becomes it.
#[derive(Default)]
struct Origins {
    young: HashMap<Sequence, Known>,
    old: HashMap<Sequence, Known>,
}

impl Origins {
    fn get(&mut self, begun: Sequence) -> Option<Known> {
        if let Some(known) = self.young.get(&begun) {
            return Some(known.clone());
        }
        let known = self.old.remove(&begun)?;
        self.keep(begun, Arc::clone(&known.0), known.1);
        Some(known)
    }

    fn keep(&mut self, begun: Sequence, facets: Arc<[Facet]>, further: Option<Origin>) {
        if self.young.len() >= ORIGINS_KEPT {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(begun, (facets, further));
    }
}
