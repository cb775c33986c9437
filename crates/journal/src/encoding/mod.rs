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

use domain::{Charge, OfferTaken, Recorded, Role, Sequence, Timestamp, TraderId};
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

/// Refuses more of something than there can be.
fn check_count(count: usize, maximum: usize, what: &'static str) -> Result<(), EncodingError> {
    if count <= maximum { Ok(()) } else { Err(EncodingError::OutOfBounds(what)) }
}

/// Refuses more metadata than a command can have.
fn check_entries(count: usize) -> Result<(), EncodingError> {
    check_count(count, domain::limits::METADATA_ENTRIES_MAX, "the number of metadata entries")
}

/// Refuses more charges than a trade or a shipment can have, and one of nothing.
fn check_charges(charges: &[Charge]) -> Result<(), EncodingError> {
    check_count(charges.len(), domain::limits::CHARGES_MAX, "the number of charges")?;
    if charges.iter().any(|charge| charge.amount.is_zero()) {
        return Err(EncodingError::OutOfBounds("the amount of a charge"));
    }
    Ok(())
}

/// Refuses offers that are not taken by the lines there are, in their order, one by each at most:
/// whoever reads them walks the lines beside them.
fn check_offers_taken(offers: &[OfferTaken], line_count: usize) -> Result<(), EncodingError> {
    let in_order = offers.is_sorted_by(|one, next| one.line < next.line);
    let there = |taken: &OfferTaken| usize::try_from(taken.line).is_ok_and(|at| at < line_count);
    if in_order && offers.last().is_none_or(there) {
        Ok(())
    } else {
        Err(EncodingError::OutOfBounds("the line of an offer that was taken"))
    }
}

/// Refuses no rests of offers at all where there must be one, and more than one posting replaces.
fn check_withdrawn(count: usize) -> Result<(), EncodingError> {
    if count == 0 {
        return Err(EncodingError::Missing("an offer"));
    }
    check_replaced(count)
}

/// Refuses more offers than one posting can replace.
fn check_replaced(count: usize) -> Result<(), EncodingError> {
    check_count(count, domain::limits::OFFERS_ALIKE_MAX, "the number of offers")
}

/// Refuses accounts that are too many or out of order, and those of a role that has none; or none
/// for a role that has them.
fn check_accounts(role: Role, accounts: &[TraderId]) -> Result<(), EncodingError> {
    check_count(accounts.len(), domain::limits::ACCOUNTS_MAX, "the number of accounts")?;
    if role.has_accounts() && accounts.is_empty() {
        return Err(EncodingError::Missing("an account"));
    }
    if !role.has_accounts() && !accounts.is_empty() {
        return Err(EncodingError::OutOfBounds("an account of a role without accounts"));
    }
    if !accounts.is_sorted_by(|one, next| one < next) {
        return Err(EncodingError::OutOfBounds("the order of accounts"));
    }
    Ok(())
}

/// Refuses more goods left of a hold than it can have lines.
fn check_rest(count: usize) -> Result<(), EncodingError> {
    check_count(count, domain::limits::LINES_MAX, "the number of lines")
}
