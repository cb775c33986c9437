//! The readers that are connected, and which of them wait to be woken, or told.
//!
//! A reader costs a slot of a vector; waiting costs the clone of a waker at most, and silence is
//! measured in ticks that the pacer counts for all of them, not by a timer each.
//!
//! A reader that waits may leave its outlet and its cursor here. A wave takes the outlet out,
//! writes without the lock, and brings it back with the cursor moved on: until then the reader
//! cannot have either, so that only one of them ever decides what comes next.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;

use domain::Sequence;
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::outlet::{Lending, Loan};

/// Ticks of silence before a heartbeat: fine enough to be about on time, coarse enough to be free.
pub(crate) const HEARTBEAT_TICKS: u32 = 16;

/// How many are woken or told before others have their turn: each may be written to right there,
/// some 8 µs.
pub(crate) const WAKE_BATCH: usize = 16;

/// What a reader that found nothing is to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// It will be woken, or told.
    Waiting,
    /// It has heard nothing for long and is not registered: a heartbeat is due.
    HeartbeatDue,
}

/// What a reader gets that wants its loan back.
#[derive(Debug)]
pub(crate) enum Back {
    /// The loan, and what it has been told up to.
    Here(Loan, Sequence),
    /// A wave has it, and wakes the reader with it.
    Out,
    /// A wave was lost with it, and with what it told.
    Lost,
}

/// Which readers to wake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those that wait without having everything up to here. They are told instead, if they lent
    /// their outlet until later than this.
    Behind(Sequence, Instant),
    /// Those that have heard nothing for [`HEARTBEAT_TICKS`].
    Silent,
}

/// The slot of a connected reader.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot(usize);

/// Whose turn it is.
#[derive(Debug)]
pub(crate) enum Turn {
    /// A reader that is to be woken.
    Wake(Waker),
    /// A reader that is to be told, and brought back with [`Waiters::bring_back`].
    Tell(Lent),
}

/// A reader's outlet, on a wave.
#[derive(Debug)]
pub(crate) struct Lent {
    slot: Slot,
    /// Who had the slot then.
    number: u64,
    pub(crate) loan: Loan,
    /// What the reader has.
    pub(crate) cursor: Sequence,
}

/// What came of telling a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was told nothing, and is to be woken.
    Untold,
    /// It has everything up to `cursor`.
    Told {
        cursor: Sequence,
        /// Whether there was anything to hear.
        heard: bool,
        /// Whether it is to be woken.
        wakes: bool,
    },
    /// Nobody knows what it was told.
    Lost,
}

/// Where a reader's outlet is.
#[derive(Debug, Default)]
enum Whereabouts {
    /// With the reader, if it has one.
    #[default]
    Reader,
    /// Here, to be taken.
    Here(Loan),
    /// On a wave.
    Out,
    /// On a wave, and the reader waits for it.
    Missed,
    /// Lost.
    Lost,
}

#[derive(Debug, Default)]
struct Reader {
    /// Which of all readers it is.
    number: u64,
    waker: Option<Waker>,
    /// What it has while it waits.
    cursor: Sequence,
    /// The tick in which it last heard something.
    heard: u64,
    heartbeat_due: bool,
    outlet: Whereabouts,
}

