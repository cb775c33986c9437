//! Where to buy and where to sell: the best pairs of prices, by open offers and by what was last paid.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use domain::{CommodityId, Position, Side, StationId, Timestamp};

use super::query::{AnalyticsError, Shown};
use super::{Analytics, Price};
use crate::Views;
use crate::offers::BestOffer;

/// Pairs of stations that one answer looks at: some ten milliseconds.
const PAIRS_EXAMINED_MAX: usize = 1_000_000;
/// Prices that one answer looks at, offers and last prices together: the same.
const PRICES_EXAMINED_MAX: usize = 1_000_000;
/// Offers of a commodity and side that are looked at, best first.
const OFFERS_EXAMINED_MAX: usize = 4_096;

/// Which routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteFilter {
    /// Of this commodity; of all if not given.
    pub commodity: Option<CommodityId>,
    /// At most so far, in thousandths of a light-year.
    pub distance_max: Option<i64>,
    /// Last prices that were paid at this time or later; open offers are never too old.
    pub since: Option<Timestamp>,
    /// At most so many.
    pub limit: usize,
}

/// A price at a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// Where.
    pub station: StationId,
    /// Credits a unit.
    pub price: u64,
    /// How much of it there is, if it is an open offer's; of the offers of this price together.
    pub quantity: Option<u64>,
    /// When the offer was posted, or the price was last paid.
    pub at: Timestamp,
}

/// Buy here, sell there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// What.
    pub commodity: CommodityId,
    /// Where it is bought.
    pub buy: Quote,
    /// Where it is sold, for more.
    pub sell: Quote,
    /// The square of the distance, in thousandths of a light-year.
    pub distance_squared: u128,
}

/// The best routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routes {
    /// Between two open offers first, then with one, then between last prices; each by profit a
    /// unit, then by distance.
    pub items: Vec<Route>,
    /// Whether there was time to look at everything.
    pub is_complete: bool,
}

impl Route {
    /// Credits a unit.
    pub fn profit(&self) -> u64 {
        self.sell.price.saturating_sub(self.buy.price)
    }

    fn order(&self) -> impl Ord + use<> {
        let stations = (self.buy.station, self.sell.station);
        (Reverse(self.profit()), self.distance_squared, stations, self.commodity)
    }

    /// How many of its ends are no open offers.
    fn class(&self) -> usize {
        usize::from(self.buy.quantity.is_none()) + usize::from(self.sell.quantity.is_none())
    }
}

/// The prices of a commodity.
struct Market {
    commodity: CommodityId,
    /// Offers to sell and last prices, the cheapest first.
    to_buy_at: [Vec<Quote>; 2],
    /// Offers to buy and last prices, the dearest first.
    to_sell_at: [Vec<Quote>; 2],
}

/// A search for the best.
struct Search {
    filter: RouteFilter,
    positions: HashMap<StationId, Position>,
    /// By class, the best first.
    found: [BTreeSet<Found>; 3],
    pairs_left: usize,
}

/// A route in its order.
struct Found(Route);

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Found {}

impl PartialOrd for Found {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Found {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.order().cmp(&other.0.order())
    }
}

impl Analytics {
    /// The best pairs of prices now.
    pub fn routes(
        &self,
        views: &Views,
        filter: RouteFilter,
    ) -> Result<Shown<Routes>, AnalyticsError> {
        let count = views.read().counts().commodities;
        let commodities = match filter.commodity {
            Some(only) => only.0..only.0 + 1,
            None => 0..u32::try_from(count).unwrap_or(u32::MAX),
        };
        let shown = self.look(|_| Ok(()), |_, (), _| Ok(()))?;
        let mut search = Search {
            filter,
            positions: HashMap::new(),
            found: Default::default(),
            pairs_left: PAIRS_EXAMINED_MAX,
        };
        let (mut is_complete, mut prices_left) = (true, PRICES_EXAMINED_MAX);
        for commodity in commodities.map(CommodityId) {
            let (market, is_whole) = self.market(views, commodity, filter.since, &mut search);
            is_complete &= is_whole;
            let lists = market.to_buy_at.iter().chain(&market.to_sell_at);
            let prices = lists.map(Vec::len).sum::<usize>() + 1;
            let Some(left) = prices_left.checked_sub(prices) else {
                is_complete = false;
                break;
            };
            prices_left = left;
            is_complete &= search.look_at(&market);
        }
        let [firm, half, told] = search.found;
        let all = firm.into_iter().chain(half).chain(told).map(|Found(route)| route);
        let items = all.take(filter.limit).collect();
        Ok(Shown { figures: Routes { items, is_complete }, as_of: shown.as_of })
    }

