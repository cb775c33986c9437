//! Stock on hand and under way: per station, owner and commodity, and summed over owners.
//!
//! Folds movements alone. An entry that holds nothing is forgotten, so memory follows what is
//! there; a sum is kept once seen, so that a sold-out commodity still shows zero at its station.
//! Sums and listings are kept as stock moves, never made by scanning.

use std::collections::BTreeSet;

use domain::{
    Bucket, CommodityId, Envelope, Quantity, StationId, StockAccount, Timestamp, TraderId,
};
use table::{Frozen, Key, Paged, Slot, Table};

/// Station, owner, commodity.
pub(crate) type EntryKey = (u32, u32, u32);
/// Station, commodity.
pub(crate) type TotalKey = (u32, u32);

/// All rows of one station: its entries, and its sums.
pub(crate) type StationRows = (Box<[(EntryKey, Stock)]>, Box<[(TotalKey, Stock)]>);

/// What is held in each way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Stock {
    pub(crate) available: Quantity,
    pub(crate) reserved: Quantity,
    pub(crate) unavailable: Quantity,
    pub(crate) incoming: Quantity,
    pub(crate) changed_at: Timestamp,
}

/// What a movement does to one level.
#[derive(Debug, Clone, Copy)]
enum Change {
    In(Quantity),
    Out(Quantity),
}

impl Stock {
    fn is_empty(&self) -> bool {
        let all = self.available.get()
            | self.reserved.get()
            | self.unavailable.get()
            | self.incoming.get();
        all == 0
    }

    /// Adds what another owner has.
    pub(crate) fn add(&mut self, other: &Self) {
        // All units of a commodity together never exceed the maximum.
        let sum = |one: Quantity, two| one.checked_add(two).unwrap_or(Quantity::MAX);
        self.available = sum(self.available, other.available);
        self.reserved = sum(self.reserved, other.reserved);
        self.unavailable = sum(self.unavailable, other.unavailable);
        self.incoming = sum(self.incoming, other.incoming);
        self.changed_at = self.changed_at.max(other.changed_at);
    }

    #[inline]
    fn change(&mut self, bucket: Bucket, change: Change, envelope: &Envelope) {
        let level = match bucket {
            Bucket::Available => &mut self.available,
            Bucket::Reserved => &mut self.reserved,
            Bucket::Unavailable => &mut self.unavailable,
            Bucket::Incoming => &mut self.incoming,
        };
        let changed = match change {
            Change::In(quantity) => level.checked_add(quantity),
            Change::Out(quantity) => level.checked_sub(quantity),
        };
        *level = changed.unwrap_or_else(|| {
            panic!("event {} moves {change:?} of {level}, which no stock allows", envelope.sequence)
        });
        self.changed_at = envelope.recorded_at;
    }
}

/// What lists the stock of one station.
#[derive(Debug, Clone, Default)]
struct Shelf {
    /// Commodities ever seen here, ascending by number.
    seen: Vec<u32>,
    /// Its entries: (commodity, owner).
    entries: BTreeSet<u64>,
}

/// All stock.
#[derive(Debug, Default)]
pub(crate) struct Inventory {
    entries: Table<EntryKey, Stock>,
    totals: Table<TotalKey, Stock>,
    /// By station. Ordered sets, because listings go on behind a cursor while entries come and go.
    shelves: Paged<Shelf>,
    /// By owner: its entries as (station, commodity).
    holdings: Paged<BTreeSet<u64>>,
}

/// Two numbers as one that sorts by the first, then the second.
#[inline]
fn pair(first: u32, second: u32) -> u64 {
    u64::from(first) << 32 | u64::from(second)
}

#[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
fn unpair(pair: u64) -> (u32, u32) {
    ((pair >> 32) as u32, pair as u32)
}

