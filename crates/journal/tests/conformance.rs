//! What every journal must do, run against each of them.

#![allow(clippy::unwrap_used, reason = "tests panic")]

mod common;

use common::{Writing, batches, channel, events, long_event, trade, trades};
use domain::{JournalId, Sequence};
use journal::{Journal, MemoryJournal, OpenOptions, Outcome, SqliteJournal, row::first_chain};
use tempfile::TempDir;

/// A place where a journal is kept, and can be opened again once it is dropped.
trait Place {
    type Journal: Journal;
    fn new() -> Self;
    fn open(&self) -> Self::Journal;
}

struct Folder(TempDir);

impl Place for Folder {
    type Journal = SqliteJournal;

    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self) -> SqliteJournal {
        let options = OpenOptions { sync: false, ..OpenOptions::default() };
        SqliteJournal::open(self.0.path(), options).unwrap()
    }
}

struct Memory(MemoryJournal);

impl Place for Memory {
    type Journal = MemoryJournal;

    fn new() -> Self {
        Self(MemoryJournal::new(JournalId(7)))
    }

    fn open(&self) -> MemoryJournal {
        self.0.reopen()
    }
}

/// An empty journal, and the place that must outlive it.
fn fresh<P: Place>() -> (P::Journal, P) {
    let place = P::new();
    (place.open(), place)
}

macro_rules! conformance {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[test] fn $test() { super::$test::<super::Folder>(); })*
        }
        mod memory {
            $(#[test] fn $test() { super::$test::<super::Memory>(); })*
        }
    };
}

conformance!(
    an_empty_journal_has_nothing,
    batches_come_back_as_they_were_submitted,
    completions_come_in_order,
    an_unexpected_position_fences,
    a_gap_is_no_batch,
    a_batch_of_another_writer_or_number_fails,
    an_empty_batch_fails_and_all_behind_it,
    a_batch_too_large_fails_but_those_before_it_stand,
    a_second_claim_fences_the_first,
    a_second_claim_fences_what_is_in_flight,
    epochs_grow_over_restarts,
    readers_see_only_what_is_committed,
    read_after_gives_what_is_asked_for,
    one_event_is_read_alone,
    batches_begin_with_the_one_asked_for,
    batches_end_at_what_was_last,
    the_chain_is_known_where_batches_end,
    the_chain_is_the_same_after_a_restart,
    dropping_an_appender_waits_for_what_was_submitted,
);

fn an_empty_journal_has_nothing<P: Place>() {
    let (journal, _place) = fresh::<P>();
    let reader = journal.reader();
    assert_eq!(reader.last(), Sequence::ZERO);
    assert_eq!(reader.read_after(Sequence::ZERO, 10).unwrap(), []);
    assert_eq!(reader.event(Sequence(1)).unwrap(), None);
    assert_eq!(reader.event(Sequence::ZERO).unwrap(), None);
    assert_eq!(batches(&journal, 0), []);
    assert_eq!(journal.chain(Sequence::ZERO).unwrap(), Some(first_chain(journal.id())));
    assert_eq!(journal.chain(Sequence(1)).unwrap(), None);
}

fn batches_come_back_as_they_were_submitted<P: Place>() {
    let place = P::new();
    let journal = place.open();
    let mut writing = Writing::claim(&journal);
    let samples = common::samples();
    let count = samples.len() as u64;
    let written = [
        writing.append(0, samples),
        writing.append(count, vec![trade(1)]),
        writing.append(count + 1, trades(3_000)),
    ];
    let written: Vec<_> = written.iter().map(|batch| (**batch).clone()).collect();
    assert_eq!(batches(&journal, 0), written);
    drop((writing, journal));
    let journal = place.open();
    assert_eq!(batches(&journal, 0), written);
    let all: Vec<_> = written.into_iter().flat_map(|batch| batch.events).collect();
    assert_eq!(events(&journal), all);
}

