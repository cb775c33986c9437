//! Following what happens: every event once and in order, whatever happens to the connection.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::Stream;
use futures_util::stream::try_unfold;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::http::{asked_wait, whole};
use crate::query::{Pairs, Query, address};
use crate::sse::Parser;
use crate::{
    Client, Error, Event, Failure, FollowEventsQuery, Message, Network, Problem, Request,
    SnapshotPart,
};

mod pause;

use pause::Pause;

/// Two heartbeats and a bit: a connection that says nothing for so long is dead.
const SILENCE_MAX: Duration = Duration::from_secs(35);
/// The longest message: room for the snapshot of a large network.
const MESSAGE_BYTES_MAX: usize = 256 * 1024 * 1024;
/// How often a position that the server has just told may be unknown to its stream: the two hear of a
/// commit one after the other.
const BEGINNINGS_MAX: u32 = 10;
const PATH: &str = "/api/updates/real-time";
const WHAT: &str = "GET /api/updates/real-time";

/// What to follow, and from where.
#[derive(Debug, Clone, Default)]
pub struct Follow {
    /// What it is about; everything, if nothing is said. `after` and `snapshot` are [`begin`](Self::begin)'s.
    pub filter: FollowEventsQuery,
    /// From where.
    pub begin: Begin,
}

/// Where a stream begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Begin {
    /// With what happens from now on.
    #[default]
    Now,
    /// Behind a position: an event's id, or its sequence. `"0"` is the beginning of all.
    After(String),
    /// With the state of now: of these parts, separated by commas.
    Snapshot(String),
}

/// What a follower hears, as the server wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// There is a connection: the first, or another.
    Connected {
        /// Whether there was one before.
        again: bool,
    },
    /// An event (`event` is empty), a part of the state (`snapshot`), or a state (`level`).
    Message(Message),
    /// Everything up to [`Follower::position`] was told, and nothing of it was wanted.
    Progress,
    /// This reader was too slow. The stream goes on where it was; nothing is missed.
    Lagged,
    /// The connection was lost, or could not be made. Another is tried after the wait.
    Lost {
        /// In words.
        why: String,
        /// Until the next try.
        wait: Duration,
    },
    /// The server does not know the position: its journal is another, or was restored. What was told
    /// is obsolete, and a new snapshot follows. Only for those who began with one.
    Anew,
}

/// What a follower hears, as types.
#[derive(Debug, Clone)]
pub enum Told {
    /// An event.
    Event(Event),
    /// A part of the state.
    Snapshot(SnapshotPart),
    /// Everything else.
    Heard(Heard),
}

/// Follows until something is final.
#[derive(Debug)]
pub struct Follower {
    client: Client,
    filter: FollowEventsQuery,
    snapshot: Option<String>,
    /// Behind what to go on: the last position that was told; none before a snapshot.
    at: Option<String>,
    /// The sequence of the last event that was told: the next is behind it.
    last: u64,
    is_begun: bool,
    /// How often a position of our own finding may still be refused.
    own_beginnings: u32,
    has_connected: bool,
    pause: Pause,
    wait: Option<Duration>,
    stream: Option<EventStream>,
}

impl Client {
    /// Follows what happens. Nothing is sent before the first word is asked for.
    pub fn follow(&self, follow: Follow) -> Follower {
        let (at, snapshot, is_begun) = match follow.begin {
            Begin::Now => (None, None, false),
            Begin::After(position) => (Some(position), None, true),
            Begin::Snapshot(parts) => (None, Some(parts), true),
        };
        Follower {
            client: self.clone(),
            filter: FollowEventsQuery { after: None, snapshot: Vec::new(), ..follow.filter },
            snapshot,
            last: at.as_deref().and_then(sequence_of).unwrap_or_default(),
            at,
            is_begun,
            own_beginnings: 0,
            has_connected: false,
            pause: Pause::default(),
            wait: None,
            stream: None,
        }
    }
}

