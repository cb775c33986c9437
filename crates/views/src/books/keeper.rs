//! The one who enters committed events into the books, at its own pace.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{Event, Movement, Recorded, Sequence, StationId, Timestamp, TraderId, movements};
use parking_lot::Mutex;

use super::book::{Book, books_of};
use super::pending::{Opening, Pending};
use super::standing::{self, CreditsMoved};
use super::store::{self, About, Store};
use crate::follower::Follow;
use crate::inventory::Inventory;
use crate::{Balance, Views};

/// Openings that wait in memory before they are saved.
const WAITING_OPENINGS_BYTES_MAX: usize = 32 * 1024 * 1024;
/// A rebuild that is so near to the present has met it.
const PRESENT_EVENTS: u64 = 4_096;

/// How the books are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BooksOptions {
    /// Entries that wait in memory, 8 bytes each, before they are saved: as many at once make writing
    /// them cheap.
    pub waiting_entries_max: usize,
    /// Events that are saved when nothing else is to be done; a restart reads fewer again.
    pub events_saved_at_rest: u64,
    /// How long after a save the next one at rest is: under steady load there is rest all the time,
    /// and a save writes a page for nearly every book, however few its entries.
    pub saved_at_rest_after: Duration,
    /// Entries of one page: what a reader of a statement reads of the journal for one entry.
    pub page_entries_max: usize,
    /// Entries of a station between two openings: at least so many, and half as many as it has rows,
    /// which an opening writes all;
    pub opening_entries_min: usize,
    /// but at most so many, which the reader of an earlier time folds.
    pub opening_entries_max: usize,
}

impl Default for BooksOptions {
    fn default() -> Self {
        Self {
            waiting_entries_max: 1_000_000,
            events_saved_at_rest: 16_384,
            saved_at_rest_after: Duration::from_secs(10),
            page_entries_max: 512,
            opening_entries_min: 256,
            opening_entries_max: 16_384,
        }
    }
}

/// What the keeper and the readers share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) pending: Mutex<Pending>,
    pub(super) writer: Store,
    pub(super) reader: Store,
    /// Of the store; none if it is in memory.
    pub(super) path: Option<PathBuf>,
}

impl Shared {
    /// Takes a store that turns out to be damaged out of the way: this process goes on with what it
    /// has open, and the next start finds none and reads the journal again.
    pub(super) fn condemn(&self) {
        if let Some(path) = &self.path {
            tracing::error!("books.db is damaged; a restart makes it anew");
            // Whether it can be deleted or not, the error that led here is what is reported.
            let _ = store::remove(path);
        }
    }
}

/// Follows the committed events.
pub(super) struct Keeper {
    options: BooksOptions,
    shared: Arc<Shared>,
    views: Views,
    about: About,
    /// By trader, as of the position.
    balances: Vec<Balance>,
    /// Whose balances have changed since the last save: by trader, as `balances`.
    touched: Vec<bool>,
    /// Entries since the last opening, by station, of those seen since the start.
    since: Vec<Option<u32>>,
    /// The last openings, by station, of those since the start.
    noted: Vec<Noted>,
    /// All stock as of the position, while the books are made of the past: then the views, which are
    /// in the present, cannot say what a station stood at.
    past: Option<Box<Inventory>>,
    unsaved_events: u64,
    saved_at: Instant,
    books: Vec<Book>,
}

impl Keeper {
    pub(super) fn new(
        options: BooksOptions,
        shared: Arc<Shared>,
        views: Views,
    ) -> rusqlite::Result<Self> {
        let about = shared.writer.about()?;
        let mut balances = Vec::new();
        for (trader, balance) in shared.writer.balances()? {
            *balance_mut(&mut balances, trader) = balance;
        }
        Ok(Self {
            options,
            past: about.rebuilding.then(Box::default),
            shared,
            views,
            about,
            balances,
            touched: Vec::new(),
            since: Vec::new(),
            noted: Vec::new(),
            unsaved_events: 0,
            saved_at: Instant::now(),
            books: Vec::new(),
        })
    }

