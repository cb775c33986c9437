//! The readers that are connected, and which of them wait to be woken.
//!
//! A reader costs a slot of a vector; waiting costs the clone of a waker at most, and silence is
//! measured in ticks that the pacer counts for all of them, not by a timer each.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;

use domain::Sequence;
use parking_lot::Mutex;

/// Ticks of silence before a heartbeat: fine enough to be about on time, coarse enough to be free.
pub(crate) const HEARTBEAT_TICKS: u32 = 16;

/// How many are woken before others have their turn: each may be written to right there, some 8 µs.
pub(crate) const WAKE_BATCH: usize = 16;

/// What a reader that found nothing is to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// It will be woken.
    Waiting,
    /// It has heard nothing for long and is not registered: a heartbeat is due.
    HeartbeatDue,
}

/// Which readers to wake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// All that wait.
    All,
    /// Those that wait without having everything up to here.
    Behind(Sequence),
    /// Those that have heard nothing for [`HEARTBEAT_TICKS`].
    Silent,
}

/// The slot of a connected reader.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot(usize);

#[derive(Debug, Default)]
struct Reader {
    waker: Option<Waker>,
    /// What it has while it waits.
    cursor: Sequence,
    /// The tick in which it last heard something.
    heard: u64,
    heartbeat_due: bool,
}

#[derive(Debug, Default)]
struct Readers {
    slots: Vec<Reader>,
    free: Vec<usize>,
    tick: u64,
}

/// The connected readers.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    readers: Mutex<Readers>,
    count: AtomicUsize,
}

impl Waiters {
    /// How many readers are connected.
    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Takes a slot and tells how many are taken now; `None` if `maximum` are.
    pub(crate) fn join(&self, maximum: usize) -> Option<(Slot, usize)> {
        let mut readers = self.readers.lock();
        let count = readers.slots.len() - readers.free.len();
        if count >= maximum {
            return None;
        }
        let reader = Reader { heard: readers.tick, ..Reader::default() };
        let slot = if let Some(slot) = readers.free.pop() {
            readers.slots[slot] = reader;
            slot
        } else {
            readers.slots.push(reader);
            readers.slots.len() - 1
        };
        self.count.store(count + 1, Ordering::Relaxed);
        Some((Slot(slot), count + 1))
    }

    /// Gives a slot back.
    pub(crate) fn leave(&self, slot: Slot) {
        let mut readers = self.readers.lock();
        let waker = readers.slots[slot.0].waker.take();
        readers.free.push(slot.0);
        let count = readers.slots.len() - readers.free.len();
        self.count.store(count, Ordering::Relaxed);
        drop(readers);
        // A waker may be the last hold of a task, and that task of another reader, which leaves.
        drop(waker);
    }

    /// Waits to be woken, once, having everything up to `cursor`; `heard` says whether the reader got
    /// anything since it last waited.
    pub(crate) fn wait(&self, slot: Slot, cursor: Sequence, waker: &Waker, heard: bool) -> Wait {
        let mut readers = self.readers.lock();
        let tick = readers.tick;
        let reader = &mut readers.slots[slot.0];
        if heard {
            reader.heard = tick;
            reader.heartbeat_due = false;
        } else if reader.heartbeat_due {
            return Wait::HeartbeatDue;
        }
        reader.cursor = cursor;
        let former = match &reader.waker {
            Some(known) if known.will_wake(waker) => None,
            _ => reader.waker.replace(waker.clone()),
        };
        drop(readers);
        drop(former);
        Wait::Waiting
    }

    /// Counts a tick.
    pub(crate) fn tick(&self) {
        self.readers.lock().tick += 1;
    }

    /// Moves the wakers of readers from slot `from` on into `batch`, at most [`WAKE_BATCH`];
    /// answers where to go on, or `None` at the end.
    pub(crate) fn take(&self, from: usize, which: Which, batch: &mut Vec<Waker>) -> Option<usize> {
        let mut readers = self.readers.lock();
        let tick = readers.tick;
        for (slot, reader) in readers.slots.iter_mut().enumerate().skip(from) {
            match which {
                Which::Behind(last) if reader.cursor >= last => continue,
                Which::All | Which::Behind(_) => {}
                Which::Silent => {
                    if reader.waker.is_none() || tick - reader.heard < u64::from(HEARTBEAT_TICKS) {
                        continue;
                    }
                    reader.heartbeat_due = true;
                }
            }
            batch.extend(reader.waker.take());
            if batch.len() == WAKE_BATCH {
                return Some(slot + 1);
            }
        }
        None
    }
}
