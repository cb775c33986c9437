//! The loop of one subscription: the next event, sent until it is accepted, and only then the one
//! behind it.

use std::sync::Arc;
use std::time::Duration;

use domain::{KeyId, Sequence, Timestamp};
use tokio::sync::watch;
use tokio::time::Instant;

use super::content::NoInterest;
use super::entry::{Entry, Kept};
use super::feed::{Found, Next};
use super::options::{READ_PAUSE, UNSAVED_EVENTS_MAX, UNSAVED_MAX};
use super::record::{Attempt, Cursor, DisabledReason, Status};
use super::service::Shared;
use crate::filter::Interest;

pub(super) struct Worker {
    shared: Arc<Shared>,
    entry: Arc<Entry>,
    stopping: watch::Receiver<bool>,
    head: watch::Receiver<Sequence>,
    /// What it gets, and of which key and filter that was made.
    interest: Option<(KeyId, String, Arc<Interest>)>,
    /// The cursor that the store has.
    saved: Sequence,
    saved_at: Instant,
}

/// What a worker does next.
enum Step {
    /// It has ended.
    End,
    /// At once, again.
    Again,
    /// When something changes, or after so long.
    Wait(Option<Duration>),
    /// When there is more, or something changes, or after so long.
    Follow(Option<Duration>),
}

impl Worker {
    pub(super) fn new(shared: Arc<Shared>, entry: Arc<Entry>) -> Self {
        Self {
            stopping: shared.stopping.subscribe(),
            head: shared.feed.head(),
            saved: entry.webhook().cursor.after,
            saved_at: Instant::now(),
            interest: None,
            shared,
            entry,
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            if *self.stopping.borrow_and_update() {
                self.save(&self.entry.look()).await;
                return;
            }
            self.head.borrow_and_update();
            let pause = match self.step().await {
                Step::End => return,
                Step::Again => continue,
                Step::Wait(pause) => (pause, false),
                Step::Follow(pause) => (pause, true),
            };
            self.wait(pause.0, pause.1).await;
        }
    }

    /// Changes since the step began end the wait at once: their permits and versions are kept.
    async fn wait(&mut self, pause: Option<Duration>, follow: bool) {
        let over = async {
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.entry.changed.notified() => {}
            _ = self.stopping.changed() => {}
            // Both senders live as long as this does.
            _ = self.head.changed(), if follow => {}
            () = over => {}
        }
    }

    async fn step(&mut self) -> Step {
        let kept = self.entry.look();
        let webhook = &kept.webhook;
        if kept.removed {
            return Step::End;
        }
        if webhook.status != Status::Active {
            self.save(&kept).await;
            return Step::Wait(None);
        }
        if !self.shared.content.is_good(webhook.key) {
            self.disable(kept.moves, DisabledReason::KeyRevoked).await;
            return Step::Again;
        }
        let now = self.shared.clock.now();
        if let Some(at) = webhook.cursor.next_at
            && now < at
        {
            return Step::Wait(Some(until(now, at)));
        }
        let interest = match self.interest(&kept) {
            Ok(interest) => interest,
            Err(NoInterest::KeyRevoked) => {
                self.disable(kept.moves, DisabledReason::KeyRevoked).await;
                return Step::Again;
            }
            Err(NoInterest::Filter) => {
                self.disable(kept.moves, DisabledReason::Invalid).await;
                return Step::Again;
            }
        };
        let after = webhook.cursor.after;
        if after >= self.shared.feed.last() {
            return self.rest(&kept).await;
        }
        match self.shared.feed.next(after, &interest).await {
            Ok(Next::Event(found)) => {
                self.deliver(&kept, found).await;
                Step::Again
            }
            Ok(Next::Nothing(seen)) => {
                if self.entry.advance(kept.moves, Cursor::after(seen))
                    && seen.0.saturating_sub(self.saved.0) >= UNSAVED_EVENTS_MAX
                {
                    self.save(&self.entry.look()).await;
                }
                Step::Again
            }
            Err(error) => {
                tracing::error!(%error, webhook = %webhook.id, "reading for a webhook failed");
                Step::Wait(Some(READ_PAUSE))
            }
        }
    }

    /// There is nothing to look at: sees to it that the cursor is written before long.
    async fn rest(&mut self, kept: &Kept) -> Step {
        if kept.webhook.cursor.after == self.saved {
            return Step::Follow(None);
        }
        let left = UNSAVED_MAX.saturating_sub(self.saved_at.elapsed());
        if left.is_zero() {
            self.save(kept).await;
            return Step::Follow(None);
        }
        Step::Follow(Some(left))
    }

