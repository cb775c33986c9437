//! An open stream, until it ends or falls silent.

use std::collections::VecDeque;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};

use crate::sse::Parser;
use crate::{Failure, Message};

/// Two heartbeats and a bit: a connection that says nothing for so long is dead.
const SILENCE_MAX: Duration = Duration::from_secs(35);
/// What a reader that was away for so long waits for what has come meanwhile.
const RETURN_TIME: Duration = Duration::from_secs(1);
/// The longest message: room for the snapshot of a large network.
const MESSAGE_BYTES_MAX: usize = 256 * 1024 * 1024;

/// An open stream.
#[derive(Debug)]
pub(super) struct EventStream {
    body: Incoming,
    parser: Parser,
    /// Messages that have come and were not asked for yet: those of one piece of the body.
    ready: VecDeque<Message>,
    /// When it is dead if nothing comes. It outlives the calls: whoever asks and gives up each second must
    /// find out, too.
    silent_at: Instant,
    /// Whether the reader was away when that time came, and was given some more.
    has_returned: bool,
}

impl EventStream {
    pub(super) fn of(body: Incoming) -> Self {
        Self {
            body,
            parser: Parser::default(),
            ready: VecDeque::new(),
            silent_at: Instant::now() + SILENCE_MAX,
            has_returned: false,
        }
    }

    /// Whether another message is here already.
    pub(super) fn has_more(&self) -> bool {
        !self.ready.is_empty()
    }

    /// What the server says to wait before another connection.
    pub(super) fn retry(&self) -> Option<Duration> {
        self.parser.retry
    }

    /// The next message; none at the end. A half message at the end is none, as the standard says.
    pub(super) async fn next(&mut self) -> Result<Option<Message>, Failure> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Ok(Some(message));
            }
            let now = Instant::now();
            if now > self.silent_at && !self.has_returned {
                // A reader takes its time: that is no silence of the server.
                self.has_returned = true;
                self.silent_at = now + RETURN_TIME;
            }
            let frame = match timeout_at(self.silent_at, self.body.frame()).await {
                Err(_) => return Err(Failure::Silent(SILENCE_MAX)),
                Ok(None) => return Ok(None),
                Ok(Some(frame)) => frame.map_err(|error| Failure::CutOff(error.to_string()))?,
            };
            self.silent_at = Instant::now() + SILENCE_MAX;
            self.has_returned = false;
            if let Ok(bytes) = frame.into_data() {
                self.parser.feed(&bytes, |message| self.ready.push_back(message));
                if self.parser.held_bytes() > MESSAGE_BYTES_MAX {
                    let why = format!("a message of more than {MESSAGE_BYTES_MAX} bytes");
                    return Err(Failure::NotUnderstood(why));
                }
            }
        }
    }
}
