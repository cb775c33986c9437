//! A client of the `WebSocket` protocol (RFC 6455), frame by frame.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::{PATIENCE, Request, Response};
use crate::wire::{Body, Connection};

/// An open WebSocket.
#[derive(Debug)]
pub struct WebSocket {
    connection: Connection,
    unread: Vec<u8>,
}

/// What the server says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// A message.
    Message(Value),
    /// A ping, which was not answered.
    Ping,
    /// An answer to a ping.
    Pong,
    /// It closes, with this code and for this reason.
    Close(u16, String),
}

/// The mask of all frames: it only has to be there.
const MASK: [u8; 4] = [0x12, 0x34, 0x56, 0x78];

impl WebSocket {
    /// Opens the stream with this query and further headers. An answer that is no switch of
    /// protocols comes back as it is.
    #[track_caller]
    pub fn open(
        address: SocketAddr,
        key: Option<&str>,
        query: &str,
        headers: &[(&str, &str)],
    ) -> Result<Self, Response> {
        match Self::try_open(address, key, query, headers) {
            Ok(opened) => opened,
            Err(error) => panic!("{query}: {error}"),
        }
    }

    /// The same where the server may be gone.
    pub fn try_open(
        address: SocketAddr,
        key: Option<&str>,
        query: &str,
        headers: &[(&str, &str)],
    ) -> io::Result<Result<Self, Response>> {
        let mut request = Request::new("GET", &format!("/api/updates/real-time{query}"))
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut connection = Connection::open(address, PATIENCE)?;
        connection.send(request.head(address, key).as_bytes())?;
        let head = connection.read_switch()?;
        if head.status == 101 {
            let accepted = head.header("sec-websocket-accept");
            assert_eq!(accepted, Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
            return Ok(Ok(Self { connection, unread: Vec::new() }));
        }
        let (mut rest, mut body) = (head.body(), Vec::new());
        while rest != Body::Done {
            connection.read_body(&mut rest, &mut body)?;
        }
        Ok(Err(Response { head, body }))
    }

    /// Sends a message.
    pub fn send(&mut self, message: &Value) -> io::Result<()> {
        self.send_frame(1, message.to_string().as_bytes())
    }

    /// Sends a frame of this kind.
    pub fn send_frame(&mut self, opcode: u8, payload: &[u8]) -> io::Result<()> {
        let mut frame = vec![0x80 | opcode];
        match payload.len() {
            length @ ..126 => frame.push(0x80 | u8::try_from(length).unwrap()),
            length @ ..65_536 => {
                frame.push(0x80 | 0x7E);
                frame.extend_from_slice(&u16::try_from(length).unwrap().to_be_bytes());
            }
            length => {
                frame.push(0x80 | 0x7F);
                frame.extend_from_slice(&(length as u64).to_be_bytes());
            }
        }
        frame.extend_from_slice(&MASK);
        frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        self.connection.send(&frame)
    }

    /// What the server says next, pings included.
    pub fn said(&mut self, limit: Duration) -> io::Result<Said> {
        let deadline = Instant::now() + limit;
        self.fill(2, deadline)?;
        let (first, second) = (self.unread[0], self.unread[1]);
        assert_eq!(second & 0x80, 0, "a server masks nothing");
        let (start, length) = match second {
            126 => {
                self.fill(4, deadline)?;
                (4, u64::from(u16::from_be_bytes(self.unread[2..4].try_into().unwrap())))
            }
            127 => {
                self.fill(10, deadline)?;
                (10, u64::from_be_bytes(self.unread[2..10].try_into().unwrap()))
            }
            length => (2, length.into()),
        };
        let end = start + usize::try_from(length).unwrap();
        self.fill(end, deadline)?;
        let payload = self.unread.drain(..end).skip(start).collect::<Vec<_>>();
        Ok(match first {
            0x81 => Said::Message(serde_json::from_slice(&payload).unwrap()),
            0x89 => Said::Ping,
            0x8A => Said::Pong,
            0x88 => {
                let (code, reason) = payload.split_at(payload.len().min(2));
                let code = code.try_into().map_or(1005, u16::from_be_bytes);
                Said::Close(code, String::from_utf8(reason.to_vec()).unwrap())
            }
            other => panic!("a frame that begins with {other:#x}"),
        })
    }

    /// The next message; pings are answered. An error when the server closes or `limit` has passed.
    pub fn message(&mut self, limit: Duration) -> io::Result<Value> {
        loop {
            match self.said(limit)? {
                Said::Message(message) => return Ok(message),
                Said::Ping => self.send_frame(0xA, &[])?,
                Said::Pong => {}
                Said::Close(..) => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
    }

    /// Reads until so many bytes are there; a time limit that passes within a frame loses nothing.
    fn fill(&mut self, count: usize, deadline: Instant) -> io::Result<()> {
        while self.unread.len() < count {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.connection.set_patience(left)?;
            match self.connection.read_body(&mut Body::Length(u64::MAX), &mut self.unread) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                other => other?,
            }
        }
        Ok(())
    }
}
