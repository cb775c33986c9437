//! A reader of Server-Sent Events.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::{Request, Response};
use crate::wire::{Body, Connection};

/// An open stream.
#[derive(Debug)]
pub struct Stream {
    connection: Connection,
    body: Body,
    text: Vec<u8>,
    messages: VecDeque<Message>,
    /// The header fields of the answer.
    pub headers: Vec<(String, String)>,
}

/// One block of the stream.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Message {
    /// The `id:` field.
    pub id: Option<String>,
    /// The `event:` field.
    pub event: Option<String>,
    /// The `data:` field, `Null` where there is none.
    pub data: Value,
    /// The `retry:` field.
    pub retry: Option<u64>,
    /// A comment line.
    pub comment: Option<String>,
}

impl Message {
    /// The place in the sequence that the event's id begins with.
    #[track_caller]
    pub fn sequence(&self) -> u64 {
        let digits = self.id.as_deref().and_then(|id| id.split('-').next());
        digits.and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("{self:?}"))
    }
}

impl Stream {
    /// Opens the stream with this query (such as `?after=0`) and, if one is given, this
    /// `Last-Event-ID`. An answer that is not a stream comes back as it is.
    #[track_caller]
    pub fn open(
        address: SocketAddr,
        key: Option<&str>,
        query: &str,
        last_event_id: Option<&str>,
    ) -> Result<Self, Response> {
        let mut request = Request::new("GET", &format!("/api/updates/real-time{query}"))
            .header("accept", "text/event-stream");
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        let mut connection = Connection::open(address, crate::client::PATIENCE).unwrap();
        connection.send(request.head(address, key).as_bytes()).unwrap();
        let head = connection.read_head().unwrap();
        let mut body = head.body();
        if head.status != 200 {
            let mut bytes = Vec::new();
            while body != Body::Done {
                connection.read_body(&mut body, &mut bytes).unwrap();
            }
            return Err(Response { head, body: bytes });
        }
        let (text, messages) = (Vec::new(), VecDeque::new());
        Ok(Self { connection, body, text, messages, headers: head.headers })
    }

    /// The next block, whatever it holds; an error when the stream ends or `limit` has passed.
    pub fn message(&mut self, limit: Duration) -> io::Result<Message> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(message) = self.messages.pop_front() {
                return Ok(message);
            }
            if self.body == Body::Done {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.connection.set_patience(left)?;
            match self.connection.read_body(&mut self.body, &mut self.text) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                other => other?,
            }
            self.split_blocks();
        }
    }

    /// The next event, heartbeats and hints passed over.
    pub fn event(&mut self, limit: Duration) -> io::Result<Message> {
        loop {
            let message = self.message(limit)?;
            if message.data != Value::Null {
                return Ok(message);
            }
        }
    }

    /// The next `count` events, each following the one before.
    #[track_caller]
    pub fn events(&mut self, count: usize, limit: Duration) -> Vec<Message> {
        let mut events: Vec<Message> = Vec::with_capacity(count);
        while events.len() < count {
            let event = match self.event(limit) {
                Ok(event) => event,
                Err(error) => panic!("{error} after {} of {count} events", events.len()),
            };
            assert_eq!(event.event, None, "not a domain event: {event:?}");
            if let Some(last) = events.last() {
                assert_eq!(event.sequence(), last.sequence() + 1, "a gap or a repeat");
            }
            events.push(event);
        }
        events
    }

    fn split_blocks(&mut self) {
        while let Some(end) = self.text.windows(2).position(|pair| pair == b"\n\n") {
            let block: Vec<u8> = self.text.drain(..end + 2).collect();
            self.messages.push_back(parse(&String::from_utf8_lossy(&block)));
        }
    }
}

fn parse(block: &str) -> Message {
    let mut message = Message::default();
    for line in block.lines().filter(|line| !line.is_empty()) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" => message.comment = Some(value.into()),
            "id" => message.id = Some(value.into()),
            "event" => message.event = Some(value.into()),
            "retry" => message.retry = value.parse().ok(),
            "data" => {
                message.data =
                    serde_json::from_str(value).unwrap_or_else(|error| panic!("{error}: {line}"));
            }
            _ => panic!("not a field of an event stream: {line}"),
        }
    }
    message
}
