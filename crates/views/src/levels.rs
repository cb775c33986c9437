//! Questions about stock: at one station, and everywhere.

use std::iter;

use domain::{CommodityId, Quantity, Scope, StationId, Timestamp, TraderId};

use crate::State;
use crate::inventory::Stock;

/// Entries that one page of a listing looks at, found or not: with two cache misses each, it holds
/// the lock for less than a millisecond.
const LEVELS_EXAMINED_MAX: usize = 4_096;

/// Stock of a commodity at a station, of one owner or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Where.
    pub station: StationId,
    /// What.
    pub commodity: CommodityId,
    /// Whose, if it is one owner's: when listed by owner or for an owner.
    pub owner: Option<TraderId>,
    /// Units free to be traded, shipped or consumed.
    pub available: Quantity,
    /// Units promised to booked shipments.
    pub reserved: Quantity,
    /// Units there, but damaged or rejected.
    pub unavailable: Quantity,
    /// Units under way to here; not on hand.
    pub incoming: Quantity,
    /// When one of these quantities last changed, in network time. A change of owner changes none
    /// of those summed over owners.
    pub changed_at: Timestamp,
}

impl Level {
    /// Units that are there: available, reserved and unavailable.
    pub fn on_hand(&self) -> Quantity {
        let sum = self.available.get() + self.reserved.get() + self.unavailable.get();
        // All units of a commodity together never exceed the maximum.
        Quantity::new(sum).unwrap_or(Quantity::MAX)
    }

    /// Adds what another owner has of the same there.
    pub fn add(&mut self, other: &Self) {
        let sum = |one: Quantity, two| one.checked_add(two).unwrap_or(Quantity::MAX);
        self.available = sum(self.available, other.available);
        self.reserved = sum(self.reserved, other.reserved);
        self.unavailable = sum(self.unavailable, other.unavailable);
        self.incoming = sum(self.incoming, other.incoming);
        self.changed_at = self.changed_at.max(other.changed_at);
    }

    pub(crate) fn of(
        station: StationId,
        commodity: CommodityId,
        owner: Option<TraderId>,
        stock: &Stock,
    ) -> Self {
        Self {
            station,
            commodity,
            owner,
            available: stock.available,
            reserved: stock.reserved,
            unavailable: stock.unavailable,
            incoming: stock.incoming,
            changed_at: stock.changed_at,
        }
    }
}

/// Which levels; each field that is given narrows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LevelFilter {
    /// Of this commodity.
    pub commodity: Option<CommodityId>,
    /// Of this owner.
    pub owner: Option<TraderId>,
    /// With at least this much available.
    pub min_available: Option<Quantity>,
}

impl LevelFilter {
    fn admits(&self, level: &Level) -> bool {
        let enough = self.min_available.is_none_or(|min| level.available >= min);
        enough && self.commodity.is_none_or(|only| only == level.commodity)
    }
}

/// The last place that a page looked at. Pages go by station, then commodity, both in the order of
/// creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LevelCursor {
    /// Where.
    pub station: StationId,
    /// What; the greatest number stands for all of the station.
    pub commodity: CommodityId,
}

/// A part of the levels everywhere; short or empty pages may have a next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelPage {
    /// What was found.
    pub items: Vec<Level>,
    /// Where the next page begins: pass it as `after`. `None` at the end.
    pub next: Option<LevelCursor>,
}

/// Levels of one station at a time, at most: they are sorted and shown under the lock that the fold
/// waits for.
pub const LEVELS_MAX: usize = 10_000;

