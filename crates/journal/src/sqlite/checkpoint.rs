//! Copying the WAL into the database, so that it does not grow for ever.
//!
//! A checkpoint that runs beside the writer copies in small steps, so that the sync of one never
//! holds much in front of the journal's own. But it never catches up with a writer that goes on, and
//! the WAL starts again from its beginning only when nothing in it is left to copy. So when the WAL
//! is long and the rest is small, the writer itself copies that rest between two groups of batches.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use parking_lot::Mutex;
use rusqlite::{Connection, ErrorCode};

use crate::Meters;

/// The part of the WAL that is written between two steps: of 64 MiB it is 4 MiB, which a disk syncs
/// in some tens of milliseconds at most.
const STEPS: u64 = 16;
/// The part of the WAL that is small enough a rest to be left to the writer: of 64 MiB, 1 MiB.
const RESTS: u64 = 64;
/// Steps in a row that may fail to make the rest small; then the writer copies whatever it is,
/// since a WAL without bound is worse than a pause.
const STEPS_MAX: u32 = 4;
/// How long the writer waits for readers to leave the WAL; the next step tries again.
const READERS_WAIT: Duration = Duration::from_millis(5);

/// What the writer and the checkpointer tell each other.
#[derive(Debug)]
pub(super) struct Checkpoints {
    /// From here on the WAL is to start again.
    wal_bytes_max: u64,
    /// The writer is to copy the rest.
    finish: AtomicBool,
    /// Why the checkpointer stopped; the writer stops, too.
    failed: Mutex<Option<Arc<str>>>,
    /// The longest that the writer stood still for it.
    pause_micros_max: AtomicU64,
    meters: Arc<Meters>,
}

/// What a checkpoint found and did.
#[derive(Debug, Clone, Copy)]
struct Progress {
    /// Another checkpoint or a reader was in the way.
    busy: bool,
    wal_bytes: u64,
    copied_bytes: u64,
}

impl Checkpoints {
    pub(super) fn new(wal_bytes_max: u64, meters: Arc<Meters>) -> Self {
        Self {
            wal_bytes_max,
            finish: AtomicBool::new(false),
            failed: Mutex::new(None),
            pause_micros_max: AtomicU64::new(0),
            meters,
        }
    }

    /// After how much of the WAL another step is due.
    pub(super) fn step_bytes(&self) -> u64 {
        self.wal_bytes_max / STEPS
    }

    /// The failure of the checkpointer, if any.
    pub(super) fn failure(&self) -> Option<Arc<str>> {
        self.failed.lock().clone()
    }

    pub(super) fn longest_pause(&self) -> Duration {
        Duration::from_micros(self.pause_micros_max.load(Ordering::Relaxed))
    }

    /// Called by the writer between two groups: copies the rest if that was asked for.
    pub(super) fn finish_if_asked(&self, connection: &Connection) -> rusqlite::Result<()> {
        if !self.finish.swap(false, Ordering::AcqRel) {
            return Ok(());
        }
        let begun = Instant::now();
        let usual = connection.query_row("PRAGMA busy_timeout", (), |row| row.get::<_, i64>(0))?;
        connection.busy_timeout(READERS_WAIT)?;
        let progress = run(connection, "RESTART");
        connection.pragma_update(None, "busy_timeout", usual)?;
        let progress = tolerate_full(progress)?;
        let pause = begun.elapsed();
        let micros = u64::try_from(pause.as_micros()).unwrap_or(u64::MAX);
        self.pause_micros_max.fetch_max(micros, Ordering::Relaxed);
        self.meters.checkpoint_pause.took_alone(pause);
        tracing::debug!(?pause, ?progress, "the writer finished a checkpoint");
        Ok(())
    }
}

/// Runs until the writer is gone. Each message says that another step is due.
pub(super) fn run_checkpointer(
    connection: &Connection,
    checkpoints: &Checkpoints,
    due: &Receiver<()>,
) {
    while due.recv().is_ok() {
        if let Err(error) = step(connection, checkpoints) {
            tracing::error!(%error, "checkpoint failed; the journal stops");
            *checkpoints.failed.lock() = Some(format!("checkpoint: {error}").into());
            return;
        }
    }
}

fn step(connection: &Connection, checkpoints: &Checkpoints) -> rusqlite::Result<()> {
    // The writer has not yet come to it: a step now would only be in its way.
    if checkpoints.finish.load(Ordering::Acquire) {
        return Ok(());
    }
    for _ in 0..STEPS_MAX {
        let Some(progress) = tolerate_full(run(connection, "PASSIVE"))? else { return Ok(()) };
        checkpoints.meters.wal_bytes.set(progress.wal_bytes);
        let rest = progress.wal_bytes.saturating_sub(progress.copied_bytes);
        if progress.wal_bytes < checkpoints.wal_bytes_max || progress.busy {
            return Ok(());
        }
        if rest <= checkpoints.wal_bytes_max / RESTS {
            break;
        }
    }
    checkpoints.finish.store(true, Ordering::Release);
    Ok(())
}

/// A checkpoint without room is no failure yet: nothing is lost, the WAL only stays longer. If there
/// is no room for the WAL either, the append fails.
fn tolerate_full(progress: rusqlite::Result<Progress>) -> rusqlite::Result<Option<Progress>> {
    match progress {
        Ok(progress) => Ok(Some(progress)),
        Err(rusqlite::Error::SqliteFailure(failure, reason))
            if failure.code == ErrorCode::DiskFull =>
        {
            tracing::warn!(?reason, "no room for a checkpoint");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn run(connection: &Connection, mode: &str) -> rusqlite::Result<Progress> {
    let page_bytes = page_bytes(connection)?;
    connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), (), |row| {
        // Frames are -1 when there is no WAL.
        let bytes = |frames: i64| u64::try_from(frames).unwrap_or(0) * page_bytes;
        Ok(Progress {
            busy: row.get::<_, i64>(0)? != 0,
            wal_bytes: bytes(row.get(1)?),
            copied_bytes: bytes(row.get(2)?),
        })
    })
}

/// Bytes of a page.
pub(super) fn page_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let bytes = connection.query_row("PRAGMA page_size", (), |row| row.get::<_, i64>(0))?;
    Ok(u64::try_from(bytes).unwrap_or(0))
}

/// Copies everything and empties the WAL, when nobody else is there.
pub(super) fn empty_wal(connection: &Connection) -> rusqlite::Result<()> {
    let progress = run(connection, "TRUNCATE")?;
    if progress.busy {
        // A reader in the way: the WAL, which is durable, stays until the writer begins it again.
        tracing::debug!("the WAL is still being read and stays");
    }
    Ok(())
}
