//! Whose books there are, and what an event enters into them.

use std::hash::{Hash, Hasher};

use domain::{CreditAccount, Event, Movement, StationId, StockAccount, TraderId, movements};

/// The book of a station's stock, or of a trader's credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Book {
    /// Of the goods at a station and on their way to it.
    Stock(StationId),
    /// Of a trader's credits.
    Credits(TraderId),
}

impl Hash for Book {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_i64(self.number());
    }
}

impl Book {
    /// Its number in the store.
    pub(super) fn number(self) -> i64 {
        let (kind, id) = match self {
            Self::Stock(station) => (0, station.0),
            Self::Credits(trader) => (1, trader.0),
        };
        kind << 32 | i64::from(id)
    }
}

/// Names each book that an event belongs into, once.
pub(super) fn books_of(event: &Event, books: &mut Vec<Book>) {
    books.clear();
    let mut enter = |book| {
        // A few at most: a hundred lines of a trade are at one station and between two traders.
        if !books.contains(&book) {
            books.push(book);
        }
    };
    movements(event, |movement| match movement {
        Movement::Goods { from, to, .. } => {
            for account in [from, to] {
                if let StockAccount::Level { station, .. } = account {
                    enter(Book::Stock(station));
                }
            }
        }
        Movement::Credits { from, to, .. } => {
            for account in [from, to] {
                if let CreditAccount::Available(trader) | CreditAccount::Held(trader) = account {
                    enter(Book::Credits(trader));
                }
            }
        }
    });
}
