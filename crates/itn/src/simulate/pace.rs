//! An even beat shared by all connections.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Turns that are due but not taken are dropped past this: a server that stalled is not then
/// flooded with everything it missed.
const BACKLOG_MAX: Duration = Duration::from_millis(500);

/// Hands out turns, a fixed gap apart.
#[derive(Debug)]
pub(super) struct Pace {
    next: Mutex<Instant>,
    gap: Duration,
}

impl Pace {
    /// So many turns a second, from now on.
    pub(super) fn new(per_second: u32) -> Self {
        Self { next: Mutex::new(Instant::now()), gap: Duration::from_secs(1) / per_second.max(1) }
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self) {
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let earliest = Instant::now().checked_sub(BACKLOG_MAX);
            let at = earliest.map_or(*next, |earliest| earliest.max(*next));
            *next = at + self.gap;
            at
        };
        tokio::time::sleep_until(at).await;
    }
}
