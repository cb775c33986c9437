//! What is entered into the books and not yet in the store.

use std::mem;
use std::sync::Arc;

use domain::{Envelope, Sequence, Timestamp};

use super::book::Book;
use crate::Balance;
use crate::mixer::MixedMap;

/// Some consecutive entries of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// The events, ascending; never none.
    pub(super) sequences: Vec<u64>,
    /// The least and the greatest of when they happened.
    pub(super) occurred: (Timestamp, Timestamp),
    /// What a book of credits stood at before the first of them.
    pub(super) opening: Balance,
    /// How many entries there are since the last opening of a book of stock, this page's included.
    pub(super) since_opening: u32,
}

impl Page {
    fn new(opening: Balance) -> Self {
        let occurred = (Timestamp::MAX, Timestamp::MIN);
        Self { sequences: Vec::new(), occurred, opening, since_opening: 0 }
    }

    pub(super) fn first(&self) -> u64 {
        self.sequences.first().copied().unwrap_or(u64::MAX)
    }

    pub(super) fn last(&self) -> u64 {
        self.sequences.last().copied().unwrap_or(0)
    }
}

/// A station's stock at a sequence, encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opening {
    pub(super) book: Book,
    pub(super) at: Sequence,
    pub(super) stock: Arc<[u8]>,
}

/// Pages and openings that wait to be saved.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// By book, each in order; the last one of a book may grow.
    pub(super) pages: MixedMap<Book, Vec<Page>>,
    pub(super) openings: Vec<Opening>,
    pub(super) entries_count: usize,
}

/// Everything that readers look at before they look into the store.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) waiting: Waiting,
    /// What is being saved: it stays until the store has it.
    pub(super) saving: Arc<Waiting>,
}

impl Waiting {
    /// Enters an event into a book; `opening` is what a book of credits stood at before it.
    pub(super) fn enter(
        &mut self,
        book: Book,
        envelope: &Envelope,
        (opening, since): (Balance, u32),
        page_entries_max: usize,
    ) {
        let pages = self.pages.entry(book).or_default();
        let is_full = |page: &Page| page.sequences.len() >= page_entries_max;
        if pages.last().is_none_or(is_full) {
            pages.push(Page::new(opening));
        }
        if let Some(page) = pages.last_mut() {
            let at = envelope.occurred_at();
            page.sequences.push(envelope.sequence.0);
            page.occurred = (page.occurred.0.min(at), page.occurred.1.max(at));
            page.since_opening = since;
            self.entries_count += 1;
        }
    }
}

impl Waiting {
    /// Bytes of the openings.
    pub(super) fn openings_bytes(&self) -> usize {
        self.openings.iter().map(|one| one.stock.len()).sum()
    }
}

impl Pending {
    /// Moves what waits to where it is saved from.
    pub(super) fn begin_save(&mut self) -> Arc<Waiting> {
        self.saving = Arc::new(mem::take(&mut self.waiting));
        Arc::clone(&self.saving)
    }

    /// The store has it.
    pub(super) fn end_save(&mut self) {
        self.saving = Arc::default();
    }

    /// The store has it not: it waits again. Only the keeper enters, who is the one that saves.
    pub(super) fn give_up_save(&mut self) {
        let saving = mem::take(&mut self.saving);
        if let Some(saving) = Arc::into_inner(saving) {
            self.waiting = saving;
        }
    }

    /// The pages of a book, oldest first.
    pub(super) fn pages(&self, book: Book) -> Vec<Page> {
        let both = [&*self.saving, &self.waiting];
        let pages = both.into_iter().filter_map(|waiting| waiting.pages.get(&book));
        pages.flatten().cloned().collect()
    }

    /// The last opening of a book at or before a sequence.
    pub(super) fn opening(&self, book: Book, at: Sequence) -> Option<Opening> {
        let both = [&*self.saving, &self.waiting];
        let openings = both.into_iter().flat_map(|waiting| &waiting.openings);
        let fit = openings.filter(|opening| opening.book == book && opening.at <= at);
        fit.max_by_key(|opening| opening.at).cloned()
    }
}
