//! What is in memory: what was counted since the last save, which system and category things are
//! in, and the last price of everything. All of it at one position.

use std::collections::HashMap;

use domain::{CommodityId, Identifier, StationId, Timestamp, TraderId};

use super::cell::{Candle, Cell, Flow, LastPrice};
use super::{Interval, Lane};
use crate::AsOf;
use crate::mixer::MixedMap;

/// Last prices that are remembered: those of 200 commodities at 5,000 stations take about 40 MiB.
/// What is traded anew beyond them has a candle, but no last price.
pub(super) const LAST_PRICES_MAX: usize = 2_000_000;

/// What a flow is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The whole network.
    Network,
    /// A station: what is traded there, what leaves and arrives there.
    Station(StationId),
    /// A system, by the number that analytics gave its name.
    System(u32),
    /// A commodity.
    Commodity(CommodityId),
    /// A category, by the number that analytics gave its name.
    Category(u32),
    /// A trader: what it bought and sold, and what it carried. By hours and days alone.
    Trader(TraderId),
}

const SUBJECT_BITS: u32 = 56;

impl Subject {
    /// Its number among all: sorted by what it is. Must never change.
    pub(super) fn id(self) -> u64 {
        let (what, number) = match self {
            Self::Network => (0, 0),
            Self::Station(id) => (1, id.0),
            Self::System(number) => (2, number),
            Self::Commodity(id) => (3, id.0),
            Self::Category(number) => (4, number),
            Self::Trader(id) => (5, id.0),
        };
        what << SUBJECT_BITS | u64::from(number)
    }

    /// The numbers of all subjects like this one.
    pub(super) fn alike(self) -> std::ops::Range<u64> {
        let first = self.id() >> SUBJECT_BITS << SUBJECT_BITS;
        first..first + (1 << SUBJECT_BITS)
    }

    /// The number that is left of an identifier among its like.
    pub(super) fn number(id: u64) -> u32 {
        low(id)
    }
}

pub(super) fn low(id: u64) -> u32 {
    u32::try_from(id & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

/// Two numbers as one, sorted by the first.
pub(super) fn pair(first: u32, second: u32) -> u64 {
    u64::from(first) << 32 | u64::from(second)
}

/// A cell's place within its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    pub(super) bucket: i64,
    pub(super) id: u64,
}

/// Cells that were counted since the last save, by their finest bucket.
#[derive(Debug, Default)]
pub(super) struct Deltas {
    /// By minute; not of traders.
    pub(super) flows: MixedMap<Place, Flow>,
    /// Of traders, by hour.
    pub(super) traders: MixedMap<Place, Flow>,
    /// By hour.
    pub(super) lanes: MixedMap<Place, Lane>,
    /// By minute.
    pub(super) candles: MixedMap<Place, Candle>,
}

impl Deltas {
    pub(super) fn len(&self) -> usize {
        self.flows.len() + self.traders.len() + self.lanes.len() + self.candles.len()
    }

    /// Forgets all, and keeps the room.
    pub(super) fn clear(&mut self) {
        self.flows.clear();
        self.traders.clear();
        self.lanes.clear();
        self.candles.clear();
    }

    pub(super) fn flow(&mut self, subject: Subject, at: Timestamp) -> &mut Flow {
        let id = subject.id();
        let (cells, finest) = match subject {
            Subject::Trader(_) => (&mut self.traders, Interval::Hour),
            _ => (&mut self.flows, Interval::Minute),
        };
        cells.entry(Place { bucket: finest.bucket(at), id }).or_default()
    }

    pub(super) fn lane(&mut self, from: StationId, to: StationId, at: Timestamp) -> &mut Lane {
        let bucket = Interval::Hour.bucket(at);
        self.lanes.entry(Place { bucket, id: pair(from.0, to.0) }).or_default()
    }
}

/// Tells the cells of a map that are in these buckets of a longer interval and have these numbers.
pub(super) fn within<C: Cell>(
    cells: &MixedMap<Place, C>,
    finest: Interval,
    (interval, buckets): (Interval, &std::ops::Range<i64>),
    ids: &std::ops::Range<u64>,
    mut tell: impl FnMut(Place, &C),
) {
    for (place, cell) in cells.iter().filter(|(place, _)| ids.contains(&place.id)) {
        let bucket = finest.widen(place.bucket, interval);
        if buckets.contains(&bucket) {
            tell(Place { bucket, id: place.id }, cell);
        }
    }
}

/// Names that events bring, numbered in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Names {
    numbers: HashMap<Identifier, u32>,
    names: Vec<Identifier>,
}

