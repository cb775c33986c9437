//! Copies of a journal, made while it is written, cut off, gone on with, and turned back into one.

#![allow(clippy::unwrap_used, reason = "tests panic")]

mod common;

use std::fs;
use std::path::Path;

use common::{Writing, events, trades};
use domain::{Epoch, Sequence};
use journal::{
    BackupError, BackupFolder, BackupOptions, BackupSource, Copied, Journal, JournalError,
    OpenOptions, Restored, SqliteJournal,
};
use rusqlite::Connection;
use tempfile::TempDir;

/// A data folder, a place for a backup and one for what is made of it.
struct Given {
    root: TempDir,
}

impl Given {
    fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    fn at(&self, name: &str) -> std::path::PathBuf {
        self.root.path().join(name)
    }

    fn data(&self) -> SqliteJournal {
        open(&self.at("data")).unwrap()
    }

    fn back_up(&self) -> Result<Copied, BackupError> {
        back_up(&self.at("data"), &self.at("backup"), &mut |_| {})
    }

    fn restore(&self, to: &str) -> Result<Restored, BackupError> {
        journal::restore(&self.at("backup"), &self.at(to), &mut |_, _, _| {}, |_| Ok(()))
    }
}

fn open(folder: &Path) -> Result<SqliteJournal, JournalError> {
    SqliteJournal::open(folder, OpenOptions { sync: false, ..OpenOptions::default() })
}

/// `between` is called between any two slices.
fn back_up(
    data: &Path,
    to: &Path,
    between: &mut dyn FnMut(Sequence),
) -> Result<Copied, BackupError> {
    let folder = BackupFolder::open(to, data)?;
    let source = BackupSource::open(data)?;
    let options = BackupOptions::default();
    let copied = folder.copy(&source, &options, &mut |_, done, _| between(done))?;
    folder.publish()?;
    Ok(copied)
}

/// Some megabytes, in batches of which each has several rows.
fn fill(writing: &mut Writing, from: u64, batch_count: u64) -> u64 {
    (0..batch_count).fold(from, |last, _| {
        writing.append(last, trades(2_000));
        last + 2_000
    })
}

#[test]
fn a_copy_made_while_it_is_written_is_the_journal_as_it_was_when_it_began() {
    let given = Given::new();
    let journal = given.data();
    let mut writing = Writing::claim(&journal);
    let begun_at = fill(&mut writing, 0, 60);
    let (mut last, mut slices) = (begun_at, 0);
    let copied = back_up(&given.at("data"), &given.at("backup"), &mut |_| {
        // What is written meanwhile is not part of it, and does not keep it from ending.
        last = fill(&mut writing, last, 1);
        slices += 1;
    });
    let copied = copied.unwrap();
    assert!(slices > 3, "only {slices} slices");
    assert_eq!(copied.last, Sequence(begun_at));
    assert_eq!(journal.chain(copied.last).unwrap(), Some(copied.chain));

    let again = given.back_up().unwrap();
    assert_eq!((again.before, again.last), (copied.last, Sequence(last)));
    assert_eq!(given.back_up().unwrap().before, again.last, "nothing to add");

    let restored = given.restore("restored").unwrap();
    assert_eq!((restored.last, restored.chain), (again.last, again.chain));
    let copy = open(&given.at("restored")).unwrap();
    assert_eq!(copy.id(), journal.id());
    assert_eq!(events(&copy), events(&journal));
    assert_eq!(copy.chain(again.last).unwrap(), Some(again.chain));
}

/// As a killed server left it, and a bad disk after that: SQLite drops the end without a word.
#[test]
fn a_journal_that_lost_its_end_is_not_copied() {
    let given = Given::new();
    let journal = given.data();
    let mut writing = Writing::claim(&journal);
    writing.append(0, trades(10));
    given.back_up().unwrap();
    writing.append(10, trades(3));
    let (data, lost) = (given.at("data"), given.at("lost"));
    fs::create_dir(&lost).unwrap();
    for name in ["journal.db", "journal.db-wal", "head"] {
        fs::copy(data.join(name), lost.join(name)).unwrap();
    }
    let opened = || BackupSource::open(&lost).map(drop);
    opened().unwrap();
    let wal = fs::read(lost.join("journal.db-wal")).unwrap();
    let _ = fs::remove_file(lost.join("journal.db-shm"));
    fs::write(lost.join("journal.db-wal"), &wal[..wal.len() - 1]).unwrap();
    let refused = opened();
    assert!(matches!(refused, Err(JournalError::Damaged { .. })), "{refused:?}");
    // Nor is what a backup has already taken for all that there is.
    let refused = back_up(&lost, &given.at("backup"), &mut |_| {});
    let is_damage =
        |error: &BackupError| matches!(error, BackupError::Journal(JournalError::Damaged { .. }));
    assert!(refused.as_ref().is_err_and(is_damage), "{refused:?}");
    // Without a head nobody knows; looking makes none.
    fs::remove_file(lost.join("head")).unwrap();
    opened().unwrap();
    assert!(!lost.join("head").exists());
}

