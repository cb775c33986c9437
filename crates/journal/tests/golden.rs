//! Journals of every released format open for ever, and mean what they meant.
//!
//! `tests/golden/format-N/` holds a journal as a clean end leaves it, and `events.txt`, what is in
//! it. They are made once, when a format is new: `ITN_BLESS=1 cargo test -p journal --test golden`
//! makes what is missing and never touches what is there.

#![allow(clippy::unwrap_used, reason = "tests panic")]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use common::{Writing, batches, events, fully_annotated, samples, text, trades};
use domain::{Batch, Note, Sequence};
use journal::row::{Row, first_chain, seal};
use journal::{Journal, OpenOptions, SqliteJournal};

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

#[test]
fn every_format_opens_and_means_what_it_meant() {
    let first = golden().join("format-1");
    if !first.is_dir() && std::env::var_os("ITN_BLESS").is_some() {
        make(&first);
    }
    let mut formats = 0;
    for format in fs::read_dir(golden()).unwrap() {
        let format = format.unwrap().path();
        let copy = tempfile::tempdir().unwrap();
        for name in ["journal.db", "head"] {
            fs::copy(format.join(name), copy.path().join(name)).unwrap();
        }
        let journal = open(copy.path());
        let expected = fs::read_to_string(format.join("events.txt")).unwrap();
        assert!(listing(&journal) == expected, "{}: other events", format.display());
        formats += 1;
        // And it can be written on.
        let last = journal.reader().last();
        Writing::claim(&journal).append(last.0, trades(1));
    }
    assert!(formats >= 1);
}

/// The same events have the same bytes for ever: sealing the golden batches again gives the chain
/// that was stored. (A row format or an event's encoding that changes makes this test's end.)
#[test]
fn sealing_the_golden_batches_gives_the_same_chain() {
    let copy = tempfile::tempdir().unwrap();
    for name in ["journal.db", "head"] {
        fs::copy(golden().join("format-1").join(name), copy.path().join(name)).unwrap();
    }
    let journal = open(copy.path());
    let mut chain = first_chain(journal.id());
    let all: Vec<Batch> = batches(&journal, 0);
    assert_eq!(all.len(), 3);
    for batch in all {
        let (rows, after) = seal(&batch, chain).unwrap();
        assert!(rows.iter().all(|row| Row::parse(&row.bytes).is_ok()));
        assert_eq!(journal.chain(batch.last()).unwrap(), Some(after));
        chain = after;
    }
}
