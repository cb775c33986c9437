//! A wave goes from reader to reader and wakes each, or writes to its outlet what it is behind.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use bytes::Bytes;
use domain::Sequence;
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::hub::Shared;
use crate::outlet::{Loan, Told};
use crate::ring::Place;
use crate::waiters::{Lent, Outcome, Turn, WAKE_BATCH, Which};

/// How often a wave shows what was committed since it began: an event that is shown alone is
/// encoded and handed out alone.
const SHOW_EVERY: Duration = Duration::from_millis(2);
/// Chunks of the ring that one update is put together of: there is one for each time that commits
/// were shown.
const CHUNKS_MAX: usize = 64;

/// Whom a wave wakes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whom {
    /// Those that do not have what is shown by the time the wave comes to them.
    Behind,
    /// Those that have heard nothing for long.
    Silent,
}

/// How far a wave has come.
struct Wave {
    whom: Whom,
    /// The slot to go on with.
    next: Option<usize>,
    shown_at: Instant,
}

/// Wakes readers, or tells them, and answers how many. Either is mostly writing to a socket, so
/// those of a large wave are shared out among the runtime's threads.
pub(crate) async fn wake(shared: &Arc<Shared>, whom: Whom) -> u32 {
    let wave = Wave { whom, next: Some(0), shown_at: Instant::now() };
    let wave = Arc::new(Mutex::new(wave));
    let batches_count = shared.waiters.count() / WAKE_BATCH;
    let workers = shared.runtime.metrics().num_workers().min(batches_count);
    let others = (1..workers).map(|_| {
        let (shared, wave) = (Arc::clone(shared), Arc::clone(&wave));
        shared.runtime.clone().spawn(async move { wake_in_turn(&shared, &wave).await })
    });
    let others: Vec<_> = others.collect();
    let mut woken = wake_in_turn(shared, &wave).await;
    for other in others {
        // One that was cancelled is of a runtime that ends.
        woken += other.await.unwrap_or(0);
    }
    woken
}

/// Takes batch after batch of the readers that are left; in between, other tasks have their turn.
async fn wake_in_turn(shared: &Shared, wave: &Mutex<Wave>) -> u32 {
    let mut batch = Vec::with_capacity(WAKE_BATCH);
    let mut telling = Telling::new(shared);
    let mut woken = 0;
    while take(shared, &mut wave.lock(), &mut batch) {
        for turn in batch.drain(..) {
            woken += 1;
            match turn {
                Turn::Wake(waker) => wake_one(waker),
                Turn::Tell(lent) => telling.tell(lent),
            }
        }
        telling.bring_back();
        // The threads that commit share the processors: without this each would wait for the time
        // slice of this one, some milliseconds.
        std::thread::yield_now();
        tokio::task::yield_now().await;
    }
    woken
}

/// Takes the next batch; `false` if all are taken.
fn take(shared: &Shared, wave: &mut Wave, batch: &mut Vec<Turn>) -> bool {
    let Some(from) = wave.next else { return false };
    let which = match wave.whom {
        Whom::Silent => Which::Silent,
        Whom::Behind => {
            let now = Instant::now();
            if shared.last() > shared.visible() && now - wave.shown_at >= SHOW_EVERY {
                shared.show();
                wave.shown_at = now;
            }
            Which::Behind(shared.visible(), now)
        }
    };
    wave.next = shared.waiters.take(from, which, batch);
    true
}

/// Tells readers what is shown, a batch at a time.
struct Telling<'a> {
    shared: &'a Shared,
    /// What the last reader was behind, as most are that come after it.
    news: Option<News>,
    batch: Vec<(Lent, Outcome)>,
    wakers: Vec<Waker>,
    updates_count: u64,
    updates_bytes: u64,
}

/// What follows a position.
struct News {
    after: Sequence,
    /// What was shown when it was put together.
    visible: Sequence,
    last: Sequence,
    /// As outlets take it; empty if all of it is hidden.
    update: Bytes,
    frames_bytes: u64,
}

impl<'a> Telling<'a> {
    fn new(shared: &'a Shared) -> Self {
        let (batch, wakers) = (Vec::new(), Vec::new());
        Self { shared, news: None, batch, wakers, updates_count: 0, updates_bytes: 0 }
    }

    /// Tells one reader.
    fn tell(&mut self, lent: Lent) {
        let visible = self.shared.visible();
        let is_new = |news: &News| news.after == lent.cursor && news.visible == visible;
        if !self.news.as_ref().is_some_and(is_new) {
            // What cannot be encoded the reader finds out itself, and ends with it.
            let news = unless_it_panics(|| News::after(self.shared, lent.cursor));
            self.news = news.flatten();
        }
        let outcome = self.news.as_ref().map_or(Outcome::Untold, |news| news.tell(&lent.loan));
        if let (Outcome::Told { heard: true, .. }, Some(news)) = (outcome, &self.news) {
            self.updates_count += 1;
            self.updates_bytes += news.frames_bytes;
        }
        self.batch.push((lent, outcome));
    }

    /// Lets the readers of the batch have their outlets.
    fn bring_back(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        self.shared.waiters.bring_back(&mut self.batch, &mut self.wakers);
        self.wakers.drain(..).for_each(wake_one);
        self.shared.meters.updates.add(std::mem::take(&mut self.updates_count));
        self.shared.meters.update_bytes.add(std::mem::take(&mut self.updates_bytes));
    }
}

impl News {
    /// What follows `after`, as far as it fits into one update; `None` if it is no longer in
    /// memory.
    fn after(shared: &Shared, after: Sequence) -> Option<Self> {
        let bytes_max = shared.options.update_bytes_max;
        let visible = shared.visible();
        let (mut frames, mut bytes, mut last) = (Vec::new(), 0, after);
        for _ in 0..CHUNKS_MAX {
            let chunk = match shared.find(last) {
                Place::In(chunk) => chunk,
                Place::Behind if last == after => return None,
                Place::Behind | Place::AtHead => break,
            };
            let (run, run_last) = shared.frames_of(&chunk).after(last, bytes_max);
            if bytes > 0 && bytes + run.len() > bytes_max {
                break;
            }
            bytes += run.len();
            last = run_last;
            if !run.is_empty() {
                frames.push(run);
            }
        }
        let update = match &*frames {
            [] => Bytes::new(),
            frames => shared.encoder.enclose(frames),
        };
        Some(Self { after, visible, last, update, frames_bytes: bytes as u64 })
    }

    fn tell(&self, Loan { outlet, turn, .. }: &Loan) -> Outcome {
        let heard = !self.update.is_empty();
        let told = if heard {
            unless_it_panics(|| outlet.tell(*turn, &self.update))
        } else {
            Some(Told::Written)
        };
        // What is more than an update is for the reader itself: it must not hold up the others.
        let has_more = self.last < self.visible;
        let all = |wakes| Outcome::Told { cursor: self.last, heard, wakes };
        match told {
            Some(Told::Written) => all(has_more),
            Some(Told::Taken) => all(true),
            Some(Told::Refused) => Outcome::Untold,
            None => Outcome::Lost,
        }
    }
}

/// Whoever wakes one reader wakes others as well, and must live.
fn unless_it_panics<T>(action: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(action)).ok()
}

fn wake_one(waker: Waker) {
    // Who is woken by what panics does not wake.
    let _ = unless_it_panics(|| waker.wake());
}
