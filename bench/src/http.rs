//! Just enough of HTTP/1.1 to know that an answer is whole: status, length or chunks, body.
//!
//! It must not cost more than it has to: what the load generator burns, the server does not get.

use std::ops::Range;

use memchr::memmem;

use crate::failure::{Failure, Outcome};

/// The head of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// Its status.
    pub(crate) status: u16,
    /// Bytes up to the body.
    pub(crate) len: usize,
    /// How the body ends.
    pub(crate) framing: Framing,
}

/// How a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// After so many bytes.
    Length(usize),
    /// With an empty chunk.
    Chunked,
}

impl Head {
    /// Reads a head, if all of it is there.
    pub(crate) fn parse(bytes: &[u8]) -> Outcome<Option<Self>> {
        let Some(end) = memmem::find(bytes, b"\r\n\r\n") else { return Ok(None) };
        let head = bytes.get(..end).unwrap_or_default();
        let bad = || Failure::new("reading an answer", String::from_utf8_lossy(head));
        let status = head.get(9..12).and_then(number).ok_or_else(bad)?;
        let mut framing = Framing::Length(0);
        for line in head.split(|byte| *byte == b'\n').skip(1) {
            let line = line.trim_ascii_end();
            if let Some(value) = value(line, b"content-length:") {
                framing = Framing::Length(number(value).ok_or_else(bad)?);
            } else if let Some(value) = value(line, b"transfer-encoding:") {
                if !value.eq_ignore_ascii_case(b"chunked") {
                    return Err(bad());
                }
                framing = Framing::Chunked;
            }
        }
        let status = u16::try_from(status).map_err(|_| bad())?;
        Ok(Some(Self { status, len: end + 4, framing }))
    }
}

/// The value of a header line, if it has this name (lower case, with the colon).
fn value<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (found, value) = line.split_at_checked(name.len())?;
    found.eq_ignore_ascii_case(name).then(|| value.trim_ascii())
}

fn number(digits: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(digits).ok()?;
    text.parse().ok()
}

/// Takes a chunked body apart, however the bytes come.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Chunks {
    state: ChunkState,
}

#[derive(Debug, Clone, Copy)]
enum ChunkState {
    /// In the digits of a chunk's size.
    Size(usize),
    /// Behind the digits, before the end of the line.
    SizeEnd(usize),
    /// In a chunk, with so many bytes to come.
    Data(usize),
    /// In the line end behind a chunk.
    DataEnd,
    /// Behind the empty chunk, before the last line end.
    Trailer,
    /// Done.
    End,
}

impl Default for ChunkState {
    fn default() -> Self {
        Self::Size(0)
    }
}

impl Chunks {
    /// Whether the last chunk has been seen.
    pub(crate) const fn is_end(self) -> bool {
        matches!(self.state, ChunkState::End)
    }

    /// Takes bytes and gives those of the body to `sink`. Returns how many it took: all, unless the
    /// body ended before.
    pub(crate) fn feed(&mut self, bytes: &[u8], mut sink: impl FnMut(&[u8])) -> Outcome<usize> {
        let mut rest = bytes;
        while let Some((&byte, behind)) = rest.split_first() {
            self.state = match self.state {
                ChunkState::Size(size) => match byte {
                    b'\r' | b';' => ChunkState::SizeEnd(size),
                    _ => {
                        let digit = char::from(byte).to_digit(16);
                        let digit = digit.and_then(|digit| usize::try_from(digit).ok());
                        let digit = digit.ok_or_else(|| bad_chunk(bytes))?;
                        ChunkState::Size((size << 4) | digit)
                    }
                },
                ChunkState::SizeEnd(size) => match (byte, size) {
                    (b'\n', 0) => ChunkState::Trailer,
                    (b'\n', size) => ChunkState::Data(size),
                    _ => self.state,
                },
                ChunkState::Data(left) => {
                    let (data, behind) = rest.split_at(left.min(rest.len()));
                    sink(data);
                    rest = behind;
                    self.state = match left - data.len() {
                        0 => ChunkState::DataEnd,
                        left => ChunkState::Data(left),
                    };
                    continue;
                }
                ChunkState::DataEnd if byte == b'\n' => ChunkState::Size(0),
                // We send no `TE`: there are no trailer fields, only the line end.
                ChunkState::Trailer if byte == b'\n' => {
                    self.state = ChunkState::End;
                    return Ok(bytes.len() - behind.len());
                }
                ChunkState::DataEnd | ChunkState::Trailer => self.state,
                ChunkState::End => break,
            };
            rest = behind;
        }
        Ok(bytes.len() - rest.len())
    }
}

