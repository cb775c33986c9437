//! The way to a reader's socket, which the reader lends while it waits: whoever wakes the readers
//! then writes what is shown by itself, and leaves the reader asleep. All that it costs is a cursor
//! and a write.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

/// Takes what is for one client of many, from any thread.
pub trait Outlet: Send + Sync {
    /// Takes an update, whole or not at all, and never waits. `turn` is what the reader lent it
    /// with: an outlet that has meanwhile passed to another reader takes nothing.
    fn tell(&self, turn: u64, update: &Bytes) -> Told;
}

/// What became of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The client's socket has it.
    Written,
    /// The outlet has it, and the reader is to be woken to see it through.
    Taken,
    /// Nobody has it: the reader is to be woken to see to it.
    Refused,
}

/// Where a reader has its outlet.
#[derive(Debug, Default)]
pub(crate) enum Lending {
    /// It has none.
    #[default]
    Nothing,
    /// With itself.
    Here(Loan),
    /// Lent, and the reader's cursor with it.
    Lent,
}

impl Lending {
    /// What is to be lent now, if there is anything.
    pub(crate) fn lend(&mut self) -> Option<Loan> {
        match std::mem::replace(self, Self::Lent) {
            Self::Here(loan) => Some(loan),
            other => {
                *self = other;
                None
            }
        }
    }
}

/// An outlet that is lent, or may be.
pub(crate) struct Loan {
    pub(crate) outlet: Arc<dyn Outlet>,
    pub(crate) turn: u64,
    /// When the reader is to be woken all the same.
    pub(crate) until: Instant,
}

impl fmt::Debug for Loan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Loan({} until {:?})", self.turn, self.until)
    }
}
