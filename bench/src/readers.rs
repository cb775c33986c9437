//! Live readers: many connections that take Server-Sent Events, on one thread.
//!
//! Of each event only the digits of its `id:` are read: a thousand readers at a thousand events a
//! second are a million events a second, and whoever looks at more of them measures itself.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::net::sockopt;
use rustix::time::Timespec;

use crate::failure::{Doing as _, Failure, Outcome};
use crate::http::{Chunks, Framing, Head};
use crate::server::KEY;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
const BLOCK_BYTES: usize = 64 * 1024;
/// How long it lets readers' sockets fill before it looks again. Without it it would be woken for
/// every other event, and the sender would pay for that.
const REST: Duration = Duration::from_micros(100);
/// How often it looks whether it is told to end.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };

/// Readers that are connected.
#[derive(Debug)]
pub(crate) struct Readers {
    epoll: OwnedFd,
    readers: Vec<Reader>,
}

#[derive(Debug)]
struct Reader {
    stream: TcpStream,
    chunks: Chunks,
    lines: Lines,
    seen: Seen,
}

/// What a reader has seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The last sequence.
    pub(crate) last: u64,
    /// Sequences that did not follow the one before: missed, repeated or out of order.
    pub(crate) astray: u64,
    /// When each was received, in µs since the readers began; the first is that after `base`.
    pub(crate) received_micros: Vec<u32>,
}

impl Readers {
    /// Connects so many, each asking for what follows `base`; returns when all are subscribed.
    pub(crate) fn connect(address: SocketAddr, count: usize, base: u64) -> Outcome<Self> {
        let doing = "connecting a reader";
        let epoll = epoll::create(CreateFlags::CLOEXEC).doing(doing)?;
        let mut readers = Vec::with_capacity(count);
        let mut block = vec![0; BLOCK_BYTES];
        for (number, _) in (0..).zip(0..count) {
            let reader = Reader::connect(address, base, &mut block)?;
            // Edge-triggered: whoever is told of what it has read already is told in vain.
            let flags = EventFlags::IN | EventFlags::ET;
            epoll::add(&epoll, &reader.stream, EventData::new_u64(number), flags).doing(doing)?;
            readers.push(reader);
        }
        Ok(Self { epoll, readers })
    }

    /// Reads until told to end and then until everybody has `target()`, or `limit` has passed.
    pub(crate) fn run(
        &mut self,
        began: Instant,
        over: &AtomicBool,
        target: &dyn Fn() -> u64,
        limit: Duration,
    ) -> Outcome<()> {
        let mut events: Vec<Event> = Vec::with_capacity(512);
        let mut block = vec![0; BLOCK_BYTES];
        loop {
            epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&LOOK))
                .doing("waiting for events")?;
            for event in events.drain(..) {
                let number = usize::try_from(event.data.u64()).unwrap_or(usize::MAX);
                if let Some(reader) = self.readers.get_mut(number) {
                    reader.read(&mut block, began)?;
                }
            }
            thread::sleep(REST);
            if over.load(Ordering::Acquire) {
                let target = target();
                if self.readers.iter().all(|reader| reader.seen.last >= target) {
                    return Ok(());
                }
                if began.elapsed() > limit {
                    let late = self.readers.iter().filter(|reader| reader.seen.last < target);
                    let cause = format!("{} readers did not get {target}", late.count());
                    return Err(Failure::new("reading live", cause));
                }
            }
        }
    }

    /// What each has seen.
    pub(crate) fn seen(&self) -> impl Iterator<Item = &Seen> {
        self.readers.iter().map(|reader| &reader.seen)
    }
}