/// Levels.
impl State {
    /// Levels at one station in the order of the commodities' names, then the owners'. Summed over
    /// owners unless `by_owner` or for one owner; sums show commodities that are sold out, owners'
    /// levels only what they have. Whoever sees some accounts alone sees their stock alone, summed
    /// over them. By owner they are at most [`LEVELS_MAX`]; one more says that not
    /// all are there.
    pub fn levels(
        &self,
        station: StationId,
        filter: &LevelFilter,
        by_owner: bool,
        scope: Scope<'_>,
    ) -> Vec<Level> {
        let mut levels = match (filter.owner, scope) {
            (Some(owner), _) if scope.sees(owner) => self.levels_of_owner(station, owner, filter),
            (Some(_), _) => Vec::new(),
            (None, Scope::Network) if by_owner => self.levels_by_owner(station, filter),
            (None, Scope::Network) => self.levels_summed(station, filter),
            (None, Scope::Accounts(own)) if by_owner => self.levels_of_some(station, own, filter),
            (None, Scope::Accounts(own)) => {
                let from = (station.0, 0);
                let here = self.sums_of_some(own, from).take_while(|one| one.station == station);
                here.filter(|level| filter.admits(level)).take(LEVELS_MAX + 1).collect()
            }
        };
        let name = |owner: Option<TraderId>| self.trader(owner?).map(|trader| &trader.name);
        levels.sort_unstable_by(|one, other| {
            let rank = |level: &Level| self.directory.rank(level.commodity);
            let by_commodity = rank(one).cmp(&rank(other));
            by_commodity.then_with(|| name(one.owner).cmp(&name(other.owner)))
        });
        levels
    }

    /// Levels everywhere, by station, then commodity, both in the order of creation: summed over
    /// owners, or one owner's. At most `limit`, at least room for one.
    pub fn levels_everywhere(
        &self,
        filter: &LevelFilter,
        after: Option<LevelCursor>,
        limit: usize,
        scope: Scope<'_>,
    ) -> LevelPage {
        let from = after.map_or((0, 0), |cursor| match cursor.commodity.0.checked_add(1) {
            Some(commodity) => (cursor.station.0, commodity),
            None => (cursor.station.0.saturating_add(1), 0),
        });
        if let (None, Scope::Accounts(own)) = (filter.owner, scope) {
            let examined = LEVELS_EXAMINED_MAX / own.len().max(1);
            return page_of(self.sums_of_some(own, from), examined, limit, filter);
        }
        match (filter.owner, filter.commodity) {
            (Some(owner), _) if !scope.sees(owner) => LevelPage { items: Vec::new(), next: None },
            (Some(owner), _) => {
                let places = self.inventory.holdings_from(owner, from);
                self.page(filter, limit, places.map(|(s, c)| (s, Some(c))))
            }
            (None, Some(commodity)) => {
                let begin = from.0.saturating_add(u32::from(from.1 > commodity.0));
                let stations = self.directory.stations().iter_from(begin as usize);
                let places = stations.map(|station| (station.id, Some(commodity)));
                self.page(filter, limit, places)
            }
            (None, None) => self.page(filter, limit, self.places_from(from)),
        }
    }

    /// Every commodity ever seen at a station, station by station; each ends with a place without a
    /// commodity, so that stations without stock count as work, too.
    fn places_from(
        &self,
        (first, commodity): (u32, u32),
    ) -> impl Iterator<Item = (StationId, Option<CommodityId>)> {
        let stations = self.directory.stations().iter_from(first as usize);
        stations.flat_map(move |station| {
            let from = if station.id.0 == first { commodity } else { 0 };
            let seen = self.inventory.seen_from(station.id, from);
            let places = seen.map(move |commodity| (station.id, Some(commodity)));
            places.chain([(station.id, None)])
        })
    }

    /// Looks at places until the page is full or has cost enough.
    fn page(
        &self,
        filter: &LevelFilter,
        limit: usize,
        mut places: impl Iterator<Item = (StationId, Option<CommodityId>)>,
    ) -> LevelPage {
        let mut page = LevelPage { items: Vec::new(), next: None };
        for _ in 0..LEVELS_EXAMINED_MAX {
            let Some((station, place)) = places.next() else {
                page.next = None;
                return page;
            };
            let commodity = place.unwrap_or(CommodityId(u32::MAX));
            page.next = Some(LevelCursor { station, commodity });
            let stock = match filter.owner {
                Some(owner) => self.inventory.entry(station, owner, commodity),
                None => self.inventory.total(station, commodity),
            };
            let level = stock.map(|stock| Level::of(station, commodity, filter.owner, stock));
            page.items.extend(level.filter(|level| filter.admits(level)));
            if page.items.len() >= limit.max(1) {
                break;
            }
        }
        if places.next().is_none() {
            page.next = None;
        }
        page
    }

