//! Trades with terms: lines that take offers, charges, and holds.

use domain::{
    Charge, Command, CommodityId, Credits, Event, Offer, OfferId, OfferTaken, Quantity, Rejection,
    Side, StationId, Timestamp, Trade, TradeHeld, TradeLine, TradeSettled, TradeTerms,
    TradeTermsWanted, TraderId, TransactionId,
};

use crate::access::own_side;
use crate::charges::{self, Outflows};
use crate::inventory::{check_available, check_room};
use crate::offers::open_offer;
use crate::open::{check_hold, proposer};
use crate::state::State;
use crate::trade::{parties, resolve, total};

/// The offer that a line takes, if it takes one.
pub(crate) fn offer_of(terms: &TradeTermsWanted, line: usize) -> Option<OfferId> {
    let at = u32::try_from(line).ok()?;
    terms.offers.iter().find(|(taking, _)| *taking == at).map(|(_, offer)| *offer)
}

/// A trade with its names resolved and its offers found, before it is known whether it can be.
struct Deal<'a> {
    station: StationId,
    buyer: TraderId,
    seller: TraderId,
    lines: Box<[TradeLine]>,
    total: Credits,
    charges: Box<[Charge]>,
    /// By line.
    offers: Vec<(usize, &'a Offer)>,
    /// The side that reserves nothing, because it has yet to accept.
    unreserved: Option<Side>,
}

/// Checks in the order of [`Rejection`]: parties, names, offers, amounts, goods, credits, bounds.
pub(crate) fn trade(
    state: &State,
    at: Timestamp,
    command: &Command,
    trade: &Trade,
    terms: &TradeTermsWanted,
    events: &mut Vec<Event>,
) -> Result<(), Rejection> {
    let mut deal = resolve_deal(state, at, trade, terms)?;
    let own = terms.hold.and_then(|_| own_side(state, command.actor, deal.buyer, deal.seller));
    if deal.offers.is_empty() {
        deal.unreserved = own.map(Side::other);
    }
    check_available(state, deal.station, deal.seller, deal.goods())?;
    deal.outflows().check(state)?;
    let event = match terms.hold {
        None => {
            check_room(state, deal.lines.len())?;
            deal.settled()
        }
        Some(lifetime) => {
            let proposer = proposer(deal.unreserved, deal.buyer, deal.seller);
            check_hold(state, deal.lines.len(), proposer)?;
            check_room(state, deal.lines.len())?;
            deal.held(lifetime.until(at), own)
        }
    };
    events.push(event);
    // The first event of a command makes the trade.
    let trade = TransactionId(state.last().next());
    let filled = deal.taken().filter(|(line, offer)| line.quantity == offer.remaining);
    events.extend(filled.map(|(_, offer)| Event::OfferFilled { offer: offer.id, trade }));
    Ok(())
}

fn resolve_deal<'a>(
    state: &'a State,
    at: Timestamp,
    trade: &Trade,
    terms: &TradeTermsWanted,
) -> Result<Deal<'a>, Rejection> {
    if trade.buyer == trade.seller {
        return Err(Rejection::SameParty);
    }
    charges::check_parties(&terms.charges)?;
    let (station, buyer, seller) = parties(state, trade)?;
    let charges = charges::resolve(state, &terms.charges)?;
    let lines = resolve(state, trade)?;
    let offers = find_offers(state, at, terms, lines.len())?;
    let total = Credits::ZERO;
    let mut deal = Deal { station, buyer, seller, lines, total, charges, offers, unreserved: None };
    deal.check_match()?;
    deal.check_prices()?;
    deal.check_remaining()?;
    deal.take_prices();
    deal.total = self::total(&deal.lines)?;
    Ok(deal)
}

fn find_offers<'a>(
    state: &'a State,
    at: Timestamp,
    terms: &TradeTermsWanted,
    line_count: usize,
) -> Result<Vec<(usize, &'a Offer)>, Rejection> {
    let taking = (0..line_count).filter_map(|line| Some((line, offer_of(terms, line)?)));
    let found = taking.map(|(line, offer)| {
        let closed = Rejection::OfferClosed { offer, line: Some(line) };
        Ok((line, open_offer(state, at, offer).ok_or(closed)?))
    });
    found.collect()
}

