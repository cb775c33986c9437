//! The writer: one thread that puts all batches that wait into one transaction with one sync.
//!
//! After the first failure nothing is tried again: a sync that failed may have dropped the data it
//! was for, and one that then succeeds would lie.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender};
use domain::{Batch, BatchId, Epoch, Sequence};
use rusqlite::{Connection, TransactionBehavior};

use super::Shared;
use super::connection::key;
use super::head::{Head, HeadFile};
use crate::row::SealedRow;
use crate::submission::accept;
use crate::{Appender, ChainHash, Completion, IN_FLIGHT_MAX, JournalError, Meters, Outcome};

/// What only the writer touches; a claim takes it for a moment.
#[derive(Debug)]
pub(super) struct WriteSide {
    pub(super) connection: Connection,
    pub(super) head: HeadFile,
    pub(super) last: Sequence,
    pub(super) chain: ChainHash,
    /// The newest epoch claimed.
    pub(super) epoch: Epoch,
    /// Why nothing may be written any more.
    pub(super) failed: Option<Arc<str>>,
    pub(super) page_bytes: u64,
    /// WAL written since the checkpointer was last told, about.
    pub(super) wal_bytes: u64,
}

impl WriteSide {
    /// Takes the next epoch, durably.
    pub(super) fn claim(&mut self) -> Result<Epoch, JournalError> {
        let doing = "claiming the journal";
        if let Some(reason) = &self.failed {
            return Err(JournalError::Storage {
                doing: doing.to_owned(),
                reason: reason.to_string(),
            });
        }
        let next = Epoch(self.epoch.0 + 1);
        let (last, epoch) = (self.last, i64::try_from(next.0).unwrap_or(i64::MAX));
        let inserted = self
            .connection
            .execute("INSERT INTO epochs (epoch, after) VALUES (?1, ?2)", (epoch, key(last)));
        if let Err(error) = inserted {
            self.failed = Some(format!("{doing}: {error}").into());
            return Err(super::connection::failed(doing, &error));
        }
        self.epoch = next;
        Ok(next)
    }

    /// The newest epoch in the database. The one in memory could only be older than it.
    fn stored_epoch(transaction: &Connection) -> rusqlite::Result<i64> {
        let mut statement = transaction.prepare_cached("SELECT max(epoch) FROM epochs")?;
        statement.query_row((), |row| row.get(0))
    }

    /// Inserts the rows and commits, if `epoch` is still the newest; `false` if it is not.
    fn commit(
        &mut self,
        epoch: Epoch,
        rows: &[SealedRow],
        meters: &Meters,
    ) -> rusqlite::Result<bool> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if Self::stored_epoch(&transaction)? != i64::try_from(epoch.0).unwrap_or(i64::MAX) {
            transaction.rollback()?;
            return Ok(false);
        }
        {
            let mut insert =
                transaction.prepare_cached("INSERT INTO rows (first, row) VALUES (?1, ?2)")?;
            for row in rows {
                insert.execute((key(row.first), row.bytes.as_slice()))?;
            }
        }
        let began = Instant::now();
        transaction.commit()?;
        meters.sync.took_alone(began.elapsed());
        meters.commit_bytes.record_alone(rows.iter().map(|row| row.bytes.len() as u64).sum());
        // A page for what a row begins in, and the inner pages above.
        let pages = |row: &SealedRow| row.bytes.len() as u64 / self.page_bytes.max(1) + 1;
        let pages = rows.iter().map(pages).sum::<u64>() + 2;
        self.wal_bytes += pages * self.page_bytes;
        Ok(true)
    }
}

/// The handle that submits; the thread does the rest.
pub(super) struct SqliteAppender {
    epoch: Epoch,
    batches: Option<Sender<Submitted>>,
    completions: Sender<Completion>,
    thread: Option<JoinHandle<()>>,
}

struct Submitted {
    expected: Sequence,
    batch: Arc<Batch>,
}

impl SqliteAppender {
    /// Starts the thread of the writer that has `epoch`.
    pub(super) fn start(
        shared: Arc<Shared>,
        epoch: Epoch,
        completions: Sender<Completion>,
    ) -> Result<Self, JournalError> {
        let (sender, receiver) = crossbeam_channel::bounded(IN_FLIGHT_MAX);
        let mut writer = Writer { shared, epoch, next_number: 1, ended: None };
        let sink = completions.clone();
        let thread = std::thread::Builder::new()
            .name("journal-writer".to_owned())
            .spawn(move || writer.run(&receiver, &sink))
            .map_err(|error| JournalError::Storage {
                doing: "starting the journal's writer".to_owned(),
                reason: error.to_string(),
            })?;
        Ok(Self { epoch, batches: Some(sender), completions, thread: Some(thread) })
    }
}

impl Appender for SqliteAppender {
    fn epoch(&self) -> Epoch {
        self.epoch
    }

    fn submit(&mut self, expected: Sequence, batch: Arc<Batch>) {
        let number = batch.id.number;
        let sent = self
            .batches
            .as_ref()
            .is_some_and(|batches| batches.send(Submitted { expected, batch }).is_ok());
        if !sent {
            let outcome = Outcome::Failed("the journal's writer has ended".into());
            report(&self.completions, number, outcome);
        }
    }
}

