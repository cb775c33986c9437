//! The books of trades and offers, kept a second time from the events alone.

use std::collections::BTreeMap;

use domain::{
    Envelope, Event, Offer, OfferId, OfferRest, Recorded, Side, TradeLine, TradeRecord,
    TradeStatus, TradeTerms, TraderId, TransactionId,
};

use super::audit::Place;
use crate::State;
use crate::open::Open;
use crate::timers::{Timer, Timers};

/// Every trade there ever was, and every open offer.
#[derive(Default)]
pub(super) struct Trading {
    pub(super) trades: BTreeMap<TransactionId, TradeRecord>,
    offers: BTreeMap<OfferId, Offer>,
}

impl Trading {
    pub(super) fn follow(&mut self, recorded: &Recorded) {
        let Recorded { envelope, event } = recorded;
        if let Some(trade) = TradeRecord::begun(envelope, event) {
            self.trades.insert(trade.id, trade);
        }
        match event {
            Event::TradeSettled(trade) => self.take(envelope, trade.terms.as_deref(), &trade.lines),
            Event::TradeHeld(trade) => self.take(envelope, trade.terms.as_deref(), &trade.lines),
            Event::HoldSettled(settled) => {
                self.pending(settled.trade, settled.previous).apply(envelope, event);
            }
            Event::TradeVoided(released) | Event::TradeExpired(released) => {
                self.pending(released.trade, released.previous).apply(envelope, event);
            }
            Event::TradeReversed(reversed) => {
                let trade = self.trades.get_mut(&reversed.trade).unwrap();
                assert_eq!(trade.last, reversed.previous, "each event names the last");
                assert!(!matches!(trade.status, TradeStatus::Pending | TradeStatus::Reversed));
                trade.apply(envelope, event);
            }
            Event::OfferOpened(opened) => {
                opened.replaced.iter().for_each(|rest| self.end(rest));
                let offer = Offer::opened(envelope, opened);
                self.offers.insert(offer.id, offer);
            }
            Event::OfferFilled { offer, trade } => {
                assert!(self.trades.contains_key(trade));
                assert!(self.offers.remove(offer).unwrap().remaining.is_zero());
            }
            Event::OffersWithdrawn(rests) => rests.iter().for_each(|rest| self.end(rest)),
            Event::OfferExpired(rest) => self.end(rest),
            _ => {}
        }
    }

    fn pending(&mut self, trade: TransactionId, previous: domain::Sequence) -> &mut TradeRecord {
        let trade = self.trades.get_mut(&trade).unwrap();
        assert_eq!(trade.last, previous, "each event names the last");
        assert_eq!(trade.status, TradeStatus::Pending);
        trade
    }

    fn take(&mut self, envelope: &Envelope, terms: Option<&TradeTerms>, lines: &[TradeLine]) {
        for taken in terms.map_or(&[][..], |terms| &terms.offers) {
            let line = lines[taken.line as usize];
            let offer = self.offers.get_mut(&taken.offer).unwrap();
            assert_eq!((offer.last, offer.side), (taken.previous, taken.side));
            assert_eq!((offer.commodity, offer.unit_price), (line.commodity, line.unit_price));
            assert!(line.quantity <= offer.remaining);
            offer.take(envelope, line.quantity);
        }
    }

    fn end(&mut self, rest: &OfferRest) {
        let offer = self.offers.remove(&rest.offer).unwrap();
        assert_eq!(offer.rest(), *rest);
    }

    fn open(&self) -> impl Iterator<Item = &TradeRecord> {
        self.trades.values().filter(|trade| trade.status == TradeStatus::Pending)
    }

    /// What open holds and sell offers have reserved.
    pub(super) fn reserved(&self) -> BTreeMap<Place, i128> {
        let mut reserved = BTreeMap::<Place, i128>::new();
        let selling = |offer: &&Offer| offer.side == Side::Sell;
        for offer in self.offers.values().filter(selling) {
            let place = (offer.station, offer.trader, offer.commodity);
            *reserved.entry(place).or_default() += i128::from(offer.remaining.get());
        }
        for trade in self.open() {
            for line in trade.rest().goods {
                let place = (trade.station, trade.seller, line.commodity);
                *reserved.entry(place).or_default() += i128::from(line.quantity.get());
            }
        }
        reserved
    }

    /// What open holds, with their charges, and buy offers hold of each trader's credits.
    pub(super) fn held(&self) -> BTreeMap<TraderId, i128> {
        let mut held = BTreeMap::<TraderId, i128>::new();
        let mut add = |trader, amount: domain::Credits| {
            *held.entry(trader).or_default() += i128::from(amount.get());
        };
        let buying = |offer: &&Offer| offer.side == Side::Buy;
        for offer in self.offers.values().filter(buying) {
            add(offer.trader, offer.unit_price.times(offer.remaining).unwrap());
        }
        for trade in self.open() {
            let rest = trade.rest();
            add(trade.buyer, rest.credits);
            rest.charges.iter().for_each(|charge| add(charge.payer, charge.amount));
        }
        held
    }

    pub(super) fn timers(&self) -> Timers {
        let hold = |trade: &TradeRecord| Some((trade.expires_at?, Timer::Hold(trade.id)));
        let offer = |offer: &Offer| Some((offer.expires_at?, Timer::Offer(offer.id)));
        self.open().filter_map(hold).chain(self.offers.values().filter_map(offer)).collect()
    }

    /// How many lines holds have, and which trader has how many offers and proposals.
    pub(super) fn open_counts(&self) -> Open {
        let mut open = Open::default();
        for trade in self.open() {
            open.hold_lines += trade.lines.len();
            let Some(side) = trade.proposed_by.filter(|_| trade.unreserved.is_some()) else {
                continue;
            };
            let proposer = if side == Side::Buy { trade.buyer } else { trade.seller };
            open.shares.entry(proposer).or_default().proposals += 1;
        }
        for offer in self.offers.values() {
            open.shares.entry(offer.trader).or_default().offers += 1;
        }
        open
    }

    /// What is open is in memory, and nothing else of trades and offers.
    pub(super) fn check(&self, state: &State) {
        let holds = state.holds.iter().map(|(key, hold)| (key.0, &hold.0));
        let open = self.open().map(|trade| (trade.id, trade));
        assert_eq!(holds.collect::<BTreeMap<_, _>>(), open.collect());
        let offers = state.offers.iter().map(|(key, offer)| (key.0, offer.0));
        assert_eq!(offers.collect::<BTreeMap<_, _>>(), self.offers);
        let alike = state.offers.iter().map(|(_, offer)| offer.alike());
        assert_eq!(alike.collect::<std::collections::BTreeSet<_>>(), state.alike);
        let accepted = self.open().filter(|trade| trade.unreserved.is_none());
        let promised = accepted.map(|trade| trade.lines.len()).sum::<usize>();
        assert_eq!(promised, state.promised_entries);
    }
}
