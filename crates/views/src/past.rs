//! The past, opened and closed together: each part follows the commits on a thread of its own.

use std::path::Path;
use std::sync::Arc;

use domain::{CommitObserver, EventReader, JournalId};
use thiserror::Error;

use crate::analytics::Retention;
use crate::follower::Progress;
use crate::{Analytics, Books, BooksOptions, History, HistoryOpenError, Views, ViewsError};

/// What was so, what happened, and figures of it. Cloning gives another handle to the same.
#[derive(Clone)]
pub struct Past {
    /// Finds what happened.
    pub history: History,
    /// What every station stood at and every trader had, at any time.
    pub books: Books,
    /// Figures of what happened.
    pub analytics: Analytics,
}

/// What gives committed batches to the parts of the past. They come behind the views.
pub type Feeds = Vec<Box<dyn CommitObserver>>;

/// The past could not be opened.
#[derive(Debug, Error)]
pub enum PastOpenError {
    /// The index.
    #[error(transparent)]
    History(#[from] HistoryOpenError),
    /// The books or the figures.
    #[error(transparent)]
    Store(#[from] ViewsError),
}

impl Past {
    /// Opens what is kept of a journal's past in a folder; without one it is kept in memory. What is
    /// damaged, or of another journal, is made anew from the journal while everything else goes on.
    pub fn open(
        folder: Option<&Path>,
        journal: JournalId,
        views: &Views,
        events: &Arc<dyn EventReader>,
    ) -> Result<(Self, Feeds), PastOpenError> {
        Self::open_keeping(folder, journal, views, events, Retention::default())
    }

    /// The same, keeping short buckets of time for so long.
    pub fn open_keeping(
        folder: Option<&Path>,
        journal: JournalId,
        views: &Views,
        events: &Arc<dyn EventReader>,
        retention: Retention,
    ) -> Result<(Self, Feeds), PastOpenError> {
        let path = |name: &str| folder.map(|folder| folder.join(name));
        let (index, books, figures) = (path("history.db"), path("books.db"), path("analytics.db"));
        let (history, history_feed) = History::open(index.as_deref(), journal, views)?;
        let (books, books_feed) = Books::open(
            books.as_deref(),
            journal,
            views.clone(),
            Arc::clone(events),
            BooksOptions::default(),
        )?;
        let (analytics, analytics_feed) =
            Analytics::open(figures.as_deref(), journal, Arc::clone(events), retention)?;
        let feeds: Feeds =
            vec![Box::new(history_feed), Box::new(books_feed), Box::new(analytics_feed)];
        Ok((Self { history, books, analytics }, feeds))
    }

    /// How far each part has come, by its name.
    pub fn progress(&self) -> [(&'static str, Progress); 3] {
        [
            ("history", self.history.followed()),
            ("books", self.books.followed()),
            ("analytics", self.analytics.followed()),
        ]
    }

    /// Saves what waits and ends the threads: what is committed later is read at the next start.
    pub fn close(&self) {
        self.history.close();
        self.books.close();
        self.analytics.close();
    }
}
