//! The snapshotter's thread: writes frozen states. What fails here is logged and never fatal.

use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender};
use domain::{FrozenState, Sequence, SnapshotError};
use journal::{Journal, SnapshotId, SnapshotStore};
use table::{ArchiveError, Writer};

use crate::meters::Meters;

/// The ledger's snapshots are stored under this name.
pub(crate) const LEDGER: &str = "ledger";

/// How many snapshots are kept of each: one more than is needed, should the newest be damaged.
const KEEP: usize = 2;

/// Everything frozen at one sequence.
pub(crate) struct SnapshotJob {
    pub(crate) at: Sequence,
    pub(crate) ledger: ledger::FrozenState,
    pub(crate) observers: Vec<Snapshot>,
    /// Dropped when it is written, or given up.
    pub(crate) end: Sender<()>,
}

/// An observer's frozen state.
pub(crate) struct Snapshot {
    pub(crate) name: &'static str,
    pub(crate) format: u32,
    pub(crate) state: FrozenState,
}

pub(crate) struct Snapshotter {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) store: Arc<dyn SnapshotStore>,
    pub(crate) jobs: Receiver<SnapshotJob>,
    pub(crate) meters: Arc<Meters>,
}

impl Snapshotter {
    pub(crate) fn run(self) {
        while let Ok(job) = self.jobs.recv() {
            let SnapshotJob { at, ledger, observers, end } = job;
            let began = Instant::now();
            match self.write(at, ledger, observers) {
                Ok(()) => {
                    tracing::info!(%at, "snapshot");
                    self.meters.snapshot.took_alone(began.elapsed());
                    self.meters.snapshots.add_alone(1);
                    self.meters.snapshot_sequence.set(at.0);
                }
                Err(error) => {
                    tracing::warn!(%at, %error, "no snapshot");
                    self.meters.snapshots_failed.add(1);
                }
            }
            drop(end);
        }
    }

    fn write(
        &self,
        at: Sequence,
        ledger: ledger::FrozenState,
        observers: Vec<Snapshot>,
    ) -> Result<(), SnapshotError> {
        let failed = |error: journal::JournalError| SnapshotError(error.to_string());
        let chain = self.journal.chain(at).map_err(failed)?;
        let chain = chain.ok_or_else(|| SnapshotError("no batch ends there".to_owned()))?;
        let id = |format| SnapshotId { journal: self.journal.id(), sequence: at, chain, format };
        // Observers first: a ledger's snapshot that is found has its observers' beside it.
        for Snapshot { name, format, state } in observers {
            self.write_one(name, id(format), state)?;
        }
        let state: FrozenState = Box::new(move |sink| {
            let mut writer = Writer::new(|part: &[u8]| sink(part).map_err(ArchiveError::part));
            let written = ledger.write(&mut writer).and_then(|()| writer.finish());
            written.map(drop).map_err(|error| SnapshotError(error.to_string()))
        });
        self.write_one(LEDGER, id(ledger::FORMAT), state)
    }

    fn write_one(
        &self,
        name: &str,
        id: SnapshotId,
        state: FrozenState,
    ) -> Result<(), SnapshotError> {
        let failed = |error: journal::JournalError| SnapshotError(error.to_string());
        // What is left below the floor is for the journal.
        let room = || match self.journal.free_space() {
            Some(space) if space.is_low() => Err(SnapshotError("free space is low".to_owned())),
            _ => Ok(()),
        };
        room()?;
        let mut writer = self.store.begin(name, id).map_err(failed)?;
        state(&mut |part| {
            room()?;
            writer.part(part).map_err(failed)
        })?;
        writer.finish().map_err(failed)?;
        self.store.keep(name, KEEP).map_err(failed)
    }
}
