//! What the engine's threads and handles look at together.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicUsize, Ordering};
use std::time::Instant;

use domain::{NetworkDetails, Timestamp};
use journal::Meters as JournalMeters;

use crate::meters::Meters;

/// Commands that wait to be decided, at most: a tenth of a second of bulk work.
pub(crate) const QUEUE_COMMANDS_MAX: usize = 65_536;
/// Requests that wait to be decided, at most; one more is refused.
pub(crate) const QUEUE_REQUESTS_MAX: usize = 16_384;

/// Whether commands are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Status {
    Running = 0,
    LowSpace = 1,
    Stopping = 2,
    /// The writer is gone: what is still in the queue is dropped by whoever sees this.
    Ended = 3,
}

pub(crate) struct Shared {
    pub(crate) queued: AtomicUsize,
    status: AtomicU8,
    clock: NetworkClock,
    /// The latest time recorded, in µs: the clock never reads earlier.
    recorded: AtomicI64,
    pub(crate) meters: Arc<Meters>,
    pub(crate) journal_meters: Arc<JournalMeters>,
}

impl Shared {
    pub(crate) fn new(
        clock: NetworkClock,
        recorded: Timestamp,
        journal_meters: Arc<JournalMeters>,
    ) -> Self {
        Self {
            queued: AtomicUsize::new(0),
            status: AtomicU8::new(Status::Running as u8),
            clock,
            recorded: AtomicI64::new(recorded.0),
            meters: Arc::default(),
            journal_meters,
        }
    }

    pub(crate) fn status(&self) -> Status {
        match self.status.load(Ordering::Acquire) {
            0 => Status::Running,
            1 => Status::LowSpace,
            2 => Status::Stopping,
            _ => Status::Ended,
        }
    }

    /// Stopping is for good; running and low space follow each other.
    pub(crate) fn set_status(&self, status: Status) {
        self.status.fetch_max(status as u8, Ordering::AcqRel);
        if status == Status::Running {
            let (from, to) = (Status::LowSpace as u8, Status::Running as u8);
            let _ = self.status.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire);
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now().max(Timestamp(self.recorded.load(Ordering::Acquire)))
    }

    pub(crate) fn record(&self, at: Timestamp) {
        self.recorded.store(at.0, Ordering::Release);
    }

    pub(crate) fn clock(&self) -> &NetworkClock {
        &self.clock
    }
}

/// A reading of the wall clock.
#[derive(Debug, Clone, Copy)]
pub struct WallTime {
    /// What it read.
    pub time: Timestamp,
    /// When that was: network time goes on from there, however long a recovery takes.
    pub read: Instant,
}

/// Network time: runs from the network's epoch at the network's speed, on the monotonic clock, so
/// that a wall clock that is set back or forth while the server runs moves nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NetworkClock {
    read: Instant,
    at_read: Timestamp,
    speed: u32,
}

impl NetworkClock {
    /// The clock of a network at this wall time; not before what was recorded last.
    pub(crate) fn new(network: &NetworkDetails, wall: WallTime, recorded: Timestamp) -> Self {
        let elapsed = i128::from(wall.time.0) - i128::from(network.wall.0);
        let at = i128::from(network.epoch.0) + elapsed * i128::from(network.speed);
        let at = at.clamp(i128::from(recorded.0), i128::from(Timestamp::MAX.0));
        let at_read = i64::try_from(at).map_or(recorded, Timestamp);
        Self { read: wall.read, at_read, speed: network.speed }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let elapsed = self.read.elapsed().as_micros().saturating_mul(u128::from(self.speed));
        let elapsed = i64::try_from(elapsed).unwrap_or(i64::MAX);
        Timestamp(self.at_read.0.saturating_add(elapsed)).min(Timestamp::MAX)
    }

    /// How long until the clock reads `at`.
    pub(crate) fn wait(&self, at: Timestamp) -> std::time::Duration {
        let micros = at.0.saturating_sub(self.now().0).max(0);
        std::time::Duration::from_micros(micros.unsigned_abs().div_ceil(u64::from(self.speed)))
    }
}
