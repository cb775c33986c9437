//! What only the journal in a data folder does: its lock, its schema, its files, its space.

#![allow(clippy::unwrap_used, reason = "tests panic")]

mod common;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use common::{Writing, batches, events, trades};
use domain::Sequence;
use journal::{
    Journal, JournalError, OpenOptions, Outcome, PendingMigration, SqliteJournal, migrate,
    pending_migrations,
};
use rusqlite::Connection;

fn options() -> OpenOptions {
    OpenOptions { sync: false, ..OpenOptions::default() }
}

fn open(folder: &Path) -> Result<SqliteJournal, JournalError> {
    SqliteJournal::open(folder, options())
}

#[test]
fn a_folder_is_open_once() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path()).unwrap();
    assert!(matches!(open(folder.path()), Err(JournalError::InUse(_))));
    assert!(matches!(pending_migrations(folder.path()), Err(JournalError::InUse(_))));
    let writing = Writing::claim(&journal);
    drop(journal);
    assert!(matches!(open(folder.path()), Err(JournalError::InUse(_))), "a writer still writes");
    drop(writing);
    open(folder.path()).unwrap();
}

#[test]
fn a_journal_of_a_later_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()).unwrap());
    let database = Connection::open(folder.path().join("journal.db")).unwrap();
    database.execute("INSERT INTO migrations VALUES (5, 'later')", ()).unwrap();
    drop(database);
    let refused = open(folder.path()).err().unwrap();
    assert!(matches!(refused, JournalError::TooNew { found: 5, known: 4 }), "{refused}");
    assert!(matches!(pending_migrations(folder.path()), Err(JournalError::TooNew { .. })));
}

#[test]
fn migrations_are_pending_until_the_journal_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(pending_migrations(folder.path()).unwrap().len(), 4);
    assert!(!folder.path().join("journal.db").exists(), "asking changes nothing");
    assert!(migrate(folder.path()).is_err(), "there is nothing to migrate");
    drop(open(folder.path()).unwrap());
    assert_eq!(pending_migrations(folder.path()).unwrap(), []);
    assert_eq!(migrate(folder.path()).unwrap(), []);
}

/// The later ones change no table: their numbers alone keep an older program from a newer history.
#[test]
fn a_journal_of_the_first_format_is_migrated_and_keeps_its_tables() {
    let folder = tempfile::tempdir().unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/format-1");
    for name in ["journal.db", "head"] {
        fs::copy(golden.join(name), folder.path().join(name)).unwrap();
    }
    let told = |migrations: Vec<PendingMigration>| {
        let told = migrations.iter().map(|migration| (migration.number, migration.name));
        told.collect::<Vec<_>>()
    };
    let later = [(2, "trading"), (3, "access"), (4, "tokens")];
    assert_eq!(told(pending_migrations(folder.path()).unwrap()), later);
    assert_eq!(told(migrate(folder.path()).unwrap()), later);
    assert_eq!(told(migrate(folder.path()).unwrap()), []);
    assert_eq!(events(&open(folder.path()).unwrap()).len(), 51);
}

#[test]
fn an_unfinished_creation_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("journal.db.new"), b"half a database").unwrap();
    fs::write(folder.path().join("journal.db.new-wal"), b"half a WAL").unwrap();
    Writing::claim(&open(folder.path()).unwrap()).append(0, trades(1));
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"))
        .collect();
    names.sort();
    assert_eq!(names, ["head", "journal.db", "lock"]);
}

#[test]
fn a_clean_end_leaves_all_in_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path()).unwrap();
    Writing::claim(&journal).append(0, trades(500));
    let wal = folder.path().join("journal.db-wal");
    assert!(fs::metadata(&wal).unwrap().len() > 0);
    drop(journal);
    assert_eq!(fs::metadata(&wal).map_or(0, |wal| wal.len()), 0);
}

/// What a killed process left was perhaps never synced: it is copied before it is shown.
#[test]
fn opening_after_a_kill_copies_the_wal_first() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let journal = open(folder.path()).unwrap();
    Writing::claim(&journal).append(0, trades(500));
    for name in ["journal.db", "journal.db-wal", "head"] {
        fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let reopened = open(copy.path()).unwrap();
    assert_eq!(events(&reopened), events(&journal));
    assert_eq!(fs::metadata(copy.path().join("journal.db-wal")).unwrap().len(), 0);
}

