//! Wishes for offers, trades with terms, their ends, and gifts.

use domain::{
    Action, BookingLine, ChargeKind, ChargeWanted, Charges, Identifier, Lifetime, Lines, OfferId,
    PostOffer, PrincipalId, Quantity, Sequence, Settlement, Side, Trade, TradeLineWanted,
    TradeTermsWanted, TransactionId, Transfer, TransferWanted,
};

use super::network::{MOST, Network};
use super::offers::Posting;
use super::size::Size;
use super::trading::Deal;
use super::wish::Wish;
use crate::tests::asks::{credits, name, text, units};

impl Wish {
    /// One of the actor's own accounts, or of any other's for an actor that has none.
    fn own(&self, actor: PrincipalId, network: &Network, pick: usize) -> Identifier {
        let own = network.accounts(actor);
        if own.is_empty() || self.picks[pick] < 10 {
            return self.trader(pick, network);
        }
        name(&own[usize::from(self.picks[pick]) % own.len()])
    }

    /// One to three seconds, now and then.
    fn lifetime(&self, pick: usize, below: u8) -> Option<Lifetime> {
        let seconds = u32::from(self.picks[pick] % 3) + 1;
        (self.picks[pick] < below).then(|| Lifetime::new(seconds).unwrap())
    }

    pub(super) fn post(&self, actor: PrincipalId, network: &Network) -> Action {
        if self.picks[0] < 40 {
            return Action::WithdrawOffer(self.an_offer(network).0);
        }
        let (place, own) = (self.place(network), self.own(actor, network, 2));
        let (_, size, other) = self.lines[0];
        let selling = self.picks[3] < 128;
        let (station, trader) = if selling && network.accounts(actor).is_empty() {
            place
        } else if selling {
            let has = |((_, owner, _), level): &(&(String, _, _), &super::network::Level)| {
                *owner == own.as_str() && level.available > 0
            };
            let stocked = network.stock.iter().find(has);
            (stocked.map_or(place.0, |((station, _, _), _)| name(station)), own)
        } else {
            (self.station(1, network), own)
        };
        let goods = self.goods(network, &(station.clone(), trader.clone()));
        let (commodity, available, _, _) = goods[0].clone();
        let quantity = if selling { size.of(available) } else { size.of(20) };
        let balance = network.balance(trader.as_str());
        let unit_price = match (selling, other) {
            (true, Size::Huge) => other.of(0),
            (true, _) => u64::from(self.picks[4] % 16),
            (false, _) => other.of(balance / u128::from(quantity)),
        };
        let replace = self.picks[5] < 100;
        let nothing = replace && self.picks[6].is_multiple_of(4);
        Action::PostOffer(PostOffer {
            trader: (trader != station || self.picks[4] < 128).then_some(trader),
            station,
            side: if selling { Side::Sell } else { Side::Buy },
            commodity,
            unit_price: credits(unit_price),
            quantity: if nothing { Quantity::ZERO } else { units(quantity) },
            lifetime: self.lifetime(1, 60),
            replace,
        })
    }