impl Inventory {
    /// Takes over the tables of a snapshot and makes their listings again: sorted at once, which is
    /// several times faster than one by one.
    pub(crate) fn restored(
        entries: Table<EntryKey, Stock>,
        totals: Table<TotalKey, Stock>,
        station_count: usize,
        trader_count: usize,
    ) -> Option<Self> {
        let mut seen = vec![Vec::new(); station_count];
        for ((station, commodity), _) in totals.iter() {
            seen.get_mut(*station as usize)?.push(*commodity);
        }
        let mut on_shelf = vec![Vec::new(); station_count];
        let mut held = vec![Vec::new(); trader_count];
        for ((station, owner, commodity), _) in entries.iter() {
            let shelf = on_shelf.get_mut(*station as usize)?;
            shelf.push(pair(*commodity, *owner));
            let holding = held.get_mut(*owner as usize)?;
            holding.push(pair(*station, *commodity));
        }
        let sorted = |mut pairs: Vec<u64>| {
            pairs.sort_unstable();
            BTreeSet::from_iter(pairs)
        };
        let mut shelves = Paged::new();
        for (mut seen, entries) in seen.into_iter().zip(on_shelf) {
            seen.sort_unstable();
            let entries = sorted(entries);
            shelves.push(Shelf { seen, entries });
        }
        let mut holdings = Paged::new();
        for pairs in held {
            holdings.push(sorted(pairs));
        }
        Some(Self { entries, totals, shelves, holdings })
    }

    /// Makes room for the next station.
    pub(crate) fn open_shelf(&mut self) {
        self.shelves.push(Shelf::default());
    }

    /// Makes room for the next trader.
    pub(crate) fn open_holding(&mut self) {
        self.holdings.push(BTreeSet::new());
    }

    pub(crate) fn freeze_entries(&self) -> Frozen<(EntryKey, Stock)> {
        self.entries.freeze()
    }

    pub(crate) fn freeze_totals(&self) -> Frozen<(TotalKey, Stock)> {
        self.totals.freeze()
    }

    /// How many entries hold something.
    pub(crate) fn entry_count(&self) -> usize {
        self.entries.len()
    }

    /// Brings what these movements will change into the processor's cache. Memory answers one
    /// question after the other slowly, but many at once nearly as fast as one: hence first all of
    /// the index, then all of the rows, with no question that waits for another's answer.
    pub(crate) fn warm(&self, places: &[EntryKey]) {
        warm(&self.entries, places, |stock| stock.available.get());
    }

    #[inline]
    pub(crate) fn fold(
        &mut self,
        envelope: &Envelope,
        commodity: CommodityId,
        quantity: Quantity,
        from: StockAccount,
        to: StockAccount,
    ) {
        // In before out, so that an entry whose goods only change their bucket never looks empty.
        let (taken, given) = (Change::Out(quantity), Change::In(quantity));
        self.change_entry(envelope, commodity, to, given);
        self.change_entry(envelope, commodity, from, taken);
        // What only changes its owner changes no sum.
        if place(from) != place(to) {
            self.change_total(envelope, commodity, to, given);
            self.change_total(envelope, commodity, from, taken);
        }
    }

    #[inline]
    fn change_entry(
        &mut self,
        envelope: &Envelope,
        commodity: CommodityId,
        account: StockAccount,
        change: Change,
    ) {
        let StockAccount::Level { station, owner, bucket } = account else {
            return;
        };
        let key = (station.0, owner.0, commodity.0);
        let Some(slot) = self.entries.find(&key) else {
            let mut stock = Stock::default();
            stock.change(bucket, change, envelope);
            self.entries.insert(key, stock);
            self.list(key);
            return;
        };
        let stock = self.entries.at_mut(slot);
        stock.change(bucket, change, envelope);
        if stock.is_empty() {
            self.entries.remove(&key);
            self.unlist(key);
        }
    }

    fn change_total(
        &mut self,
        envelope: &Envelope,
        commodity: CommodityId,
        account: StockAccount,
        change: Change,
    ) {
        let StockAccount::Level { station, bucket, .. } = account else {
            return;
        };
        let key = (station.0, commodity.0);
        if let Some(total) = self.totals.get_mut(&key) {
            total.change(bucket, change, envelope);
            return;
        }
        let mut total = Stock::default();
        total.change(bucket, change, envelope);
        self.totals.insert(key, total);
        let seen = &mut self.shelf_mut(station.0).seen;
        let place = seen.partition_point(|other| *other < commodity.0);
        seen.insert(place, commodity.0);
    }

    fn list(&mut self, (station, owner, commodity): EntryKey) {
        self.shelf_mut(station).entries.insert(pair(commodity, owner));
        self.holding_mut(owner).insert(pair(station, commodity));
    }

    fn unlist(&mut self, (station, owner, commodity): EntryKey) {
        self.shelf_mut(station).entries.remove(&pair(commodity, owner));
        self.holding_mut(owner).remove(&pair(station, commodity));
    }

