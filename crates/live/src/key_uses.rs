//! Where it is kept when API keys were last used: in the operations store, beside the webhooks, because
//! it is no fact of the economy.

use std::collections::BTreeMap;

use domain::{KeyId, Timestamp};
use parking_lot::Mutex;

use crate::webhooks::StoreError;

/// Keeps when keys were last used. May block on storage for some milliseconds.
pub trait KeyUseStore: Send + Sync {
    /// All that is known, by key.
    fn load(&self) -> Result<Vec<(KeyId, Timestamp)>, StoreError>;

    /// Keeps the last use of these keys, in network time. Survives the end of the process; the machine's
    /// may take the last ones with it.
    fn save(&self, uses: &[(KeyId, Timestamp)]) -> Result<(), StoreError>;
}

/// What ends with the process: for tests, and for benchmarks.
#[derive(Debug, Default)]
pub struct MemoryKeyUses(Mutex<BTreeMap<KeyId, Timestamp>>);

impl KeyUseStore for MemoryKeyUses {
    fn load(&self) -> Result<Vec<(KeyId, Timestamp)>, StoreError> {
        Ok(self.0.lock().iter().map(|(key, at)| (*key, *at)).collect())
    }

    fn save(&self, uses: &[(KeyId, Timestamp)]) -> Result<(), StoreError> {
        self.0.lock().extend(uses.iter().copied());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use domain::JournalId;

    use super::*;
    use crate::webhooks::SqliteOperations;

    /// What every store must do.
    fn check(store: &dyn KeyUseStore) {
        assert_eq!(store.load().unwrap(), []);
        store.save(&[]).unwrap();
        let [one, other] = [KeyId(0), KeyId(u32::MAX)];
        store.save(&[(other, Timestamp(5)), (one, Timestamp::MIN)]).unwrap();
        store.save(&[(one, Timestamp(7))]).unwrap();
        assert_eq!(store.load().unwrap(), [(one, Timestamp(7)), (other, Timestamp(5))]);
    }

    #[test]
    fn the_last_use_is_kept() {
        check(&MemoryKeyUses::default());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("operations.db");
        check(&SqliteOperations::open(&path, JournalId(1)).unwrap());
        let again = SqliteOperations::open(&path, JournalId(1)).unwrap();
        assert_eq!(KeyUseStore::load(&again).unwrap().len(), 2, "it is there after it was closed");
    }
}