/// The head is noted behind its commit, and looked at before the end.
#[test]
fn a_journal_is_never_refused_because_somebody_writes_it() {
    let given = Given::new();
    let journal = given.data();
    let mut writing = Writing::claim(&journal);
    writing.append(0, trades(1));
    let data = given.at("data");
    let ended = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for last in 1..=2_000 {
                writing.append(last, trades(1));
            }
            ended.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        while !ended.load(std::sync::atomic::Ordering::Relaxed) {
            BackupSource::open(&data).unwrap();
        }
    });
}

#[test]
fn what_is_restored_goes_on_as_a_branch_of_its_own() {
    let given = Given::new();
    let journal = given.data();
    let mut writing = Writing::claim(&journal);
    writing.append(0, trades(10));
    given.back_up().unwrap();
    assert_eq!(journal.lineage().tags().len(), 1);
    let mut epochs = Vec::new();
    for to in ["one", "other"] {
        let restored = given.restore(to).unwrap();
        let copy = open(&given.at(to)).unwrap();
        let tags = copy.lineage().tags();
        assert_eq!(tags.len(), 2);
        assert_eq!(tags[0], (Sequence(0), journal.id().tag()));
        assert_eq!(tags[1].0, Sequence(10));
        assert_ne!(tags[1].1, tags[0].1);
        let mut writing = Writing::claim(&copy);
        assert_eq!(writing.appender.epoch(), Epoch(restored.epoch.0 + 1));
        writing.append(10, trades(3));
        epochs.push(restored.epoch);
        drop((writing, copy));
        // Its restarts are no branches.
        assert_eq!(open(&given.at(to)).unwrap().lineage().tags(), tags);
    }
    assert_ne!(epochs[0], epochs[1]);
    // A branch can be added to the backup that it came from, and then the other cannot.
    let backup = given.at("backup");
    assert_eq!(back_up(&given.at("one"), &backup, &mut |_| {}).unwrap().last, Sequence(13));
    let other = back_up(&given.at("other"), &backup, &mut |_| {});
    assert!(matches!(other, Err(BackupError::Diverged { last: Sequence(13), .. })), "{other:?}");
    writing.append(10, trades(5));
    let original = given.back_up();
    assert!(matches!(original, Err(BackupError::Diverged { .. })), "{original:?}");
    // A restore of a restore has both.
    given.restore("third").unwrap();
    assert_eq!(open(&given.at("third")).unwrap().lineage().tags().len(), 3);
}

#[test]
fn a_run_that_is_cut_off_is_gone_on_with() {
    let given = Given::new();
    let journal = given.data();
    let mut writing = Writing::claim(&journal);
    let last = fill(&mut writing, 0, 60);
    let cut = std::panic::catch_unwind(|| {
        let mut slices = 0;
        back_up(&given.at("data"), &given.at("backup"), &mut |_| {
            slices += 1;
            assert!(slices < 3, "cut off");
        })
    });
    assert!(cut.is_err());
    let refused = given.restore("restored");
    assert!(matches!(refused, Err(BackupError::Missing(_))), "{refused:?}");
    let copied = given.back_up().unwrap();
    assert!(copied.before > Sequence::ZERO, "it began again");
    assert_eq!(copied.last, Sequence(last));

    // One that is not what it was, and was never whole, is begun again.
    let unfinished = given.at("backup").join("journal.backup.new");
    fs::rename(given.at("backup").join("journal.backup"), &unfinished).unwrap();
    let mut bytes = fs::read(&unfinished).unwrap();
    bytes.truncate(100_000);
    fs::write(&unfinished, bytes).unwrap();
    assert_eq!(given.back_up().unwrap().before, Sequence::ZERO);
}

#[test]
fn a_backup_that_changed_is_refused_by_both_sides() {
    let given = Given::new();
    let journal = given.data();
    let mut writing = Writing::claim(&journal);
    fill(&mut writing, 0, 20);
    given.back_up().unwrap();
    let path = given.at("backup").join("journal.backup");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let refused = given.back_up();
    assert!(
        matches!(refused, Err(BackupError::Journal(JournalError::Damaged { .. }))),
        "{refused:?}"
    );
    let refused = given.restore("restored");
    assert!(
        matches!(refused, Err(BackupError::Journal(JournalError::Damaged { .. }))),
        "{refused:?}"
    );
    // What it left is no data folder, and is begun again when the backup is good.
    let left = open(&given.at("restored")).err().unwrap();
    assert!(matches!(left, JournalError::Damaged { .. }), "{left}");
    bytes[middle] ^= 1;
    fs::write(&path, &bytes).unwrap();
    given.restore("restored").unwrap();
    open(&given.at("restored")).unwrap();
}