    /// What a commodity is to be had and sold for, and whether that is all of it.
    fn market(
        &self,
        views: &Views,
        commodity: CommodityId,
        since: Option<Timestamp>,
        search: &mut Search,
    ) -> (Market, bool) {
        let last: Vec<(StationId, Price)> = {
            let memory = self.0.shared.memory.read();
            let recent = |(_, price): &(StationId, Price)| since.is_none_or(|at| price.at >= at);
            memory.prices.of(commodity).filter(recent).collect()
        };
        let state = views.read();
        let offered = |side| {
            let (best, is_whole) = state.best_offers(commodity, side, OFFERS_EXAMINED_MAX);
            (best.into_iter().map(Quote::from).collect::<Vec<_>>(), is_whole)
        };
        let ((sells, all_sells), (buys, all_buys)) = (offered(Side::Sell), offered(Side::Buy));
        let is_whole = all_sells && all_buys;
        let told = |offers: &[Quote]| -> Vec<Quote> {
            let known: BTreeSet<_> = offers.iter().map(|quote| quote.station).collect();
            let others = last.iter().filter(|(station, _)| !known.contains(station));
            others.map(|(station, price)| Quote::paid(*station, *price)).collect()
        };
        let (mut cheap, mut dear) = (told(&sells), told(&buys));
        cheap.sort_unstable_by_key(|quote| (quote.price, quote.station));
        dear.sort_unstable_by_key(|quote| (Reverse(quote.price), quote.station));
        let market = Market { commodity, to_buy_at: [sells, cheap], to_sell_at: [buys, dear] };
        for quote in market.to_buy_at.iter().chain(&market.to_sell_at).flatten() {
            if let Some(station) = state.station(quote.station) {
                search.positions.entry(quote.station).or_insert(station.details.position);
            }
        }
        (market, is_whole)
    }
}

impl From<BestOffer> for Quote {
    fn from(offer: BestOffer) -> Self {
        Self {
            station: offer.station,
            price: offer.unit_price.get(),
            quantity: Some(offer.quantity),
            at: offer.opened_at,
        }
    }
}

impl Quote {
    fn paid(station: StationId, Price { price, at }: Price) -> Self {
        Self { station, price, quantity: None, at }
    }
}

impl Search {
    /// Looks at all pairs of a market that may be among the best; says whether it could.
    fn look_at(&mut self, market: &Market) -> bool {
        for cheap in &market.to_buy_at {
            for dear in &market.to_sell_at {
                if !self.pairs(market.commodity, cheap, dear) {
                    return false;
                }
            }
        }
        true
    }

    fn pairs(&mut self, commodity: CommodityId, cheap: &[Quote], dear: &[Quote]) -> bool {
        for buy in cheap {
            for (at, sell) in dear.iter().enumerate() {
                let route = Route { commodity, buy: *buy, sell: *sell, distance_squared: 0 };
                if route.profit() == 0 || self.is_too_little(&route) {
                    if at == 0 {
                        // Whoever sells for more than this one leaves even less.
                        return true;
                    }
                    break;
                }
                let Some(left) = self.pairs_left.checked_sub(1) else { return false };
                self.pairs_left = left;
                self.put(route);
            }
        }
        true
    }

    /// Whether it cannot be among the best, however near its ends are.
    fn is_too_little(&self, route: &Route) -> bool {
        let Some(found) = self.found.get(route.class()) else { return true };
        let last = found.last().filter(|_| found.len() >= self.filter.limit);
        last.is_some_and(|last| route.profit() < last.0.profit())
    }

    fn put(&mut self, mut route: Route) {
        let ends =
            (self.positions.get(&route.buy.station), self.positions.get(&route.sell.station));
        let (Some(from), Some(to)) = ends else { return };
        route.distance_squared = distance_squared(*from, *to);
        let max = self.filter.distance_max.map(|max| u128::from(max.unsigned_abs()).pow(2));
        let is_far = max.is_some_and(|max| route.distance_squared > max);
        if is_far || route.buy.station == route.sell.station {
            return;
        }
        if let Some(found) = self.found.get_mut(route.class()) {
            found.insert(Found(route));
            if found.len() > self.filter.limit {
                found.pop_last();
            }
        }
    }
}

fn distance_squared(from: Position, to: Position) -> u128 {
    let square = |one: i64, other: i64| u128::from(one.abs_diff(other)).pow(2);
    square(from.x, to.x) + square(from.y, to.y) + square(from.z, to.z)
}