impl Follower {
    /// The position up to which everything was told: give it as [`Begin::After`] to go on another time.
    pub fn position(&self) -> Option<&str> {
        self.at.as_deref()
    }

    /// Whether another message is here already.
    pub fn has_more(&self) -> bool {
        self.stream.as_ref().is_some_and(|stream| !stream.ready.is_empty())
    }

    /// The next event; what else is heard is passed over. An error is final.
    pub async fn next_event(&mut self) -> Result<Event, Error> {
        loop {
            if let Told::Event(event) = self.next().await? {
                return Ok(event);
            }
        }
    }

    /// The next word, as types. An error is final.
    pub async fn next(&mut self) -> Result<Told, Error> {
        let heard = self.hear().await?;
        let told = match &heard {
            Heard::Message(message) if message.event.is_empty() => {
                RawValue::from_string(message.data.clone()).and_then(Event::of).map(Told::Event)
            }
            Heard::Message(message) if message.event == "snapshot" => {
                serde_json::from_str(&message.data).map(Told::Snapshot)
            }
            _ => Ok(Told::Heard(heard)),
        };
        told.map_err(|error| Failure::NotUnderstood(error.to_string()).of(WHAT, 1))
    }

    /// What is told, as a stream, for combinators.
    pub fn into_stream(self) -> impl Stream<Item = Result<Told, Error>> {
        try_unfold(self, |mut follower| async move { Ok(Some((follower.next().await?, follower))) })
    }

    /// The next word, as the server wrote it. An error is final.
    ///
    /// Dropping what this gives before it is done loses nothing.
    pub async fn hear(&mut self) -> Result<Heard, Error> {
        loop {
            if let Some(wait) = self.wait {
                tokio::time::sleep(wait).await;
                self.wait = None;
            }
            if !self.is_begun {
                // By its number, so that a connection lost before the first event costs none.
                let network: Network = self.client.read("/api/network", &()).await?;
                self.begin_at(format!("{}-{}", network.sequence, network.tag));
            }
            let Some(stream) = &mut self.stream else {
                match self.open().await? {
                    Ok(stream) => {
                        self.stream = Some(stream);
                        self.own_beginnings = 0;
                        let again = std::mem::replace(&mut self.has_connected, true);
                        return Ok(Heard::Connected { again });
                    }
                    Err(heard) => return Ok(heard),
                }
            };
            let message = match stream.next().await {
                Ok(Some(message)) => message,
                Ok(None) => return Ok(self.lost("the server ended the stream".to_owned(), None)),
                Err(failure) if failure.is_passing() => {
                    return Ok(self.lost(failure.to_string(), None));
                }
                Err(failure) => return Err(failure.of(WHAT, 1)),
            };
            self.pause.reset();
            if let Some(heard) = self.take(message)? {
                return Ok(heard);
            }
        }
    }

    /// Begins behind a position that this client has just read, instead of asking for one.
    pub fn begin_at(&mut self, position: String) {
        self.last = sequence_of(&position).unwrap_or_default();
        self.at = Some(position);
        self.is_begun = true;
        self.own_beginnings = BEGINNINGS_MAX;
    }

    /// What a message is; nothing, if it was told before.
    fn take(&mut self, message: Message) -> Result<Option<Heard>, Error> {
        if message.event == "lagged" {
            let told: Lagged = serde_json::from_str(&message.data)
                .map_err(|error| Failure::NotUnderstood(error.to_string()).of(WHAT, 1))?;
            self.at = told.resume_after.or(self.at.take());
            self.drop_stream();
            self.wait = Some(self.pause.next(None));
            return Ok(Some(Heard::Lagged));
        }
        let position = Some(&message.last_event_id).filter(|id| !id.is_empty());
        let is_progress = message.event == "progress";
        if let Some(position) = position {
            if message.event.is_empty()
                && let Some(sequence) = sequence_of(position)
            {
                if sequence <= self.last {
                    return Ok(None);
                }
                self.last = sequence;
            }
            // What was told is not asked for again.
            self.at = Some(position.clone());
        }
        Ok(Some(if is_progress { Heard::Progress } else { Heard::Message(message) }))
    }

