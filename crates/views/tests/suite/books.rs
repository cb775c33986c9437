//! The books of random histories: at every sequence they say what the views said then.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{
    Batch, BatchId, CommitObserver, Epoch, Event, EventReader, JournalId, Scope, Sequence,
    StationId, Timestamp, TraderId,
};
use proptest::collection::vec;
use proptest::prelude::*;
use views::{
    Balance, Books, BooksFeed, BooksOptions, EntryFilter, Level, LevelFilter, Order, PastError,
};

use crate::journal::{World, at, credits};
use crate::model::{Model, STATIONS, TRADERS, Wish, beginning};
use crate::properties::history;

const JOURNAL: JournalId = JournalId(1);

/// So small that every history has many pages and openings.
const SMALL: BooksOptions = BooksOptions {
    waiting_entries_max: 40,
    events_saved_at_rest: 25,
    saved_at_rest_after: std::time::Duration::ZERO,
    page_entries_max: 3,
    opening_entries_min: 6,
    opening_entries_max: 9,
};

/// What the views said at one sequence: levels by owner and summed, and balances.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    levels: Vec<(Vec<Level>, Vec<Level>)>,
    balances: Vec<Balance>,
}

struct Kept {
    world: World,
    path: Option<PathBuf>,
    books: Books,
    feed: BooksFeed,
    /// By sequence, from zero on.
    said: Vec<Said>,
}

fn open(world: &World, path: Option<&Path>) -> (Books, BooksFeed) {
    let events: Arc<dyn EventReader> = Arc::clone(&world.journal) as _;
    Books::open(path, JOURNAL, world.views.clone(), events, SMALL).unwrap()
}

impl Kept {
    fn new(path: Option<PathBuf>) -> Self {
        let world = World::in_memory();
        let (books, feed) = open(&world, path.as_deref());
        let mut kept = Self { world, path, books, feed, said: Vec::new() };
        kept.note();
        for event in beginning() {
            kept.record([event]);
        }
        kept
    }

