//! What the fan-out and the webhooks measure of themselves.

use domain::meter::{Counter, Histogram};

/// Kept by whoever shows, reads or wakes.
#[derive(Debug)]
pub struct Meters {
    /// Updates given to readers: whole events, as many as were there.
    pub updates: Counter,
    /// Bytes of them, before the framing of the connection.
    pub update_bytes: Counter,
    /// Readers that were too slow and were let go.
    pub lagged: Counter,
    /// Slices of the journal that were read for readers that the ring did not reach.
    pub catch_ups: Counter,
    /// How long it took to tell everybody who waited for what was committed, or to wake them.
    pub wave: Histogram,
}

impl Default for Meters {
    fn default() -> Self {
        Self {
            updates: Counter::default(),
            update_bytes: Counter::default(),
            lagged: Counter::default(),
            catch_ups: Counter::default(),
            wave: Histogram::of_durations(),
        }
    }
}
