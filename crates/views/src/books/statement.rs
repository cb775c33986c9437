//! Statements: the entries of a trader's book, each with what the trader had after it.

use domain::{EventKind, Recorded, Sequence, Timestamp, TraderId};

use super::Books;
use super::book::Book;
use super::pending::Page;
use super::queries::{PAGES_AT_ONCE, PastError, after};
use super::standing::CreditsMoved;
use crate::{AsOf, Balance, Order};

/// Entries that one page of a statement reads of the journal: some ten milliseconds. It says where
/// the next one goes on.
const ENTRIES_READ_MAX: usize = 2_048;

/// Pages of the book that one page of a statement looks at, whether anything of them fits or not.
const PAGES_EXAMINED_MAX: usize = 2_048;

/// Which entries; each field that is given narrows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntryFilter {
    /// That happened at this time or after.
    pub from: Option<Timestamp>,
    /// That happened before this time.
    pub to: Option<Timestamp>,
    /// By events of one of these kinds; none are all.
    pub kinds: Vec<EventKind>,
}

/// One entry of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The event that moved the credits.
    pub recorded: Recorded,
    /// What it moved.
    pub moved: CreditsMoved,
    /// What the trader had after it.
    pub balance: Balance,
}

/// A part of a statement; a short or empty one may have a next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPage {
    /// What was found.
    pub items: Vec<Entry>,
    /// Where the next page begins: pass it as the cursor. `None` at the end.
    pub next: Option<Sequence>,
    /// Everything up to here was seen.
    pub as_of: AsOf,
}

impl EntryFilter {
    fn admits(&self, recorded: &Recorded) -> bool {
        let at = recorded.envelope.occurred_at();
        self.from.is_none_or(|from| at >= from)
            && self.to.is_none_or(|to| at < to)
            && (self.kinds.is_empty() || self.kinds.contains(&EventKind::of(&recorded.event)))
    }

    fn meets(&self, page: &Page) -> bool {
        let (earliest, latest) = page.occurred;
        self.from.is_none_or(|from| latest >= from) && self.to.is_none_or(|to| earliest < to)
    }
}

impl Books {
    /// The entries of a trader's book behind a cursor, in either order, at most `limit`. Reads the
    /// journal.
    pub fn entries(
        &self,
        trader: TraderId,
        filter: &EntryFilter,
        (order, cursor): (Order, Option<Sequence>),
        limit: usize,
    ) -> Result<EntryPage, PastError> {
        self.noted(self.find_entries(trader, filter, (order, cursor), limit))
    }

    fn find_entries(
        &self,
        trader: TraderId,
        filter: &EntryFilter,
        (order, cursor): (Order, Option<Sequence>),
        limit: usize,
    ) -> Result<EntryPage, PastError> {
        let last = self.0.views.read().as_of();
        let as_of = self.reach(last.sequence)?;
        let book = Book::Credits(trader);
        let waiting = self.0.shared.pending.lock().pages(book);
        let mut pages = Pages { books: self, book, waiting, order, stored: Vec::new(), at: None };
        pages.begin(cursor)?;
        let mut page = EntryPage { items: Vec::new(), next: None, as_of };
        let (mut read_count, mut pages_count) = (0, 0);
        while let Some(entered) = pages.next()? {
            pages_count += 1;
            let meets = filter.meets(&entered);
            if !meets && pages_count < PAGES_EXAMINED_MAX {
                continue;
            }
            if read_count >= ENTRIES_READ_MAX || pages_count >= PAGES_EXAMINED_MAX {
                page.next = Some(beyond(order, &entered));
                return Ok(page);
            }
            read_count += entered.sequences.len();
            let mut entries = self.of_page(trader, &entered)?;
            if order == Order::Newest {
                entries.reverse();
            }
            for entry in entries {
                let at = entry.recorded.envelope.sequence;
                let is_behind = cursor.is_none_or(|cursor| match order {
                    Order::Newest => at < cursor,
                    Order::Oldest => at > cursor,
                });
                if !is_behind || at > as_of.sequence || !filter.admits(&entry.recorded) {
                    continue;
                }
                if page.items.len() >= limit.max(1) {
                    page.next = page.items.last().map(|last| last.recorded.envelope.sequence);
                    return Ok(page);
                }
                page.items.push(entry);
            }
        }
        Ok(page)
    }

    /// All entries of a page, oldest first.
    fn of_page(&self, trader: TraderId, page: &Page) -> Result<Vec<Entry>, PastError> {
        let mut balance = page.opening;
        let mut entries = Vec::with_capacity(page.sequences.len());
        for recorded in self.read(&page.sequences)? {
            let moved = CreditsMoved::by(&recorded, trader);
            balance = after(balance, &recorded, trader)?;
            entries.push(Entry { recorded, moved, balance });
        }
        Ok(entries)
    }
}

/// The cursor behind which a page is the next.
fn beyond(order: Order, page: &Page) -> Sequence {
    match order {
        Order::Newest => Sequence(page.last() + 1),
        Order::Oldest => Sequence(page.first().saturating_sub(1)),
    }
}

/// The pages of a book, one after the other: those that waited when it began, and those of the store.
struct Pages<'a> {
    books: &'a Books,
    book: Book,
    /// Oldest first.
    waiting: Vec<Page>,
    order: Order,
    /// What was read of the store, the next one last.
    stored: Vec<Page>,
    /// Where the store is read next; `None` when it has nothing more.
    at: Option<u64>,
}

impl Pages<'_> {
    /// Goes to the first page that may have something behind the cursor.
    fn begin(&mut self, cursor: Option<Sequence>) -> Result<(), PastError> {
        match self.order {
            Order::Newest => {
                let before = cursor.map_or(u64::MAX, |cursor| cursor.0);
                self.waiting.retain(|page| page.first() < before);
                let first = self.waiting.first().map_or(before, Page::first);
                self.at = Some(first.min(before));
            }
            Order::Oldest => {
                let after = cursor.map_or(0, |cursor| cursor.0);
                let begun = self.books.0.shared.reader.page_at(self.book, after)?;
                self.at = Some(begun.map_or(0, |page| page.first()));
                self.waiting.retain(|page| page.last() > after);
                self.waiting.reverse();
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Option<Page>, PastError> {
        match self.order {
            Order::Newest => match self.waiting.pop() {
                Some(page) => Ok(Some(page)),
                None => self.next_stored(),
            },
            Order::Oldest => {
                // Those that wait come behind those of the store, which may have some of them by now.
                let stored = self.next_stored()?;
                if let Some(page) = &stored {
                    self.waiting.retain(|waiting| waiting.first() > page.first());
                    return Ok(stored);
                }
                Ok(self.waiting.pop())
            }
        }
    }

    fn next_stored(&mut self) -> Result<Option<Page>, PastError> {
        if self.stored.is_empty()
            && let Some(at) = self.at
        {
            let reader = &self.books.0.shared.reader;
            self.stored = match self.order {
                Order::Newest => reader.pages_before(self.book, at, PAGES_AT_ONCE)?,
                Order::Oldest => reader.pages_from(self.book, at, PAGES_AT_ONCE)?,
            };
            let is_more = self.stored.len() == PAGES_AT_ONCE;
            let next = self.stored.last().map(|page| match self.order {
                Order::Newest => page.first(),
                Order::Oldest => page.first() + 1,
            });
            self.at = next.filter(|_| is_more);
            self.stored.reverse();
        }
        Ok(self.stored.pop())
    }
}