impl Names {
    pub(super) fn number(&mut self, name: &Identifier) -> u32 {
        if let Some(known) = self.numbers.get(name) {
            return *known;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.numbers.insert(name.clone(), number);
        self.names.push(name.clone());
        number
    }

    pub(super) fn find(&self, name: &Identifier) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// Those that were numbered from here on.
    pub(super) fn from(&self, number: usize) -> &[Identifier] {
        self.names.get(number..).unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }
}

/// Which system each station is in, and which category each commodity, as of the last event.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) systems: Names,
    pub(super) categories: Names,
    pub(super) system_of: Vec<u32>,
    pub(super) category_of: Vec<Option<u32>>,
    /// Stations and commodities that changed since the last save.
    pub(super) changed_stations: Vec<StationId>,
    pub(super) changed_commodities: Vec<CommodityId>,
    /// How many names the store has.
    pub(super) systems_saved: usize,
    pub(super) categories_saved: usize,
}

impl Places {
    /// The store has all of it now.
    pub(super) fn saved(&mut self) {
        self.changed_stations.clear();
        self.changed_commodities.clear();
        (self.systems_saved, self.categories_saved) = (self.systems.len(), self.categories.len());
    }

    pub(super) fn put_station(&mut self, station: StationId, system: &Identifier) {
        let number = self.systems.number(system);
        put(&mut self.system_of, station.index(), number);
        self.changed_stations.push(station);
    }

    pub(super) fn put_commodity(&mut self, commodity: CommodityId, category: Option<&Identifier>) {
        let number = category.map(|name| self.categories.number(name));
        put(&mut self.category_of, commodity.index(), number);
        self.changed_commodities.push(commodity);
    }

    pub(super) fn system(&self, station: StationId) -> Option<u32> {
        self.system_of.get(station.index()).copied()
    }

    pub(super) fn category(&self, commodity: CommodityId) -> Option<u32> {
        self.category_of.get(commodity.index()).copied().flatten()
    }
}

pub(super) fn put<T: Clone + Default>(rows: &mut Vec<T>, at: usize, value: T) {
    if rows.len() <= at {
        rows.resize(at + 1, T::default());
    }
    if let Some(row) = rows.get_mut(at) {
        *row = value;
    }
}

/// The last price of a commodity at a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Credits a unit.
    pub price: u64,
    /// When it was paid: `occurredAt`.
    pub at: Timestamp,
}

/// The last prices, by commodity.
#[derive(Debug, Default)]
pub(super) struct Prices {
    by_commodity: Vec<MixedMap<u32, Price>>,
    count: usize,
}

impl Prices {
    pub(super) fn put(&mut self, station: StationId, commodity: CommodityId, price: Price) {
        let at = commodity.index();
        if self.by_commodity.len() <= at {
            self.by_commodity.resize_with(at + 1, MixedMap::default);
        }
        let Some(prices) = self.by_commodity.get_mut(at) else { return };
        if let Some(known) = prices.get_mut(&station.0) {
            *known = price;
        } else if self.count < LAST_PRICES_MAX {
            prices.insert(station.0, price);
            self.count += 1;
        }
    }

    pub(super) fn get(&self, station: StationId, commodity: CommodityId) -> Option<Price> {
        self.by_commodity.get(commodity.index())?.get(&station.0).copied()
    }

    /// Where a commodity was traded, and the last price there.
    pub(super) fn of(&self, commodity: CommodityId) -> impl Iterator<Item = (StationId, Price)> {
        let prices = self.by_commodity.get(commodity.index()).into_iter().flatten();
        prices.map(|(station, price)| (StationId(*station), *price))
    }
}

/// Everything that readers and the one who folds share.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) as_of: AsOf,
    pub(super) deltas: Deltas,
    pub(super) places: Places,
    pub(super) prices: Prices,
}

impl Memory {
    /// The last prices of what was traded since the last save, as cells.
    pub(super) fn fresh_prices(&self) -> Vec<(Place, LastPrice)> {
        let mut fresh = Vec::with_capacity(self.deltas.candles.len());
        for (place, candle) in &self.deltas.candles {
            let (station, commodity) = (low(place.id >> 32), low(place.id));
            let last = self.prices.get(StationId(station), CommodityId(commodity));
            let Some(Price { price, at }) = last else { continue };
            let cell = LastPrice { sequence: candle.last, price, at };
            fresh.push((Place { bucket: 0, id: place.id }, cell));
        }
        fresh
    }
}
