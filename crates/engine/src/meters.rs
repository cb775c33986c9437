//! What the engine measures of itself. A clock is read per request or per batch, never per event.

use domain::meter::{COUNTS, Counter, Gauge, Histogram};

/// Kept by the engine's threads: one alone writes to each, but to the gauges.
#[derive(Debug)]
pub struct Meters {
    /// From a request's arrival in the queue to the turn in which it is decided.
    pub queue: Histogram,
    /// A turn of deciding all that waits, without waiting for the journal in its midst.
    pub decide: Histogram,
    /// From handing a batch to the journal to its being durable.
    pub commit: Histogram,
    /// From a batch's being durable to its last answer's release: all observers have it by then.
    pub release: Histogram,
    /// Commands answered with one batch.
    pub batch_commands: Histogram,
    /// Events of a batch.
    pub batch_events: Histogram,
    /// What became of commands.
    pub commands: Commands,
    /// Snapshots that were written.
    pub snapshots: Counter,
    /// Snapshots that were given up or passed over.
    pub snapshots_failed: Counter,
    /// How long a snapshot took to write, beside everything else.
    pub snapshot: Histogram,
    /// The last event of the newest snapshot; 0 before the first one of this process.
    pub snapshot_sequence: Gauge,
    /// Bytes that may still be written where the journal is, when last asked.
    pub free_bytes: Gauge,
    /// Below so many writes are refused.
    pub free_bytes_min: Gauge,
    /// Events that were replayed at the start.
    pub replayed: Gauge,
}

/// Commands by what became of them.
#[derive(Debug, Default)]
pub struct Commands {
    /// Recorded.
    pub accepted: Counter,
    /// What they asked for was so already.
    pub unchanged: Counter,
    /// Answered again, by their idempotency key.
    pub replayed: Counter,
    /// Refused, since their idempotency key was used for something else.
    pub key_reused: Counter,
    /// Refused by the rules.
    pub rejected: Counter,
    /// Only rehearsed, and acceptable.
    pub rehearsed: Counter,
    /// The rules failed on them.
    pub failed: Counter,
}

impl Default for Meters {
    fn default() -> Self {
        Self {
            queue: Histogram::of_durations(),
            decide: Histogram::of_durations(),
            commit: Histogram::of_durations(),
            release: Histogram::of_durations(),
            batch_commands: Histogram::new(COUNTS),
            batch_events: Histogram::new(COUNTS),
            commands: Commands::default(),
            snapshots: Counter::default(),
            snapshots_failed: Counter::default(),
            snapshot: Histogram::of_durations(),
            snapshot_sequence: Gauge::default(),
            free_bytes: Gauge::default(),
            free_bytes_min: Gauge::default(),
            replayed: Gauge::default(),
        }
    }
}
