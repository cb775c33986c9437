//! Events as bytes and back: protobuf, as `schema/events.proto` says.
//!
//! The row that holds an event gives its sequence and the time that its own counts from, so both
//! are arguments here. What a type of `domain` promises is checked on the way in by that type; what
//! it only documents (an instant's range, a line at least) is checked here, at both ends: nothing
//! is written that could not be read again. Whoever makes events must hold to the same bounds,
//! since an event that cannot be encoded stops the writer.

mod bound;
mod from_wire;
mod to_wire;
#[rustfmt::skip]
#[allow(clippy::pedantic, unreachable_pub, reason = "generated; tests/schema.rs says from what")]
mod wire;

use domain::{Recorded, Sequence, Timestamp};
use prost::Message;
use thiserror::Error;

pub use bound::encoded_len_bound;

/// An event that cannot be written, or bytes that are no event.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EncodingError {
    /// A number or a text is outside its bounds.
    #[error("{0} is out of bounds")]
    OutOfBounds(&'static str),
    /// Something that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A kind of event or a value that this program does not know.
    #[error("{0} is not known here: the journal was written by a newer version")]
    Newer(&'static str),
    /// Not the wire format at all.
    #[error("not an encoded event: {0}")]
    Wire(String),
}

/// Appends the event's bytes to `out`; its time is counted from `base`.
pub fn encode(
    recorded: &Recorded,
    base: Timestamp,
    out: &mut Vec<u8>,
) -> Result<(), EncodingError> {
    let message = to_wire::recorded(recorded, base)?;
    message.encode(out).map_err(|error| EncodingError::Wire(error.to_string()))
}

/// The event that [`encode`] made these bytes of.
pub fn decode(
    bytes: &[u8],
    sequence: Sequence,
    base: Timestamp,
) -> Result<Recorded, EncodingError> {
    let message =
        wire::Recorded::decode(bytes).map_err(|error| EncodingError::Wire(error.to_string()))?;
    from_wire::recorded(message, sequence, base)
}

/// The instant, if RFC 3339 can write it.
fn instant(micros: i64, what: &'static str) -> Result<Timestamp, EncodingError> {
    Timestamp::new(micros).ok_or(EncodingError::OutOfBounds(what))
}

/// Refuses what no command can have: no lines, or more than [`domain::limits::LINES_MAX`].
fn check_lines(count: usize) -> Result<(), EncodingError> {
    if count == 0 {
        return Err(EncodingError::Missing("a line"));
    }
    if count > domain::limits::LINES_MAX {
        return Err(EncodingError::OutOfBounds("the number of lines"));
    }
    Ok(())
}

/// Refuses coordinates past [`domain::Position::COORDINATE_MAX`].
fn check_position(position: domain::Position) -> Result<domain::Position, EncodingError> {
    let domain::Position { x, y, z } = position;
    let within = |at: i64| at.unsigned_abs() <= domain::Position::COORDINATE_MAX.unsigned_abs();
    if within(x) && within(y) && within(z) {
        Ok(position)
    } else {
        Err(EncodingError::OutOfBounds("a coordinate"))
    }
}

/// Refuses a speed that no network can have.
fn check_speed(speed: u32) -> Result<u32, EncodingError> {
    if (1..=domain::limits::SPEED_MAX).contains(&speed) {
        Ok(speed)
    } else {
        Err(EncodingError::OutOfBounds("the speed of network time"))
    }
}

/// Refuses more metadata than a command can have.
fn check_entries(count: usize) -> Result<(), EncodingError> {
    if count <= domain::limits::METADATA_ENTRIES_MAX {
        Ok(())
    } else {
        Err(EncodingError::OutOfBounds("the number of metadata entries"))
    }
}
