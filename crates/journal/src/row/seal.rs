//! Sealing: a batch becomes rows.

use domain::limits::{BATCH_BYTES_MAX, ROW_BYTES_MAX};
use domain::{Batch, BatchId, Recorded, Sequence, Timestamp};
use thiserror::Error;

use super::{FORMAT, OFFSET_BYTES, OVERHEAD_BYTES};
use crate::ChainHash;
use crate::encoding::{self, EncodingError};

/// A batch that cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SealError {
    /// There is nothing in it.
    #[error("a batch without events")]
    Empty,
    /// Its events do not follow one another.
    #[error("event {found} stands where {expected} should")]
    Gap {
        /// The sequence that should come.
        expected: Sequence,
        /// The sequence that came.
        found: Sequence,
    },
    /// It does not fit one message of a replicated log.
    #[error("a batch of more than {BATCH_BYTES_MAX} bytes")]
    TooLarge,
    /// One of its events cannot be encoded.
    #[error("event {sequence}: {source}")]
    Event {
        /// Which one.
        sequence: Sequence,
        /// Why.
        source: EncodingError,
    },
}

/// A row ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRow {
    /// The sequence of its first event: its key.
    pub first: Sequence,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// Encodes a batch into rows that follow `chain`, and gives the chain hash after the last.
pub fn seal(batch: &Batch, chain: ChainHash) -> Result<(Vec<SealedRow>, ChainHash), SealError> {
    let mut sealer = Sealer::new(batch, chain);
    let first = batch.events.first().ok_or(SealError::Empty)?;
    let mut expected = first.envelope.sequence;
    for recorded in &batch.events {
        let found = recorded.envelope.sequence;
        if found != expected || found == Sequence::ZERO {
            return Err(SealError::Gap { expected, found });
        }
        sealer.push(recorded)?;
        expected = expected.next();
    }
    sealer.end_row(true)?;
    Ok((sealer.rows, sealer.chain))
}

/// The row being filled, and those that are full.
struct Sealer {
    batch: BatchId,
    chain: ChainHash,
    rows: Vec<SealedRow>,
    sealed_bytes: usize,
    first: Sequence,
    base: Timestamp,
    starts: Vec<u16>,
    events: Vec<u8>,
}

impl Sealer {
    fn new(batch: &Batch, chain: ChainHash) -> Self {
        Self {
            batch: batch.id,
            chain,
            rows: Vec::new(),
            sealed_bytes: 0,
            first: Sequence::ZERO,
            base: Timestamp::default(),
            starts: Vec::new(),
            events: Vec::with_capacity(ROW_BYTES_MAX),
        }
    }

    /// Adds the event to this row, or to the next if it does not fit.
    fn push(&mut self, recorded: &Recorded) -> Result<(), SealError> {
        let start = self.events.len();
        if self.starts.is_empty() {
            self.begin_row(recorded);
        }
        self.append(recorded)?;
        let filled = OVERHEAD_BYTES + (self.starts.len() + 1) * OFFSET_BYTES + self.events.len();
        if filled > ROW_BYTES_MAX && !self.starts.is_empty() {
            self.events.truncate(start);
            self.end_row(false)?;
            // Encoded again, since its time now counts from its own: once in a row.
            self.begin_row(recorded);
            self.append(recorded)?;
            self.starts.push(0);
            return Ok(());
        }
        // Only an event alone in its row passes 16 KiB, and its start is 0.
        let start = u16::try_from(start).map_err(|_| SealError::TooLarge)?;
        self.starts.push(start);
        Ok(())
    }

    fn begin_row(&mut self, recorded: &Recorded) {
        self.first = recorded.envelope.sequence;
        self.base = recorded.envelope.recorded_at;
    }

    fn append(&mut self, recorded: &Recorded) -> Result<(), SealError> {
        let sequence = recorded.envelope.sequence;
        encoding::encode(recorded, self.base, &mut self.events)
            .map_err(|source| SealError::Event { sequence, source })
    }

    fn end_row(&mut self, last: bool) -> Result<(), SealError> {
        let length = OVERHEAD_BYTES + self.starts.len() * OFFSET_BYTES + self.events.len();
        self.sealed_bytes += length;
        if self.sealed_bytes > BATCH_BYTES_MAX {
            return Err(SealError::TooLarge);
        }
        let index = u16::try_from(self.rows.len()).map_err(|_| SealError::TooLarge)?;
        let count = u16::try_from(self.starts.len()).map_err(|_| SealError::TooLarge)?;
        let mut bytes = Vec::with_capacity(length);
        bytes.extend_from_slice(&[FORMAT, u8::from(last)]);
        bytes.extend_from_slice(&index.to_le_bytes());
        bytes.extend_from_slice(&count.to_le_bytes());
        bytes.extend_from_slice(&[0; 2]);
        bytes.extend_from_slice(&self.batch.epoch.0.to_le_bytes());
        bytes.extend_from_slice(&self.batch.number.to_le_bytes());
        bytes.extend_from_slice(&self.first.0.to_le_bytes());
        bytes.extend_from_slice(&self.base.0.to_le_bytes());
        bytes.extend_from_slice(&self.batch.journal.0.to_be_bytes());
        bytes.extend_from_slice(&self.chain);
        for start in &self.starts {
            bytes.extend_from_slice(&start.to_le_bytes());
        }
        bytes.extend_from_slice(&self.events);
        self.chain = *blake3::hash(&bytes).as_bytes();
        bytes.extend_from_slice(&self.chain);
        self.rows.push(SealedRow { first: self.first, bytes });
        self.starts.clear();
        self.events.clear();
        Ok(())
    }
}