#[derive(Debug, Default)]
struct Readers {
    slots: Vec<Reader>,
    free: Vec<usize>,
    tick: u64,
    /// How many there have been.
    joined: u64,
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
        readers.joined += 1;
        let number = readers.joined;
        let reader = Reader { number, heard: readers.tick, ..Reader::default() };
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
        let reader = std::mem::take(&mut readers.slots[slot.0]);
        readers.free.push(slot.0);
        let count = readers.slots.len() - readers.free.len();
        self.count.store(count, Ordering::Relaxed);
        drop(readers);
        // A waker may be the last hold of a task, and that task of another reader, which leaves.
        drop(reader);
    }

    /// Waits to be woken, once, having everything up to `cursor`, or to be told through the outlet
    /// that it lends; `heard` says whether the reader got anything since it last waited.
    pub(crate) fn wait(
        &self,
        slot: Slot,
        (cursor, heard): (Sequence, bool),
        lending: Option<&mut Lending>,
        waker: &Waker,
    ) -> Wait {
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
        if let Some(loan) = lending.and_then(Lending::lend) {
            reader.outlet = Whereabouts::Here(loan);
        }
        let former = reader.wakes_by(waker);
        drop(readers);
        drop(former);
        Wait::Waiting
    }

    /// Takes back what was lent. If a wave has it, the reader will be woken.
    pub(crate) fn take_back(&self, slot: Slot, waker: &Waker) -> Back {
        let mut readers = self.readers.lock();
        let reader = &mut readers.slots[slot.0];
        match std::mem::take(&mut reader.outlet) {
            Whereabouts::Here(loan) => Back::Here(loan, reader.cursor),
            Whereabouts::Lost => Back::Lost,
            Whereabouts::Reader => unreachable!("only what is lent is wanted back"),
            Whereabouts::Out | Whereabouts::Missed => {
                reader.outlet = Whereabouts::Missed;
                let former = reader.wakes_by(waker);
                drop(readers);
                drop(former);
                Back::Out
            }
        }
    }

    /// All that wait, to be woken: one that is told right now, too.
    pub(crate) fn all(&self) -> Vec<Waker> {
        self.readers.lock().slots.iter_mut().filter_map(|reader| reader.waker.take()).collect()
    }

    /// Counts a tick.
    pub(crate) fn tick(&self) {
        self.readers.lock().tick += 1;
    }

    /// Moves readers from slot `from` on into `batch` whose turn it is, at most [`WAKE_BATCH`];
    /// answers where to go on, or `None` at the end.
    pub(crate) fn take(&self, from: usize, which: Which, batch: &mut Vec<Turn>) -> Option<usize> {
        let mut readers = self.readers.lock();
        let tick = readers.tick;
        for (slot, reader) in readers.slots.iter_mut().enumerate().skip(from) {
            match which {
                // One without a waker was woken, and has not looked yet: it takes nothing by
                // itself.
                Which::Behind(last, _) if reader.waker.is_none() || reader.cursor >= last => {
                    continue;
                }
                Which::Behind(_, now) => {
                    if let Some(lent) = reader.lend(Slot(slot), now) {
                        batch.push(Turn::Tell(lent));
                        if batch.len() == WAKE_BATCH {
                            return Some(slot + 1);
                        }
                        continue;
                    }
                }
                Which::Silent => {
                    if reader.waker.is_none() || tick - reader.heard < u64::from(HEARTBEAT_TICKS) {
                        continue;
                    }
                    reader.heartbeat_due = true;
                }
            }
            batch.extend(reader.waker.take().map(Turn::Wake));
            if batch.len() == WAKE_BATCH {
                return Some(slot + 1);
            }
        }
        None
    }

    /// Brings outlets back from a wave, and moves those into `wakers` who are to be woken.
    pub(crate) fn bring_back(&self, batch: &mut Vec<(Lent, Outcome)>, wakers: &mut Vec<Waker>) {
        let mut strays = Vec::new();
        let mut readers = self.readers.lock();
        let tick = readers.tick;
        for (lent, outcome) in batch.drain(..) {
            let reader = &mut readers.slots[lent.slot.0];
            if reader.number != lent.number {
                // It left, and is not to be mistaken for who came after it.
                strays.push(lent);
                continue;
            }
            let is_missed = matches!(reader.outlet, Whereabouts::Missed);
            if let Outcome::Told { cursor, heard, .. } = outcome {
                reader.cursor = cursor;
                if heard {
                    reader.heard = tick;
                    reader.heartbeat_due = false;
                }
            }
            if outcome == Outcome::Lost {
                reader.outlet = Whereabouts::Lost;
                strays.push(lent);
            } else {
                reader.outlet = Whereabouts::Here(lent.loan);
            }
            if is_missed || !matches!(outcome, Outcome::Told { wakes: false, .. }) {
                wakers.extend(reader.waker.take());
            }
        }
        // As in `leave`.
        drop(readers);
        drop(strays);
    }
}

impl Reader {
    /// Is woken by this from now on; answers by what it was, to be dropped without the lock.
    fn wakes_by(&mut self, waker: &Waker) -> Option<Waker> {
        match &self.waker {
            Some(known) if known.will_wake(waker) => None,
            _ => self.waker.replace(waker.clone()),
        }
    }

    /// Lends its outlet to a wave, if it is here and nothing else is to be done.
    fn lend(&mut self, slot: Slot, now: Instant) -> Option<Lent> {
        match std::mem::take(&mut self.outlet) {
            Whereabouts::Here(loan) if now < loan.until => {
                self.outlet = Whereabouts::Out;
                Some(Lent { slot, number: self.number, loan, cursor: self.cursor })
            }
            elsewhere => {
                self.outlet = elsewhere;
                None
            }
        }
    }
}