#[test]
fn backups_of_others_and_wrong_places_are_refused() {
    let given = Given::new();
    let journal = given.data();
    Writing::claim(&journal).append(0, trades(10));
    let inside = back_up(&given.at("data"), &given.at("data/backup"), &mut |_| {});
    assert!(matches!(inside, Err(BackupError::Inside { .. })), "{inside:?}");
    assert!(!given.at("data/backup").exists());
    let dots = back_up(&given.at("data"), &given.at("data/../data"), &mut |_| {});
    assert!(matches!(dots, Err(BackupError::Inside { .. })), "{dots:?}");
    given.back_up().unwrap();

    let other = open(&given.at("other")).unwrap();
    Writing::claim(&other).append(0, trades(10));
    let foreign = back_up(&given.at("other"), &given.at("backup"), &mut |_| {});
    assert!(matches!(foreign, Err(BackupError::Foreign { .. })), "{foreign:?}");

    let held = BackupFolder::open(&given.at("backup"), &given.at("data")).unwrap();
    let busy = given.back_up();
    assert!(matches!(busy, Err(BackupError::Journal(JournalError::InUse(_)))), "{busy:?}");
    let busy = given.restore("restored");
    assert!(matches!(busy, Err(BackupError::Journal(JournalError::InUse(_)))), "{busy:?}");
    drop(held);

    let refused = open(&given.at("backup")).err().unwrap();
    assert!(matches!(refused, JournalError::Backup(_)), "{refused}");
    for name in ["file", "journal.db", "history.db"] {
        fs::create_dir(given.at(name)).unwrap();
        fs::write(given.at(name).join(name), b"x").unwrap();
        let refused = given.restore(name);
        assert!(matches!(refused, Err(BackupError::NotEmpty { .. })), "{refused:?}");
    }
    fs::create_dir_all(given.at("volume/lost+found")).unwrap();
    given.restore("volume").unwrap();
    open(&given.at("volume")).unwrap();
}

#[test]
fn a_journal_that_was_never_closed_is_copied_with_its_log() {
    let given = Given::new();
    let journal = given.data();
    let mut writing = Writing::claim(&journal);
    let last = fill(&mut writing, 0, 3);
    // As `kill -9` leaves it.
    fs::create_dir(given.at("killed")).unwrap();
    for name in ["journal.db", "journal.db-wal", "head", "lock"] {
        fs::copy(given.at("data").join(name), given.at("killed").join(name)).unwrap();
    }
    assert!(fs::metadata(given.at("killed/journal.db-wal")).unwrap().len() > 100_000);
    let before = fs::read(given.at("killed/journal.db-wal")).unwrap();
    let copied = back_up(&given.at("killed"), &given.at("backup"), &mut |_| {}).unwrap();
    assert_eq!(copied.last, Sequence(last));
    assert_eq!(fs::read(given.at("killed/journal.db-wal")).unwrap(), before, "it is left as it is");
}

#[test]
fn a_migration_meanwhile_ends_the_run_and_the_next_one_takes_it_along() {
    let given = Given::new();
    fs::create_dir(given.at("data")).unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/format-1");
    for name in ["journal.db", "head"] {
        fs::copy(golden.join(name), given.at("data").join(name)).unwrap();
    }
    let old = given.back_up().unwrap();
    let version = |of: &str| -> u32 {
        let database = Connection::open(given.at(of)).unwrap();
        database.query_row("SELECT max(number) FROM migrations", (), |row| row.get(0)).unwrap()
    };
    let copied = || version("backup/journal.backup");
    assert_eq!(copied(), 1, "as old as the journal");
    let source = BackupSource::open(&given.at("data")).unwrap();
    let journal = given.data();
    Writing::claim(&journal).append(old.last.0, trades(5));
    let folder = BackupFolder::open(&given.at("backup"), &given.at("data")).unwrap();
    let refused = folder.copy(&source, &BackupOptions::default(), &mut |_, _, _| {});
    assert!(matches!(refused, Err(BackupError::Migrated)), "{refused:?}");
    drop(folder);
    assert_eq!(given.back_up().unwrap().last, Sequence(old.last.0 + 5));
    assert!(copied() > 1);
    assert_eq!(copied(), version("data/journal.db"));
    given.restore("restored").unwrap();
    assert_eq!(events(&open(&given.at("restored")).unwrap()), events(&journal));
}
