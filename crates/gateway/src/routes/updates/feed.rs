//! What one client gets, whatever it is wrapped in: a snapshot, if it asked for one, then events.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use domain::{ReadError, Sequence};
use live::{Subscription, Update};
use tokio::task::JoinError;
use tokio::time::Instant;

use super::snapshot::Snapshot;
use super::wanted::Wanted;
use crate::auth::Caller;
use crate::gateway::App;
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
    /// Nothing else matched up to here.
    Progress(Sequence),
    /// There was nothing for a while.
    Heartbeat,
    /// The reader was too slow; it may resume here. Nothing more comes.
    Lagged(Sequence),
}

/// A part that is being rendered, and what renders the next.
type Rendering = Pin<Box<dyn Future<Output = Result<(Box<Snapshot>, Part), JoinError>> + Send>>;
type Part = Result<Option<Vec<u8>>, ReadError>;

/// What one client gets.
pub(super) struct Feed {
    app: App,
    caller: Caller,
    subscription: Subscription,
    rendering: Option<Rendering>,
    /// When the caller's key was last found to be good.
    checked_at: Instant,
    has_ended: bool,
}

impl Feed {
    /// Begins where it is wanted: with the state of now, behind a position, or from now on.
    pub(super) async fn open(app: App, caller: Caller, wanted: &Wanted) -> Result<Self, Problem> {
        let interest = wanted.interest(&app, &caller)?;
        let hub = app.ready()?.hub.clone();
        let asked = wanted.position(app.identity())?;
        let (after, snapshot) = match asked {
            Some(after) => (after, None),
            None if wanted.snapshot.is_empty() => (hub.last(), None),
            None => {
                let (kinds, filter) = (wanted.snapshot.clone(), interest.filter.clone());
                let caller = caller.clone();
                let taken =
                    app.blocking(move |app, _| Snapshot::take(app, &caller, &kinds, filter));
                let snapshot = taken.await?;
                let shown = snapshot.sequence();
                // The views are folded first.
                hub.reach(shown).await;
                (shown, Some(snapshot))
            }
        };
        let subscription = hub.subscribe_to(interest, after)?;
        let rendering = snapshot.map(|snapshot| render(app.clone(), Box::new(snapshot)));
        let checked_at = Instant::now();
        Ok(Self { app, caller, subscription, rendering, checked_at, has_ended: false })
    }

    /// Where it stands.
    pub(super) fn position(&self) -> Sequence {
        self.subscription.position()
    }

    /// Gets other events from here on.
    pub(super) fn listen_for(&mut self, wanted: &Wanted) -> Result<(), Problem> {
        let interest = wanted.interest(&self.app, &self.caller)?;
        self.subscription.listen_for(interest);
        Ok(())
    }

    /// Whether the state of the beginning is not all there yet.
    pub(super) fn is_in_snapshot(&self) -> bool {
        self.rendering.is_some()
    }

    /// What comes next; `None` at the end.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        if self.has_ended {
            return Poll::Ready(None);
        }
        let item = match &mut self.rendering {
            Some(rendering) => {
                let rendered = ready!(rendering.as_mut().poll(cx));
                self.rendering = None;
                self.rendered(rendered)
            }
            None => {
                let update = ready!(self.subscription.poll_next(cx));
                self.item(update)
            }
        };
        let item = item.filter(|_| self.has_key_still());
        self.has_ended |= item.is_none();
        Poll::Ready(item)
    }

    fn rendered(&mut self, rendered: Result<(Box<Snapshot>, Part), JoinError>) -> Option<Item> {
        match rendered {
            Ok((snapshot, _)) if snapshot.is_late() => {
                tracing::info!("a client took too long to receive a snapshot");
                None
            }
            Ok((snapshot, Ok(Some(part)))) => {
                self.rendering = Some(render(self.app.clone(), snapshot));
                Some(Item::Snapshot(part))
            }
            // From here on it may resume.
            Ok((snapshot, Ok(None))) => Some(Item::Progress(snapshot.sequence())),
            Ok((_, Err(error))) => {
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
        if self.checked_at.elapsed() < KEY_CHECK_EVERY {
            return true;
        }
        self.checked_at = Instant::now();
        self.app.ready().is_ok_and(|ready| self.caller.is_good(&ready.views.read()))
    }
}

/// Renders the next part beside the threads of the runtime.
fn render(app: App, mut snapshot: Box<Snapshot>) -> Rendering {
    Box::pin(tokio::task::spawn_blocking(move || {
        let part = snapshot.next_part(&app);
        (snapshot, part)
    }))
}

/// A snapshot and a position exclude each other.
pub(super) fn contradiction() -> Problem {
    let detail = "`snapshot` begins with the state of now, `after` with what followed a position: \
                  ask for one of them";
    Problem::new(Code::InvalidRequest, detail)
}
