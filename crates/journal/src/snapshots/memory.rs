//! Snapshots in memory, for tests.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::{JournalError, PartIterator, SnapshotId, SnapshotStore, SnapshotWriter};

/// Snapshots in memory; clones share them.
#[derive(Debug, Clone, Default)]
pub struct MemorySnapshots {
    finished: Arc<Mutex<Vec<Finished>>>,
}

#[derive(Debug, Clone)]
struct Finished {
    name: String,
    id: SnapshotId,
    parts: Vec<Vec<u8>>,
    damaged: bool,
}

impl MemorySnapshots {
    /// From now on the last part of every snapshot of `name` is found damaged when it is read.
    pub fn damage(&self, name: &str) {
        let mut finished = self.finished.lock();
        for snapshot in finished.iter_mut().filter(|snapshot| snapshot.name == name) {
            snapshot.damaged = true;
        }
    }
}

impl SnapshotStore for MemorySnapshots {
    fn begin(&self, name: &str, id: SnapshotId) -> Result<Box<dyn SnapshotWriter>, JournalError> {
        let snapshot = Finished { name: name.to_owned(), id, parts: Vec::new(), damaged: false };
        Ok(Box::new(Writing { store: self.clone(), snapshot }))
    }

    fn list(&self, name: &str) -> Result<Vec<SnapshotId>, JournalError> {
        let finished = self.finished.lock();
        let mut ids: Vec<_> =
            finished.iter().filter(|one| one.name == name).map(|one| one.id).collect();
        ids.sort_by_key(|id| std::cmp::Reverse(id.sequence));
        Ok(ids)
    }

    fn open(&self, name: &str, id: &SnapshotId) -> Result<PartIterator, JournalError> {
        let finished = self.finished.lock();
        let found = finished.iter().find(|one| one.name == name && one.id == *id).cloned();
        let Some(Finished { mut parts, damaged, .. }) = found else {
            let doing = format!("opening the snapshot {name} of event {}", id.sequence);
            return Err(JournalError::Storage { doing, reason: "there is none".to_owned() });
        };
        let place = format!("(in the snapshot {name} of event {})", id.sequence);
        let end = damaged.then(|| {
            parts.pop();
            Err(JournalError::Damaged { place, reason: "its last part is damaged".to_owned() })
        });
        Ok(Box::new(parts.into_iter().map(Ok).chain(end)))
    }

    fn keep(&self, name: &str, count: usize) -> Result<(), JournalError> {
        let kept: Vec<_> = self.list(name)?.into_iter().take(count).collect();
        self.finished.lock().retain(|one| one.name != name || kept.contains(&one.id));
        Ok(())
    }
}

struct Writing {
    store: MemorySnapshots,
    snapshot: Finished,
}

impl SnapshotWriter for Writing {
    fn part(&mut self, bytes: &[u8]) -> Result<(), JournalError> {
        super::check_part(bytes)?;
        self.snapshot.parts.push(bytes.to_vec());
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), JournalError> {
        let Self { store, snapshot } = *self;
        let mut finished = store.finished.lock();
        let same =
            |one: &Finished| one.name == snapshot.name && one.id.sequence == snapshot.id.sequence;
        finished.retain(|one| !same(one));
        finished.push(snapshot);
        Ok(())
    }
}
