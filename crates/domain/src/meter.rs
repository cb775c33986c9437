//! What the parts of the house measure of themselves: counters and histograms of atomics, which
//! neither lock nor allocate. Who shows them, and in which form, is none of their business.
//!
//! All are relaxed: a reader sees each number as it was a moment ago, and never half of one.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Bounds of a histogram at most.
pub const BOUNDS_MAX: usize = 24;

/// Upper bounds for durations, in nanoseconds: from 1 µs to 10 s, about two and a half apart.
pub const DURATIONS: &[u64] = &[
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    2_500_000_000,
    5_000_000_000,
    10_000_000_000,
];
/// Upper bounds for counts of things taken together, up to all that a queue holds.
pub const COUNTS: &[u64] =
    &[1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 65_536];
/// Upper bounds for bytes written together, up to as many batches as may wait.
pub const BYTES: &[u64] =
    &[256, 1_024, 4_096, 16_384, 65_536, 262_144, 524_288, 1_048_576, 4_194_304];

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds from any thread.
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Relaxed);
    }

    /// Adds from the one thread that ever does: without the cost of an atomic addition.
    pub fn add_alone(&self, count: u64) {
        self.0.store(self.0.load(Relaxed).wrapping_add(count), Relaxed);
    }

    /// The number now.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// A number that goes up and down.
#[derive(Debug, Default)]
pub struct Gauge(AtomicU64);

impl Gauge {
    /// Sets it.
    pub fn set(&self, value: u64) {
        self.0.store(value, Relaxed);
    }

    /// One more, until the other way round is called.
    pub fn rise(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// One less.
    pub fn fall(&self) {
        self.0.fetch_sub(1, Relaxed);
    }

    /// The number now.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// How often a value lay between which bounds, and the sum of all.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [u64],
    /// By bound; the one behind the last is for what is larger than all.
    counts: [AtomicU64; BOUNDS_MAX + 1],
    sum: AtomicU64,
}

impl Histogram {
    /// An empty one; `bounds` ascend, and are [`BOUNDS_MAX`] at most.
    pub const fn new(bounds: &'static [u64]) -> Self {
        assert!(bounds.len() <= BOUNDS_MAX);
        Self {
            bounds,
            counts: [const { AtomicU64::new(0) }; BOUNDS_MAX + 1],
            sum: AtomicU64::new(0),
        }
    }

    /// One of durations.
    pub const fn of_durations() -> Self {
        Self::new(DURATIONS)
    }

    /// Counts a value from any thread.
    pub fn record(&self, value: u64) {
        if let Some(count) = self.counts.get(self.place(value)) {
            count.fetch_add(1, Relaxed);
        }
        self.sum.fetch_add(value, Relaxed);
    }

    /// Counts a value from the one thread that ever does: without the cost of atomic additions.
    pub fn record_alone(&self, value: u64) {
        if let Some(count) = self.counts.get(self.place(value)) {
            count.store(count.load(Relaxed).wrapping_add(1), Relaxed);
        }
        self.sum.store(self.sum.load(Relaxed).wrapping_add(value), Relaxed);
    }

    /// [`Self::record`], of a duration, in nanoseconds.
    pub fn took(&self, duration: Duration) {
        self.record(nanos(duration));
    }

    /// [`Self::record_alone`], of a duration, in nanoseconds.
    pub fn took_alone(&self, duration: Duration) {
        self.record_alone(nanos(duration));
    }

    fn place(&self, value: u64) -> usize {
        self.bounds.partition_point(|bound| *bound < value)
    }

    /// What it has counted.
    pub fn read(&self) -> Reading {
        let counts: Vec<u64> = self
            .counts
            .iter()
            .take(self.bounds.len() + 1)
            .map(|count| count.load(Relaxed))
            .collect();
        Reading { bounds: self.bounds, counts, sum: self.sum.load(Relaxed) }
    }
}

/// What a histogram had counted at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The upper bounds, each of which belongs to what lies below it.
    pub bounds: &'static [u64],
    /// How many values lay between a bound and the one before; and, last, above all bounds.
    pub counts: Vec<u64>,
    /// The sum of all values.
    pub sum: u64,
}

impl Reading {
    /// How many values there were.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_belongs_to_the_first_bound_that_it_does_not_pass() {
        const { assert!(DURATIONS.len() <= BOUNDS_MAX && COUNTS.len() <= BOUNDS_MAX) };
        for bounds in [DURATIONS, COUNTS, BYTES] {
            assert!(bounds.is_sorted());
        }
        let histogram = Histogram::new(COUNTS);
        for value in [0, 1, 2, 3, 5, 65_536, 65_537] {
            histogram.record(value);
            histogram.record_alone(value);
        }
        let reading = histogram.read();
        assert_eq!(reading.counts[..3], [4, 2, 4]);
        assert_eq!(reading.counts[COUNTS.len() - 1..], [2, 2]);
        assert_eq!((reading.count(), reading.sum), (14, 2 * (1 + 2 + 3 + 5 + 65_536 + 65_537)));
    }

    #[test]
    fn durations_are_counted_in_nanoseconds() {
        let histogram = Histogram::of_durations();
        histogram.took(Duration::from_micros(1));
        histogram.took_alone(Duration::from_mins(1));
        let reading = histogram.read();
        assert_eq!((reading.counts[0], reading.counts[DURATIONS.len()]), (1, 1));
        assert_eq!(reading.sum, 60_000_001_000);
    }
}