    fn shelf_mut(&mut self, station: u32) -> &mut Shelf {
        self.shelves.get_mut(station as usize).expect("stock moves at stations that exist")
    }

    fn holding_mut(&mut self, owner: u32) -> &mut BTreeSet<u64> {
        self.holdings.get_mut(owner as usize).expect("stock belongs to traders that exist")
    }
}

/// Brings the rows of these keys into the processor's cache; `read` reads some of a row.
pub(crate) fn warm<K: Key, V: Clone>(table: &Table<K, V>, keys: &[K], read: impl Fn(&V) -> u64) {
    let mut seen = keys.iter().fold(0, |seen, key| seen ^ table.touch(key.hash()));
    let slots: Vec<Slot> =
        keys.iter().filter_map(|key| table.find_with(key.hash(), |_| true)).collect();
    for slot in slots {
        seen ^= read(table.at(slot)) ^ table.touch_page(slot) as u64;
    }
    std::hint::black_box(seen);
}

/// Where goods are, whoever owns them.
pub(crate) fn place(account: StockAccount) -> Option<(StationId, Bucket)> {
    match account {
        StockAccount::Level { station, bucket, .. } => Some((station, bucket)),
        StockAccount::Source(_) | StockAccount::Sink(_) => None,
    }
}

/// Listings.
impl Inventory {
    /// The rows of one station: its entries, and its sums.
    pub(crate) fn rows_at(&self, station: StationId) -> StationRows {
        let entry = |(commodity, owner): (CommodityId, TraderId)| {
            let stock = self.entry(station, owner, commodity)?;
            Some(((station.0, owner.0, commodity.0), *stock))
        };
        let total = |commodity: CommodityId| {
            let stock = self.total(station, commodity)?;
            Some(((station.0, commodity.0), *stock))
        };
        let entries = self.owners_at(station, None).filter_map(entry);
        (entries.collect(), self.seen_from(station, 0).filter_map(total).collect())
    }

    /// How many entries a station has.
    pub(crate) fn entries_at(&self, station: StationId) -> usize {
        self.shelves.get(station.index()).map_or(0, |shelf| shelf.entries.len())
    }

    pub(crate) fn total(&self, station: StationId, commodity: CommodityId) -> Option<&Stock> {
        self.totals.get(&(station.0, commodity.0))
    }

    pub(crate) fn entry(
        &self,
        station: StationId,
        owner: TraderId,
        commodity: CommodityId,
    ) -> Option<&Stock> {
        self.entries.get(&(station.0, owner.0, commodity.0))
    }

    /// Commodities ever seen at a station from one on, ascending by number.
    pub(crate) fn seen_from(
        &self,
        station: StationId,
        from: u32,
    ) -> impl Iterator<Item = CommodityId> {
        let listing = self.shelves.get(station.index());
        let seen = listing.map_or(&[] as &[u32], |listing| &listing.seen);
        let begin = seen.partition_point(|commodity| *commodity < from);
        let rest = seen.get(begin..).unwrap_or_default();
        rest.iter().map(|commodity| CommodityId(*commodity))
    }

    /// Who has which commodity at a station; of one commodity, if one is given.
    pub(crate) fn owners_at(
        &self,
        station: StationId,
        commodity: Option<CommodityId>,
    ) -> impl Iterator<Item = (CommodityId, TraderId)> {
        let (low, high) = commodity.map_or((0, u32::MAX), |only| (only.0, only.0));
        let range = pair(low, 0)..=pair(high, u32::MAX);
        let listing = self.shelves.get(station.index());
        let entries = listing.map(|listing| listing.entries.range(range));
        entries.into_iter().flatten().map(|entry| {
            let (commodity, owner) = unpair(*entry);
            (CommodityId(commodity), TraderId(owner))
        })
    }

    /// What an owner has anywhere, from a station and commodity on, in their order.
    pub(crate) fn holdings_from(
        &self,
        owner: TraderId,
        (station, commodity): (u32, u32),
    ) -> impl Iterator<Item = (StationId, CommodityId)> {
        let holding = self.holdings.get(owner.index());
        let entries = holding.map(|holding| holding.range(pair(station, commodity)..));
        entries.into_iter().flatten().map(|entry| {
            let (station, commodity) = unpair(*entry);
            (StationId(station), CommodityId(commodity))
        })
    }
}
