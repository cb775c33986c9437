//! A way to a connection's socket past hyper, for a response body that is told to many at once.
//!
//! Writing through hyper costs a wake-up of the connection's task and its turn, for each client. A
//! body that has nothing to give may ask for the outlet instead. It opens when hyper has flushed:
//! then hyper has nothing to write until the body gives it something, and the body may write chunks
//! (RFC 9112, section 7.1) by itself, from any thread, or lend the outlet to whoever has the same
//! to write for many. What a socket does not take is left to the connection's task, which writes it
//! before anything of hyper's, with the patience it has for all.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::{Buf, Bytes};
use live::Told;
use parking_lot::Mutex;
use tokio::net::TcpStream;

/// A chunk on its way: its size, its data, and its end. The data is shared with all that it is told
/// to.
#[derive(Debug)]
pub(super) struct Chunk {
    /// None is empty.
    parts: VecDeque<Bytes>,
}

impl Chunk {
    fn of(size: String, data: &[Bytes]) -> Self {
        let parts = [Bytes::from(size)].into_iter().chain(data.iter().cloned());
        Self { parts: parts.chain([Bytes::from_static(END)]).collect() }
    }
}

impl Buf for Chunk {
    fn remaining(&self) -> usize {
        self.parts.iter().map(Bytes::len).sum()
    }

    fn chunk(&self) -> &[u8] {
        self.parts.front().map_or(&[], |part| part)
    }

    fn advance(&mut self, mut count: usize) {
        while let Some(part) = self.parts.front_mut() {
            if count < part.len() {
                return part.advance(count);
            }
            count -= part.len();
            self.parts.pop_front();
        }
        assert_eq!(count, 0, "past the end of a chunk");
    }
}

/// Pieces of a body, as one chunk of it.
pub(crate) fn chunk_of(data: &[Bytes]) -> Bytes {
    let data_bytes: usize = data.iter().map(Bytes::len).sum();
    let size = format!("{data_bytes:x}\r\n");
    let mut whole = Vec::with_capacity(size.len() + data_bytes + END.len());
    whole.extend_from_slice(size.as_bytes());
    for piece in data {
        whole.extend_from_slice(piece);
    }
    whole.extend_from_slice(END);
    whole.into()
}

/// What of a chunk is written as one: copying so little is cheaper than a vectored write.
const COPIED_BYTES_MAX: usize = 16 * 1024;

/// What ends a chunk.
const END: &[u8] = b"\r\n";

/// Who may write to the socket.
#[derive(Debug, Default)]
enum State {
    /// hyper.
    #[default]
    Shut,
    /// hyper, and after its next flush the body whose turn it is.
    Asked(u64),
    /// The body whose turn it is, and whom it lent the outlet to.
    Open(Arc<TcpStream>, u64),
    /// That body alone.
    Held(Arc<TcpStream>, u64),
    /// The connection's task alone, until this is written.
    Left(Box<Chunk>),
}

/// The outlet of one connection.
#[derive(Debug, Default)]
pub(crate) struct Outlet {
    state: Mutex<State>,
    /// How many bodies there have been: who lends it to others says for which.
    turns: AtomicU64,
}

impl Outlet {
    /// A turn, for the body of another response.
    pub(crate) fn turn(&self) -> u64 {
        self.turns.fetch_add(1, Ordering::Relaxed)
    }

    /// Asks for it, for when hyper has nothing more to write. For a body that is sent in chunks,
    /// and that gives hyper nothing from here on but after [`Self::shut`].
    pub(crate) fn ask(&self, turn: u64) {
        let mut state = self.state.lock();
        if matches!(*state, State::Shut) {
            *state = State::Asked(turn);
        }
    }

    /// Lets hyper write again.
    pub(crate) fn shut(&self) {
        let mut state = self.state.lock();
        if matches!(*state, State::Asked(_) | State::Open(..) | State::Held(..)) {
            *state = State::Shut;
        }
    }

    /// Keeps it, if it is open, from whom it is lent to, until [`Self::release`]: what the body has
    /// in its hands comes before what they are shown meanwhile.
    #[must_use]
    pub(crate) fn hold(&self) -> bool {
        let mut state = self.state.lock();
        match std::mem::take(&mut *state) {
            State::Open(stream, turn) => {
                *state = State::Held(stream, turn);
                true
            }
            other => {
                *state = other;
                false
            }
        }
    }

    /// Lets them have it again.
    pub(crate) fn release(&self) {
        let mut state = self.state.lock();
        match std::mem::take(&mut *state) {
            State::Held(stream, turn) => *state = State::Open(stream, turn),
            other => *state = other,
        }
    }

    /// Writes a chunk of the body, which holds the outlet, of pieces that are not empty, never
    /// waiting. If it is not all written, the connection's task must be woken: it writes the rest,
    /// or finds out what is wrong. A connection that ended meanwhile takes nothing, and nobody
    /// reads what it would have been given.
    #[must_use]
    pub(crate) fn send(&self, data: &[Bytes]) -> bool {
        let data_bytes: usize = data.iter().map(Bytes::len).sum();
        debug_assert!(data_bytes > 0, "an empty chunk is the end of the body");
        let mut state = self.state.lock();
        let State::Held(stream, _) = &*state else { return false };
        let size = format!("{data_bytes:x}\r\n");
        let length = size.len() + data_bytes + END.len();
        let pieces = data.iter().map(AsRef::as_ref);
        let parts = [size.as_bytes()].into_iter().chain(pieces).chain([END]);
        let written = if length <= COPIED_BYTES_MAX {
            let mut whole = Vec::with_capacity(length);
            parts.for_each(|part| whole.extend_from_slice(part));
            stream.try_write(&whole)
        } else {
            stream.try_write_vectored(&parts.map(IoSlice::new).collect::<Vec<_>>())
        };
        // An error comes again when the task writes: there it belongs.
        let written = written.unwrap_or(0);
        if written == length {
            return true;
        }
        let mut chunk = Chunk::of(size, data);
        chunk.advance(written);
        *state = State::Left(Box::new(chunk));
        false
    }

    /// What the connection's task has to write before anything else; hyper may write after it.
    pub(super) fn take_left(&self) -> Option<Box<Chunk>> {
        let mut state = self.state.lock();
        match std::mem::take(&mut *state) {
            State::Left(chunk) => Some(chunk),
            other => {
                *state = other;
                None
            }
        }
    }

    /// hyper has nothing to write.
    pub(super) fn flushed(&self, stream: &Arc<TcpStream>) {
        let mut state = self.state.lock();
        if let State::Asked(turn) = *state {
            *state = State::Open(Arc::clone(stream), turn);
        }
    }

    /// The connection is over.
    pub(super) fn close(&self) {
        *self.state.lock() = State::Shut;
    }
}

impl live::Outlet for Outlet {
    /// Writes a chunk of the body, as [`Outlet::send`] does.
    fn tell(&self, turn: u64, chunk: &Bytes) -> Told {
        let mut state = self.state.lock();
        let stream = match &*state {
            State::Open(stream, whose) if *whose == turn => stream,
            _ => return Told::Refused,
        };
        let written = stream.try_write(chunk).unwrap_or(0);
        if written == chunk.len() {
            return Told::Written;
        }
        let parts = [chunk.slice(written..)].into();
        *state = State::Left(Box::new(Chunk { parts }));
        Told::Taken
    }
}

#[cfg(test)]
#[path = "outlet_tests.rs"]
mod tests;
