//! What every snapshot store must do, run against each; and what becomes of damaged files.

#![allow(clippy::unwrap_used, reason = "tests panic")]

use std::fs;

use domain::limits::SNAPSHOT_PART_BYTES_MAX;
use domain::{JournalId, Sequence};
use journal::{FileSnapshots, JournalError, MemorySnapshots, SnapshotId, SnapshotStore};

fn id(sequence: u64) -> SnapshotId {
    let chain = [u8::try_from(sequence).unwrap(); 32];
    SnapshotId { journal: JournalId(7), sequence: Sequence(sequence), chain, format: 3 }
}

fn write(store: &dyn SnapshotStore, name: &str, id: SnapshotId, parts: &[&[u8]]) {
    let mut writer = store.begin(name, id).unwrap();
    for part in parts {
        writer.part(part).unwrap();
    }
    writer.finish().unwrap();
}

fn read(store: &dyn SnapshotStore, name: &str, id: SnapshotId) -> Vec<Vec<u8>> {
    store.open(name, &id).unwrap().collect::<Result<_, _>>().unwrap()
}

fn each(check: impl Fn(&dyn SnapshotStore)) {
    let folder = tempfile::tempdir().unwrap();
    check(&FileSnapshots::open(folder.path()).unwrap());
    check(&MemorySnapshots::default());
}

#[test]
fn a_finished_snapshot_is_read_back() {
    each(|store| {
        let large = vec![5; SNAPSHOT_PART_BYTES_MAX];
        write(store, "ledger", id(4), &[b"one", b"", &large, &large, b"last"]);
        assert_eq!(store.list("ledger").unwrap(), [id(4)]);
        assert_eq!(
            read(store, "ledger", id(4)),
            [b"one".to_vec(), vec![], large.clone(), large, b"last".to_vec()]
        );
        assert_eq!(store.list("views").unwrap(), []);
        write(store, "empty", id(5), &[]);
        assert!(read(store, "empty", id(5)).is_empty());
    });
}

#[test]
fn an_unfinished_snapshot_never_was() {
    each(|store| {
        let mut writer = store.begin("ledger", id(4)).unwrap();
        writer.part(b"one").unwrap();
        assert_eq!(store.list("ledger").unwrap(), []);
        drop(writer);
        assert_eq!(store.list("ledger").unwrap(), []);
        assert!(store.open("ledger", &id(4)).is_err());
    });
}

#[test]
fn snapshots_are_listed_newest_first_and_the_oldest_go() {
    each(|store| {
        for sequence in [9, 100, 20] {
            write(store, "ledger", id(sequence), &[b"x"]);
        }
        write(store, "ledger-2", id(1), &[b"other"]);
        assert_eq!(store.list("ledger").unwrap(), [id(100), id(20), id(9)]);
        store.keep("ledger", 2).unwrap();
        assert_eq!(store.list("ledger").unwrap(), [id(100), id(20)]);
        assert_eq!(store.list("ledger-2").unwrap(), [id(1)]);
        assert_eq!(read(store, "ledger", id(20)), [b"x"]);
    });
}

#[test]
fn a_later_snapshot_of_the_same_place_counts() {
    each(|store| {
        write(store, "ledger", id(4), &[b"old"]);
        let later = SnapshotId { format: 4, ..id(4) };
        write(store, "ledger", later, &[b"new"]);
        assert_eq!(store.list("ledger").unwrap(), [later]);
        assert_eq!(read(store, "ledger", later), [b"new"]);
        assert!(store.open("ledger", &id(4)).is_err());
    });
}

#[test]
fn a_part_too_large_is_refused() {
    each(|store| {
        let mut writer = store.begin("ledger", id(4)).unwrap();
        assert!(writer.part(&vec![0; SNAPSHOT_PART_BYTES_MAX + 1]).is_err());
    });
}

#[test]
fn leftovers_are_removed_when_the_store_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileSnapshots::open(folder.path()).unwrap();
    write(&store, "ledger", id(4), &[b"x"]);
    let unfinished = folder.path().join("snapshots/ledger-5.snapshot.unfinished");
    fs::write(&unfinished, b"half").unwrap();
    let store = FileSnapshots::open(folder.path()).unwrap();
    assert!(!unfinished.exists());
    assert_eq!(store.list("ledger").unwrap(), [id(4)]);
}

#[test]
fn a_damaged_snapshot_is_passed_over_or_fails_where_it_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileSnapshots::open(folder.path()).unwrap();
    write(&store, "ledger", id(4), &[b"one", b"two", b"three"]);
    let path = folder.path().join("snapshots/ledger-00000000000000000004.snapshot");
    let good = fs::read(&path).unwrap();
    let whole = [b"one".to_vec(), b"two".to_vec(), b"three".to_vec()];
    let check = |bytes: &[u8], what: &str| {
        fs::write(&path, bytes).unwrap();
        let found = match store.open("ledger", &id(4)) {
            Ok(parts) => parts.collect::<Vec<_>>(),
            Err(error) => vec![Err(error)],
        };
        let (last, before) = found.split_last().unwrap();
        assert!(matches!(last, Err(JournalError::Damaged { .. })), "{what}: {last:?}");
        for (part, expected) in before.iter().zip(&whole) {
            assert_eq!(part.as_ref().unwrap(), expected, "{what}");
        }
        store.list("ledger").unwrap();
    };
    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= 4;
        check(&changed, &format!("byte {at} changed"));
        check(&good[..at], &format!("cut to {at} bytes"));
    }
}
