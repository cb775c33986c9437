//! What one client gets, whatever it is wrapped in: a snapshot, if it asked for one, then events.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use domain::{ReadError, Sequence};
use live::{Filter, Kinds, Subscription, Update};
use tokio::task::JoinError;
use tokio::time::Instant;

use super::leased::Leased;
use super::levels::{LevelReader, Step};
use super::snapshot::Snapshot;
use super::wanted::Wanted;
use crate::auth::Caller;
use crate::gateway::App;
use crate::limits::SNAPSHOT_TIME;
use crate::problem::{Code, Problem};

/// How often a stream's key is looked at: below the pause between two heartbeats, so that each of
/// those looks.
pub(crate) const KEY_CHECK_EVERY: Duration = Duration::from_secs(10);

/// What comes next.
pub(super) enum Item {
    /// A part of the snapshot, in JSON.
    Snapshot(Vec<u8>),
    /// Events, as frames of Server-Sent Events.
    Events(Bytes),
    /// Levels, as such frames; up to where they are all, progress tells.
    Levels(Bytes),
    /// Nothing else matched up to here.
    Progress(Sequence),
    /// There was nothing for a while.
    Heartbeat,
    /// The reader was too slow; it may resume here. Nothing more comes.
    Lagged(Sequence),
}

/// A snapshot on its way, and the part of it that is being rendered.
struct Rendering {
    snapshot: Leased<Snapshot>,
    sequence: Sequence,
    part: Pin<Box<dyn Future<Output = Result<Part, JoinError>> + Send>>,
}

/// Nothing if its time is over; the end, or a message.
type Part = Option<Result<Option<Vec<u8>>, ReadError>>;

/// Where it comes from.
enum Source {
    Events(Box<Subscription>),
    /// And where it stands.
    Levels(Step, Sequence),
}

/// What one client gets.
pub(super) struct Feed {
    app: App,
    caller: Caller,
    source: Source,
    rendering: Option<Rendering>,
    /// When the caller's key was last found to be good.
    checked_at: Instant,
    has_ended: bool,
}

impl Feed {
    /// Begins where it is wanted: with the state of now, behind a position, or from now on.
    pub(super) async fn open(app: App, caller: Caller, wanted: &Wanted) -> Result<Self, Problem> {
        if wanted.filter.wants_levels() {
            // Stock of all owners and prices that others paid.
            caller.require_network()?;
        }
        let interest = wanted.interest(&app, &caller)?;
        let hub = app.ready()?.hub.clone();
        let asked = wanted.position(app.identity())?;
        let (after, snapshot) = match asked {
            Some(after) => (after, None),
            None if wanted.snapshot.is_empty() => (hub.last(), None),
            None => {
                let (kinds, filter) = (wanted.snapshot.clone(), interest.filter.clone());
                let turn = app.snapshot_turn(caller.key())?;
                let caller = caller.clone();
                let taken =
                    app.blocking(move |app, _| Snapshot::take(app, &caller, &kinds, filter, turn));
                let snapshot = taken.await?;
                let shown = snapshot.sequence();
                // The views are folded first.
                hub.reach(shown).await;
                (shown, Some(snapshot))
            }
        };
        let source = if wanted.filter.wants_levels() {
            // Without a position it begins now, and with a snapshot behind that.
            let filter = Filter { kinds: Kinds::ALL, ..interest.filter };
            let after = (asked.is_some() || snapshot.is_some()).then_some(after);
            let reader = LevelReader::open(app.clone(), caller.key(), filter, after).await?;
            let position = reader.position();
            Source::Levels(reader.step(), position)
        } else {
            Source::Events(Box::new(hub.subscribe_to(interest, after)?))
        };
        let rendering = snapshot.map(|snapshot| Rendering::begin(app.clone(), snapshot));
        let checked_at = Instant::now();
        Ok(Self { app, caller, source, rendering, checked_at, has_ended: false })
    }

    /// Where it stands.
    pub(super) fn position(&self) -> Sequence {
        match &self.source {
            Source::Events(subscription) => subscription.position(),
            Source::Levels(_, position) => *position,
        }
    }

    /// Gets other events from here on.
    pub(super) fn listen_for(&mut self, wanted: &Wanted) -> Result<(), Problem> {
        let interest = wanted.interest(&self.app, &self.caller)?;
        if let Source::Events(subscription) = &mut self.source {
            subscription.listen_for(interest);
        }
        Ok(())
    }

