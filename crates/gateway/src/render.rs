//! From events and views to answers: numbers become names.
//!
//! An answer to a write is made of the event that was recorded, so that a repeat gets the same.

mod alert;
mod cargo;
mod encode;
mod event;
mod facts;
mod offer;
mod things;
mod trade;
mod vessel;
mod webhook;

use domain::{CommodityId, Envelope, Lineage, PrincipalId, Sequence, StationId, TraderId};
use views::State;

use crate::wire::Time;
use crate::wire::answer::{EnvelopeFields, Labels};

pub use encode::stream_encoder;

/// What tells this journal's events from those of others, and from those of the same journal before
/// a backup of it was restored.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// All of the journal's identifier, in hexadecimal.
    pub(crate) journal: String,
    /// The source of its events.
    pub(crate) source: String,
    /// The tag of the events behind each of these, in order; the first is behind none.
    tags: Vec<(Sequence, String)>,
}

impl Identity {
    pub(crate) fn of(lineage: &Lineage) -> Self {
        let hex = format!("{:032x}", lineage.journal().0);
        let source = format!("/api/journals/{hex}");
        Self { journal: hex, source, tags: lineage.tags() }
    }

    /// The identifier of an event, which is also the position behind it.
    pub(crate) fn event_id(&self, sequence: Sequence) -> String {
        format!("{sequence}-{}", self.tag(sequence))
    }

    /// What the identifier of this event ends with.
    pub(crate) fn tag(&self, sequence: Sequence) -> &str {
        let behind = self.tags.iter().rfind(|(after, _)| *after < sequence);
        behind.or(self.tags.first()).map_or("", |(_, tag)| tag)
    }
}

/// Makes answers, with the names that the views have.
#[derive(Clone, Copy)]
pub(crate) struct Render<'a> {
    pub(crate) state: &'a State,
    pub(crate) identity: &'a Identity,
}

/// Stands for a name that the views do not know, which does not happen: they fold an event before
/// anybody is shown it.
const NAMELESS: &str = "?";

impl<'a> Render<'a> {
    pub(crate) fn station(self, id: StationId) -> &'a str {
        self.state.station(id).map_or(NAMELESS, |station| station.name.as_str())
    }

    pub(crate) fn commodity(self, id: CommodityId) -> &'a str {
        self.state.commodity(id).map_or(NAMELESS, |commodity| commodity.name.as_str())
    }

    pub(crate) fn trader(self, id: TraderId) -> &'a str {
        self.state.trader(id).map_or(NAMELESS, |trader| trader.name.as_str())
    }

    pub(crate) fn traders(self, ids: &[TraderId]) -> Vec<&'a str> {
        ids.iter().map(|id| self.trader(*id)).collect()
    }

    pub(crate) fn principal(self, id: PrincipalId) -> &'a str {
        self.state.principal_name(id).map_or(NAMELESS, |name| name.as_str())
    }

    fn envelope(self, envelope: &'a Envelope) -> EnvelopeFields<'a> {
        let note = envelope.note.as_deref();
        let reference = note.and_then(|note| note.reference.as_ref());
        EnvelopeFields {
            recorded_at: Time(envelope.recorded_at),
            occurred_at: Time(envelope.occurred_at()),
            actor: self.principal(envelope.actor),
            reference: reference.map(domain::Text::as_str),
            metadata: Labels(note),
            sequence: envelope.sequence.0,
        }
    }
}