fn completions_come_in_order<P: Place>() {
    let (journal, _place) = fresh::<P>();
    let mut writing = Writing::claim(&journal);
    for round in 0..10 {
        for at in 0..8 {
            writing.submit(round * 8 + at, vec![trade(at)]);
        }
        for at in 0..8 {
            let completion = writing.completions.recv().unwrap();
            assert_eq!(completion.number, round * 8 + at + 1);
            match completion.outcome {
                Outcome::Committed(last) => {
                    assert_eq!(last, Sequence(completion.number));
                    assert!(journal.reader().last() >= last, "shown before it is answered");
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

fn an_unexpected_position_fences<P: Place>() {
    let (journal, _place) = fresh::<P>();
    let mut writing = Writing::claim(&journal);
    writing.append(0, trades(3));
    writing.submit(2, trades(1));
    assert!(matches!(writing.outcome(), Outcome::Fenced));
    writing.submit(3, trades(1));
    assert!(matches!(writing.outcome(), Outcome::Fenced), "and nothing comes behind it");
    assert_eq!(journal.reader().last(), Sequence(3));
}

fn a_gap_is_no_batch<P: Place>() {
    for (first, hole) in [(2, false), (1, true)] {
        let (journal, _place) = fresh::<P>();
        let mut writing = Writing::claim(&journal);
        let mut batch = (*writing.next(first - 1, trades(3))).clone();
        if hole {
            batch.events.remove(1);
        }
        writing.appender.submit(Sequence::ZERO, batch.into());
        assert!(matches!(writing.outcome(), Outcome::Failed(_)));
        assert_eq!(journal.reader().last(), Sequence::ZERO);
    }
}

fn a_batch_of_another_writer_or_number_fails<P: Place>() {
    for wrong in 0..3 {
        let (journal, _place) = fresh::<P>();
        let mut writing = Writing::claim(&journal);
        let mut batch = (*writing.next(0, trades(1))).clone();
        match wrong {
            0 => batch.id.number += 1,
            1 => batch.id.epoch.0 += 1,
            _ => batch.id.journal = JournalId(1),
        }
        writing.appender.submit(Sequence::ZERO, batch.into());
        assert!(matches!(writing.outcome(), Outcome::Failed(_)));
        assert_eq!(journal.reader().last(), Sequence::ZERO);
    }
}

fn an_empty_batch_fails_and_all_behind_it<P: Place>() {
    let (journal, _place) = fresh::<P>();
    let mut writing = Writing::claim(&journal);
    writing.submit(0, vec![]);
    writing.submit(0, trades(1));
    let reasons: Vec<_> = (0..2)
        .map(|_| match writing.outcome() {
            Outcome::Failed(reason) => reason,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(reasons[0], reasons[1], "the same failure");
    assert_eq!(journal.reader().last(), Sequence::ZERO);
}

fn a_batch_too_large_fails_but_those_before_it_stand<P: Place>() {
    let (journal, _place) = fresh::<P>();
    let mut writing = Writing::claim(&journal);
    writing.submit(0, trades(5));
    writing.submit(5, vec![long_event(); 300]);
    writing.submit(305, trades(1));
    assert!(matches!(writing.outcome(), Outcome::Committed(Sequence(5))));
    assert!(matches!(writing.outcome(), Outcome::Failed(_)));
    assert!(matches!(writing.outcome(), Outcome::Failed(_)));
    assert_eq!(events(&journal).len(), 5);
}

fn a_second_claim_fences_the_first<P: Place>() {
    let (journal, _place) = fresh::<P>();
    let mut first = Writing::claim(&journal);
    first.append(0, trades(2));
    let mut second = Writing::claim(&journal);
    assert!(second.appender.epoch() > first.appender.epoch());
    first.submit(2, trades(1));
    assert!(matches!(first.outcome(), Outcome::Fenced));
    second.append(2, trades(2));
    first.submit(4, trades(1));
    assert!(matches!(first.outcome(), Outcome::Fenced), "for good");
    assert_eq!(journal.reader().last(), Sequence(4));
}

/// What was submitted before the claim is either committed before it or not at all.
fn a_second_claim_fences_what_is_in_flight<P: Place>() {
    let (journal, _place) = fresh::<P>();
    for _ in 0..20 {
        let start = journal.reader().last().0;
        let mut first = Writing::claim(&journal);
        for at in 0..8 {
            first.submit(start + at, trades(1));
        }
        let mut second = Writing::claim(&journal);
        let last = journal.reader().last().0;
        second.append(last, trades(1));
        let outcomes: Vec<_> = (0..8).map(|_| first.outcome()).collect();
        let committed =
            outcomes.iter().take_while(|outcome| matches!(outcome, Outcome::Committed(_))).count();
        let rest = outcomes.get(committed..).unwrap();
        assert!(rest.iter().all(|outcome| matches!(outcome, Outcome::Fenced)), "{outcomes:?}");
        assert_eq!(start + committed as u64, last);
    }
}

fn epochs_grow_over_restarts<P: Place>() {
    let place = P::new();
    let mut epochs = vec![];
    for _ in 0..3 {
        let journal = place.open();
        epochs.extend(
            [Writing::claim(&journal), Writing::claim(&journal)].map(|it| it.appender.epoch()),
        );
    }
    assert!(epochs.is_sorted_by(|a, b| a < b), "{epochs:?}");
}

fn readers_see_only_what_is_committed<P: Place>() {
    let (journal, _place) = fresh::<P>();
    let reader = journal.reader();
    let mut writing = Writing::claim(&journal);
    for round in 0..20 {
        writing.submit(round * 2, trades(2));
        let seen = reader.last();
        assert_eq!(reader.read_after(Sequence::ZERO, usize::MAX).unwrap().len() as u64 % 2, 0);
        assert!(reader.event(seen).unwrap().is_some() || seen == Sequence::ZERO);
        assert!(matches!(writing.outcome(), Outcome::Committed(_)));
        assert_eq!(reader.last(), Sequence(round * 2 + 2));
    }
}

/// A journal with batches of 3, 1, 2,000 (several rows) and 5 events.
fn four_batches<P: Place>() -> (P::Journal, P) {
    let (journal, place) = fresh::<P>();
    let mut writing = Writing::claim(&journal);
    let mut last = 0;
    for count in [3, 1, 2_000, 5] {
        last = writing.append(last, trades(count)).last().0;
    }
    drop(writing);
    (journal, place)
}

fn read_after_gives_what_is_asked_for<P: Place>() {
    let (journal, _place) = four_batches::<P>();
    let all = events(&journal);
    assert_eq!(all.len(), 2_009);
    let reader = journal.reader();
    // From row to row and back: more rows than are read in one transaction.
    let to_and_fro = (0..200).flat_map(|at| [1 + at, 2_009 - at]).collect();
    let backwards = (1..=2_009).rev().collect();
    for picked in [vec![], vec![7], backwards, vec![2_009, 5, 5, 6, 1_900, 1], to_and_fro] {
        let wanted: Vec<_> = picked.iter().map(|at| all[at - 1].clone()).collect();
        let picked: Vec<_> = picked.iter().map(|at| Sequence(*at as u64)).collect();
        assert_eq!(reader.events(&picked).unwrap(), wanted);
    }
    for missing in [0, 2_010] {
        assert!(reader.events(&[Sequence(1), Sequence(missing)]).is_err(), "{missing}");
    }
    for after in [0, 1, 2, 3, 4, 5, 1_000, 2_003, 2_004, 2_008, 2_009, 2_010, u64::MAX] {
        for limit in [0, 1, 2, 7, 1_500, 5_000] {
            let skip = usize::try_from(after).unwrap();
            let expected: Vec<_> = all.iter().skip(skip).take(limit).cloned().collect();
            let found = reader.read_after(Sequence(after), limit).unwrap();
            assert_eq!(found, expected, "after {after}, limit {limit}");
        }
    }
}

fn one_event_is_read_alone<P: Place>() {
    let (journal, _place) = four_batches::<P>();
    let reader = journal.reader();
    for recorded in events(&journal) {
        let sequence = recorded.envelope.sequence;
        assert_eq!(reader.event(sequence).unwrap(), Some(recorded));
    }
    assert_eq!(reader.event(Sequence(2_010)).unwrap(), None);
    assert_eq!(reader.event(Sequence::ZERO).unwrap(), None);
}

fn batches_begin_with_the_one_asked_for<P: Place>() {
    let (journal, _place) = four_batches::<P>();
    let all = batches(&journal, 0);
    let firsts = [
        (0, 0),
        (1, 0),
        (2, 0),
        (3, 1),
        (4, 2),
        (5, 2),
        (1_500, 2),
        (2_003, 2),
        (2_004, 3),
        (2_008, 3),
        (2_009, 4),
        (9_999, 4),
    ];
    for (after, skipped) in firsts {
        assert_eq!(batches(&journal, after), all[skipped..], "after {after}");
    }
}

fn batches_end_at_what_was_last<P: Place>() {
    let (journal, _place) = fresh::<P>();
    let mut writing = Writing::claim(&journal);
    writing.append(0, trades(2));
    let iterator = journal.batches(Sequence::ZERO).unwrap();
    writing.append(2, trades(2));
    assert_eq!(iterator.map(Result::unwrap).count(), 1);
}

fn the_chain_is_known_where_batches_end<P: Place>() {
    let (journal, _place) = four_batches::<P>();
    let ends: Vec<_> =
        (0..=2_010).filter(|at| journal.chain(Sequence(*at)).unwrap().is_some()).collect();
    assert_eq!(ends, [0, 3, 4, 2_004, 2_009]);
    let mut chains: Vec<_> = ends.iter().map(|at| journal.chain(Sequence(*at)).unwrap()).collect();
    chains.sort_unstable();
    chains.dedup();
    assert_eq!(chains.len(), ends.len());
}

fn the_chain_is_the_same_after_a_restart<P: Place>() {
    let place = P::new();
    let journal = place.open();
    let mut writing = Writing::claim(&journal);
    writing.append(0, trades(3));
    writing.append(3, trades(4));
    let before = [0, 3, 7].map(|at| journal.chain(Sequence(at)).unwrap());
    let id = journal.id();
    drop((writing, journal));
    let journal = place.open();
    assert_eq!(journal.id(), id);
    Writing::claim(&journal).append(7, trades(1));
    assert_eq!([0, 3, 7].map(|at| journal.chain(Sequence(at)).unwrap()), before);
}

fn dropping_an_appender_waits_for_what_was_submitted<P: Place>() {
    let (journal, _place) = fresh::<P>();
    let mut writing = Writing::claim(&journal);
    for at in 0..8 {
        writing.submit(at, trades(1));
    }
    let Writing { appender, completions, .. } = writing;
    drop(appender);
    assert_eq!(completions.try_iter().count(), 8);
    assert_eq!(journal.reader().last(), Sequence(8));
}

/// What only the journal in memory can be told to do.
mod told {
    use super::*;

    #[test]
    fn held_batches_are_not_seen_until_they_are_released() {
        let journal = MemoryJournal::new(JournalId(7));
        journal.hold();
        let mut writing = Writing::claim(&journal);
        writing.submit(0, trades(1));
        writing.submit(1, trades(1));
        assert!(writing.completions.try_recv().is_err());
        assert_eq!((journal.reader().last(), journal.held_count()), (Sequence::ZERO, 2));
        assert_eq!(journal.release(1), 1);
        assert!(matches!(writing.outcome(), Outcome::Committed(Sequence(1))));
        journal.release_all();
        assert!(matches!(writing.outcome(), Outcome::Committed(Sequence(2))));
    }

    #[test]
    fn a_claim_fences_what_is_held() {
        let journal = MemoryJournal::new(JournalId(7));
        journal.hold();
        let mut first = Writing::claim(&journal);
        first.submit(0, trades(1));
        let mut second = Writing::claim(&journal);
        second.submit(0, trades(2));
        journal.release_all();
        assert!(matches!(first.outcome(), Outcome::Fenced));
        assert!(matches!(second.outcome(), Outcome::Committed(Sequence(2))));
    }

    #[test]
    fn one_failure_fails_all_behind_it_until_it_is_opened_again() {
        let journal = MemoryJournal::new(JournalId(7));
        let mut writing = Writing::claim(&journal);
        writing.append(0, trades(1));
        journal.fail_next("the disk is on fire");
        for _ in 0..2 {
            writing.submit(1, trades(1));
            match writing.outcome() {
                Outcome::Failed(reason) => assert_eq!(&*reason, "the disk is on fire"),
                other => panic!("{other:?}"),
            }
        }
        assert!(journal.claim(channel().0).is_err());
        let journal = journal.reopen();
        Writing::claim(&journal).append(1, trades(1));
    }

    #[test]
    fn a_kill_loses_what_is_held() {
        let journal = MemoryJournal::new(JournalId(7));
        let mut writing = Writing::claim(&journal);
        writing.append(0, trades(1));
        journal.hold();
        writing.submit(1, trades(1));
        let journal = journal.reopen();
        assert!(writing.completions.try_recv().is_err());
        assert_eq!(journal.reader().last(), Sequence(1));
    }
}