    fn lost(&mut self, why: String, asked: Option<Duration>) -> Heard {
        self.drop_stream();
        let wait = self.pause.next(asked);
        self.wait = Some(wait);
        Heard::Lost { why, wait }
    }

    fn drop_stream(&mut self) {
        if let Some(stream) = self.stream.take() {
            self.pause.hint(stream.parser.retry);
        }
    }

    /// A connection, or why there is none yet; an error if there will be none.
    async fn open(&mut self) -> Result<Result<EventStream, Heard>, Error> {
        let parts = self.snapshot.as_deref().filter(|_| self.at.is_none());
        let request = Request::get(address(PATH, &Asked { filter: &self.filter, parts }));
        let position = self.at.as_deref().map(|at| ("last-event-id", at));
        let headers: Vec<_> =
            [("accept", "text/event-stream")].into_iter().chain(position).collect();
        let timeout = self.client.answer_timeout;
        let opening = async {
            let response = self.client.open(&request, &headers).await?;
            if response.status().is_success() {
                return Ok(Ok(EventStream::of(response.into_body())));
            }
            let (status, asked) = (response.status().as_u16(), asked_wait(response.headers()));
            let body = whole(response.into_body()).await?;
            Ok(Err((Problem::of(status, &body), asked)))
        };
        let opened = match tokio::time::timeout(timeout, opening).await {
            Ok(opened) => opened,
            Err(_) => Err(Failure::Silent(timeout)),
        };
        match opened {
            Ok(Ok(stream)) => Ok(Ok(stream)),
            Ok(Err((problem, asked))) => self.refused(problem, asked).map(Err),
            Err(failure) if failure.is_passing() => Ok(Err(self.lost(failure.to_string(), None))),
            Err(failure) => Err(failure.of(WHAT, 1)),
        }
    }

    fn refused(&mut self, problem: Problem, asked: Option<Duration>) -> Result<Heard, Error> {
        if problem.is_passing() || problem.status >= 500 {
            return Ok(self.lost(problem.to_string(), asked));
        }
        if problem.code == "unknown_position" {
            if self.own_beginnings > 0 {
                self.own_beginnings -= 1;
                return Ok(self.lost(problem.to_string(), asked));
            }
            if self.snapshot.is_some() && self.at.take().is_some() {
                self.last = 0;
                self.wait = Some(self.pause.next(asked));
                return Ok(Heard::Anew);
            }
        }
        Err(Failure::Refused(Box::new(problem)).of(WHAT, 1))
    }
}

/// The sequence that a position begins with.
fn sequence_of(position: &str) -> Option<u64> {
    position.split('-').next()?.parse().ok()
}

/// The server's word to a reader that was too slow.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lagged {
    resume_after: Option<String>,
}

struct Asked<'a> {
    filter: &'a FollowEventsQuery,
    parts: Option<&'a str>,
}

impl Query for Asked<'_> {
    fn pairs(&self, pairs: &mut Pairs) {
        self.filter.pairs(pairs);
        pairs.one("snapshot", &self.parts);
    }
}

/// An open stream.
#[derive(Debug)]
struct EventStream {
    body: Incoming,
    parser: Parser,
    /// Messages that have come and were not asked for yet: those of one piece of the body.
    ready: VecDeque<Message>,
}

impl EventStream {
    fn of(body: Incoming) -> Self {
        Self { body, parser: Parser::default(), ready: VecDeque::new() }
    }

    /// The next message; none at the end. A half message at the end is none, as the standard says.
    async fn next(&mut self) -> Result<Option<Message>, Failure> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Ok(Some(message));
            }
            let frame = match tokio::time::timeout(SILENCE_MAX, self.body.frame()).await {
                Err(_) => return Err(Failure::Silent(SILENCE_MAX)),
                Ok(None) => return Ok(None),
                Ok(Some(frame)) => frame.map_err(|error| Failure::CutOff(error.to_string()))?,
            };
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

#[cfg(test)]
mod tests;
