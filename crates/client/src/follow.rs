//! Following what happens: every event once and in order, whatever happens to the connection.

use std::time::Duration;

use futures_util::Stream;
use futures_util::stream::try_unfold;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::Instant;

use crate::{
    Client, Error, Event, Failure, FollowEventsQuery, Message, Network, Problem, SnapshotPart,
};

mod pause;
mod reach;
mod stream;

use pause::Pause;
use reach::{Reached, Reaching};
use stream::EventStream;

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
    /// When to try again.
    wait_until: Option<Instant>,
    /// What was begun and is not done, so that dropping what waits for it does not begin it anew.
    reaching: Option<Reaching>,
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
            wait_until: None,
            reaching: None,
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
        self.stream.as_ref().is_some_and(EventStream::has_more)
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
    /// Dropping what this gives before it is done loses nothing, and begins nothing anew: neither a wait,
    /// nor a connection, nor the time in which something must come.
    pub async fn hear(&mut self) -> Result<Heard, Error> {
        loop {
            if let Some(until) = self.wait_until {
                tokio::time::sleep_until(until).await;
                self.wait_until = None;
            }
            let Some(stream) = &mut self.stream else {
                match self.connect().await? {
                    Some(heard) => return Ok(heard),
                    None => continue,
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
        self.reaching = None;
        self.own_beginnings = BEGINNINGS_MAX;
    }

    /// What a message is; nothing, if it was told before.
    fn take(&mut self, message: Message) -> Result<Option<Heard>, Error> {
        if message.event == "lagged" {
            let told: Lagged = serde_json::from_str(&message.data)
                .map_err(|error| Failure::NotUnderstood(error.to_string()).of(WHAT, 1))?;
            self.at = told.resume_after.or(self.at.take());
            self.drop_stream();
            self.wait_until = Some(Instant::now() + self.pause.next(None));
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
        self.wait_until = Some(Instant::now() + wait);
        Heard::Lost { why, wait }
    }

    fn drop_stream(&mut self) {
        if let Some(stream) = self.stream.take() {
            self.pause.hint(stream.retry());
        }
    }

    /// A connection, or why there is none yet; an error if there will be none. Nothing, if only the
    /// position to begin at was found.
    async fn connect(&mut self) -> Result<Option<Heard>, Error> {
        let reaching = match self.reaching.take() {
            Some(reaching) => reaching,
            None if self.is_begun => {
                let parts = self.snapshot.as_deref().filter(|_| self.at.is_none());
                Reaching::stream(&self.client, &self.filter, parts, self.at.as_deref())
            }
            None => Reaching::position(&self.client),
        };
        // It goes on where it was, if this is dropped meanwhile.
        let reached = self.reaching.insert(reaching).await;
        self.reaching = None;
        match reached {
            Reached::Position(network) => {
                // By its number, so that a connection lost before the first event costs none.
                let Network { sequence, tag, .. } = *network?;
                self.begin_at(format!("{sequence}-{tag}"));
                Ok(None)
            }
            Reached::Stream(Ok(stream)) => {
                self.stream = Some(stream);
                self.own_beginnings = 0;
                let again = std::mem::replace(&mut self.has_connected, true);
                Ok(Some(Heard::Connected { again }))
            }
            Reached::Refused(problem, asked) => self.refused(problem, asked).map(Some),
            Reached::Stream(Err(failure)) if failure.is_passing() => {
                Ok(Some(self.lost(failure.to_string(), None)))
            }
            Reached::Stream(Err(failure)) => Err(failure.of(WHAT, 1)),
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
                self.wait_until = Some(Instant::now() + self.pause.next(asked));
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

#[cfg(test)]
mod tests;
