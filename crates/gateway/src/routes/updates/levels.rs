//! One reader of levels: what changed since it was here, then what changes, as it is told to all.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use domain::{KeyId, Sequence};
use live::Filter;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use super::feed::Item;
use super::leased::Leased;
use crate::gateway::App;
use crate::levels::{Changes, Telling};
use crate::limits::{PING_EVERY, SNAPSHOT_PART_BYTES, SNAPSHOT_TIME};
use crate::problem::{Code, Problem};
use crate::rates::Turn;

/// What comes next, and the reader again.
pub(super) type Step = Pin<Box<dyn Future<Output = (LevelReader, Option<Item>)> + Send>>;

/// A reader of levels.
pub(super) struct LevelReader {
    app: App,
    /// Whose turns at snapshots it takes.
    key: Option<KeyId>,
    filter: Filter,
    receiver: Receiver<Option<Arc<Telling>>>,
    /// It has all changes up to here.
    position: Sequence,
    /// Where the client knows that it may resume.
    told: Sequence,
    catching_up: Option<Catching>,
    /// Whether the client is to hear that it has all there was.
    owes_progress: bool,
    /// When the client hears something at the latest.
    silent_until: Instant,
}

/// Changes that are on their way to the client.
struct Catching {
    /// With the turn that is held while rows are kept still.
    changes: Leased<(Changes, Option<Turn>)>,
    /// They are all those up to here.
    to: Sequence,
}

impl LevelReader {
    /// A reader of what changed behind `after`; from now on, if that is not given.
    pub(super) async fn open(
        app: App,
        key: Option<KeyId>,
        filter: Filter,
        after: Option<Sequence>,
    ) -> Result<Self, Problem> {
        // Before it is looked what there is: so nothing falls between.
        let receiver = app.levels().subscribe(&app)?;
        let now = app.render(|render| render.state.as_of().sequence)?;
        let position = after.unwrap_or(now);
        if position > now {
            return Err(Problem::plain(Code::UnknownPosition).with("last", now.0));
        }
        let catching_up =
            if position < now { Some(catch_up(&app, key, position).await?) } else { None };
        let silent_until = Instant::now() + PING_EVERY;
        let told = position;
        let owes_progress = false;
        Ok(Self {
            app,
            key,
            filter,
            receiver,
            position,
            told,
            catching_up,
            owes_progress,
            silent_until,
        })
    }

    pub(super) fn position(&self) -> Sequence {
        self.position
    }

    /// What comes next; nothing at the end.
    pub(super) fn step(mut self) -> Step {
        Box::pin(async move {
            let item = self.next().await;
            if item.is_some() {
                self.silent_until = Instant::now() + PING_EVERY;
            }
            (self, item)
        })
    }

    async fn next(&mut self) -> Option<Item> {
        if std::mem::take(&mut self.owes_progress) {
            return Some(self.progress());
        }
        loop {
            if let Some(catching) = self.catching_up.take() {
                return self.go_on(catching).await;
            }
            match timeout_at(self.silent_until, self.receiver.recv()).await {
                Err(_) if self.position > self.told => return Some(self.progress()),
                Err(_) => return Some(Item::Heartbeat),
                Ok(Ok(Some(telling))) => {
                    if telling.to <= self.position {
                        continue;
                    }
                    let frames = telling.matching(&self.app, &self.filter, self.position);
                    self.position = telling.to;
                    if !frames.is_empty() {
                        // The frames are those that all readers share.
                        self.owes_progress = true;
                        return Some(Item::Levels(frames));
                    }
                }
                Ok(Err(RecvError::Lagged(_))) => {
                    match catch_up(&self.app, self.key, self.position).await {
                        Ok(catching) => self.catching_up = Some(catching),
                        Err(_) => return Some(Item::Lagged(self.told)),
                    }
                }
                Ok(Ok(None) | Err(RecvError::Closed)) => return None,
            }
        }
    }

    /// Some more of what changed before.
    async fn go_on(&mut self, catching: Catching) -> Option<Item> {
        let (app, filter) = (self.app.clone(), self.filter.clone());
        let rendering = tokio::task::spawn_blocking(move || {
            let next = |(changes, _): &mut (Changes, _)| {
                changes.next_frames(&app, &filter, SNAPSHOT_PART_BYTES)
            };
            let frames = catching.changes.with(next);
            (catching, frames)
        });
        match rendering.await {
            Ok((catching, Some(Ok(Some(frames))))) => {
                self.catching_up = Some(catching);
                Some(Item::Levels(frames))
            }
            Ok((catching, Some(Ok(None)))) => {
                self.position = catching.to;
                Some(self.progress())
            }
            Ok((_, Some(Err(_)) | None)) | Err(_) => None,
        }
    }

    fn progress(&mut self) -> Item {
        self.told = self.position;
        Item::Progress(self.position)
    }
}

/// What changed behind a position, if that may be asked for now.
async fn catch_up(app: &App, key: Option<KeyId>, after: Sequence) -> Result<Catching, Problem> {
    let changes = app.blocking(move |app, _| Changes::after(app, after)).await?;
    let turn = changes.keeps_rows().then(|| app.snapshot_turn(key)).transpose()?;
    let to = changes.to;
    Ok(Catching { changes: Leased::new((changes, turn), SNAPSHOT_TIME), to })
}
