//! Reading: a row's bytes are checked, and its events found.

use domain::{BatchId, Epoch, JournalId, Recorded, Sequence, Timestamp};
use thiserror::Error;

use super::{CHAIN_BYTES, FORMAT, OFFSET_BYTES};
use crate::ChainHash;
use crate::encoding::{self, EncodingError};

/// Bytes that are not the row they should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RowError {
    /// Too short for a row, or for what it says it holds.
    #[error("it is cut short")]
    Short,
    /// A row format that this program does not know.
    #[error("it has row format {0}, which is not known here")]
    Format(u8),
    /// Its hash is not that of its bytes.
    #[error("its bytes do not have its hash")]
    Hash,
    /// It says something that cannot be.
    #[error("its {0} cannot be")]
    Field(&'static str),
    /// It does not follow the row before it.
    #[error("its {what} is {found} and should be {expected}")]
    Order {
        /// What does not follow.
        what: &'static str,
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// One of its events cannot be decoded.
    #[error("event {sequence}: {source}")]
    Event {
        /// Which one.
        sequence: Sequence,
        /// Why.
        source: EncodingError,
    },
}

/// A stored row whose bytes have its hash.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The batch it is part of.
    pub batch: BatchId,
    /// Its place in that batch, from 0.
    pub index: u16,
    /// Whether it is the last of that batch.
    pub is_last: bool,
    /// Its first event.
    pub first: Sequence,
    /// How many events it holds, at least 1.
    pub count: u16,
    /// The chain hash of the row before.
    pub previous: ChainHash,
    /// Its own.
    pub chain: ChainHash,
    base: Timestamp,
    starts: &'a [u8],
    events: &'a [u8],
}

impl<'a> Row<'a> {
    /// Reads the header and checks the hash; decodes no event.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, RowError> {
        let (hashed, chain) = bytes.split_last_chunk::<CHAIN_BYTES>().ok_or(RowError::Short)?;
        let mut rest = hashed;
        let [format, last] = take(&mut rest)?;
        if format != FORMAT {
            return Err(RowError::Format(format));
        }
        if blake3::hash(hashed).as_bytes() != chain {
            return Err(RowError::Hash);
        }
        let index = u16::from_le_bytes(take(&mut rest)?);
        let count = u16::from_le_bytes(take(&mut rest)?);
        let [_, _] = take(&mut rest)?;
        let epoch = Epoch(u64::from_le_bytes(take(&mut rest)?));
        let number = u64::from_le_bytes(take(&mut rest)?);
        let first = Sequence(u64::from_le_bytes(take(&mut rest)?));
        let base = Timestamp(i64::from_le_bytes(take(&mut rest)?));
        let journal = JournalId(u128::from_be_bytes(take(&mut rest)?));
        let previous = take(&mut rest)?;
        let table = usize::from(count) * OFFSET_BYTES;
        let (starts, events) = rest.split_at_checked(table).ok_or(RowError::Short)?;
        if last > 1 {
            return Err(RowError::Field("last-row flag"));
        }
        if count == 0 {
            return Err(RowError::Field("event count"));
        }
        if first == Sequence::ZERO || first.0.checked_add(u64::from(count)).is_none() {
            return Err(RowError::Field("first sequence"));
        }
        Ok(Self {
            batch: BatchId { journal, epoch, number },
            index,
            is_last: last == 1,
            first,
            count,
            previous,
            chain: *chain,
            base,
            starts,
            events,
        })
    }

    /// Its last event.
    pub fn last(&self) -> Sequence {
        Sequence(self.first.0 + u64::from(self.count) - 1)
    }

    /// The event with this sequence, `None` if it is not in this row. Decodes no other.
    pub fn event(&self, sequence: Sequence) -> Result<Option<Recorded>, RowError> {
        let place = sequence.0.checked_sub(self.first.0).and_then(|at| u16::try_from(at).ok());
        match place {
            Some(at) if at < self.count => self.decode(usize::from(at)).map(Some),
            _ => Ok(None),
        }
    }

    /// Its events behind `after`, in order.
    pub fn events_after(
        &self,
        after: Sequence,
    ) -> impl Iterator<Item = Result<Recorded, RowError>> + use<'a> {
        let row = *self;
        let skipped = after.0.saturating_add(1).saturating_sub(self.first.0);
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        (skipped..usize::from(self.count)).map(move |at| row.decode(at))
    }

    fn decode(&self, at: usize) -> Result<Recorded, RowError> {
        let end =
            if at + 1 == usize::from(self.count) { self.events.len() } else { self.start(at + 1)? };
        let bytes = self.events.get(self.start(at)?..end).ok_or(RowError::Field("offset table"))?;
        let sequence = Sequence(self.first.0 + at as u64);
        encoding::decode(bytes, sequence, self.base)
            .map_err(|source| RowError::Event { sequence, source })
    }

    fn start(&self, at: usize) -> Result<usize, RowError> {
        let mut entry = self.starts.get(at * OFFSET_BYTES..).ok_or(RowError::Short)?;
        take(&mut entry).map(|bytes| usize::from(u16::from_le_bytes(bytes)))
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], RowError> {
    let (taken, left) = rest.split_first_chunk::<N>().ok_or(RowError::Short)?;
    *rest = left;
    Ok(*taken)
}
