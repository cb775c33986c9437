//! Server-Sent Events: a stream as the server sends it, and its bytes as messages.
//!
//! The parser follows the WHATWG standard ("9.2.6 Interpreting an event stream"), for bytes that may
//! be cut anywhere. This module knows nothing of what the messages say.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::ACCEPT;

use super::{ANSWER_WAIT_MAX, Answer, Client, ClientError, Request, whole};

/// Two heartbeats and a bit: a connection that says nothing for so long is dead.
const SILENCE_MAX: Duration = Duration::from_secs(35);
/// The longest message: room for the snapshot of a large network.
const MESSAGE_BYTES_MAX: usize = 256 * 1024 * 1024;

/// What the server said to being asked for a stream.
#[derive(Debug)]
pub(crate) enum Opening {
    /// Here it is.
    Stream(EventStream),
    /// No.
    Refused(Answer),
}

impl Client {
    /// Asks for a stream, once, from behind the last message that the reader has.
    pub(crate) async fn open_stream(
        &self,
        path: String,
        last_event_id: Option<&str>,
    ) -> Result<Opening, ClientError> {
        let mut head = self.head(&Request::get(path)).header(ACCEPT, "text/event-stream");
        if let Some(id) = last_event_id {
            head = head.header("last-event-id", id);
        }
        let message = head
            .body(Full::new(Bytes::new()))
            .map_err(|source| ClientError::BadRequest(source.to_string()))?;
        let exchange = async {
            let response = self.pool.request(message).await.map_err(|e| self.unreachable(e))?;
            if !response.status().is_success() {
                return whole(response).await.map(Opening::Refused);
            }
            let body = response.into_body();
            let (parser, ready) = (Parser::default(), VecDeque::new());
            Ok(Opening::Stream(EventStream { body, parser, ready }))
        };
        match tokio::time::timeout(ANSWER_WAIT_MAX, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => Err(ClientError::Silent(ANSWER_WAIT_MAX)),
        }
    }
}

/// An open stream.
#[derive(Debug)]
pub(crate) struct EventStream {
    body: Incoming,
    parser: Parser,
    /// Messages that have come and were not asked for yet: those of one piece of the body.
    ready: VecDeque<Message>,
}

impl EventStream {
    /// The next message; none at the end. A half message at the end is none, as the standard says.
    pub(crate) async fn next(&mut self) -> Result<Option<Message>, ClientError> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Ok(Some(message));
            }
            let frame = match tokio::time::timeout(SILENCE_MAX, self.body.frame()).await {
                Err(_) => return Err(ClientError::Silent(SILENCE_MAX)),
                Ok(None) => return Ok(None),
                Ok(Some(frame)) => frame.map_err(|error| ClientError::CutOff(error.to_string()))?,
            };
            if let Ok(bytes) = frame.into_data() {
                self.parser.feed(&bytes, |message| self.ready.push_back(message));
                if self.parser.held_bytes() > MESSAGE_BYTES_MAX {
                    return Err(ClientError::MessageTooLong(MESSAGE_BYTES_MAX));
                }
            }
        }
    }

    /// Whether another message is here already.
    pub(crate) fn has_more(&self) -> bool {
        !self.ready.is_empty()
    }

    /// How long the server asks to wait before another connection, if it has said so.
    pub(crate) fn retry(&self) -> Option<Duration> {
        self.parser.retry
    }
}

/// One message of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// Its kind; empty where the stream names none.
    pub(crate) event: String,
    pub(crate) data: String,
    /// The last position that the stream has told, with this message or before it; may be empty.
    pub(crate) last_event_id: String,
}

/// Bytes to messages.
#[derive(Debug, Default)]
struct Parser {
    /// The line that has begun.
    line: Vec<u8>,
    /// The last line ended in a carriage return: a line feed that follows belongs to it.
    after_return: bool,
    /// The first line, which may begin with a byte order mark, is over.
    begun: bool,
    event: String,
    data: String,
    id: String,
    retry: Option<Duration>,
}

impl Parser {
    /// Takes the next bytes; `found` is given each message that they complete.
    fn feed(&mut self, bytes: &[u8], mut found: impl FnMut(Message)) {
        let mut rest = bytes;
        if self.after_return && !rest.is_empty() {
            self.after_return = false;
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            self.line.extend_from_slice(&rest[..end]);
            let is_return = rest[end] == b'\r';
            rest = &rest[end + 1..];
            if is_return {
                self.after_return = rest.is_empty();
                rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            }
            let mut line = std::mem::take(&mut self.line);
            if let Some(message) = self.take_line(&line) {
                found(message);
            }
            // Its room is used again.
            line.clear();
            self.line = line;
        }
        self.line.extend_from_slice(rest);
    }

    /// How much of an unfinished message is kept.
    fn held_bytes(&self) -> usize {
        self.line.len() + self.data.len()
    }

    fn take_line(&mut self, line: &[u8]) -> Option<Message> {
        let line = if std::mem::replace(&mut self.begun, true) {
            line
        } else {
            line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line)
        };
        if line.is_empty() {
            return self.dispatch();
        }
        let text = String::from_utf8_lossy(line);
        let (field, value) = text.split_once(':').unwrap_or((&text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis);
            }
            // Comments have an empty field; others are to be passed over.
            _ => {}
        }
        None
    }

    /// What a blank line does.
    fn dispatch(&mut self) -> Option<Message> {
        let event = std::mem::take(&mut self.event);
        let mut data = std::mem::take(&mut self.data);
        data.pop()?;
        Some(Message { event, data, last_event_id: self.id.clone() })
    }
}

#[cfg(test)]
mod tests;
