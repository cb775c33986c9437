//! A byte changed anywhere, a file cut anywhere: found when the journal is opened, or harmless.
//! Never fewer events, never others, never a panic.
//!
//! The journal is small because its pages are: the same structures (inner and leaf pages, overflow
//! chains, several rows a batch) in kilobytes, so that every byte can have its turn. One bit of each
//! is changed; `ITN_DAMAGE_BIT=1` to `7` changes the others.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests panic, and this one tells what it found"
)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{Writing, batches, events, long_event, trades};
use domain::{Batch, Recorded, Sequence};
use journal::{Journal, JournalError, OpenOptions, SqliteJournal};
use tempfile::TempDir;

const DATABASE: &str = "journal.db";
const WAL: &str = "journal.db-wal";
const HEAD: &str = "head";

fn options() -> OpenOptions {
    OpenOptions { sync: false, page_bytes: 512, ..OpenOptions::default() }
}

/// Memory if there is some, since thousands of journals are opened.
fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

/// A journal's files as they lie on disk, and what is in them.
struct Journalled {
    files: BTreeMap<&'static str, Vec<u8>>,
    events: Vec<Recorded>,
    batches: Vec<Batch>,
}

/// A journal with some batches, one of them in two rows; with all in the database, or as a killed
/// process leaves it.
fn journalled(closed: bool) -> Journalled {
    let folder = scratch();
    let journal = SqliteJournal::open(folder.path(), options()).unwrap();
    let mut writing = Writing::claim(&journal);
    writing.append(0, trades(6));
    writing.append(
        6,
        vec![long_event(), long_event(), long_event(), long_event(), long_event(), long_event()],
    );
    let mut last = 12;
    for count in [1, 1, 9] {
        last = writing.append(last, trades(count)).last().0;
    }
    let (events, batches) = (events(&journal), batches(&journal, 0));
    if closed {
        drop((writing, journal));
        return Journalled { files: read_files(folder.path()), events, batches };
    }
    let files = read_files(folder.path());
    Journalled { files, events, batches }
}

fn read_files(folder: &Path) -> BTreeMap<&'static str, Vec<u8>> {
    let files = [DATABASE, WAL, HEAD].map(|name| (name, folder.join(name)));
    let there = files.into_iter().filter(|(_, path)| path.exists());
    there.map(|(name, path)| (name, fs::read(path).unwrap())).collect()
}

/// What became of the trials, for people to see.
#[derive(Default)]
struct Tally {
    harmless: AtomicUsize,
    refused: AtomicUsize,
    reasons: Mutex<BTreeMap<String, usize>>,
}

impl Journalled {
    /// Opens the journal with one file replaced: it is refused with a place, or nothing is missing.
    fn try_with(&self, folder: &Path, name: &str, bytes: &[u8], what: &str, tally: &Tally) {
        for leftover in fs::read_dir(folder).unwrap() {
            fs::remove_file(leftover.unwrap().path()).unwrap();
        }
        for (other, contents) in &self.files {
            let contents = if *other == name { bytes } else { contents };
            fs::write(folder.join(other), contents).unwrap();
        }
        match SqliteJournal::open(folder, options()) {
            Ok(journal) => {
                assert!(events(&journal) == self.events, "{what}: other events, unnoticed");
                assert!(batches(&journal, 0) == self.batches, "{what}: other batches, unnoticed");
                assert_eq!(journal.reader().last(), Sequence(self.events.len() as u64), "{what}");
                tally.harmless.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => {
                let place = match &error {
                    JournalError::Damaged { place, reason } => {
                        assert!(!reason.is_empty(), "{what}");
                        place.replace(|letter: char| letter.is_ascii_digit(), "")
                    }
                    JournalError::TooNew { .. } => "too new".to_owned(),
                    other => panic!("{what}: refused without a place: {other}"),
                };
                tally.refused.fetch_add(1, Ordering::Relaxed);
                *tally.reasons.lock().unwrap().entry(place).or_default() += 1;
            }
        }
    }

    /// Tries `count` damages of a file, over all processors.
    fn try_all(
        &self,
        name: &'static str,
        count: usize,
        damage: impl Fn(&[u8], usize) -> (Vec<u8>, String) + Sync,
    ) -> Tally {
        let (tally, next) = (Tally::default(), AtomicUsize::new(0));
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let folder = scratch();
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        if at >= count {
                            break;
                        }
                        let (bytes, what) = damage(&self.files[name], at);
                        self.try_with(folder.path(), name, &bytes, &what, &tally);
                    }
                });
            }
        });
        println!(
            "{name}: {count} tried, {} refused, {} harmless; {:?}",
            tally.refused.load(Ordering::Relaxed),
            tally.harmless.load(Ordering::Relaxed),
            tally.reasons.lock().unwrap()
        );
        tally
    }

    /// Changes each byte: one bit of it, another one from byte to byte.
    fn flip_every_byte(&self, name: &'static str) -> Tally {
        let bit = std::env::var("ITN_DAMAGE_BIT").map_or(0, |bit| bit.parse().unwrap());
        self.try_all(name, self.files[name].len(), |bytes, at| {
            let mut bytes = bytes.to_vec();
            bytes[at] ^= 1 << ((at * 5 + bit) % 8);
            (bytes, format!("{name} with byte {at} changed, ITN_DAMAGE_BIT={bit}"))
        })
    }

    /// Cuts the file at its borders of pages and frames, and at lengths between them: a cut within
    /// one is the same wherever it is, so every length would only take longer.
    fn cut_everywhere(&self, name: &'static str) -> Tally {
        let length = self.files[name].len();
        let (page, frame) = (512, 512 + 24);
        let near = |length: usize, part: usize| length % part < 2 || length % part == part - 1;
        let border = |at: usize| near(at, page) || at >= 32 && near(at - 32, frame);
        let lengths: Vec<_> =
            (0..length).filter(|at| border(*at) || at % 13 == 0 || at + 40 > length).collect();
        self.try_all(name, lengths.len(), |bytes, at| {
            let length = lengths[at];
            (bytes[..length].to_vec(), format!("{name} cut to {length} bytes"))
        })
    }
}

