//! Lets so many lines a second through to the log, and says how many it kept back.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use crate::limits::LOG_LINES_OF_KIND_MAX;

/// The gates of the lines about requests.
#[derive(Debug, Default)]
pub(crate) struct Gates {
    /// 500 and 504: what should not be.
    pub(super) failed: Gate,
    /// 503: what waiting mends.
    pub(super) turned_away: Gate,
    pub(super) slow: Gate,
}

/// One kind of line. Threads that pass at the turn of a second may let a few more through.
#[derive(Debug, Default)]
pub(super) struct Gate {
    second: AtomicU64,
    passed: AtomicU64,
    omitted: AtomicU64,
}

impl Gate {
    /// How many were kept back since the last that passed, if this one passes.
    pub(super) fn pass(&self) -> Option<u64> {
        static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
        self.pass_at(BEGAN.elapsed().as_secs())
    }

    fn pass_at(&self, second: u64) -> Option<u64> {
        if self.second.swap(second, Relaxed) != second {
            self.passed.store(0, Relaxed);
        }
        if self.passed.fetch_add(1, Relaxed) < LOG_LINES_OF_KIND_MAX {
            return Some(self.omitted.swap(0, Relaxed));
        }
        self.omitted.fetch_add(1, Relaxed);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_has_so_many_lines_and_the_next_one_says_what_is_missing() {
        let gate = Gate::default();
        let passed = (0..LOG_LINES_OF_KIND_MAX + 7).filter_map(|_| gate.pass_at(3)).count();
        assert_eq!(passed as u64, LOG_LINES_OF_KIND_MAX);
        assert_eq!(gate.pass_at(4), Some(7));
        assert_eq!(gate.pass_at(4), Some(0));
    }
}