    fn levels_summed(&self, station: StationId, filter: &LevelFilter) -> Vec<Level> {
        let level = |commodity| {
            let total = self.inventory.total(station, commodity)?;
            Some(Level::of(station, commodity, None, total))
        };
        let admitted = |level: &Level| filter.admits(level);
        if let Some(only) = filter.commodity {
            return level(only).filter(admitted).into_iter().collect();
        }
        let seen = self.inventory.seen_from(station, 0);
        seen.filter_map(level).filter(admitted).collect()
    }

    /// What some owners have, from a station and commodity on, in their order, summed over them.
    fn sums_of_some<'a>(
        &'a self,
        owners: &'a [TraderId],
        from: (u32, u32),
    ) -> impl Iterator<Item = Level> + 'a {
        let held = |owner: &TraderId| self.inventory.holdings_from(*owner, from).peekable();
        let mut each: Vec<_> = owners.iter().map(|owner| (*owner, held(owner))).collect();
        iter::from_fn(move || {
            let heads = each.iter_mut().filter_map(|(_, places)| places.peek().copied());
            let (station, commodity) = heads.min()?;
            let mut sum = Stock::default();
            for (owner, places) in &mut each {
                if places.next_if_eq(&(station, commodity)).is_some()
                    && let Some(stock) = self.inventory.entry(station, *owner, commodity)
                {
                    sum.add(stock);
                }
            }
            Some(Level::of(station, commodity, None, &sum))
        })
    }

    fn levels_of_some(
        &self,
        station: StationId,
        owners: &[TraderId],
        filter: &LevelFilter,
    ) -> Vec<Level> {
        let each = owners.iter().flat_map(|owner| self.levels_of_owner(station, *owner, filter));
        each.take(LEVELS_MAX + 1).collect()
    }

    fn levels_by_owner(&self, station: StationId, filter: &LevelFilter) -> Vec<Level> {
        let entries = self.inventory.owners_at(station, filter.commodity);
        let level = |(commodity, owner)| {
            let stock = self.inventory.entry(station, owner, commodity)?;
            Some(Level::of(station, commodity, Some(owner), stock))
        };
        let admitted = |level: &Level| filter.admits(level);
        entries.filter_map(level).filter(admitted).take(LEVELS_MAX + 1).collect()
    }

    fn levels_of_owner(
        &self,
        station: StationId,
        owner: TraderId,
        filter: &LevelFilter,
    ) -> Vec<Level> {
        let held = self.inventory.holdings_from(owner, (station.0, 0));
        let here = held.take_while(|(place, _)| *place == station);
        let level = |(_, commodity)| {
            let stock = self.inventory.entry(station, owner, commodity)?;
            Some(Level::of(station, commodity, Some(owner), stock))
        };
        let admitted = |level: &Level| filter.admits(level);
        here.filter_map(level).filter(admitted).collect()
    }
}

/// Looks at levels until the page is full or `examined` were.
fn page_of(
    mut levels: impl Iterator<Item = Level>,
    examined: usize,
    limit: usize,
    filter: &LevelFilter,
) -> LevelPage {
    let mut page = LevelPage { items: Vec::new(), next: None };
    for _ in 0..examined.max(1) {
        let Some(level) = levels.next() else {
            page.next = None;
            return page;
        };
        page.next = Some(LevelCursor { station: level.station, commodity: level.commodity });
        page.items.extend(filter.admits(&level).then_some(level));
        if page.items.len() >= limit.max(1) {
            break;
        }
    }
    if levels.next().is_none() {
        page.next = None;
    }
    page
}
