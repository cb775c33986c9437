//! What a station or a trader stood at.

use std::time::Duration;

use domain::{ReadError, Recorded, Scope, Sequence, StationId, Timestamp, TraderId};
use thiserror::Error;

use super::Books;
use super::book::Book;
use super::pending::Page;
use super::standing::{self, CreditsMoved};
use crate::inventory::Inventory;
use crate::levels::Stocks;
use crate::store::is_damage;
use crate::{AsOf, Balance, Level, LevelFilter, State};

/// How long a reader waits for the books to have what is committed: they are behind by a thousandth
/// of a second, or they are made anew and it takes longer than anybody waits.
const WAIT: Duration = Duration::from_secs(1);
/// Events read at a time, where many must be folded: they need not all be in memory.
const ENTRIES_AT_ONCE: usize = 1_024;
/// Pages read from the store at a time.
pub(super) const PAGES_AT_ONCE: usize = 16;

/// An earlier time cannot be shown.
#[derive(Debug, Error)]
pub enum PastError {
    /// It has not come yet.
    #[error("sequence {wanted} has not come yet: the last is {last}")]
    Future {
        /// What was asked for.
        wanted: Sequence,
        /// The last event.
        last: Sequence,
    },
    /// The books have not come so far. Waiting helps.
    #[error("the books have come to sequence {position} of {last}")]
    Behind {
        /// The last event entered.
        position: Sequence,
        /// The last event.
        last: Sequence,
    },
    /// The journal could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The store could not be read.
    #[error("reading books.db, which can be deleted while the server is stopped: {0}")]
    Store(#[from] rusqlite::Error),
    /// The store has what the books never write.
    #[error("books.db is damaged; it can be deleted while the server is stopped: {0}")]
    Damaged(String),
}

/// The stock of one station at an earlier time.
#[derive(Debug)]
pub struct PastStock {
    station: StationId,
    inventory: Inventory,
    /// When it was so.
    pub as_of: AsOf,
}

impl State {
    /// The levels of an earlier time, with the names of now: as [`State::levels`].
    pub fn past_levels(
        &self,
        past: &PastStock,
        filter: &LevelFilter,
        by_owner: bool,
        scope: Scope<'_>,
    ) -> Vec<Level> {
        let stocks = Stocks { directory: &self.directory, inventory: &past.inventory };
        stocks.at(past.station, filter, by_owner, scope)
    }
}

impl Books {
    /// The stock of a station right after the event of this sequence. Reads the journal.
    pub fn stock_at(&self, station: StationId, at: Sequence) -> Result<PastStock, PastError> {
        self.noted(self.find_stock(station, at))
    }

    /// What a trader had right after the event of this sequence. Reads the journal.
    pub fn balance_at(&self, trader: TraderId, at: Sequence) -> Result<(Balance, AsOf), PastError> {
        self.noted(self.find_balance(trader, at))
    }

    /// Takes a store that turns out to be damaged out of the way.
    pub(super) fn noted<T>(&self, found: Result<T, PastError>) -> Result<T, PastError> {
        let is_damaged = match &found {
            Err(PastError::Store(error)) => is_damage(error),
            Err(PastError::Damaged(_)) => true,
            _ => false,
        };
        if is_damaged {
            self.0.shared.condemn();
        }
        found
    }

    fn find_stock(&self, station: StationId, at: Sequence) -> Result<PastStock, PastError> {
        let as_of = self.reach(at)?;
        let book = Book::Stock(station);
        let inner = &*self.0;
        let pending = inner.shared.pending.lock();
        let (waiting, noted) = (pending.pages(book), pending.opening(book, at));
        drop(pending);
        let saved = inner.shared.reader.opening(book, at)?;
        let noted = noted.map(|opening| (opening.at, opening.stock.to_vec()));
        let opening = noted.into_iter().chain(saved).max_by_key(|(at, _)| *at);
        let counts = inner.views.read().counts();
        let damaged = |error: table::ArchiveError| PastError::Damaged(error.to_string());
        let (begin, mut inventory) = match opening {
            Some((begin, bytes)) => {
                let stock = standing::decode(&bytes, counts.stations, counts.traders);
                (begin, stock.map_err(damaged)?)
            }
            None => (Sequence::ZERO, standing::nothing(counts.stations, counts.traders)),
        };
        for entries in self.entries_between(book, begin, at, &waiting)?.chunks(ENTRIES_AT_ONCE) {
            for recorded in self.read(entries)? {
                standing::fold_stock(&mut inventory, station, &recorded);
            }
        }
        Ok(PastStock { station, inventory, as_of })
    }

