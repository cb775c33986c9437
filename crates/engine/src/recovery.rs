//! From what is stored to a state that can go on: the newest snapshots that fit, then the tail.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, bounded};
use domain::{Batch, CommitObserver, Sequence, SnapshotError};
use journal::{Journal, JournalError, SnapshotId, SnapshotStore};
use ledger::{State, WARM_COMMANDS, Warm};
use table::{ArchiveError, Reader};

use crate::engine::EngineError;
use crate::snapshotter::LEDGER;

/// How far a replay has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The last event that was replayed.
    pub replayed: Sequence,
    /// The last event of the journal.
    pub total: Sequence,
}

/// Decoded batches that wait to be applied: enough that neither side waits for the other.
const BATCHES_AHEAD: usize = 8;

/// The state after the journal's last event, with every observer brought there.
pub(crate) fn recover(
    journal: &Arc<dyn Journal>,
    snapshots: &dyn SnapshotStore,
    observers: &mut [Box<dyn CommitObserver>],
    progress: &mut dyn FnMut(Progress),
) -> Result<(State, Sequence), EngineError> {
    let total = journal.reader().last();
    let mut state = restore_ledger(&**journal, snapshots)?;
    let snapshot = state.last();
    for observer in &mut *observers {
        restore_observer(&**journal, snapshots, &mut **observer)?;
    }
    let positions = observers.iter().map(|observer| observer.position());
    let from = positions.chain([state.last()]).min().unwrap_or_default();
    let mut warm = Warm::default();
    for batch in read_ahead(journal, from)? {
        let batch = Arc::new(batch?);
        let last = batch.last();
        replay(&mut state, observers, &batch, &mut warm)?;
        progress(Progress { replayed: last, total });
    }
    if state.last() != total {
        // Its thread panicked, which was logged there: less than everything must not be served.
        let (reached, what) = (state.last(), "the replay ended early");
        return Err(EngineError::Stopped(format!("{what}, at event {reached} of {total}")));
    }
    Ok((state, snapshot))
}

/// Reads and decodes on a thread of its own, while what was read before is applied.
fn read_ahead(
    journal: &Arc<dyn Journal>,
    from: Sequence,
) -> Result<Receiver<Result<Batch, JournalError>>, EngineError> {
    let batches = journal.batches(from)?;
    let (decoded, ahead) = bounded(BATCHES_AHEAD);
    // Ends with the journal, or when whoever applies has given up.
    let read = move || batches.map(|batch| decoded.send(batch)).find(Result::is_err);
    thread::Builder::new().name("replay".to_owned()).spawn(read).map_err(EngineError::Thread)?;
    Ok(ahead)
}

/// A panic here says that the journal was not written by these rules, and where.
fn replay(
    state: &mut State,
    observers: &mut [Box<dyn CommitObserver>],
    batch: &Arc<Batch>,
    warm: &mut Warm,
) -> Result<(), EngineError> {
    for observer in &mut *observers {
        observer.await_room().map_err(|error| EngineError::Stopped(error.to_string()))?;
    }
    let last = state.last();
    let folded = catch_unwind(AssertUnwindSafe(|| {
        for ahead in batch.events.chunks(WARM_COMMANDS) {
            ledger::warm_events(state, ahead, warm);
            for recorded in ahead {
                if recorded.envelope.sequence > state.last() {
                    ledger::apply(state, recorded);
                }
            }
        }
        for observer in observers {
            if batch.last() > observer.position() {
                observer.committed(batch);
            }
        }
    }));
    folded.map_err(|_| EngineError::Replay { after: last.max(Sequence(batch.first().0 - 1)) })
}

fn restore_ledger(
    journal: &dyn Journal,
    snapshots: &dyn SnapshotStore,
) -> Result<State, EngineError> {
    for id in fitting(journal, snapshots, LEDGER, ledger::FORMAT)? {
        match read_ledger(snapshots, &id) {
            Ok(state) if state.last() == id.sequence => return Ok(state),
            Ok(_) => tracing::warn!(at = %id.sequence, "a snapshot is not what it says"),
            Err(error) => tracing::warn!(at = %id.sequence, %error, "a snapshot is passed over"),
        }
    }
    Ok(State::default())
}

fn read_ledger(snapshots: &dyn SnapshotStore, id: &SnapshotId) -> Result<State, SnapshotError> {
    let failed = |error: ArchiveError| SnapshotError(error.to_string());
    let parts = snapshots.open(LEDGER, id);
    let mut parts = parts.map_err(|error| SnapshotError(error.to_string()))?;
    let mut reader = Reader::new(|| parts.next().transpose().map_err(ArchiveError::part));
    let state = State::read(&mut reader).map_err(failed)?;
    reader.finish().map_err(failed)?;
    Ok(state)
}

fn restore_observer(
    journal: &dyn Journal,
    snapshots: &dyn SnapshotStore,
    observer: &mut dyn CommitObserver,
) -> Result<(), EngineError> {
    let Some((name, format)) = observer.snapshot_format() else { return Ok(()) };
    for id in fitting(journal, snapshots, name, format)? {
        let parts = match snapshots.open(name, &id) {
            Ok(parts) => parts,
            Err(error) => {
                tracing::warn!(name, at = %id.sequence, %error, "a snapshot is passed over");
                continue;
            }
        };
        let mut parts = parts.map(|part| part.map_err(|error| SnapshotError(error.to_string())));
        match observer.restore(id.sequence, &mut parts) {
            Ok(()) => return Ok(()),
            Err(error) => {
                tracing::warn!(name, at = %id.sequence, %error, "a snapshot is passed over");
            }
        }
    }
    Ok(())
}

/// The snapshots of this format that lie in this journal's history, newest first.
fn fitting(
    journal: &dyn Journal,
    snapshots: &dyn SnapshotStore,
    name: &str,
    format: u32,
) -> Result<Vec<SnapshotId>, EngineError> {
    let mut fitting = Vec::new();
    for id in snapshots.list(name)? {
        let ours = id.journal == journal.id() && id.format == format;
        if ours && journal.chain(id.sequence)? == Some(id.chain) {
            fitting.push(id);
        }
    }
    Ok(fitting)
}