    fn interest(&mut self, kept: &Kept) -> Result<Arc<Interest>, NoInterest> {
        let (key, filter) = (kept.webhook.key, &kept.webhook.settings.filter);
        if let Some((known_key, known_filter, interest)) = &self.interest
            && (*known_key, known_filter) == (key, filter)
        {
            return Ok(Arc::clone(interest));
        }
        let interest = Arc::new(self.shared.content.interest(key, Some(filter))?);
        self.interest = Some((key, filter.clone(), Arc::clone(&interest)));
        Ok(interest)
    }

    /// One attempt, and what follows from it.
    async fn deliver(&mut self, kept: &Kept, found: Found) {
        let webhook = &kept.webhook;
        let attempts = webhook.cursor.attempts.saturating_add(1);
        let id = self.shared.message_id(webhook.id, found.sequence);
        let attempt = Attempt {
            message: id,
            event: Some(found.sequence),
            kind: found.kind.to_owned(),
            attempt: attempts,
            ..self.shared.blank(found.kind)
        };
        let Some((attempt, retry_after)) = self.shared.send(webhook, attempt, found.body).await
        else {
            // Its URL is one that this program does not take.
            self.disable(kept.moves, DisabledReason::Invalid).await;
            return;
        };
        let now = self.shared.clock.now();
        let outcome = attempt.outcome;
        let (cursor, ended) = if outcome.is_accepted() {
            (Cursor::after(found.sequence), None)
        } else {
            let next = self.shared.options.schedule.next(attempts, now, retry_after, chance());
            let ended = match next {
                _ if outcome.is_gone() => Some(DisabledReason::Gone),
                None => Some(DisabledReason::Failing),
                Some(_) => None,
            };
            let failing_since = Some(webhook.cursor.failing_since.unwrap_or(attempt.at));
            let next_at = next.filter(|_| ended.is_none());
            (Cursor { attempts, failing_since, next_at, ..webhook.cursor }, ended)
        };
        self.keep(kept, cursor, attempt).await;
        if let Some(reason) = ended {
            self.disable(kept.moves, reason).await;
        }
    }

    /// Keeps an attempt, and the cursor behind it, unless its owner changed or moved it meanwhile.
    async fn keep(&mut self, kept: &Kept, cursor: Cursor, attempt: Attempt) {
        let entry = Arc::clone(&self.entry);
        let _turn = entry.turn.lock().await;
        entry.advance(kept.moves, cursor);
        let now = entry.look();
        if now.removed {
            return;
        }
        let (id, cursor) = (now.webhook.id, now.webhook.cursor);
        let kept = self.shared.stored(move |store| store.advance(id, &cursor, Some(&attempt)));
        match kept.await {
            Ok(()) => self.saved(cursor.after),
            // After a restart the event is sent again: at least once.
            Err(error) => tracing::error!(%error, webhook = %id, "a delivery was not noted"),
        }
    }

    /// Writes the cursor, if it moved.
    async fn save(&mut self, kept: &Kept) {
        if kept.webhook.cursor.after == self.saved || kept.removed {
            return;
        }
        let entry = Arc::clone(&self.entry);
        let _turn = entry.turn.lock().await;
        let now = entry.look();
        let (id, cursor) = (now.webhook.id, now.webhook.cursor);
        match self.shared.stored(move |store| store.advance(id, &cursor, None)).await {
            Ok(()) => self.saved(cursor.after),
            Err(error) => tracing::error!(%error, webhook = %id, "a cursor was not noted"),
        }
    }

    fn saved(&mut self, after: Sequence) {
        self.saved = after;
        self.saved_at = Instant::now();
    }

    /// Ends the deliveries, unless its owner changed it since `moves`: the reason is then one of what
    /// it was.
    async fn disable(&self, moves: u64, reason: DisabledReason) {
        let _turn = self.entry.turn.lock().await;
        let now = self.entry.look();
        let mut webhook = now.webhook;
        if now.moves != moves || now.removed || webhook.status != Status::Active {
            return;
        }
        webhook.status = Status::Disabled(reason, self.shared.clock.now());
        tracing::info!(webhook = %webhook.id, reason = reason.word(), "a webhook was disabled");
        let stored = webhook.clone();
        let kept = self.shared.stored(move |store| store.replace(&stored)).await;
        if let Err(error) = kept {
            // It rests all the same; after a restart it finds out again.
            tracing::error!(%error, webhook = %webhook.id, "a webhook's end was not noted");
        }
        self.entry.set(webhook, false);
    }
}

fn until(now: Timestamp, at: Timestamp) -> Duration {
    Duration::from_micros(at.0.saturating_sub(now.0).unsigned_abs())
}

/// Any number, to spread retries by.
fn chance() -> u64 {
    getrandom::u64().unwrap_or_default()
}