    /// Lends the way to the client to whoever shows commits, but not past the next look at the key.
    pub(super) fn lend(&mut self, outlet: Arc<dyn live::Outlet>, turn: u64) {
        if let Source::Events(subscription) = &mut self.source {
            subscription.lend(outlet, turn, self.checked_at + KEY_CHECK_EVERY);
        }
    }

    /// Whether it gets levels, and no events.
    pub(super) fn is_of_levels(&self) -> bool {
        matches!(self.source, Source::Levels(..))
    }

    /// Whether the state of the beginning is not all there yet.
    pub(super) fn is_in_snapshot(&self) -> bool {
        self.rendering.is_some()
    }

    /// Whether, having nothing to give, it waits for the next commit and for nothing else.
    pub(super) fn is_live(&self) -> bool {
        let Source::Events(subscription) = &self.source else { return false };
        self.rendering.is_none() && !self.has_ended && subscription.is_live()
    }

    /// Whether the caller's key is looked at with what comes next.
    pub(super) fn is_check_due(&self) -> bool {
        self.checked_at.elapsed() >= KEY_CHECK_EVERY
    }

    /// What comes next; `None` at the end.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        if self.has_ended {
            return Poll::Ready(None);
        }
        let item = match &mut self.rendering {
            Some(rendering) => {
                let rendered = ready!(rendering.part.as_mut().poll(cx));
                self.rendered(rendered)
            }
            None => ready!(self.poll_source(cx)),
        };
        let item = item.filter(|_| self.has_key_still());
        self.has_ended |= item.is_none();
        Poll::Ready(item)
    }

    fn poll_source(&mut self, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        match &mut self.source {
            Source::Events(subscription) => {
                let update = ready!(subscription.poll_next(cx));
                Poll::Ready(self.item(update))
            }
            Source::Levels(step, position) => {
                let (reader, item) = ready!(step.as_mut().poll(cx));
                *position = reader.position();
                *step = reader.step();
                self.has_ended |= matches!(item, Some(Item::Lagged(_)));
                Poll::Ready(item)
            }
        }
    }

    fn rendered(&mut self, rendered: Result<Part, JoinError>) -> Option<Item> {
        let Rendering { snapshot, sequence, .. } = self.rendering.take()?;
        match rendered {
            Ok(Some(Ok(Some(part)))) => {
                self.rendering = Some(Rendering::of(self.app.clone(), snapshot, sequence));
                Some(Item::Snapshot(part))
            }
            // From here on it may resume.
            Ok(Some(Ok(None))) => Some(Item::Progress(sequence)),
            Ok(None) => {
                tracing::info!("a client took too long to receive a snapshot");
                None
            }
            Ok(Some(Err(error))) => {
                tracing::error!(%error, "a snapshot's read failed");
                None
            }
            Err(error) => {
                tracing::error!(%error, "a snapshot could not be rendered");
                None
            }
        }
    }

    fn item(&mut self, update: Update) -> Option<Item> {
        match update {
            Update::Events(frames) => Some(Item::Events(frames)),
            Update::Progress(position) => Some(Item::Progress(position)),
            Update::Heartbeat => Some(Item::Heartbeat),
            Update::Lagged { resume_after } => {
                self.has_ended = true;
                Some(Item::Lagged(resume_after))
            }
            Update::Closed => None,
            Update::Failed(error) => {
                tracing::error!(%error, "a live reader's read failed");
                None
            }
        }
    }

    /// A stream may outlive the key that it was opened with, but not for long, busy or quiet.
    fn has_key_still(&mut self) -> bool {
        if !self.is_check_due() {
            return true;
        }
        self.checked_at = Instant::now();
        if let Source::Events(subscription) = &mut self.source {
            subscription.lend_until(self.checked_at + KEY_CHECK_EVERY);
        }
        self.caller.is_good(&self.app).unwrap_or(false)
    }
}

impl Rendering {
    fn begin(app: App, snapshot: Snapshot) -> Self {
        let sequence = snapshot.sequence();
        Self::of(app, Leased::new(snapshot, SNAPSHOT_TIME), sequence)
    }

    /// Renders the next part beside the threads of the runtime.
    fn of(app: App, snapshot: Leased<Snapshot>, sequence: Sequence) -> Self {
        let rendered = snapshot.clone();
        let part = Box::pin(tokio::task::spawn_blocking(move || {
            rendered.with(|snapshot| snapshot.next_part(&app))
        }));
        Self { snapshot, sequence, part }
    }
}

/// A snapshot and a position exclude each other.
pub(super) fn contradiction() -> Problem {
    let detail = "`snapshot` begins with the state of now, `after` with what followed a position: \
                  ask for one of them";
    Problem::new(Code::InvalidRequest, detail)
}