    /// Mostly one that is open.
    fn an_offer<'a>(&self, network: &'a Network) -> (OfferId, Option<&'a Posting>) {
        let open = network.offers.iter().collect::<Vec<_>>();
        let pick = usize::from(self.picks[1]);
        if open.is_empty() || pick < 10 {
            return (OfferId(Sequence(pick as u64)), None);
        }
        let (id, offer) = open[pick % open.len()];
        (OfferId(Sequence(*id)), Some(offer))
    }

    /// A trade that takes an offer, and now and then something else with it.
    pub(super) fn take(&self, actor: PrincipalId, network: &Network) -> Action {
        let (id, Some(offer)) = self.an_offer(network) else {
            return self.post(actor, network);
        };
        let (_, size, other) = self.lines[0];
        let own = self.own(actor, network, 2);
        let own = self.another(own, &name(&offer.trader), &["acme", "belt"]);
        let (buyer, seller) =
            if offer.selling { (own, name(&offer.trader)) } else { (name(&offer.trader), own) };
        let station =
            if self.picks[3] < 14 { self.station(4, network) } else { name(&offer.station) };
        let affordable = if offer.selling {
            network.balance(buyer.as_str()).checked_div(offer.price).unwrap_or(offer.left)
        } else {
            network.level(&offer.station, seller.as_str(), &offer.commodity).available
        };
        let most = match other {
            Size::OneTooMany => offer.left + 1,
            _ => offer.left.min(affordable),
        };
        let limit = match (self.picks[3] % 16, offer.selling) {
            (0, true) => offer.price.saturating_sub(1),
            (0, false) => offer.price + 1,
            (1, true) => offer.price + 3,
            _ => offer.price,
        };
        let mut lines = vec![TradeLineWanted {
            commodity: name(&offer.commodity),
            quantity: units(size.of(most)),
            unit_price: credits(u64::try_from(limit.min(MOST)).unwrap()),
        }];
        let place = (station.clone(), seller.clone());
        if self.picks[4] < 50 {
            let more = self.goods(network, &place).into_iter();
            let more = more.filter(|(commodity, ..)| commodity.as_str() != offer.commodity);
            lines.extend(more.map(|(commodity, available, size, _)| TradeLineWanted {
                commodity,
                quantity: units(size.of(available)),
                unit_price: credits(u64::from(self.picks[5] % 4)),
            }));
        }
        let terms = TradeTermsWanted {
            hold: self.lifetime(6, 100),
            charges: self.charges(&buyer, &seller, network),
            offers: [(0, id)].into(),
        };
        let lines = Lines::new(lines).unwrap();
        Action::Trade(Trade { station, buyer, seller, lines, terms: terms.into() })
    }

    /// None, one or two, mostly paid by the parties.
    pub(super) fn charges(
        &self,
        buyer: &Identifier,
        seller: &Identifier,
        network: &Network,
    ) -> Charges {
        let charge = |(payer, size): (&Identifier, Size)| ChargeWanted {
            payer: payer.clone(),
            to: self.another(self.trader(0, network), payer, &["ceres", "mars"]),
            amount: credits(match size {
                Size::Few(few) => few.into(),
                _ => size.of(network.balance(payer.as_str()) / 2),
            }),
            kind: ChargeKind::Freight,
        };
        let count = usize::from(self.picks[7] % 5).saturating_sub(2);
        let payers = if self.picks[0] < 128 { [buyer, seller] } else { [seller, buyer] };
        let sizes = self.lines.iter().map(|(_, _, other)| *other);
        let charges = payers.into_iter().zip(sizes).take(count).map(charge);
        Charges::new(charges.collect()).unwrap()
    }

    /// A trade as any, but with charges and mostly held.
    pub(super) fn hold(&self, actor: PrincipalId, network: &Network) -> Action {
        let Action::Trade(mut trade) = self.trade(network) else { unreachable!() };
        if !network.accounts(actor).is_empty() {
            let own = self.own(actor, network, 4);
            let buyer = self.picks[3] < 128 && trade.seller != own;
            *(if buyer { &mut trade.buyer } else { &mut trade.seller }) = own;
        }
        let terms = TradeTermsWanted {
            hold: self.lifetime(6, 220),
            charges: self.charges(&trade.buyer, &trade.seller, network),
            offers: Box::default(),
        };
        Action::Trade(Trade { terms: terms.into(), ..trade })
    }

    /// A settlement, a voiding or a reversal, mostly of a trade that takes it.
    pub(super) fn end(&self, actor: PrincipalId, network: &Network) -> Action {
        let reverses = self.picks[0] < 60;
        let wanted = if reverses { "settled" } else { "pending" };
        let fitting = network.deals.iter().filter(|(_, deal)| deal.status == wanted);
        let mut deals = fitting.collect::<Vec<_>>();
        if self.picks[3] < 80 || deals.is_empty() {
            deals = network.deals.iter().collect();
        }
        let pick = usize::from(self.picks[1]);
        if deals.is_empty() {
            return self.hold(actor, network);
        }
        // Those of late have not been spent yet.
        let (id, deal) = deals[deals.len() - 1 - pick % deals.len().min(8)];
        let trade = if pick < 5 { Sequence(pick as u64) } else { Sequence(*id) };
        let trade = TransactionId(trade);
        match self.picks[0] {
            0..60 => Action::ReverseTrade { trade, reason: text("a mistake") },
            60..100 => Action::VoidTrade { trade, reason: None },
            100..160 => Action::SettleTrade(Settlement { trade, lines: None, is_final: true }),
            _ => {
                let lines = Some(self.parts(deal));
                let is_final = self.picks[4] < 60;
                Action::SettleTrade(Settlement { trade, lines, is_final })
            }
        }
    }

    fn parts(&self, deal: &Deal) -> Lines<BookingLine> {
        let mut lines = Vec::<BookingLine>::new();
        for (pick, size, _) in &self.lines {
            let commodity = match pick {
                0..6 => "dust",
                6..30 => "gas",
                _ => deal.lines.keys().nth(usize::from(*pick) % deal.lines.len()).unwrap(),
            };
            if lines.iter().any(|line| line.commodity.as_str() == commodity) {
                continue;
            }
            let left = deal.lines.get(commodity).map_or(1, |part| part.agreed - part.settled);
            let more = u64::from(self.picks[5] < 30);
            let quantity = Quantity::new(size.of(left) + more).unwrap_or(Quantity::MAX);
            lines.push(BookingLine { commodity: name(commodity), quantity });
        }
        Lines::new(lines).unwrap()
    }

    pub(super) fn transfer(&self, actor: PrincipalId, network: &Network) -> Action {
        let place = self.place(network);
        let from = if self.picks[3] < 128 { place.1 } else { self.own(actor, network, 2) };
        let to = self.another(self.trader(4, network), &from, &["acme", "belt"]);
        let what = if self.picks[5] < 100 {
            let (_, size, _) = self.lines[0];
            TransferWanted::Credits(credits(size.of(network.balance(from.as_str()))))
        } else {
            let place = (place.0, from.clone());
            let line = |(commodity, available, size, _): (Identifier, u128, Size, Size)| {
                BookingLine { commodity, quantity: units(size.of(available)) }
            };
            let lines = self.goods(network, &place).into_iter().map(line).collect();
            TransferWanted::Goods { station: place.0, lines: Lines::new(lines).unwrap() }
        };
        Action::Transfer(Transfer { from, to, what, reason: None })
    }
}