impl Drop for SqliteAppender {
    fn drop(&mut self) {
        self.batches = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the journal's writer panicked");
        }
    }
}

/// Whoever submitted may be gone, and then nobody wants to know.
fn report(completions: &Sender<Completion>, number: u64, outcome: Outcome) {
    if completions.send(Completion { number, outcome }).is_err() {
        tracing::debug!(number, "nobody waits for this batch's completion");
    }
}

struct Writer {
    shared: Arc<Shared>,
    epoch: Epoch,
    next_number: u64,
    /// What every further batch is answered with, after the first that was not committed.
    ended: Option<Outcome>,
}

/// Batches sealed to be committed together.
struct Group {
    rows: Vec<SealedRow>,
    /// The last sequence after each batch, in order.
    lasts: Vec<Sequence>,
    chain: ChainHash,
    /// Why the batch behind these is not among them.
    stopped: Option<Outcome>,
}

impl Writer {
    fn run(&mut self, batches: &Receiver<Submitted>, completions: &Sender<Completion>) {
        while let Ok(first) = batches.recv() {
            let mut submitted = vec![first];
            submitted.extend(batches.try_iter().take(IN_FLIGHT_MAX));
            // A panic must not leave the engine waiting for a completion that never comes.
            let lasts =
                catch_unwind(AssertUnwindSafe(|| self.append(&submitted))).unwrap_or_else(|_| {
                    self.fail("the journal's writer panicked".into());
                    Vec::new()
                });
            let mut lasts = lasts.into_iter();
            for Submitted { batch, .. } in submitted {
                let outcome = match (lasts.next(), &self.ended) {
                    (Some(last), _) => Outcome::Committed(last),
                    (None, Some(ended)) => ended.clone(),
                    (None, None) => Outcome::Failed("the batch was passed over".into()),
                };
                report(completions, batch.id.number, outcome);
            }
        }
    }

    /// Appends what it can; the last sequence after each batch that is durable, in order. If there
    /// are fewer of them than batches, `ended` says why.
    fn append(&mut self, submitted: &[Submitted]) -> Vec<Sequence> {
        if self.ended.is_some() {
            return Vec::new();
        }
        let shared = Arc::clone(&self.shared);
        let mut side = shared.write_side.lock();
        if let Some(reason) = side.failed.clone().or_else(|| shared.checkpoints.failure()) {
            side.failed = Some(Arc::clone(&reason));
            self.ended = Some(Outcome::Failed(reason));
            return Vec::new();
        }
        let group = self.seal_group(&side, submitted);
        let lasts = match group.lasts.last() {
            None => Vec::new(),
            Some(&last) => match self.commit(&mut side, &group, last) {
                Ok(true) => group.lasts,
                Ok(false) => {
                    self.ended = Some(Outcome::Fenced);
                    return Vec::new();
                }
                Err(reason) => {
                    let reason: Arc<str> = reason.into();
                    tracing::error!(%reason, "the journal cannot be written any more");
                    side.failed = Some(Arc::clone(&reason));
                    self.ended = Some(Outcome::Failed(reason));
                    return Vec::new();
                }
            },
        };
        self.ended = group.stopped;
        lasts
    }

    /// Seals batches until one may not follow.
    fn seal_group(&mut self, side: &WriteSide, submitted: &[Submitted]) -> Group {
        let mut group =
            Group { rows: Vec::new(), lasts: Vec::new(), chain: side.chain, stopped: None };
        let mut last = side.last;
        for Submitted { expected, batch } in submitted {
            let id =
                BatchId { journal: self.shared.id, epoch: self.epoch, number: self.next_number };
            match accept(batch, id, *expected, last, group.chain) {
                Ok((rows, chain)) => {
                    group.rows.extend(rows);
                    group.chain = chain;
                }
                Err(outcome) => {
                    group.stopped = Some(outcome);
                    return group;
                }
            }
            last = batch.last();
            self.next_number += 1;
            group.lasts.push(last);
        }
        group
    }

    /// Commits, notes the head, and shows the events to readers: in this order.
    fn commit(&self, side: &mut WriteSide, group: &Group, last: Sequence) -> Result<bool, String> {
        let doing =
            |error: &dyn std::fmt::Display| format!("appending up to event {last}: {error}");
        let connection = &side.connection;
        self.shared.checkpoints.finish_if_asked(connection).map_err(|error| doing(&error))?;
        if !side
            .commit(self.epoch, &group.rows, &self.shared.meters)
            .map_err(|error| doing(&error))?
        {
            return Ok(false);
        }
        (side.last, side.chain) = (last, group.chain);
        let head = Head { journal: self.shared.id, last, chain: group.chain };
        side.head.write(&head).map_err(|error| format!("noting the head {last}: {error}"))?;
        self.shared.published.set(last);
        if side.wal_bytes >= self.shared.checkpoints.step_bytes() {
            side.wal_bytes = 0;
            self.shared.checkpoint_due();
        }
        Ok(true)
    }

    fn fail(&mut self, reason: Arc<str>) {
        // The panic may have been anywhere in the transaction: the connection is not used again.
        self.shared.write_side.lock().failed = Some(Arc::clone(&reason));
        self.ended = Some(Outcome::Failed(reason));
    }
}
