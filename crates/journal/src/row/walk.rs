//! Walking: that each row follows the one before.

use domain::{BatchId, JournalId, Sequence};

use super::{Row, RowError, first_chain, hex};
use crate::ChainHash;

/// Where a walk over rows has come to: checks that each follows the one before.
#[derive(Debug, Clone, Copy)]
pub struct Walk {
    journal: JournalId,
    /// The last event of the last row.
    pub last: Sequence,
    /// The chain hash of the last row.
    pub chain: ChainHash,
    /// The batch that the last row is part of; none before the first row.
    pub batch: Option<BatchId>,
    /// The place of the next row in its batch; 0 where a batch begins.
    pub next_index: u16,
}

impl Walk {
    /// Before the first row of the journal.
    pub fn from_start(journal: JournalId) -> Self {
        Self {
            journal,
            last: Sequence::ZERO,
            chain: first_chain(journal),
            batch: None,
            next_index: 0,
        }
    }

    /// Before `row`, which begins a batch, trusting it on what is before.
    pub fn from_row(journal: JournalId, row: &Row<'_>) -> Self {
        Self {
            journal,
            last: Sequence(row.first.0 - 1),
            chain: row.previous,
            batch: None,
            next_index: 0,
        }
    }

    /// Behind `row`, trusting it and what is before.
    pub fn behind_row(journal: JournalId, row: &Row<'_>) -> Self {
        Self {
            journal,
            last: row.last(),
            chain: row.chain,
            batch: Some(row.batch),
            next_index: if row.is_last { 0 } else { row.index.saturating_add(1) },
        }
    }

    /// Steps over `row`, if it is the one that follows.
    pub fn step(&mut self, row: &Row<'_>) -> Result<(), RowError> {
        must_be("journal", self.journal.0, row.batch.journal.0)?;
        must_be("first sequence", self.last.0 + 1, row.first.0)?;
        must_be("place in its batch", self.next_index, row.index)?;
        if self.chain != row.previous {
            return Err(RowError::Order {
                what: "chain hash of the row before",
                expected: hex(&self.chain),
                found: hex(&row.previous),
            });
        }
        match self.batch {
            Some(batch) if row.index > 0 || batch.epoch == row.batch.epoch => {
                must_be("epoch", batch.epoch.0, row.batch.epoch.0)?;
                let number = batch.number.saturating_add(u64::from(row.index == 0));
                must_be("batch number", number, row.batch.number)?;
            }
            Some(batch) if row.batch.epoch < batch.epoch => {
                must_be("epoch", batch.epoch.0, row.batch.epoch.0)?;
            }
            Some(_) => must_be("batch number", 1, row.batch.number)?,
            None => {}
        }
        self.last = row.last();
        self.chain = row.chain;
        self.batch = Some(row.batch);
        self.next_index = if row.is_last { 0 } else { row.index.saturating_add(1) };
        Ok(())
    }

    /// Whether a batch is complete here.
    pub fn between_batches(&self) -> bool {
        self.next_index == 0
    }
}

fn must_be<T: PartialEq + ToString + Copy>(
    what: &'static str,
    expected: T,
    found: T,
) -> Result<(), RowError> {
    if expected == found {
        return Ok(());
    }
    Err(RowError::Order { what, expected: expected.to_string(), found: found.to_string() })
}