fn bad_chunk(bytes: &[u8]) -> Failure {
    let start = bytes.get(..bytes.len().min(32)).unwrap_or_default();
    Failure::new("reading a chunk", String::from_utf8_lossy(start))
}

/// Bytes of an answer as they come, until it is whole.
#[derive(Debug, Default)]
pub(crate) struct AnswerBuffer {
    bytes: Vec<u8>,
    filled: usize,
    head: Option<Head>,
    chunks: Chunks,
    /// Bytes of a chunked body that have been taken apart, counted from the body's start.
    taken: usize,
    /// A chunked body, put together.
    joined: Vec<u8>,
}

/// Where a whole answer's body is.
#[derive(Debug, Clone)]
enum Body {
    Here(Range<usize>),
    Joined,
}

impl AnswerBuffer {
    /// Where the next bytes are to be read to; never empty.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        const STEP: usize = 4096;
        if self.bytes.len() < self.filled + STEP {
            self.bytes.resize((self.bytes.len() * 2).max(2 * STEP), 0);
        }
        self.bytes.get_mut(self.filled..).unwrap_or_default()
    }

    /// Says that so many bytes were read. Returns status and body once the answer is whole; then
    /// [`Self::clear`] must follow.
    pub(crate) fn filled(&mut self, count: usize) -> Outcome<Option<(u16, &[u8])>> {
        self.filled += count;
        let filled = self.bytes.get(..self.filled).unwrap_or_default();
        if self.head.is_none() {
            self.head = Head::parse(filled)?;
        }
        let Some(head) = self.head else { return Ok(None) };
        let body = match head.framing {
            Framing::Length(len) if filled.len() >= head.len + len => {
                Body::Here(head.len..head.len + len)
            }
            Framing::Length(_) => return Ok(None),
            Framing::Chunked => {
                let new = filled.get(head.len + self.taken..).unwrap_or_default();
                let joined = &mut self.joined;
                self.taken += self.chunks.feed(new, |data| joined.extend_from_slice(data))?;
                if !self.chunks.is_end() {
                    return Ok(None);
                }
                Body::Joined
            }
        };
        let body = match body {
            Body::Here(range) => self.bytes.get(range).unwrap_or_default(),
            Body::Joined => &self.joined,
        };
        Ok(Some((head.status, body)))
    }

    /// Makes room for the next answer. Requests are not pipelined: nothing of it is here yet.
    pub(crate) fn clear(&mut self) {
        self.filled = 0;
        self.head = None;
        self.chunks = Chunks::default();
        self.taken = 0;
        self.joined.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &[u8] = b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\n\
        Content-Length: 5\r\n\r\nhello";
    const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\
        5\r\nhello\r\n1;x=y\r\n \r\nA\r\n0123456789\r\n0\r\n\r\n";

    /// Reads an answer that comes in pieces of `step` bytes.
    fn read(answer: &[u8], step: usize) -> Option<(u16, Vec<u8>)> {
        let mut buffer = AnswerBuffer::default();
        for piece in answer.chunks(step) {
            buffer.space()[..piece.len()].copy_from_slice(piece);
            if let Some((status, body)) = buffer.filled(piece.len()).unwrap() {
                return Some((status, body.to_vec()));
            }
        }
        None
    }

    #[test]
    fn answers_are_read_however_they_come() {
        for step in 1..CHUNKED.len() {
            assert_eq!(read(PLAIN, step), Some((201, b"hello".to_vec())), "{step}");
            assert_eq!(read(CHUNKED, step), Some((200, b"hello 0123456789".to_vec())), "{step}");
        }
    }

    #[test]
    fn half_an_answer_is_none() {
        for answer in [PLAIN, CHUNKED] {
            for len in 0..answer.len() {
                assert_eq!(read(&answer[..len], 7), None, "{len}");
            }
        }
    }

    #[test]
    fn a_buffer_is_used_again() {
        let mut buffer = AnswerBuffer::default();
        for answer in [PLAIN, CHUNKED, PLAIN] {
            buffer.space()[..answer.len()].copy_from_slice(answer);
            assert!(buffer.filled(answer.len()).unwrap().is_some());
            buffer.clear();
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in ["HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n"] {
            assert!(Head::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(Chunks::default().feed(b"zz\r\n", |_| {}).is_err());
    }
}
