//! What a journal measures of itself.

use domain::meter::{BYTES, Gauge, Histogram};

/// Kept by the journal's own threads, one of which writes to each.
#[derive(Debug)]
pub struct Meters {
    /// How long a commit took, its sync included: of all batches that went together.
    pub sync: Histogram,
    /// Bytes of rows that were committed together.
    pub commit_bytes: Histogram,
    /// How long the writer stood still to finish a checkpoint.
    pub checkpoint_pause: Histogram,
    /// The WAL's length when it was last copied, in bytes.
    pub wal_bytes: Gauge,
}

impl Default for Meters {
    fn default() -> Self {
        Self {
            sync: Histogram::of_durations(),
            commit_bytes: Histogram::new(BYTES),
            checkpoint_pause: Histogram::of_durations(),
            wal_bytes: Gauge::default(),
        }
    }
}
