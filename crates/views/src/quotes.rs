//! When stock or price last changed at each station of each commodity, and the last price paid.
//!
//! A row is made with the first change and kept, as the sums of stock are.

use std::collections::VecDeque;

use domain::{CommodityId, Credits, Sequence, StationId, TradeLine};
use table::{Frozen, Table};

use crate::inventory::{TotalKey, warm};
use crate::{Level, State};

/// What is kept of a commodity at a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LastChange {
    /// The last event that changed stock or price.
    pub(crate) changed: Sequence,
    /// What a unit was sold for last, if any was.
    pub(crate) price: Option<Credits>,
    /// The event that did; zero if none did.
    pub(crate) priced: Sequence,
}

/// Changes that are kept in order: a few seconds of a busy network, at 16 bytes each.
const RECENT_CHANGES_KEPT: usize = 65_536;

/// Stock and price of a commodity at a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// Stock, summed over owners.
    pub level: Level,
    /// What a unit was sold for last and by which event, if any was.
    pub price: Option<(Credits, Sequence)>,
    /// The last event that changed any of this.
    pub changed: Sequence,
}

/// All last changes.
#[derive(Debug, Default)]
pub(crate) struct Quotes {
    rows: Table<TotalKey, LastChange>,
    /// The latest changes, oldest first.
    recent: VecDeque<(Sequence, TotalKey)>,
    /// Changes up to here may be missing among the latest.
    forgotten: Sequence,
}

impl Quotes {
    pub(crate) fn restored(rows: Table<TotalKey, LastChange>, at: Sequence) -> Self {
        Self { rows, recent: VecDeque::new(), forgotten: at }
    }

    pub(crate) fn freeze(&self) -> Frozen<(TotalKey, LastChange)> {
        self.rows.freeze()
    }

    /// Brings these rows into the processor's cache.
    pub(crate) fn warm(&self, places: &[TotalKey]) {
        warm(&self.rows, places, |row| row.changed.0);
    }

    /// Stock changed.
    pub(crate) fn touch(&mut self, at: Sequence, station: StationId, commodity: CommodityId) {
        self.change(at, (station.0, commodity.0), None);
    }

    /// Units changed owner at these prices.
    pub(crate) fn trade(&mut self, at: Sequence, station: StationId, lines: &[TradeLine]) {
        for line in lines {
            self.change(at, (station.0, line.commodity.0), Some(line.unit_price));
        }
    }

    fn change(&mut self, at: Sequence, key: TotalKey, price: Option<Credits>) {
        let first = || LastChange { changed: at, price: None, priced: Sequence::ZERO };
        let row = self.rows.get_or_insert_with(key, first);
        row.changed = at;
        if price.is_some() {
            (row.price, row.priced) = (price, at);
        }
        if self.recent.back() == Some(&(at, key)) {
            return;
        }
        if self.recent.len() == RECENT_CHANGES_KEPT
            && let Some((oldest, _)) = self.recent.pop_front()
        {
            self.forgotten = oldest;
        }
        self.recent.push_back((at, key));
    }
}

impl State {
    /// Stock and price of a commodity at a station, if there ever was any.
    pub fn quote(&self, station: StationId, commodity: CommodityId) -> Option<Quote> {
        let stock = self.inventory.total(station, commodity)?;
        let row = self.quotes.rows.get(&(station.0, commodity.0))?;
        Some(Quote {
            level: Level::of(station, commodity, None, stock),
            price: row.price.map(|price| (price, row.priced)),
            changed: row.changed,
        })
    }

    /// Where stock or price changed behind `after`, in order, a place as often as it did; `None` if
    /// that is too long ago to be known here.
    pub fn quotes_changed(&self, after: Sequence) -> Option<Vec<(StationId, CommodityId)>> {
        if after < self.quotes.forgotten {
            return None;
        }
        let recent = &self.quotes.recent;
        let from = recent.partition_point(|(at, _)| *at <= after);
        let places = recent.range(from..).map(|(_, (s, c))| (StationId(*s), CommodityId(*c)));
        Some(places.collect())
    }
}