    fn record(&mut self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            let last = self.world.record([event]);
            let recorded = self.world.journal.event(last).unwrap().unwrap();
            let id = BatchId { journal: JOURNAL, epoch: Epoch(1), number: 1 };
            self.feed.committed(&Arc::new(Batch { id, events: vec![recorded] }));
            self.note();
        }
    }

    fn note(&mut self) {
        let state = self.world.views.read();
        let all = LevelFilter::default();
        let levels = |by_owner| (0..STATIONS).map(move |station| (StationId(station), by_owner));
        let at = |(station, by_owner)| state.levels(station, &all, by_owner, Scope::Network);
        let levels = levels(true).map(at).zip(levels(false).map(at)).collect();
        let balance = |trader| state.balance(TraderId(trader), Scope::Network).unwrap_or_default();
        let balances = (0..STATIONS + TRADERS).map(balance).collect();
        drop(state);
        self.said.push(Said { levels, balances });
    }

    /// Stops and starts; the file is lost in between, if so wished.
    fn restart(&mut self, is_lost: bool) {
        self.books.close();
        if let Some(path) = self.path.as_ref().filter(|_| is_lost) {
            for ending in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{ending}", path.display()));
            }
        }
        (self.books, self.feed) = open(&self.world, self.path.as_deref());
    }

    fn check(&self) {
        let state = || self.world.views.read();
        let all = LevelFilter::default();
        for (sequence, said) in (0..).zip(&self.said) {
            for (station, (by_owner, summed)) in (0..STATIONS).zip(&said.levels) {
                let past = self.books.stock_at(StationId(station), Sequence(sequence)).unwrap();
                let levels = |by| state().past_levels(&past, &all, by, Scope::Network);
                assert_eq!(levels(true), *by_owner, "station {station} at {sequence}");
                assert_eq!(levels(false), *summed, "station {station} at {sequence}");
                assert_eq!(past.as_of.sequence, Sequence(sequence));
            }
            for (trader, balance) in (0..).zip(&said.balances) {
                let (found, _) =
                    self.books.balance_at(TraderId(trader), Sequence(sequence)).unwrap();
                assert_eq!(found, *balance, "trader {trader} at {sequence}");
            }
            let time = Timestamp(at(sequence).0 + 1);
            assert_eq!(self.books.sequence_at(time).unwrap(), Sequence(sequence));
        }
        for trader in 0..STATIONS + TRADERS {
            self.check_statement(TraderId(trader));
        }
    }

    /// Every change of a balance is an entry, in both orders, at several sizes of page.
    fn check_statement(&self, trader: TraderId) {
        let balance = |said: &Said| said.balances[trader.index()];
        let changes = self.said.windows(2).zip(1_u64..);
        let moves = changes.filter(|(pair, _)| balance(&pair[0]) != balance(&pair[1]));
        let oldest: Vec<_> = moves.map(|(pair, sequence)| (sequence, balance(&pair[1]))).collect();
        let last = self.said.len() as u64;
        let (from, to) = (at(last / 4), at(3 * last / 4));
        for limit in [1, 3, 1_000] {
            for (from, to) in [(None, None), (Some(from), None), (Some(from), Some(to))] {
                let filter = EntryFilter { from, to, kinds: Vec::new() };
                let wanted = |sequence: u64| {
                    from.is_none_or(|from| at(sequence) >= from)
                        && to.is_none_or(|to| at(sequence) < to)
                };
                let mut expected = oldest.clone();
                expected.retain(|(sequence, _)| wanted(*sequence));
                assert_eq!(self.entries(trader, &filter, Order::Oldest, limit), expected);
                expected.reverse();
                assert_eq!(self.entries(trader, &filter, Order::Newest, limit), expected);
            }
        }
    }

    fn entries(
        &self,
        trader: TraderId,
        filter: &EntryFilter,
        order: Order,
        limit: usize,
    ) -> Vec<(u64, Balance)> {
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.books.entries(trader, filter, (order, cursor), limit).unwrap();
            assert!(page.items.len() <= limit);
            found.extend(
                page.items.iter().map(|entry| (entry.recorded.envelope.sequence.0, entry.balance)),
            );
            if page.next.is_none() {
                return found;
            }
            cursor = page.next;
        }
    }
}

fn play(kept: &mut Kept, model: &mut Model, batches: &[Vec<Wish>]) {
    for wish in batches.iter().flatten() {
        let event = model.grant(*wish);
        kept.record(event);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_earlier_time_is_shown_as_it_was(
        parts in vec((history(), any::<bool>()), 1..4),
        in_memory in prop::bool::weighted(0.2),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let path = (!in_memory).then(|| dir.path().join("books.db"));
        let (mut kept, mut model) = (Kept::new(path), Model::new());
        for (batches, is_lost) in parts {
            play(&mut kept, &mut model, &batches);
            kept.restart(is_lost);
        }
        kept.check();
    }
}

#[test]
fn a_long_statement_is_read_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let mut kept = Kept::new(Some(dir.path().join("books.db")));
    let trader = TraderId(STATIONS);
    for amount in 1..=300 {
        kept.record([Event::CreditsIssued { trader, amount: credits(amount) }]);
        if amount == 250 {
            kept.restart(false);
        }
    }
    kept.check_statement(trader);
}

#[test]
fn what_has_not_come_yet_is_refused() {
    let kept = Kept::new(None);
    let last = kept.world.journal.last();
    let future = kept.books.stock_at(StationId(0), last.next());
    assert!(matches!(future, Err(PastError::Future { last: known, .. }) if known == last));
}

#[test]
fn books_of_another_journal_are_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("books.db");
    let kept = Kept::new(Some(path.clone()));
    kept.books.close();
    drop(kept);
    std::fs::write(dir.path().join("other.db"), b"no database").unwrap();
    for path in [path, dir.path().join("other.db")] {
        let world = World::in_memory();
        let (books, _feed) = open(&world, Some(&path));
        let began = Instant::now();
        let found = books.balance_at(TraderId(0), Sequence::ZERO).unwrap();
        assert_eq!(found.0, Balance::default());
        assert!(began.elapsed() < Duration::from_secs(30));
    }
}
