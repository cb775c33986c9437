//! Books: what every station stood at and what every trader had, at any time.
//!
//! As in a paper ledger, each station has a book of its stock and each trader one of its credits: pages
//! that name the events which moved it, with what it stood at now and then. An earlier standing is the
//! last one noted before it and the entries since; a statement is the entries of some pages.
//!
//! The books are kept beside the views, by a thread of their own, and never hold up who commits. They
//! hold nothing that the journal does not.

mod book;
mod keeper;
mod pending;
mod queries;
mod standing;
mod statement;
mod store;

use std::path::Path;
use std::sync::Arc;

use domain::{Batch, CommitObserver, EventReader, JournalId, Sequence};
use parking_lot::Mutex;

use crate::follower::{Follower, Progress};
use crate::{Views, ViewsError};
use keeper::{Keeper, Shared, about_nothing};

pub use keeper::BooksOptions;
pub use queries::{PastError, PastStock};
pub use standing::CreditsMoved;
pub use statement::{Entry, EntryFilter, EntryPage};

/// The books. Cloning gives another handle to the same.
#[derive(Clone)]
pub struct Books(Arc<Inner>);

struct Inner {
    follower: Follower,
    shared: Arc<Shared>,
    views: Views,
    events: Arc<dyn EventReader>,
}

/// What gives the books each committed batch. Keeps no snapshot: the books have their own store.
pub struct BooksFeed(Books);

impl Books {
    /// Opens the books: `store` is the path of `books.db`; without one they are kept in memory. Books
    /// that are damaged, or not of this journal, are made anew from it, while everything else goes on.
    pub fn open(
        store: Option<&Path>,
        journal: JournalId,
        views: Views,
        events: Arc<dyn EventReader>,
        options: BooksOptions,
    ) -> Result<(Self, BooksFeed), ViewsError> {
        let is_good = |about: &store::About| {
            let is_new = about.position == Sequence::ZERO;
            let found = events.event(about.position)?;
            let is_there =
                found.is_some_and(|recorded| recorded.envelope.recorded_at == about.recorded_at);
            Ok(about.journal == journal && (is_new || (is_there && !about.rebuilding)))
        };
        let (writer, reader) = store::open(store, about_nothing(journal), is_good)?;
        let (pending, path) = (Mutex::default(), store.map(Path::to_owned));
        let shared = Arc::new(Shared { pending, writer, reader, path });
        let failed = |source| ViewsError::Store {
            path: store.unwrap_or(Path::new(":memory:")).to_owned(),
            source,
        };
        let keeper = Keeper::new(options, Arc::clone(&shared), views.clone()).map_err(failed)?;
        let follower = Follower::start("books", Arc::clone(&events), keeper);
        let follower = follower.map_err(ViewsError::Thread)?;
        let books = Self(Arc::new(Inner { follower, shared, views, events }));
        Ok((books.clone(), BooksFeed(books)))
    }

    /// How far they have come.
    pub(crate) fn followed(&self) -> Progress {
        self.0.follower.progress()
    }

    /// Saves what waits and ends the thread: what is committed later is read at the next start.
    pub fn close(&self) {
        self.0.follower.close();
    }
}

impl CommitObserver for BooksFeed {
    /// What was committed when they were opened, they read from the journal by themselves.
    fn position(&self) -> Sequence {
        self.0.0.follower.last()
    }

    fn committed(&mut self, batch: &Arc<Batch>) {
        self.0.0.follower.put(batch);
    }
}