    /// Enters an event; names the stations whose opening is due with it.
    fn enter(&mut self, pending: &mut Pending, recorded: &Recorded, due: &mut BTreeSet<StationId>) {
        let mut books = std::mem::take(&mut self.books);
        books_of(&recorded.event, &mut books);
        for book in &books {
            let (mut opening, mut since) = (Balance::default(), 0);
            match *book {
                Book::Credits(trader) => {
                    let balance = balance_mut(&mut self.balances, trader);
                    opening = *balance;
                    let after = CreditsMoved::by(recorded, trader).after(opening);
                    *balance = after.unwrap_or_else(|| {
                        // The next start makes it anew.
                        self.shared.condemn();
                        panic!("books.db says that trader {} had {opening:?}", trader.0)
                    });
                    *at_mut(&mut self.touched, trader.index()) = true;
                }
                Book::Stock(station) => {
                    since = self.since_opening(station) + 1;
                    *at_mut(&mut self.since, station.index()) = Some(since);
                    if since as usize >= self.options.opening_entries_min {
                        due.insert(station);
                    }
                }
            }
            let page_max = self.options.page_entries_max;
            pending.waiting.enter(*book, &recorded.envelope, (opening, since), page_max);
        }
        self.books = books;
    }

    fn since_opening(&self, station: StationId) -> u32 {
        if let Some(known) = self.since.get(station.index()).copied().flatten() {
            return known;
        }
        let known = self.shared.writer.since_opening(Book::Stock(station));
        // It only says when the next opening is due; what cannot be read is told when it is asked for.
        known.unwrap_or_default()
    }

    /// Follows all stock, while the books are made of the past.
    fn fold_past(&mut self, recorded: &Recorded) {
        let Some(past) = &mut self.past else {
            return;
        };
        match recorded.event {
            Event::StationCreated { .. } => {
                past.open_shelf();
                past.open_holding();
            }
            Event::TraderCreated { .. } => past.open_holding(),
            _ => {}
        }
        movements(&recorded.event, |movement| {
            if let Movement::Goods { commodity, quantity, from, to } = movement {
                past.fold(&recorded.envelope, commodity, quantity, from, to);
            }
        });
    }

    /// Notes what stations stand at.
    fn open_pages(&mut self, due: BTreeSet<StationId>) -> Result<(), table::ArchiveError> {
        for station in due {
            let book = Book::Stock(station);
            let state = self.views.read();
            let (inventory, at) = match &self.past {
                Some(past) => (&**past, self.about.position),
                None => (&state.inventory, state.as_of().sequence),
            };
            let BooksOptions { opening_entries_min: min, opening_entries_max: max, .. } =
                self.options;
            let wanted = (inventory.entries_at(station) / 2).clamp(min, max.max(min));
            let since = self.since.get(station.index()).copied().flatten().unwrap_or_default();
            // Views that are recovering are not where they were asked to be.
            if (since as usize) < wanted || at < self.about.position {
                continue;
            }
            *at_mut(&mut self.since, station.index()) = Some(0);
            let position = self.about.position;
            let noted = at_mut(&mut self.noted, station.index());
            if !noted.is_worth_another(position, at) {
                continue;
            }
            *noted = Noted { position, at };
            let stock = standing::encode(inventory, station)?.into();
            drop(state);
            self.shared.pending.lock().waiting.openings.push(Opening { book, at, stock });
        }
        Ok(())
    }

    /// Leaves the past behind, once it has become the present.
    fn meet_present(&mut self) {
        let present = self.views.0.events.last();
        // The views may be on their way, too: then they cannot say what a station stands at.
        let is_shown = self.views.read().as_of().sequence >= self.about.position;
        let is_there = present.0 <= self.about.position.0 + PRESENT_EVENTS;
        if self.past.is_some() && is_shown && is_there {
            self.past = None;
            self.about.rebuilding = false;
        }
    }

    fn save(&mut self) -> rusqlite::Result<()> {
        let waiting = self.shared.pending.lock().begin_save();
        let all = (0..).map(TraderId).zip(self.balances.iter().copied());
        let touched = all.zip(&self.touched).filter(|(_, is_touched)| **is_touched);
        let balances: Vec<_> = touched.map(|(balance, _)| balance).collect();
        let saved = self.shared.writer.save(&waiting, &balances, &self.about);
        self.saved_at = Instant::now();
        drop(waiting);
        let mut pending = self.shared.pending.lock();
        if saved.is_ok() {
            pending.end_save();
            self.touched.fill(false);
            self.unsaved_events = 0;
        } else {
            pending.give_up_save();
        }
        saved
    }
}