    fn find_balance(&self, trader: TraderId, at: Sequence) -> Result<(Balance, AsOf), PastError> {
        let as_of = self.reach(at)?;
        let book = Book::Credits(trader);
        let inner = &*self.0;
        let waiting = inner.shared.pending.lock().pages(book);
        let begun = waiting.into_iter().rev().find(|page| page.first() <= at.0);
        let page = match begun {
            Some(page) => Some(page),
            None => inner.shared.reader.page_at(book, at.0)?,
        };
        let Some(page) = page else {
            return Ok((Balance::default(), as_of));
        };
        let entries: Vec<u64> = page.sequences.iter().copied().filter(|one| *one <= at.0).collect();
        let mut balance = page.opening;
        for recorded in self.read(&entries)? {
            balance = after(balance, &recorded, trader)?;
        }
        Ok((balance, as_of))
    }

    /// The last event that was recorded at or before a time; zero if none was. Reads the journal.
    pub fn sequence_at(&self, time: Timestamp) -> Result<Sequence, PastError> {
        let last = self.0.views.read().as_of();
        if time >= last.time {
            return Ok(last.sequence);
        }
        // Times are strictly increasing with the sequence. Of `low` it is known that it is not later.
        let (mut low, mut high) = (0, last.sequence.0);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.recorded(Sequence(middle))?.envelope.recorded_at <= time {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(Sequence(low))
    }

    /// Waits until everything up to here is entered; says when it was recorded.
    pub(super) fn reach(&self, at: Sequence) -> Result<AsOf, PastError> {
        let last = self.0.views.read().as_of();
        if at > last.sequence {
            return Err(PastError::Future { wanted: at, last: last.sequence });
        }
        let is_near = self.0.follower.is_near(at);
        if !is_near || !self.0.follower.wait_for(at, WAIT) {
            let position = self.0.follower.progress().position;
            return Err(PastError::Behind { position, last: last.sequence });
        }
        if at == last.sequence {
            return Ok(last);
        }
        let time = match at {
            Sequence::ZERO => Timestamp::default(),
            at => self.recorded(at)?.envelope.recorded_at,
        };
        Ok(AsOf { sequence: at, time })
    }

    fn recorded(&self, at: Sequence) -> Result<Recorded, PastError> {
        let found = self.0.events.event(at)?;
        let gone = || ReadError { after: at, reason: "an event is not there".to_owned() };
        Ok(found.ok_or_else(gone)?)
    }

    /// These events, ascending.
    pub(super) fn read(&self, entries: &[u64]) -> Result<Vec<Recorded>, PastError> {
        let sequences: Vec<_> = entries.iter().copied().map(Sequence).collect();
        Ok(self.0.events.events(&sequences)?)
    }

    /// The entries of a book behind `begin`, up to `end`. `waiting` is what waited before the store is
    /// looked at: what leaves the one has come to the other.
    fn entries_between(
        &self,
        book: Book,
        begin: Sequence,
        end: Sequence,
        waiting: &[Page],
    ) -> Result<Vec<u64>, PastError> {
        let reader = &self.0.shared.reader;
        let mut entries: Vec<u64> = Vec::new();
        let mut take = |page: &Page| {
            let wanted = |entry: &&u64| **entry > begin.0 && **entry <= end.0;
            entries.extend(page.sequences.iter().filter(wanted));
        };
        waiting.iter().for_each(&mut take);
        let first = reader.page_at(book, begin.next().0)?;
        let mut from = first.as_ref().map_or(0, |page| page.first() + 1);
        first.iter().for_each(&mut take);
        loop {
            let pages = reader.pages_from(book, from, PAGES_AT_ONCE)?;
            let Some(last) = pages.last() else {
                break;
            };
            from = last.first() + 1;
            pages.iter().for_each(&mut take);
            if from > end.0 || pages.len() < PAGES_AT_ONCE {
                break;
            }
        }
        entries.sort_unstable();
        entries.dedup();
        Ok(entries)
    }
}

/// A balance after one more entry.
pub(super) fn after(
    balance: Balance,
    recorded: &Recorded,
    trader: TraderId,
) -> Result<Balance, PastError> {
    let at = recorded.envelope.sequence;
    let after = CreditsMoved::by(recorded, trader).after(balance);
    after.ok_or_else(|| PastError::Damaged(format!("event {at} takes more than there was")))
}
