//! Journals of every released format open for ever, and mean what they meant.
//!
//! `tests/golden/format-N/` holds a journal as a clean end leaves it, and `events.txt`, what is in
//! it. They are made once, when a format is new: `ITN_BLESS=1 cargo test -p journal --test golden`
//! makes the newest if it is missing and never touches what is there. A format here is the number
//! of the newest migration that it was made with.

#![allow(clippy::unwrap_used, reason = "tests panic")]

mod common;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Once;

use common::{Writing, batches, events, fully_annotated, samples, text, trades};
use domain::{Batch, Event, Note, Sequence};
use journal::row::{Row, first_chain, seal};
use journal::{Journal, OpenOptions, SqliteJournal};

/// The newest format.
const NEWEST: u32 = 4;

/// What fields say, in a listing, that a format has not: `events.txt` is as it was when it was made.
const ADDED_SINCE: [(u32, &[&str]); 4] = [
    (
        1,
        &[
            ", accounts: [], expires_at: None, replaces: None, token: None",
            ", terms: None",
            ", vessel: None, charges: [], tolerance: Tolerance(0)",
            ", code: None",
            ", found: Quantity(0), short: Quantity(0)",
            ", cause: Lost",
            ", charges: None",
        ],
    ),
    (2, &[", expires_at: None, replaces: None, token: None"]),
    (3, &[", token: None"]),
    (NEWEST, &[]),
];

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn open(folder: &Path) -> SqliteJournal {
    SqliteJournal::open(folder, OpenOptions { sync: false, ..OpenOptions::default() }).unwrap()
}

fn listing(journal: &SqliteJournal) -> String {
    let mut listing = String::new();
    for recorded in events(journal) {
        writeln!(listing, "{recorded:?}").unwrap();
    }
    listing
}

/// One of each event, a batch with everything in the envelopes, and a batch of several rows.
fn make(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let made = tempfile::tempdir().unwrap();
    let journal = open(made.path());
    let mut writing = Writing::claim(&journal);
    let mut last = writing.append(0, samples()).last().0;
    let mut annotated = (*writing.next(last, samples())).clone();
    for recorded in &mut annotated.events {
        let sequence = recorded.envelope.sequence.0;
        *recorded = fully_annotated(sequence, recorded.event.clone());
    }
    writing.appender.submit(Sequence(last), annotated.clone().into());
    writing.outcome();
    last = annotated.last().0;
    let mut wordy = (*writing.next(last, trades(3))).clone();
    for recorded in &mut wordy.events {
        recorded.envelope.note = Some(Box::new(longest_note()));
    }
    writing.appender.submit(Sequence(last), wordy.into());
    writing.outcome();
    fs::write(folder.join("events.txt"), listing(&journal)).unwrap();
    drop((writing, journal));
    for name in ["journal.db", "head"] {
        fs::copy(made.path().join(name), folder.join(name)).unwrap();
    }
}

/// Two of these do not share a row.
fn longest_note() -> Note {
    let entry = |letter: char| (text(&letter.to_string().repeat(256)), text(&"x".repeat(256)));
    Note { reference: None, metadata: ('a'..='p').map(entry).collect() }
}

fn folder(format: u32) -> PathBuf {
    static MADE: Once = Once::new();
    MADE.call_once(|| {
        let newest = golden().join(format!("format-{NEWEST}"));
        if !newest.is_dir() && std::env::var_os("ITN_BLESS").is_some() {
            make(&newest);
        }
    });
    golden().join(format!("format-{format}"))
}

/// A copy of a golden journal: opening one applies what migrations it lacks.
fn copy_of(format: u32) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for name in ["journal.db", "head"] {
        fs::copy(folder(format).join(name), copy.path().join(name)).unwrap();
    }
    copy
}

#[test]
fn every_format_opens_and_means_what_it_meant() {
    for (format, added) in ADDED_SINCE {
        let copy = copy_of(format);
        let pending = journal::pending_migrations(copy.path()).unwrap();
        assert_eq!(pending.len(), usize::try_from(NEWEST - format).unwrap());
        let journal = open(copy.path());
        let expected = fs::read_to_string(folder(format).join("events.txt")).unwrap();
        let mut found = listing(&journal);
        for field in added {
            assert!(found.contains(field), "format {format}: nothing lacks{field}");
            found = found.replace(field, "");
        }
        assert!(found == expected, "format {format}: other events");
        // And it can be written on.
        let last = journal.reader().last();
        Writing::claim(&journal).append(last.0, trades(1));
    }
    assert_eq!(fs::read_dir(golden()).unwrap().count(), ADDED_SINCE.len());
}

/// Its word does not tell a direct trade from the settlement of a hold; its name does.
fn kind(event: &Event) -> (String, &'static str) {
    let debug = format!("{event:?}");
    (debug.chars().take_while(|letter| letter.is_alphanumeric()).collect(), event.kind())
}

#[test]
fn the_newest_format_holds_every_kind_of_event() {
    let copy = copy_of(NEWEST);
    let recorded = events(&open(copy.path()));
    let found: BTreeSet<_> = recorded.iter().map(|recorded| kind(&recorded.event)).collect();
    assert_eq!(found, samples().iter().map(kind).collect());
    assert_eq!(found.len(), 50, "a new kind of event is in the samples and in a new format");
}

/// The same events have the same bytes for ever: sealing the golden batches again gives the chain
/// that was stored. (A row format or an event's encoding that changes makes this test's end.)
#[test]
fn sealing_the_golden_batches_gives_the_same_chain() {
    for (format, _) in ADDED_SINCE {
        let copy = copy_of(format);
        let journal = open(copy.path());
        let mut chain = first_chain(journal.id());
        let all: Vec<Batch> = batches(&journal, 0);
        assert_eq!(all.len(), 3);
        for batch in all {
            let (rows, after) = seal(&batch, chain).unwrap();
            assert!(rows.iter().all(|row| Row::parse(&row.bytes).is_ok()));
            assert_eq!(journal.chain(batch.last()).unwrap(), Some(after), "format {format}");
            chain = after;
        }
    }
}
