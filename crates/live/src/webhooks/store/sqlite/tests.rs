use std::fs;
use std::os::unix::fs::PermissionsExt;

use domain::Sequence;

use super::*;
use crate::webhooks::store::conformance::{attempt, webhook};

const JOURNAL: JournalId = JournalId(1);

fn filled(path: &Path) -> Vec<Webhook> {
    let store = SqliteOperations::open(path, JOURNAL).unwrap();
    for _ in 0..3 {
        let id = store.create(&webhook()).unwrap();
        store.advance(id, &Cursor::after(Sequence(50)), Some(&attempt(1))).unwrap();
    }
    OperationsStore::load(&store).unwrap()
}

#[test]
fn it_is_there_again_after_it_was_closed_and_nobody_else_may_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("operations.db");
    let webhooks = filled(&path);
    let store = SqliteOperations::open(&path, JOURNAL).unwrap();
    assert_eq!(OperationsStore::load(&store).unwrap(), webhooks);
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
    }
}

#[test]
fn another_networks_and_a_later_version_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("operations.db");
    filled(&path);
    let foreign = SqliteOperations::open(&path, JournalId(2));
    assert!(matches!(foreign, Err(StoreError::Foreign(_))), "{foreign:?}");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 9).unwrap();
    let later = SqliteOperations::open(&path, JOURNAL);
    assert!(matches!(later, Err(StoreError::TooNew { found: 9, .. })), "{later:?}");
}

#[test]
fn one_of_the_first_version_gets_what_it_lacks_and_keeps_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("operations.db");
    let webhooks = filled(&path);
    let older = "DROP TABLE key_uses; PRAGMA user_version = 1";
    Connection::open(&path).unwrap().execute_batch(older).unwrap();
    for _ in 0..2 {
        let store = SqliteOperations::open(&path, JOURNAL).unwrap();
        assert_eq!(OperationsStore::load(&store).unwrap(), webhooks);
        store.save(&[(KeyId(3), Timestamp(9))]).unwrap();
        assert_eq!(KeyUseStore::load(&store).unwrap(), [(KeyId(3), Timestamp(9))]);
    }
}

#[test]
fn what_was_begun_and_not_finished_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("operations.db");
    fs::write(folder.path().join("operations.db.new"), "half").unwrap();
    assert_eq!(filled(&path).len(), 3);
    assert!(!folder.path().join("operations.db.new").exists());
}

#[test]
fn an_empty_or_a_cut_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("operations.db");
    filled(&path);
    let whole = fs::read(&path).unwrap();
    for length in [0, 100, 4_096, whole.len() / 2] {
        fs::write(&path, &whole[..length]).unwrap();
        let opened =
            SqliteOperations::open(&path, JOURNAL).and_then(|store| OperationsStore::load(&store));
        assert!(matches!(opened, Err(StoreError::Damaged { .. })), "{length}: {opened:?}");
    }
}

/// Any byte of what is kept of a subscription: noticed, or without meaning.
#[test]
fn no_wrong_byte_is_taken_for_a_subscription() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("operations.db");
    let webhooks = filled(&path);
    let whole = fs::read(&path).unwrap();
    let mut noticed = 0;
    for at in (0..whole.len()).step_by(13) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        fs::write(&path, &damaged).unwrap();
        match SqliteOperations::open(&path, JOURNAL).and_then(|store| OperationsStore::load(&store))
        {
            Ok(found) => assert_eq!(found, webhooks, "byte {at}"),
            Err(_) => noticed += 1,
        }
        for companion in ["operations.db-wal", "operations.db-shm"] {
            let _ = fs::remove_file(folder.path().join(companion));
        }
    }
    assert!(noticed > 100, "{noticed}");
}
