//! Open offers, best price first. One that has ended is forgotten: its events are in the journal.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CommodityId, Envelope, Offer, OfferId, OfferOpened, OfferRest, OfferTaken, Sequence, Side,
    StationId, TradeLine, TraderId,
};
use table::{Frozen, Table};

use crate::State;

/// Offers that one page looks at, found or not: with a cache miss each, it holds the lock for less
/// than a millisecond.
const OFFERS_EXAMINED_MAX: usize = 4_096;

/// Which offers; each field that is given narrows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OfferFilter {
    /// At this station.
    pub station: Option<StationId>,
    /// Of this commodity.
    pub commodity: Option<CommodityId>,
    /// To sell, or to buy.
    pub side: Option<Side>,
    /// Of this trader.
    pub trader: Option<TraderId>,
}

impl OfferFilter {
    fn admits(&self, offer: &Offer) -> bool {
        self.station.is_none_or(|only| only == offer.station)
            && self.commodity.is_none_or(|only| only == offer.commodity)
            && self.side.is_none_or(|only| only == offer.side)
            && self.trader.is_none_or(|only| only == offer.trader)
    }
}

/// The place of an offer among all: by commodity in the order of creation, offers to sell before
/// those to buy, the best price first, the oldest of one price first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OfferPlace {
    /// Twice the commodity's number, and one more for offers to buy.
    pub good: u32,
    /// The price, such that a better one is less.
    pub price: u64,
    /// The offer.
    pub id: u64,
}

impl OfferPlace {
    fn of(offer: &Offer) -> Self {
        let price = offer.unit_price.get();
        Self {
            good: good(offer.commodity, offer.side),
            price: match offer.side {
                Side::Sell => price,
                Side::Buy => u64::MAX - price,
            },
            id: offer.id.0.0,
        }
    }

    /// Before all of a good.
    const fn first(good: u32) -> Self {
        Self { good, price: 0, id: 0 }
    }

    /// Behind all of a good.
    const fn last(good: u32) -> Self {
        Self { good, price: u64::MAX, id: u64::MAX }
    }
}

fn good(commodity: CommodityId, side: Side) -> u32 {
    (commodity.0 << 1) | u32::from(side == Side::Buy)
}

/// A part of the open offers; short or empty pages may have a next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferPage {
    /// What was found.
    pub items: Vec<Offer>,
    /// Where the next page begins: pass it as `after`. `None` at the end.
    pub next: Option<OfferPlace>,
}

/// All open offers.
#[derive(Debug, Default)]
pub(crate) struct Offers {
    open: Table<u64, Offer>,
    /// All, in their order.
    places: BTreeSet<OfferPlace>,
    /// The same within each station, and within those of each trader.
    by_station: BTreeSet<(u32, OfferPlace)>,
    by_trader: BTreeSet<(u32, OfferPlace)>,
}

impl Offers {
    pub(crate) fn restored(open: Table<u64, Offer>) -> Self {
        let rows = || open.iter().map(|(_, offer)| (offer, OfferPlace::of(offer)));
        Self {
            places: rows().map(|(_, place)| place).collect(),
            by_station: rows().map(|(offer, place)| (offer.station.0, place)).collect(),
            by_trader: rows().map(|(offer, place)| (offer.trader.0, place)).collect(),
            open,
        }
    }

    pub(crate) fn freeze(&self) -> Frozen<(u64, Offer)> {
        self.open.freeze()
    }

    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn get(&self, id: OfferId) -> Option<&Offer> {
        self.open.get(&id.0.0)
    }

    pub(crate) fn post(&mut self, envelope: &Envelope, opened: &OfferOpened) {
        opened.replaced.iter().for_each(|rest| self.end(envelope.sequence, rest));
        let offer = Offer::opened(envelope, opened);
        let place = OfferPlace::of(&offer);
        self.places.insert(place);
        self.by_station.insert((offer.station.0, place));
        self.by_trader.insert((offer.trader.0, place));
        self.open.insert(offer.id.0.0, offer);
    }

    /// Follows the offers that the lines of a trade took.
    pub(crate) fn take(&mut self, envelope: &Envelope, taken: &[OfferTaken], lines: &[TradeLine]) {
        let at = envelope.sequence;
        for one in taken {
            let offer = self
                .open
                .get_mut(&one.offer.0.0)
                .unwrap_or_else(|| panic!("event {at} takes {}, which is not open", one.offer));
            assert_eq!(one.previous, offer.last, "event {at} does not follow {}", one.offer);
            let line = lines.get(one.line as usize).expect("an offer is taken by a line");
            assert!(line.quantity <= offer.remaining, "event {at} takes too much of {}", one.offer);
            offer.take(envelope, line.quantity);
        }
    }

    /// Forgets an offer that ended with this left.
    pub(crate) fn end(&mut self, at: Sequence, rest: &OfferRest) {
        let left = self.forget(at, rest.offer);
        assert_eq!(
            (rest.previous, rest.quantity),
            (left.last, left.remaining),
            "event {at} does not end {} as it was",
            rest.offer
        );
    }

