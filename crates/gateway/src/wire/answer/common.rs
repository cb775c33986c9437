//! What many answers share.

use domain::{Note, Position, Timestamp};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::wire::{Coordinate, Metadata, Time};

/// How far a read has seen.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = AsOf)]
pub(crate) struct AsOfAnswer {
    /// The last event it has seen; 0 before the first.
    pub(crate) sequence: u64,
    /// When that was recorded, in network time.
    pub(crate) time: Time,
}

impl From<views::AsOf> for AsOfAnswer {
    fn from(as_of: views::AsOf) -> Self {
        Self { sequence: as_of.sequence.0, time: Time(as_of.time) }
    }
}

/// A part of a list. A page may be short, or empty, with more to come: follow `nextCursor`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct List<T> {
    pub(crate) items: Vec<T>,
    /// Where the next page begins; null at the end.
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
    pub(crate) as_of: AsOfAnswer,
}

/// When and by whom it was written, and the client's own words on it.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Envelope)]
pub(crate) struct EnvelopeFields<'a> {
    /// Network time, strictly increasing.
    pub(crate) recorded_at: Time,
    /// When it happened, as the client says; else when it was recorded.
    pub(crate) occurred_at: Time,
    /// The principal that asked for it.
    pub(crate) actor: &'a str,
    #[schema(required)]
    pub(crate) reference: Option<&'a str>,
    #[schema(value_type = Metadata)]
    pub(crate) metadata: Labels<'a>,
    /// Its place in the one sequence.
    pub(crate) sequence: u64,
}

/// When and by whom it was written, and the client's own words on it: all of it or, in lists, a part.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what other types write")]
pub(crate) struct EnvelopePart<'a> {
    /// Network time, strictly increasing.
    recorded_at: Option<Time>,
    /// When it happened, as the client says; else when it was recorded.
    occurred_at: Option<Time>,
    /// The principal that asked for it.
    actor: Option<&'a str>,
    reference: Option<&'a str>,
    #[schema(value_type = Option<Metadata>)]
    metadata: Option<Labels<'a>>,
    /// Its place in the one sequence.
    sequence: u64,
}

/// The metadata of a note; an empty object if there is none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Labels<'a>(pub(crate) Option<&'a Note>);

impl Serialize for Labels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.map(|note| &note.metadata);
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in entries.into_iter().flatten() {
            map.serialize_entry(name.as_str(), value.as_str())?;
        }
        map.end()
    }
}

/// A place in space, in light-years; Sol is at the origin.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = Position)]
pub(crate) struct Place {
    pub(crate) x: Coordinate,
    pub(crate) y: Coordinate,
    pub(crate) z: Coordinate,
}

impl From<Position> for Place {
    fn from(position: Position) -> Self {
        Self { x: Coordinate(position.x), y: Coordinate(position.y), z: Coordinate(position.z) }
    }
}

/// Where something was seen, and when.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = Sighting)]
pub(crate) struct Seen {
    x: Coordinate,
    y: Coordinate,
    z: Coordinate,
    at: Time,
}

impl From<(Position, Timestamp)> for Seen {
    fn from((position, at): (Position, Timestamp)) -> Self {
        let Place { x, y, z } = position.into();
        Self { x, y, z, at: Time(at) }
    }
}
