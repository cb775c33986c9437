//! Events as they come from streams and lists.

use jiff::Timestamp;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::{AsOf, EventType, SnapshotKind};

/// Something that happened. What it says beside its envelope is [`data`](Self::data).
#[derive(Debug, Clone)]
pub struct Event {
    /// The sequence in digits, a dash, the journal's tag: the position behind it.
    pub id: String,
    /// Its place in the one sequence.
    pub sequence: u64,
    /// What happened.
    pub kind: EventType,
    /// What it happened to.
    pub subject: String,
    /// When it happened.
    pub time: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    raw: Box<RawValue>,
}

/// What an envelope has.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    id: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    sequence: std::borrow::Cow<'a, str>,
    #[serde(rename = "type")]
    kind: EventType,
    #[serde(default)]
    subject: String,
    time: Timestamp,
    recordedat: Timestamp,
}

#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

impl Event {
    /// The very JSON of the event (`CloudEvents` 1.0).
    pub fn json(&self) -> &str {
        self.raw.get()
    }

    /// What happened, with the field names of the answers: such as [`Trade`](crate::Trade) of
    /// `trade.settled`, or any type of yours with the fields you need.
    pub fn data<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_str::<Data<T>>(self.json()).map(|event| event.data)
    }

    /// The word before the dot of the type.
    pub fn topic(&self) -> &str {
        self.kind.as_str().split('.').next().unwrap_or_default()
    }

    pub(crate) fn of(raw: Box<RawValue>) -> serde_json::Result<Self> {
        let head: Head<'_> = serde_json::from_str(raw.get())?;
        let sequence = head.sequence.parse().map_err(serde_json::Error::custom)?;
        Ok(Self {
            id: head.id.into_owned(),
            sequence,
            kind: head.kind,
            subject: head.subject,
            time: head.time,
            recorded_at: head.recordedat,
            raw,
        })
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::of(Box::<RawValue>::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// A part of the state that a stream begins with.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotPart {
    /// What it is of.
    pub kind: SnapshotKind,
    /// As the lists have them: levels, shipments, alerts, or one summary.
    pub items: Vec<Box<RawValue>>,
    /// How far it has seen.
    pub as_of: AsOf,
    /// Whether nothing more of this kind follows.
    #[serde(default)]
    pub last: bool,
}