/// Where the books were, and where the views were that said what a station stood at.
#[derive(Debug, Clone, Copy, Default)]
struct Noted {
    position: Sequence,
    at: Sequence,
}

impl Noted {
    /// Whether the views have moved, too, and not the books alone, which are behind and catch up: else
    /// they would note the same time again and again.
    const fn is_worth_another(self, position: Sequence, at: Sequence) -> bool {
        let read = position.0.saturating_sub(self.position.0);
        let moved = at.0.saturating_sub(self.at.0);
        moved >= read.div_ceil(4)
    }
}

fn balance_mut(balances: &mut Vec<Balance>, trader: TraderId) -> &mut Balance {
    at_mut(balances, trader.index())
}

fn at_mut<T: Clone + Default>(all: &mut Vec<T>, index: usize) -> &mut T {
    if index >= all.len() {
        all.resize(index + 1, T::default());
    }
    all.get_mut(index).expect("it was made room for")
}

impl Follow for Keeper {
    fn position(&self) -> Sequence {
        self.about.position
    }

    fn follow(&mut self, events: &[Recorded]) -> Result<(), Box<dyn Error + Send + Sync>> {
        let pending = self.shared.pending.lock();
        let is_full = pending.waiting.entries_count >= self.options.waiting_entries_max
            || pending.waiting.openings_bytes() >= WAITING_OPENINGS_BYTES_MAX;
        drop(pending);
        if is_full {
            self.save()?;
        }
        let mut due = BTreeSet::new();
        let shared = Arc::clone(&self.shared);
        let mut pending = shared.pending.lock();
        for recorded in events {
            self.enter(&mut pending, recorded, &mut due);
            self.fold_past(recorded);
        }
        drop(pending);
        if let Some(last) = events.last() {
            self.about.position = last.envelope.sequence;
            self.about.recorded_at = last.envelope.recorded_at;
        }
        self.unsaved_events += events.len() as u64;
        if self.past.is_some() {
            self.meet_present();
        }
        if let Err(error) = self.open_pages(due) {
            // Without it a reader of an earlier time folds more events.
            tracing::error!(%error, "what a station stands at could not be noted");
        }
        Ok(())
    }

    fn rest(&mut self) -> Option<Duration> {
        let was_rebuilding = self.past.is_some();
        if was_rebuilding {
            self.meet_present();
        }
        if was_rebuilding && self.past.is_none() {
            self.end();
        }
        if self.unsaved_events < self.options.events_saved_at_rest {
            return None;
        }
        let left = self.options.saved_at_rest_after.saturating_sub(self.saved_at.elapsed());
        if !left.is_zero() {
            return Some(left);
        }
        self.end();
        // What could not be saved is tried again then.
        (self.unsaved_events > 0).then_some(self.options.saved_at_rest_after)
    }

    fn end(&mut self) {
        if let Err(error) = self.save() {
            tracing::warn!(%error, "the books could not be saved; they will be read again");
        }
    }
}

/// How far a store begins that has nothing.
pub(super) fn about_nothing(journal: domain::JournalId) -> About {
    let recorded_at = Timestamp::MIN;
    About { journal, position: Sequence::ZERO, recorded_at, rebuilding: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_again_is_another_time() {
        let noted = Noted { position: Sequence(1_000), at: Sequence(9_000) };
        let check = |position, at, expected| {
            let worth = noted.is_worth_another(Sequence(position), Sequence(at));
            assert_eq!(worth, expected, "{position} {at}");
        };
        // The views run ahead as fast as the books follow, or faster, or slower.
        check(2_000, 10_000, true);
        check(2_000, 30_000, true);
        check(2_000, 9_250, true);
        // Nothing new is written, or little: the books only catch up.
        check(2_000, 9_000, false);
        check(2_000, 9_249, false);
    }
}
