//! HTTP/1.1 as bytes on a connection: one head, then a body read piece by piece.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// Header fields of an answer that are looked at; more than the server sends.
const HEADERS_MAX: usize = 64;

/// One connection, and what has been read from it but not yet used.
#[derive(Debug)]
pub struct Connection {
    socket: TcpStream,
    unread: Vec<u8>,
}

/// The head of an answer.
#[derive(Debug, Clone)]
pub struct Head {
    /// The status code.
    pub status: u16,
    /// Field names in lower case, with their values.
    pub headers: Vec<(String, String)>,
}

/// How much of an answer's body is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// This many bytes.
    Length(u64),
    /// Chunks, the current one with this many bytes left; `None` before the next chunk's size.
    Chunked(Option<u64>),
    /// Whatever comes until the other side closes.
    ToEnd,
    /// Nothing.
    Done,
}

impl Head {
    /// The value of the first field of this name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// What follows this head.
    pub fn body(&self) -> Body {
        if self.header("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
            return Body::Chunked(None);
        }
        match (self.status, self.header("content-length").and_then(|value| value.parse().ok())) {
            (204 | 304, _) | (_, Some(0)) => Body::Done,
            (_, Some(length)) => Body::Length(length),
            (_, None) => Body::ToEnd,
        }
    }
}

impl Connection {
    /// Connects; `patience` bounds every later read and write.
    pub fn open(address: SocketAddr, patience: Duration) -> io::Result<Self> {
        Self::on(TcpStream::connect_timeout(&address, patience)?, patience)
    }

    /// Connects from this address of this machine.
    pub fn open_from(from: &str, address: SocketAddr, patience: Duration) -> io::Result<Self> {
        let from: std::net::IpAddr = from.parse().map_err(io::Error::other)?;
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        socket.bind(&SocketAddr::from((from, 0)).into())?;
        socket.connect_timeout(&address.into(), patience)?;
        Self::on(socket.into(), patience)
    }

    fn on(socket: TcpStream, patience: Duration) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(patience))?;
        socket.set_write_timeout(Some(patience))?;
        Ok(Self { socket, unread: Vec::new() })
    }

    /// Sends these bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.socket.write_all(bytes)
    }

    /// A second handle on the same connection, for writing while another thread reads.
    pub fn writer(&self) -> io::Result<TcpStream> {
        self.socket.try_clone()
    }

    /// Bounds the reads from here on.
    pub fn set_patience(&self, patience: Duration) -> io::Result<()> {
        self.socket.set_read_timeout(Some(patience.max(Duration::from_millis(1))))
    }

    /// Says that nothing more will be sent.
    pub fn finish_sending(&self) -> io::Result<()> {
        self.socket.shutdown(Shutdown::Write)
    }

    /// Whether the other side has closed, or said something nobody asked for.
    pub fn is_stale(&self) -> bool {
        let mut byte = [0];
        let peeked = self.socket.set_nonblocking(true).and_then(|()| self.socket.peek(&mut byte));
        let restored = self.socket.set_nonblocking(false);
        restored.is_err()
            || !matches!(peeked, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Reads the next head; informational ones (1xx) are passed over.
    pub fn read_head(&mut self) -> io::Result<Head> {
        loop {
            let head = self.read_switch()?;
            if head.status >= 200 {
                return Ok(head);
            }
        }
    }

    /// Reads the next head, whatever it says.
    pub fn read_switch(&mut self) -> io::Result<Head> {
        loop {
            let mut fields = [httparse::EMPTY_HEADER; HEADERS_MAX];
            let mut parsed = httparse::Response::new(&mut fields);
            let status = parsed
                .parse(&self.unread)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            let httparse::Status::Complete(length) = status else {
                self.read_more()?;
                continue;
            };
            let head = Head {
                status: parsed.code.unwrap_or(0),
                headers: parsed
                    .headers
                    .iter()
                    .map(|field| {
                        let value = String::from_utf8_lossy(field.value).into_owned();
                        (field.name.to_ascii_lowercase(), value)
                    })
                    .collect(),
            };
            self.unread.drain(..length);
            return Ok(head);
        }
    }

    /// Moves what is there of the body into `into`, waiting for at least a byte or the end.
    /// `body` says afterwards what is left.
    pub fn read_body(&mut self, body: &mut Body, into: &mut Vec<u8>) -> io::Result<()> {
        match *body {
            Body::Done => {}
            Body::Length(left) => {
                let taken = self.take_some(left, into)?;
                *body = if taken == left { Body::Done } else { Body::Length(left - taken) };
            }
            Body::Chunked(None) => {
                let line = self.take_line()?;
                let digits = line.split(';').next().unwrap_or_default().trim();
                let size = u64::from_str_radix(digits, 16)
                    .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
                if size > 0 {
                    *body = Body::Chunked(Some(size));
                    return Ok(());
                }
                while !self.take_line()?.is_empty() {}
                *body = Body::Done;
            }
            Body::Chunked(Some(left)) => {
                let taken = self.take_some(left, into)?;
                *body = Body::Chunked(Some(left - taken));
                if taken == left {
                    self.take_line()?;
                    *body = Body::Chunked(None);
                }
            }
            Body::ToEnd => match self.take_some(u64::MAX, into) {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => *body = Body::Done,
                other => drop(other?),
            },
        }
        Ok(())
    }

    /// Reads until the other side closes and returns everything, the time limit being an error.
    pub fn read_to_close(&mut self) -> io::Result<Vec<u8>> {
        loop {
            match self.read_more() {
                Ok(()) => {}
                Err(error) if is_closed(&error) => return Ok(std::mem::take(&mut self.unread)),
                Err(error) => return Err(error),
            }
        }
    }

    fn take_some(&mut self, at_most: u64, into: &mut Vec<u8>) -> io::Result<u64> {
        if self.unread.is_empty() {
            self.read_more()?;
        }
        let count = usize::try_from(at_most).unwrap_or(usize::MAX).min(self.unread.len());
        into.extend(self.unread.drain(..count));
        Ok(count as u64)
    }

    fn take_line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|pair| pair == b"\r\n") {
                let line = String::from_utf8_lossy(&self.unread[..end]).into_owned();
                self.unread.drain(..end + 2);
                return Ok(line);
            }
            self.read_more()?;
        }
    }

    fn read_more(&mut self) -> io::Result<()> {
        let mut block = [0; 16 * 1024];
        let count = self.socket.read(&mut block)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.unread.extend_from_slice(&block[..count]);
        Ok(())
    }
}

/// Whether this error says that the other side is gone, as against slow.
pub fn is_closed(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}
