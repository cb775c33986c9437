//! When each key was last used: marked by requests, gathered and kept beside them.
//!
//! A request costs a look at a byte, and once a minute its store. The time is that of the gathering: the
//! minute is enough for people to find the keys that nobody needs. It is no fact of the economy, so it
//! lies in the operations store; a crash loses what was marked since the last gathering.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::limits::KEYS_MAX;
use domain::{KeyId, Timestamp};

use crate::gateway::App;

/// How often what was marked is gathered and kept.
const KEEP_EVERY: Duration = Duration::from_mins(1);

/// When keys were last used.
pub(crate) struct LastUses {
    /// Whether each key was used since the last gathering.
    used: Box<[AtomicBool]>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    at: BTreeMap<KeyId, Timestamp>,
    /// Those that are not in the store yet.
    unsaved: BTreeMap<KeyId, Timestamp>,
}

impl Default for LastUses {
    fn default() -> Self {
        let used = std::iter::repeat_with(AtomicBool::default).take(KEYS_MAX).collect();
        Self { used, known: Mutex::default() }
    }
}

impl LastUses {
    /// Notes that a key is used now.
    pub(crate) fn mark(&self, key: KeyId) {
        if let Some(used) = self.used.get(key.index())
            // Else the line would travel between all processors that serve this key.
            && !used.load(Ordering::Relaxed)
        {
            used.store(true, Ordering::Relaxed);
        }
    }

    /// When the key was last used, as far as it is gathered.
    pub(crate) fn of(&self, key: KeyId) -> Option<Timestamp> {
        self.known().at.get(&key).copied()
    }

    /// Takes what was kept by an earlier process.
    pub(crate) fn restore(&self, kept: Vec<(KeyId, Timestamp)>) {
        self.known().at.extend(kept);
    }

    /// Whatever was marked, was used now.
    pub(crate) fn gather(&self, now: Timestamp) {
        let mut known = self.known();
        for (number, used) in (0..).zip(&self.used) {
            if used.load(Ordering::Relaxed) && used.swap(false, Ordering::Relaxed) {
                known.at.insert(KeyId(number), now);
                known.unsaved.insert(KeyId(number), now);
            }
        }
    }

    fn take_unsaved(&self) -> BTreeMap<KeyId, Timestamp> {
        std::mem::take(&mut self.known().unsaved)
    }

    /// What could not be kept, for the next time; what was used since is newer.
    fn keep_for_later(&self, unsaved: BTreeMap<KeyId, Timestamp>) {
        let mut known = self.known();
        for (key, at) in unsaved {
            known.unsaved.entry(key).or_insert(at);
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Keeps what is marked, for ever.
    pub(crate) async fn keep_last_uses(self) {
        loop {
            tokio::time::sleep(KEEP_EVERY).await;
            self.save_last_uses().await;
        }
    }

    /// Keeps what is marked.
    pub(crate) async fn save_last_uses(&self) {
        let Ok(ready) = self.ready() else { return };
        self.last_uses().gather(ready.executor.now());
        let unsaved = self.last_uses().take_unsaved();
        if unsaved.is_empty() {
            return;
        }
        let store = Arc::clone(&ready.key_uses);
        let saving = tokio::task::spawn_blocking(move || {
            let uses: Vec<_> = unsaved.iter().map(|(key, at)| (*key, *at)).collect();
            store.save(&uses).map_err(|error| (error, unsaved))
        });
        match saving.await {
            Ok(Ok(())) => {}
            Ok(Err((error, unsaved))) => {
                tracing::error!(%error, "when keys were last used cannot be kept");
                self.last_uses().keep_for_later(unsaved);
            }
            Err(error) => tracing::error!(%error, "when keys were last used cannot be kept"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_marked_is_gathered_once() {
        let uses = LastUses::default();
        uses.restore(vec![(KeyId(1), Timestamp(5)), (KeyId(2), Timestamp(6))]);
        let last = u32::try_from(KEYS_MAX).unwrap() - 1;
        for key in [2, 2, last, last + 1] {
            uses.mark(KeyId(key));
        }
        assert_eq!(uses.of(KeyId(2)), Some(Timestamp(6)));
        uses.gather(Timestamp(60));
        uses.gather(Timestamp(120));
        let known = [0, 1, 2, last, last + 1].map(|key| uses.of(KeyId(key)).map(|at| at.0));
        assert_eq!(known, [None, Some(5), Some(60), Some(60), None]);
        let unsaved = uses.take_unsaved();
        assert_eq!(unsaved.keys().map(|key| key.0).collect::<Vec<_>>(), [2, last]);
        assert!(uses.take_unsaved().is_empty());
        // What could not be kept is tried again, unless there is newer.
        uses.mark(KeyId(2));
        uses.gather(Timestamp(180));
        uses.keep_for_later(unsaved);
        let unsaved: Vec<_> = uses.take_unsaved().into_values().map(|at| at.0).collect();
        assert_eq!(unsaved, [180, 60]);
    }
}