/// A commit is in the files before its completion comes: a copy taken then has it.
#[test]
fn a_completion_comes_after_the_commit() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path()).unwrap();
    let mut writing = Writing::claim(&journal);
    for round in 0..20 {
        writing.submit(round * 3, trades(3));
        assert!(matches!(writing.outcome(), Outcome::Committed(_)));
        let copy = tempfile::tempdir().unwrap();
        for name in ["journal.db", "journal.db-wal", "head"] {
            fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
        }
        assert_eq!(open(copy.path()).unwrap().reader().last(), Sequence(round * 3 + 3));
    }
}

/// Checkpoints keep up with a writer that never rests and readers that come and go.
#[test]
fn the_wal_stays_bounded_while_everyone_is_busy() {
    let folder = tempfile::tempdir().unwrap();
    let bounded = OpenOptions { wal_bytes_max: 2 * 1024 * 1024, ..options() };
    let journal = SqliteJournal::open(folder.path(), bounded).unwrap();
    let reader = journal.reader();
    let (stop, reads) = (Arc::new(AtomicBool::new(false)), Arc::clone(&reader));
    let stopped = Arc::clone(&stop);
    let reading = std::thread::spawn(move || {
        while !stopped.load(Ordering::Relaxed) {
            let last = reads.last().0;
            let found = reads.read_after(Sequence(last.saturating_sub(50)), 100).unwrap();
            assert!(found.len() as u64 >= last.min(50));
        }
    });
    let mut writing = Writing::claim(&journal);
    let (mut last, mut wal_max) = (0, 0);
    for round in 0..400 {
        // One more is always waiting, so that the writer never rests.
        last = writing.submit(last, trades(1_000)).last().0;
        if round >= 4 {
            assert!(matches!(writing.outcome(), Outcome::Committed(_)));
        }
        wal_max = wal_max.max(fs::metadata(folder.path().join("journal.db-wal")).unwrap().len());
    }
    stop.store(true, Ordering::Relaxed);
    reading.join().unwrap();
    assert!(wal_max < 8 * 1024 * 1024, "the WAL grew to {wal_max} bytes");
    drop((writing, journal));
    let journal = open(folder.path()).unwrap();
    assert_eq!(journal.reader().last(), Sequence(last));
}

#[test]
fn opening_tells_how_far_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path()).unwrap();
    let mut writing = Writing::claim(&journal);
    for at in 0..1_100 {
        writing.append(at, trades(1));
    }
    drop((writing, journal));
    let mut told = vec![];
    let mut on_progress = |done: Sequence, total: Sequence| told.push((done.0, total.0));
    SqliteJournal::open_with_progress(folder.path(), options(), Some(&mut on_progress)).unwrap();
    assert_eq!(told, [(512, 1_100), (1_024, 1_100)]);
}

#[test]
fn free_space_is_low_below_its_floor() {
    let folder = tempfile::tempdir().unwrap();
    let floor = |free_bytes_min| {
        let journal =
            SqliteJournal::open(folder.path(), OpenOptions { free_bytes_min, ..options() });
        journal.unwrap().free_space().unwrap()
    };
    assert!(!floor(1).is_low());
    let low = floor(u64::MAX);
    assert!(low.is_low() && low.free_bytes > 0);
}

#[test]
fn a_reader_outlives_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path()).unwrap();
    Writing::claim(&journal).append(0, trades(3));
    let reader = journal.reader();
    drop(journal);
    assert_eq!(reader.read_after(Sequence::ZERO, 10).unwrap().len(), 3);
    assert_eq!(batches(&open(folder.path()).unwrap(), 0).len(), 1);
}

/// Damage that comes while it is open is met by whoever reads it, and never served.
#[test]
fn damage_under_a_reader_is_an_error_that_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path()).unwrap();
    let mut writing = Writing::claim(&journal);
    writing.append(0, trades(5));
    writing.append(5, trades(5));
    let other = Connection::open(folder.path().join("journal.db")).unwrap();
    let change = "UPDATE rows SET row = CAST(substr(row, 1, 150) || x'00' || substr(row, 152) AS BLOB) WHERE first = 6";
    other.execute(change, ()).unwrap();
    let reader = journal.reader();
    assert_eq!(reader.read_after(Sequence::ZERO, 5).unwrap().len(), 5);
    let error = reader.event(Sequence(7)).unwrap_err();
    assert!(error.to_string().contains("event 7"), "{error}");
    let mut replay = journal.batches(Sequence::ZERO).unwrap();
    assert_eq!(replay.next().unwrap().unwrap().events.len(), 5, "what is before it is good");
    assert!(matches!(replay.next(), Some(Err(JournalError::Damaged { .. }))));
    assert!(replay.next().is_none());
}
