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

/// A backup of a folder that was last served by an earlier version, and what is made of it.
#[test]
fn one_of_the_first_version_is_copied_as_it_is_and_so_is_the_copy() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let webhooks = filled(&at("operations.db"));
    let older = "DROP TABLE key_uses; PRAGMA user_version = 1";
    Connection::open(at("operations.db")).unwrap().execute_batch(older).unwrap();
    let version = |path: &Path| -> i64 {
        let connection = Connection::open(path).unwrap();
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    };
    let steps = [("operations.db", "operations.backup"), ("operations.backup", "restored.db")];
    for (from, to) in steps {
        let copied = SqliteOperations::copy(&at(from), &at(to), JOURNAL).unwrap();
        assert_eq!(copied, (3, Sequence(50)));
        assert_eq!((version(&at(from)), version(&at(to))), (1, 1), "nothing is changed on the way");
    }
    let store = SqliteOperations::open(&at("restored.db"), JOURNAL).unwrap();
    assert_eq!(OperationsStore::load(&store).unwrap(), webhooks);
    store.save(&[(KeyId(3), Timestamp(9))]).unwrap();
}

/// As a copy does while it is made.
#[test]
fn whoever_reads_for_long_keeps_no_owner_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("operations.db");
    let store = SqliteOperations::open(&path, JOURNAL).unwrap();
    store.create(&webhook()).unwrap();
    let reader = Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM webhooks").unwrap();
    let begun = std::time::Instant::now();
    store.create(&webhook()).unwrap();
    assert!(begun.elapsed() < file::BUSY / 2, "{:?}", begun.elapsed());
    reader.execute_batch("COMMIT").unwrap();
    store.create(&webhook()).unwrap();
    // Nothing of what was answered is in the log alone any more.
    assert_eq!(fs::metadata(folder.path().join("operations.db-wal")).unwrap().len(), 0);
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
