//! Latencies, kept in a histogram of three digits.

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::failure::{Doing as _, Outcome};
use crate::numbers::{grouped, time};

/// The longest that is told from a longer one: ten minutes, more than any run waits.
const NANOS_MAX: u64 = 600 * 1_000_000_000;

/// Many latencies.
#[derive(Debug, Clone)]
pub(crate) struct Latencies(Histogram<u64>);

impl Latencies {
    /// None yet.
    pub(crate) fn new() -> Outcome<Self> {
        Histogram::new_with_bounds(1, NANOS_MAX, 3).map(Self).doing("making a histogram")
    }

    /// One more.
    pub(crate) fn record(&mut self, latency: Duration) {
        self.0.saturating_record(u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX));
    }

    /// How many.
    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    /// So many in a hundred are at most this.
    pub(crate) fn at(&self, percent: f64) -> Duration {
        Duration::from_nanos(self.0.value_at_percentile(percent))
    }

    /// The median.
    pub(crate) fn p50(&self) -> Duration {
        self.at(50.0)
    }

    /// 99 in 100 are at most this.
    pub(crate) fn p99(&self) -> Duration {
        self.at(99.0)
    }

    /// The greatest.
    pub(crate) fn max(&self) -> Duration {
        Duration::from_nanos(self.0.max())
    }

    /// In words.
    pub(crate) fn summary(&self) -> String {
        format!(
            "p50 {}, p99 {}, p99.9 {}, max {} ({} samples)",
            time(self.p50()),
            time(self.p99()),
            time(self.at(99.9)),
            time(self.max()),
            grouped(self.count()),
        )
    }
}
