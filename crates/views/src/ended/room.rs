//! Room for what ended: what waits is bounded, and so is the waiting for it.

use std::time::{Duration, Instant};

use domain::NoRoom;

use super::{EndedShipments, Queue, Stored};

/// Shipments that may wait: about 32 MiB. Past that the fold waits for the store, and with it the
/// answers; the engine's queue fills and new commands are refused.
const WAITING_SHIPMENTS_MAX: usize = 1_000_000;
/// How long the fold waits for room while nothing at all is written. A slow disk writes a portion
/// within seconds; one that has written none for so long is full, damaged or gone.
const STALLED_MAX: Duration = Duration::from_secs(30);

/// How much may wait, and how long the fold waits for room in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) waiting_max: usize,
    pub(super) stalled_max: Duration,
}

pub(super) const ROOM: Room = Room { waiting_max: WAITING_SHIPMENTS_MAX, stalled_max: STALLED_MAX };

impl Queue {
    /// How much waits.
    fn waiting_count(&self) -> usize {
        self.waiting.len() + self.found.len() + self.trades.len()
    }
}

impl EndedShipments {
    /// Waits while far too much waits to be written, but not for a store that writes nothing any
    /// more: what waits here is in the journal, and a stop that says why beats a silent one.
    pub(crate) fn await_room(&self) -> Result<(), NoRoom> {
        let Some(Stored { room, .. }) = &self.stored else {
            return Ok(());
        };
        let mut queue = self.shared.queue.lock();
        if queue.waiting_count() < room.waiting_max {
            return Ok(());
        }
        let mut written_count = queue.written_count;
        let mut until = Instant::now() + room.stalled_max;
        while queue.waiting_count() >= room.waiting_max {
            if queue.closing {
                return Err(no_room(&queue, "its thread has ended"));
            }
            let waited = self.shared.done.wait_until(&mut queue, until);
            if queue.written_count != written_count {
                written_count = queue.written_count;
                until = Instant::now() + room.stalled_max;
            } else if waited.timed_out() {
                return Err(no_room(&queue, "the disk does not answer"));
            }
        }
        Ok(())
    }
}

/// `otherwise` is why, where no write has failed.
fn no_room(queue: &Queue, otherwise: &str) -> NoRoom {
    let (count, reason) = (queue.waiting_count(), queue.error.as_deref().unwrap_or(otherwise));
    NoRoom(format!(
        "views.db cannot be written ({reason}), and the {count} ends of shipments and trades that \
         wait for it are all that memory may hold; the journal has them, and the next start reads \
         them from there"
    ))
}