impl<'a> Deal<'a> {
    /// Each line that takes an offer, with that offer.
    fn taken(&self) -> impl Iterator<Item = (&TradeLine, &'a Offer)> {
        self.offers.iter().filter_map(|(line, offer)| Some((self.lines.get(*line)?, *offer)))
    }

    /// The side of the offer that a line takes, if it takes one.
    fn side(&self, line: usize) -> Option<Side> {
        self.offers.iter().find(|(taking, _)| *taking == line).map(|(_, offer)| offer.side)
    }

    fn check_match(&self) -> Result<(), Rejection> {
        for ((line, _), (wanted, offer)) in self.offers.iter().zip(self.taken()) {
            let (party, field) = match offer.side {
                Side::Sell => (self.seller, "seller"),
                Side::Buy => (self.buyer, "buyer"),
            };
            let differs = if offer.station != self.station {
                "station"
            } else if offer.commodity != wanted.commodity {
                "commodity"
            } else if offer.trader != party {
                field
            } else {
                continue;
            };
            return Err(Rejection::OfferMismatch { offer: offer.id, line: *line, field: differs });
        }
        Ok(())
    }

    /// The unit price of a line that takes an offer is a limit.
    fn check_prices(&self) -> Result<(), Rejection> {
        for ((line, _), (wanted, offer)) in self.offers.iter().zip(self.taken()) {
            let (limit, price) = (wanted.unit_price, offer.unit_price);
            let moved = match offer.side {
                Side::Sell => price > limit,
                Side::Buy => price < limit,
            };
            if moved {
                return Err(Rejection::PriceMoved { offer: offer.id, line: *line, limit, price });
            }
        }
        Ok(())
    }

    fn check_remaining(&self) -> Result<(), Rejection> {
        for ((line, _), (wanted, offer)) in self.offers.iter().zip(self.taken()) {
            if wanted.quantity > offer.remaining {
                return Err(Rejection::OfferExceeded {
                    offer: offer.id,
                    line: *line,
                    requested: wanted.quantity,
                    available: offer.remaining,
                });
            }
        }
        Ok(())
    }

    /// What is traded at an offer is traded at its price.
    fn take_prices(&mut self) {
        for (line, offer) in &self.offers {
            if let Some(line) = self.lines.get_mut(*line) {
                line.unit_price = offer.unit_price;
            }
        }
    }

    /// What the seller must have available: no sell offer has it reserved already.
    fn goods(&self) -> impl Iterator<Item = (usize, CommodityId, Quantity)> {
        let lines = self.lines.iter().enumerate().filter(|(at, _)| {
            self.unreserved != Some(Side::Sell) && self.side(*at) != Some(Side::Sell)
        });
        lines.map(|(at, line)| (at, line.commodity, line.quantity))
    }

    /// What must be free: no buy offer holds it already.
    fn outflows(&self) -> Outflows {
        let mut outflows = Outflows::default();
        for (at, line) in self.lines.iter().enumerate() {
            if self.unreserved != Some(Side::Buy) && self.side(at) != Some(Side::Buy) {
                outflows.add(self.buyer, line.total());
            }
        }
        outflows.add_charges(&self.charges);
        outflows
    }

    fn terms(&self) -> Option<Box<TradeTerms>> {
        let taken = |(line, offer): &(usize, &Offer)| OfferTaken {
            line: u32::try_from(*line).expect("a trade has at most 100 lines"),
            offer: offer.id,
            side: offer.side,
            previous: offer.last,
        };
        let offers = self.offers.iter().map(taken).collect::<Box<[_]>>();
        let charges = self.charges.clone();
        let empty = offers.is_empty() && charges.is_empty();
        (!empty).then(|| Box::new(TradeTerms { offers, charges }))
    }

    fn settled(&self) -> Event {
        Event::TradeSettled(TradeSettled {
            station: self.station,
            buyer: self.buyer,
            seller: self.seller,
            lines: self.lines.clone(),
            total: self.total,
            terms: self.terms(),
        })
    }

    fn held(&self, expires_at: Timestamp, proposed_by: Option<Side>) -> Event {
        Event::TradeHeld(Box::new(TradeHeld {
            station: self.station,
            buyer: self.buyer,
            seller: self.seller,
            lines: self.lines.clone(),
            total: self.total,
            terms: self.terms(),
            expires_at,
            proposed_by,
            unreserved: self.unreserved,
        }))
    }
}