    /// Forgets an offer of which nothing is left.
    pub(crate) fn fill(&mut self, at: Sequence, id: OfferId) {
        let left = self.forget(at, id);
        assert!(left.remaining.is_zero(), "event {at} fills {id}, of which there is more");
    }

    fn forget(&mut self, at: Sequence, id: OfferId) -> Offer {
        let offer = self.open.remove(&id.0.0);
        let offer = offer.unwrap_or_else(|| panic!("event {at} ends {id}, which is not open"));
        let place = OfferPlace::of(&offer);
        self.places.remove(&place);
        self.by_station.remove(&(offer.station.0, place));
        self.by_trader.remove(&(offer.trader.0, place));
        offer
    }

    /// The places from one to another, of a station or a trader if one is given.
    fn between(
        &self,
        filter: &OfferFilter,
        from: OfferPlace,
        to: OfferPlace,
    ) -> Box<dyn Iterator<Item = OfferPlace> + '_> {
        match (filter.station, filter.trader) {
            (Some(StationId(of)), _) => {
                Box::new(self.by_station.range((of, from)..=(of, to)).map(|(_, place)| *place))
            }
            (None, Some(TraderId(of))) => {
                Box::new(self.by_trader.range((of, from)..=(of, to)).map(|(_, place)| *place))
            }
            (None, None) => Box::new(self.places.range(from..=to).copied()),
        }
    }
}

/// The best price of a commodity at a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BestOffer {
    pub(crate) station: StationId,
    pub(crate) unit_price: domain::Credits,
    /// What is left of all its offers of this price.
    pub(crate) quantity: u64,
    /// When the oldest of them was posted.
    pub(crate) opened_at: domain::Timestamp,
}

/// Offers are public: every scope sees them.
impl State {
    /// The best open offers of a commodity and side, one for each station, best price first and
    /// then the oldest; and whether those are all, or more would have to be looked at.
    pub(crate) fn best_offers(
        &self,
        commodity: CommodityId,
        side: Side,
        examined_max: usize,
    ) -> (Vec<BestOffer>, bool) {
        let good = good(commodity, side);
        let places = self.offers.places.range(OfferPlace::first(good)..=OfferPlace::last(good));
        let (mut best, mut at) = (Vec::<BestOffer>::new(), BTreeMap::new());
        for (examined, place) in places.enumerate() {
            if examined >= examined_max {
                return (best, false);
            }
            let Some(offer) = self.offers.open.get(&place.id) else { continue };
            let known = at.entry(offer.station).or_insert(best.len());
            match best.get_mut(*known) {
                Some(known) if known.unit_price == offer.unit_price => {
                    known.quantity = known.quantity.saturating_add(offer.remaining.get());
                }
                Some(_) => {}
                None => best.push(BestOffer {
                    station: offer.station,
                    unit_price: offer.unit_price,
                    quantity: offer.remaining.get(),
                    opened_at: offer.opened_at,
                }),
            }
        }
        (best, true)
    }

    /// An open offer.
    pub fn offer(&self, id: OfferId) -> Option<&Offer> {
        self.offers.get(id)
    }

    /// Open offers behind a place, best price first within each commodity and side: see
    /// [`OfferPlace`]. At most `limit`, at least room for one.
    pub fn find_offers(
        &self,
        filter: &OfferFilter,
        after: Option<OfferPlace>,
        limit: usize,
    ) -> OfferPage {
        let (low, high) = match (filter.commodity, filter.side) {
            (Some(only), Some(side)) => (good(only, side), good(only, side)),
            (Some(only), None) => (good(only, Side::Sell), good(only, Side::Buy)),
            (None, _) => (0, u32::MAX),
        };
        let (mut from, to) = (OfferPlace::first(low), OfferPlace::last(high));
        if let Some(after) = after {
            from = from.max(OfferPlace { id: after.id.saturating_add(1), ..after });
        }
        let mut page = OfferPage { items: Vec::new(), next: None };
        if from > to {
            return page;
        }
        let mut places = self.offers.between(filter, from, to);
        for _ in 0..OFFERS_EXAMINED_MAX {
            let Some(place) = places.next() else {
                page.next = None;
                return page;
            };
            page.next = Some(place);
            let offer = self.offers.open.get(&place.id);
            page.items.extend(offer.filter(|offer| filter.admits(offer)));
            if page.items.len() >= limit.max(1) {
                break;
            }
        }
        if places.next().is_none() {
            page.next = None;
        }
        page
    }

    /// The open offers of a trader of this side and commodity at a station, best price first.
    pub fn offers_alike(
        &self,
        station: StationId,
        trader: TraderId,
        side: Side,
        commodity: CommodityId,
    ) -> impl Iterator<Item = &Offer> {
        let good = good(commodity, side);
        let (from, to) = (OfferPlace::first(good), OfferPlace::last(good));
        let here = self.offers.by_station.range((station.0, from)..=(station.0, to));
        let offers = here.filter_map(|(_, place)| self.offers.open.get(&place.id));
        offers.filter(move |offer| offer.trader == trader)
    }
}