impl Reader {
    fn connect(address: SocketAddr, base: u64, block: &mut [u8]) -> Outcome<Self> {
        let doing = "connecting a reader";
        let mut stream = TcpStream::connect(address).doing(doing)?;
        stream.set_read_timeout(Some(CONNECT_TIMEOUT)).doing(doing)?;
        let request = format!(
            "GET /api/updates/real-time?after={base} HTTP/1.1\r\nHost: bench\r\n\
             Authorization: Bearer {KEY}\r\nAccept: text/event-stream\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).doing(doing)?;
        let mut filled = 0;
        let head = loop {
            let space = block.get_mut(filled..).unwrap_or_default();
            let count = stream.read(space).doing(doing)?;
            filled += count;
            let bytes = block.get(..filled).unwrap_or_default();
            match Head::parse(bytes)? {
                Some(head) if head.status == 200 && head.framing == Framing::Chunked => break head,
                Some(_) => return Err(Failure::new(doing, String::from_utf8_lossy(bytes))),
                None if count == 0 => return Err(Failure::new(doing, "closed")),
                None => {}
            }
        };
        stream.set_nonblocking(true).doing(doing)?;
        // Or every read would send an acknowledgement of its own, on the processors of the server;
        // after a silence the kernel does so all the same, for a while.
        sockopt::set_tcp_quickack(&stream, false).doing(doing)?;
        let seen = Seen { last: base, ..Seen::default() };
        let mut reader = Self { stream, chunks: Chunks::default(), lines: Lines::default(), seen };
        reader.take(block.get(head.len..filled).unwrap_or_default(), 0)?;
        Ok(reader)
    }

    /// Reads all there is.
    fn read(&mut self, block: &mut [u8], began: Instant) -> Outcome<()> {
        loop {
            match self.stream.read(block) {
                Ok(0) => return Err(Failure::new("reading live", "the server closed the stream")),
                Ok(count) => {
                    let micros = u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX);
                    self.take(block.get(..count).unwrap_or_default(), micros)?;
                    if count < block.len() {
                        return Ok(());
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Failure::new("reading live", error)),
            }
        }
    }

    fn take(&mut self, bytes: &[u8], micros: u32) -> Outcome<()> {
        let Self { chunks, lines, seen, .. } = self;
        chunks.feed(bytes, |data| {
            lines.feed(data, |sequence| {
                seen.astray += u64::from(sequence != seen.last + 1);
                seen.last = sequence;
                seen.received_micros.push(micros);
            });
        })?;
        if lines.lagged || chunks.is_end() {
            return Err(Failure::new("reading live", "the server says that a reader is too slow"));
        }
        Ok(())
    }
}

/// Where the scanner is in a line.
#[derive(Debug, Clone, Copy)]
enum LineState {
    /// So many bytes of `id: ` have been seen, and nothing else.
    Start(usize),
    /// In the digits behind it.
    Digits(u64),
    /// In a line, or its rest, that says nothing.
    Skip,
}

/// Finds the sequences in a stream of lines, however the bytes come.
#[derive(Debug)]
struct Lines {
    state: LineState,
    /// Whether an `event:` line was seen: domain events have none, `lagged` does.
    lagged: bool,
}

impl Default for Lines {
    fn default() -> Self {
        Self { state: LineState::Start(0), lagged: false }
    }
}

impl Lines {
    fn feed(&mut self, bytes: &[u8], mut found: impl FnMut(u64)) {
        const PREFIX: &[u8] = b"id: ";
        let mut rest = bytes;
        while let Some((&byte, behind)) = rest.split_first() {
            rest = behind;
            self.state = match self.state {
                LineState::Start(_) | LineState::Skip if byte == b'\n' => LineState::Start(0),
                LineState::Start(seen) if PREFIX.get(seen) == Some(&byte) => {
                    if seen + 1 == PREFIX.len() {
                        LineState::Digits(0)
                    } else {
                        LineState::Start(seen + 1)
                    }
                }
                LineState::Start(seen) => {
                    self.lagged |= seen == 0 && byte == b'e';
                    LineState::Skip
                }
                LineState::Digits(number) if byte.is_ascii_digit() => {
                    LineState::Digits(number * 10 + u64::from(byte - b'0'))
                }
                LineState::Digits(number) => {
                    found(number);
                    if byte == b'\n' { LineState::Start(0) } else { LineState::Skip }
                }
                LineState::Skip => match memchr::memchr(b'\n', rest) {
                    Some(end) => {
                        rest = rest.get(end + 1..).unwrap_or_default();
                        LineState::Start(0)
                    }
                    None => return self.state = LineState::Skip,
                },
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_found_however_the_bytes_come() {
        let stream = b"retry: 1000\n\nid: 41-abc\ndata: {\"id: 9\"}\n\n: heartbeat\n\n\
            id: 42-abc\ndata: {}\n\nid: 43-abc\ndata: {}\n\n";
        for step in 1..stream.len() {
            let mut lines = Lines::default();
            let mut found = Vec::new();
            for piece in stream.chunks(step) {
                lines.feed(piece, |sequence| found.push(sequence));
            }
            assert_eq!(found, [41, 42, 43], "{step}");
            assert!(!lines.lagged);
        }
    }

    #[test]
    fn a_reader_that_lags_is_noticed() {
        let mut lines = Lines::default();
        lines.feed(b"event: lagged\ndata: {}\n\n", |_| {});
        assert!(lines.lagged);
    }
}
