//! The publisher's thread: follows each batch from its commit to every observer, then releases the
//! answers. Nothing is seen or said before it is durable.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, bounded};
use domain::{Batch, CommitObserver, Sequence};
use journal::{Completion, Outcome};

use crate::building::Reply;
use crate::handle::{Queue, Queued, Request};
use crate::shared::{Shared, Status};
use crate::snapshotter::{Snapshot, SnapshotJob};

/// What the writer decided, in order.
pub(crate) struct Pending {
    /// What must be durable before the answers are released; `None` if nothing was recorded.
    pub(crate) batch: Option<Arc<Batch>>,
    /// When it was handed to the journal.
    pub(crate) submitted: Instant,
    /// The answers.
    pub(crate) replies: Vec<Reply>,
    /// The state after the batch, when a snapshot is due.
    pub(crate) frozen: Option<ledger::FrozenState>,
    /// Whether nothing follows.
    pub(crate) last: bool,
}

pub(crate) struct Publisher {
    pub(crate) shared: Arc<Shared>,
    /// The writer's.
    pub(crate) queue: Queue,
    pub(crate) pending: Receiver<Pending>,
    pub(crate) completions: Receiver<Completion>,
    /// Tells the writer that the journal has its hands free.
    pub(crate) committed: Sender<()>,
    pub(crate) observers: Vec<Box<dyn CommitObserver>>,
    pub(crate) snapshots: Sender<SnapshotJob>,
    /// Where the reason goes when it cannot go on.
    pub(crate) failure: Sender<String>,
}

impl Publisher {
    /// Runs until the writer has ended, or something fails for good. Answers that were not released
    /// by then are dropped: whoever waits learns that the outcome is unknown.
    pub(crate) fn run(mut self) {
        let ended = catch_unwind(AssertUnwindSafe(|| self.publish_all()));
        let reason = match ended {
            Ok(Ok(())) => return,
            Ok(Err(reason)) => reason,
            Err(_) => "following a committed batch panicked".to_owned(),
        };
        self.shared.set_status(Status::Stopping);
        tracing::error!(reason, "stopping: nothing more is acknowledged");
        let Self { pending, queue, failure, .. } = self;
        // What waits in it is dropped with its last end, the writer's. Whatever that decides from now on
        // has it see that nobody takes answers; if it has nothing to decide, it is told.
        drop(pending);
        let _ = queue.sender.try_send(Queued::now(Request::Stop));
        // The first reason is the one that counts; nobody listening is no reason to panic.
        let _ = failure.try_send(reason);
    }

    fn publish_all(&mut self) -> Result<(), String> {
        while let Ok(pending) = self.pending.recv() {
            let Pending { batch, submitted, replies, frozen, last } = pending;
            let mut durable = None;
            if let Some(batch) = batch {
                self.await_commit(&batch)?;
                let now = Instant::now();
                self.shared.meters.commit.took_alone(now.duration_since(submitted));
                durable = Some(now);
                for observer in &mut self.observers {
                    observer.await_room().map_err(|error| error.to_string())?;
                    observer.committed(&batch);
                }
            }
            for reply in replies {
                reply.release();
            }
            if let Some(durable) = durable {
                self.shared.meters.release.took_alone(durable.elapsed());
                for observer in &mut self.observers {
                    observer.answered();
                }
            }
            if let Some(ledger) = frozen {
                self.snapshot(ledger, last);
            }
            if last {
                return Ok(());
            }
        }
        Err("the writer ended without a word: it panicked".to_owned())
    }

    fn await_commit(&self, batch: &Batch) -> Result<(), String> {
        let lost = || "the journal ended without a word".to_owned();
        let done = self.completions.recv().map_err(|_| lost())?;
        if done.number != batch.id.number {
            let (want, got) = (batch.id.number, done.number);
            return Err(format!("the journal completed batch {got} when {want} was next"));
        }
        match done.outcome {
            Outcome::Committed(end) if end == batch.last() => {
                // Full only if the writer has not yet looked: then it is awake anyway.
                let _ = self.committed.send(());
                Ok(())
            }
            Outcome::Committed(end) => {
                Err(format!("the journal ends with {end} after a batch up to {}", batch.last()))
            }
            Outcome::Fenced => Err("another writer has taken over the journal".to_owned()),
            Outcome::Failed(reason) => Err(format!("appending to the journal failed: {reason}")),
            Outcome::Unknown(reason) => {
                Err(format!("the journal cannot say what became of a batch: {reason}"))
            }
        }
    }

    /// Freezes the observers where the ledger was frozen, and has it all written elsewhere.
    fn snapshot(&mut self, ledger: ledger::FrozenState, last: bool) {
        let at = ledger.last();
        let observers = self.observers.iter_mut().filter_map(|observer| {
            // One that sees every batch is where the ledger is; any other cannot be used.
            let in_place = observer.position() == at;
            let (name, format) = observer.snapshot_format().filter(|_| in_place)?;
            Some(Snapshot { name, format, state: observer.freeze()? })
        });
        let (end, written) = bounded(0);
        let job = SnapshotJob { at, ledger, observers: observers.collect(), end };
        if last {
            // There is time now, and the next start is quicker for it. The observers must live until
            // it is written: it may need what they hold.
            if self.snapshots.send(job).is_ok() {
                let _ = written.recv();
            }
        } else if self.snapshots.try_send(job).is_err() {
            self.shared.meters.snapshots_failed.add(1);
            tracing::info!(%at, "a snapshot is passed over: the one before is still being written");
        }
    }
}

/// Observers that were restored or replayed to the journal's end.
pub(crate) fn assert_in_place(observers: &[Box<dyn CommitObserver>], last: Sequence) {
    for observer in observers {
        assert_eq!(observer.position(), last, "an observer starts where the ledger starts");
    }
}
