//! Offers: posted prices that reserve what they promise. There is no matching engine: a trade names
//! the offer it takes ([`crate::terms`]).

use domain::{
    CommodityId, Credits, Envelope, Event, Offer, OfferId, OfferOpened, OfferRest, PostOffer,
    Quantity, Rejection, Sequence, Side, StationId, Timestamp, TradeLine, TradeTerms, TraderId,
};

use crate::inventory::{unknown_commodity, unknown_station};
use crate::open::check_offer;
use crate::state::{OfferKey, OpenOffer, State, StockKey};
use crate::timers::Timer;

/// An offer that may be taken at `at`.
pub(crate) fn open_offer(state: &State, at: Timestamp, id: OfferId) -> Option<&Offer> {
    let OpenOffer(offer) = state.offers.get(&OfferKey(id))?;
    offer.expires_at.is_none_or(|deadline| deadline > at).then_some(offer)
}

/// Checks in the order of [`Rejection`]: names, amounts, goods, credits, bounds. What the offers it
/// replaces have reserved counts as free.
pub(crate) fn post(
    state: &State,
    at: Timestamp,
    post: &PostOffer,
) -> Result<Option<Event>, Rejection> {
    let station = state.station(&post.station);
    let station = station.ok_or_else(|| unknown_station(&post.station, "station"))?;
    let trader = post.trader.as_ref().unwrap_or(&post.station);
    let unknown = || Rejection::UnknownTrader { trader: trader.clone(), field: "trader" };
    let trader = state.trader(trader).ok_or_else(unknown)?;
    let commodity = state.commodity(&post.commodity);
    let commodity = commodity.ok_or_else(|| unknown_commodity(&post.commodity, 0))?;
    let alike = alike(state, station, commodity, post.side, trader);
    if post.replace && is_open_already(post, &alike) {
        return Ok(None);
    }
    let rests = alike.iter().map(|offer| offer.rest());
    if post.quantity.is_zero() {
        let rests = rests.filter(|_| post.replace).collect::<Box<[OfferRest]>>();
        return Ok((!rests.is_empty()).then_some(Event::OffersWithdrawn(rests)));
    }
    let replaced = rests.filter(|_| post.replace).collect::<Box<[OfferRest]>>();
    let opened = OfferOpened {
        station,
        trader,
        side: post.side,
        commodity,
        unit_price: post.unit_price,
        quantity: post.quantity,
        expires_at: post.lifetime.map(|lifetime| lifetime.until(at)),
        replaced,
    };
    check_reservable(state, &opened)?;
    check_offer(state, trader, alike.len(), opened.replaced.len())?;
    Ok(Some(Event::OfferOpened(Box::new(opened))))
}

/// The trader's open offers of this side and commodity at the station, the oldest first.
fn alike(
    state: &State,
    station: StationId,
    commodity: CommodityId,
    side: Side,
    trader: TraderId,
) -> Vec<&Offer> {
    let at = |sequence| (station, commodity, side, trader, OfferId(Sequence(sequence)));
    let found = state.alike.range(at(0)..=at(u64::MAX));
    let offer = |(_, _, _, _, id): &(_, _, _, _, OfferId)| {
        let open = state.offers.get(&OfferKey(*id));
        &open.expect("the index is of open offers").0
    };
    found.map(offer).collect()
}

/// Whether posting it anew would change nothing.
fn is_open_already(post: &PostOffer, alike: &[&Offer]) -> bool {
    let [offer] = alike else { return false };
    offer.unit_price == post.unit_price
        && offer.remaining == post.quantity
        && offer.expires_at.is_none()
        && post.lifetime.is_none()
}

fn check_reservable(state: &State, opened: &OfferOpened) -> Result<(), Rejection> {
    let OfferOpened { station, trader, commodity, .. } = *opened;
    match opened.side {
        Side::Sell => {
            let available = state.level(StockKey { station, owner: trader, commodity }).available;
            let released = opened.replaced.iter().fold(available, |sum, rest| {
                sum.checked_add(rest.quantity).unwrap_or(Quantity::MAX)
            });
            if opened.quantity <= released {
                return Ok(());
            }
            Err(Rejection::InsufficientStock {
                line: 0,
                station,
                owner: trader,
                commodity,
                requested: opened.quantity,
                available: released,
            })
        }
        Side::Buy => {
            let wanted = opened.unit_price.times(opened.quantity);
            let requested = wanted.ok_or(Rejection::AmountOverflow { line: None })?;
            let held = |rest: &OfferRest| rest.unit_price.times(rest.quantity).unwrap_or_default();
            let available = opened.replaced.iter().fold(state.balance(trader), |sum, rest| {
                sum.checked_add(held(rest)).unwrap_or(Credits::MAX)
            });
            if requested <= available {
                return Ok(());
            }
            Err(Rejection::InsufficientCredits { trader, requested, available })
        }
    }
}

pub(crate) fn withdraw(state: &State, offer: OfferId) -> Result<Option<Event>, Rejection> {
    let open = state.offers.get(&OfferKey(offer));
    let OpenOffer(open) = open.ok_or(Rejection::OfferClosed { offer, line: None })?;
    Ok(Some(Event::OffersWithdrawn([open.rest()].into())))
}

/// What its timer fires: its deadline has passed.
pub(crate) fn expire(state: &State, offer: OfferId) -> Event {
    let open = state.offers.get(&OfferKey(offer));
    Event::OfferExpired(Box::new(open.expect("a timer is of an open offer").0.rest()))
}

pub(crate) fn apply_opened(state: &mut State, envelope: &Envelope, opened: &OfferOpened) {
    for rest in &opened.replaced {
        apply_ended(state, rest.offer);
    }
    let open = OpenOffer(Offer::opened(envelope, opened));
    let id = open.0.id;
    state.arm(opened.expires_at, Timer::Offer(id));
    state.alike.insert(open.alike());
    state.open.add_offer(&open.0);
    state.offers.insert(OfferKey(id), open);
}

/// What a trade took of offers, by line.
pub(crate) fn apply_taken(
    state: &mut State,
    envelope: &Envelope,
    terms: &TradeTerms,
    lines: &[TradeLine],
) {
    for taken in &terms.offers {
        let line = usize::try_from(taken.line).ok().and_then(|at| lines.get(at));
        let line = line.expect("an offer is taken by a line of the trade");
        let open = state.offers.get_mut(&OfferKey(taken.offer));
        open.expect("only an open offer is taken").0.take(envelope, line.quantity);
    }
}

/// It was filled or withdrawn, replaced, or has expired.
pub(crate) fn apply_ended(state: &mut State, offer: OfferId) {
    let ended = state.offers.remove(&OfferKey(offer)).expect("only an open offer ends");
    state.alike.remove(&ended.alike());
    state.open.remove_offer(&ended.0);
    state.disarm(ended.0.expires_at, Timer::Offer(offer));
}

impl OpenOffer {
    /// Its place among the offers of its station, commodity, side and trader.
    pub(crate) fn alike(&self) -> (StationId, CommodityId, Side, TraderId, OfferId) {
        let Self(offer) = self;
        (offer.station, offer.commodity, offer.side, offer.trader, offer.id)
    }
}
