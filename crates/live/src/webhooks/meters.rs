//! What webhooks measure of themselves, and how they stand.

use domain::meter::{Counter, Histogram};

use super::record::Status;
use super::service::Webhooks;

/// Kept by whoever sends.
#[derive(Debug)]
pub struct Meters {
    /// Attempts that the receiver accepted.
    pub accepted: Counter,
    /// Attempts that it refused, or that did not reach it.
    pub failed: Counter,
    /// How long an attempt took.
    pub attempt: Histogram,
}

impl Default for Meters {
    fn default() -> Self {
        Self {
            accepted: Counter::default(),
            failed: Counter::default(),
            attempt: Histogram::of_durations(),
        }
    }
}

/// How all subscriptions stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Those that deliver.
    pub active: u64,
    /// Those that their owners paused.
    pub paused: u64,
    /// Those that are disabled.
    pub disabled: u64,
    /// Those that deliver and whose last attempt failed.
    pub failing: u64,
    /// How many events those that deliver are behind at most, of interest or not.
    pub events_behind: u64,
}

impl Webhooks {
    /// What they measure of themselves.
    pub fn meters(&self) -> &Meters {
        &self.shared.meters
    }

    /// How they stand.
    pub fn standing(&self) -> Standing {
        let last = self.shared.feed.last();
        let mut standing = Standing::default();
        for entry in self.shared.entries.read().values() {
            let (status, cursor) = entry.stands();
            match status {
                Status::Active => standing.active += 1,
                Status::Paused => standing.paused += 1,
                Status::Disabled(..) => standing.disabled += 1,
            }
            if status == Status::Active {
                let behind = last.0.saturating_sub(cursor.after.0);
                standing.events_behind = standing.events_behind.max(behind);
                standing.failing += u64::from(cursor.failing_since.is_some());
            }
        }
        standing
    }
}