fn refused(tally: &Tally) -> usize {
    tally.refused.load(Ordering::Relaxed)
}

fn harmless(tally: &Tally) -> usize {
    tally.harmless.load(Ordering::Relaxed)
}

#[test]
fn a_changed_byte_in_the_database_is_found() {
    let journal = journalled(true);
    assert!(journal.files[WAL].is_empty(), "all is in the database");
    assert!(refused(&journal.flip_every_byte(DATABASE)) > journal.files[DATABASE].len() / 2);
}

#[test]
fn a_cut_database_is_found() {
    let journal = journalled(true);
    assert_eq!(harmless(&journal.cut_everywhere(DATABASE)), 0);
}

#[test]
fn a_changed_byte_in_the_wal_is_found() {
    let journal = journalled(false);
    assert!(journal.files[WAL].len() > journal.files[DATABASE].len(), "all is in the WAL");
    assert!(refused(&journal.flip_every_byte(WAL)) > journal.files[WAL].len() / 2);
}

#[test]
fn a_cut_wal_is_found() {
    let journal = journalled(false);
    assert_eq!(harmless(&journal.cut_everywhere(WAL)), 0);
}

#[test]
fn a_changed_byte_in_the_database_behind_a_wal_is_found_or_harmless() {
    journalled(false).flip_every_byte(DATABASE);
}

#[test]
fn a_damaged_head_file_loses_nothing() {
    for closed in [true, false] {
        let journal = journalled(closed);
        assert_eq!(refused(&journal.flip_every_byte(HEAD)), 0);
        assert_eq!(refused(&journal.cut_everywhere(HEAD)), 0);
    }
}

/// As after a kill: nothing damaged, nothing lost, whether the head file is there or not.
#[test]
fn a_killed_journal_opens_whole() {
    let journal = journalled(false);
    let (folder, tally) = (scratch(), Tally::default());
    journal.try_with(folder.path(), "none", &[], "as it was", &tally);
    fs::remove_file(folder.path().join(HEAD)).unwrap();
    let opened = SqliteJournal::open(folder.path(), options()).unwrap();
    assert!(events(&opened) == journal.events);
    assert_eq!(refused(&tally), 0);
}

/// Refusing must not make it worse: whoever mends the files finds them as they were.
#[test]
fn a_refused_journal_is_left_as_it_was() {
    let journal = journalled(false);
    let folder = scratch();
    let mut wal = journal.files[WAL].clone();
    let middle = wal.len() / 2;
    wal[middle] ^= 1;
    journal.try_with(folder.path(), WAL, &wal, "a bad WAL", &Tally::default());
    let after = read_files(folder.path());
    assert!(after[WAL] == wal && after[DATABASE] == journal.files[DATABASE]);
    fs::write(folder.path().join(WAL), &journal.files[WAL]).unwrap();
    let opened = SqliteJournal::open(folder.path(), options()).unwrap();
    assert!(events(&opened) == journal.events, "mended, it is whole again");
}

#[test]
fn a_missing_or_empty_file_is_found() {
    let journal = journalled(false);
    for name in [DATABASE, WAL] {
        let folder = scratch();
        let tally = Tally::default();
        journal.try_with(folder.path(), name, &[], "emptied", &tally);
        assert_eq!(refused(&tally), 1, "{name} emptied");
        let path: PathBuf = folder.path().join(name);
        fs::remove_file(path).unwrap();
        let error = SqliteJournal::open(folder.path(), options()).err().unwrap();
        assert!(matches!(error, JournalError::Damaged { .. }), "{name} removed: {error}");
    }
}

/// Pieces of two histories do not make one: an old database beside a newer WAL, or the reverse.
#[test]
fn the_files_of_another_journal_are_refused() {
    let (one, other) = (journalled(true), journalled(true));
    for name in [DATABASE, HEAD] {
        let (folder, tally) = (scratch(), Tally::default());
        one.try_with(folder.path(), name, &other.files[name], "of another journal", &tally);
        assert_eq!(refused(&tally), 1, "{name}");
    }
}
