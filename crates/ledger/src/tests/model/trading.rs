//! Trades with all their terms, of the second ledger.

use std::collections::BTreeMap;

use domain::{OfferId, PrincipalId, Settlement, Trade, TradeTermsWanted};

use super::network::{MOST, Moment, Network, Reasons, one_if};

/// A trade, whatever became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Deal {
    pub(super) station: String,
    pub(super) buyer: String,
    pub(super) seller: String,
    pub(super) status: &'static str,
    pub(super) lines: BTreeMap<String, Part>,
    /// Who pays whom how much.
    pub(super) charges: Vec<(String, String, u128)>,
    pub(super) charges_paid: bool,
    /// Whether the key of one of its sides made it.
    pub(super) proposed: bool,
    /// Who has reserved nothing, because it has yet to accept: `buyer` or `seller`.
    pub(super) awaiting: Option<&'static str>,
    pub(super) deadline: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) agreed: u128,
    pub(super) price: u128,
    pub(super) settled: u128,
}

/// A line of a trade as things stand: its price, and who has promised his part of it by an offer.
struct Terms {
    commodity: String,
    quantity: u128,
    price: u128,
    offer: Option<u64>,
    promised: Option<&'static str>,
}

impl Network {
    fn terms(&self, trade: &Trade) -> Vec<Terms> {
        let none = TradeTermsWanted::default();
        let wanted = trade.terms.get().unwrap_or(&none);
        let line = |(at, line): (usize, &domain::TradeLineWanted)| {
            let offer = offer_of(wanted, at).map(|offer| offer.0.0);
            let posting = offer.and_then(|offer| self.offers.get(&offer));
            Terms {
                commodity: line.commodity.as_str().to_owned(),
                quantity: line.quantity.get().into(),
                price: posting.map_or(line.unit_price.get().into(), |posting| posting.price),
                offer,
                promised: posting.map(|it| if it.selling { "seller" } else { "buyer" }),
            }
        };
        trade.lines.iter().enumerate().map(line).collect()
    }

    /// Who has yet to accept the hold that this asks for.
    fn awaiting(&self, actor: PrincipalId, trade: &Trade) -> Option<&'static str> {
        let terms = trade.terms.get()?;
        let offered = !terms.offers.is_empty();
        match self.own_side(actor, trade).filter(|_| terms.hold.is_some() && !offered)? {
            "buyer" => Some("seller"),
            _ => Some("buyer"),
        }
    }

    pub(super) fn reasons_of_trade(
        &self,
        actor: PrincipalId,
        moment: Moment,
        trade: &Trade,
    ) -> Reasons {
        let (station, buyer) = (trade.station.as_str(), trade.buyer.as_str());
        let mut reasons = one_if(trade.buyer == trade.seller, "same_party");
        reasons.extend(one_if(!self.stations.contains_key(station), "unknown_station"));
        for party in [&trade.buyer, &trade.seller] {
            reasons.extend(one_if(!self.is_trader(party.as_str()), "unknown_trader"));
        }
        let awaiting = self.awaiting(actor, trade);
        let mut spent = BTreeMap::<String, u128>::new();
        for (payer, to, amount) in charges(trade) {
            reasons.extend(one_if(payer == to, "same_party"));
            for party in [&payer, &to] {
                reasons.extend(one_if(!self.is_trader(party), "unknown_trader"));
            }
            *spent.entry(payer).or_default() += amount;
        }
        let mut total = 0;
        for (line, wanted) in self.terms(trade).into_iter().zip(&trade.lines) {
            reasons.extend(self.unknown_commodity(&line.commodity));
            reasons.extend(self.reasons_of_offer(moment, trade, &line, wanted.unit_price.get()));
            total += line.quantity * line.price;
            let available = self.level(station, trade.seller.as_str(), &line.commodity).available;
            let reserves = line.promised != Some("seller") && awaiting != Some("seller");
            reasons.extend(one_if(reserves && line.quantity > available, "insufficient_stock"));
            if line.promised != Some("buyer") && awaiting != Some("buyer") {
                *spent.entry(buyer.to_owned()).or_default() += line.quantity * line.price;
            }
        }
        reasons.extend(one_if(total > MOST, "amount_overflow"));
        for (payer, spent) in spent {
            reasons.extend(one_if(spent > self.balance(&payer), "insufficient_credits"));
        }
        reasons
    }

    fn reasons_of_offer(&self, moment: Moment, trade: &Trade, line: &Terms, limit: u64) -> Reasons {
        let Some(offer) = line.offer else { return Reasons::new() };
        let posting = self.offers.get(&offer);
        let posting = posting.filter(|it| it.deadline.is_none_or(|at| at > moment.recorded));
        let Some(posting) = posting else { return Reasons::from(["offer_closed"]) };
        let party = if posting.selling { &trade.seller } else { &trade.buyer };
        let differs = posting.station != trade.station.as_str()
            || posting.commodity != line.commodity
            || posting.trader != party.as_str();
        let limit = u128::from(limit);
        let worse = if posting.selling { line.price > limit } else { line.price < limit };
        let mut reasons = one_if(differs, "offer_mismatch");
        reasons.extend(one_if(worse, "price_moved"));
        reasons.extend(one_if(line.quantity > posting.left, "offer_exceeded"));
        reasons
    }

    pub(super) fn trade(&mut self, actor: PrincipalId, moment: Moment, trade: &Trade) {
        let awaiting = self.awaiting(actor, trade);
        let proposed = self.own_side(actor, trade).is_some();
        let hold = trade.terms.get().and_then(|terms| terms.hold);
        let lifetime = hold.map(|lifetime| lifetime.until(domain::Timestamp(moment.recorded)).0);
        let (station, buyer, seller) =
            (trade.station.as_str(), trade.buyer.as_str(), trade.seller.as_str());
        let lines = self.terms(trade);
        for line in &lines {
            let cost = line.quantity * line.price;
            // First everything not promised yet is reserved; a direct trade goes on to settle it.
            if line.promised != Some("seller") && awaiting != Some("seller") {
                self.reserve(station, seller, &line.commodity, line.quantity);
            }
            if line.promised != Some("buyer") && awaiting != Some("buyer") {
                self.hold(buyer, cost);
            }
            if hold.is_none() {
                self.deliver(station, (buyer, seller), &line.commodity, line.quantity, cost);
            }
            self.fill(line.offer, line.quantity);
        }
        let charges = charges(trade);
        for (payer, to, amount) in &charges {
            self.hold(payer, *amount);
            if hold.is_none() {
                self.pay_held(payer, to, *amount);
            }
        }
        let part = |line: Terms| {
            let settled = if hold.is_none() { line.quantity } else { 0 };
            (line.commodity, Part { agreed: line.quantity, price: line.price, settled })
        };
        let deal = Deal {
            station: station.to_owned(),
            buyer: buyer.to_owned(),
            seller: seller.to_owned(),
            status: if hold.is_none() { "settled" } else { "pending" },
            lines: lines.into_iter().map(part).collect(),
            charges,
            charges_paid: hold.is_none(),
            proposed: proposed && hold.is_some(),
            awaiting,
            deadline: lifetime,
        };
        self.deals.insert(moment.sequence, deal);
    }

    fn reserve(&mut self, station: &str, owner: &str, commodity: &str, quantity: u128) {
        let level = self.entry(station, owner, commodity);
        level.available -= quantity;
        level.reserved += quantity;
    }

    fn release(&mut self, station: &str, owner: &str, commodity: &str, quantity: u128) {
        let level = self.entry(station, owner, commodity);
        level.reserved -= quantity;
        level.available += quantity;
    }

    pub(super) fn hold(&mut self, trader: &str, amount: u128) {
        *self.balances.entry(trader.to_owned()).or_default() -= amount;
        *self.held.entry(trader.to_owned()).or_default() += amount;
    }

    pub(super) fn unhold(&mut self, trader: &str, amount: u128) {
        *self.held.entry(trader.to_owned()).or_default() -= amount;
        *self.balances.entry(trader.to_owned()).or_default() += amount;
    }

    pub(super) fn pay_held(&mut self, from: &str, to: &str, amount: u128) {
        *self.held.entry(from.to_owned()).or_default() -= amount;
        *self.balances.entry(to.to_owned()).or_default() += amount;
    }

    pub(super) fn pay(&mut self, from: &str, to: &str, amount: u128) {
        *self.balances.entry(from.to_owned()).or_default() -= amount;
        *self.balances.entry(to.to_owned()).or_default() += amount;
    }

    pub(super) fn give(
        &mut self,
        station: &str,
        from: &str,
        to: &str,
        commodity: &str,
        quantity: u128,
    ) {
        self.entry(station, from, commodity).available -= quantity;
        self.entry(station, to, commodity).available += quantity;
    }

    /// Reserved goods and held credits change owner.
    fn deliver(
        &mut self,
        station: &str,
        (buyer, seller): (&str, &str),
        commodity: &str,
        quantity: u128,
        cost: u128,
    ) {
        self.entry(station, seller, commodity).reserved -= quantity;
        self.entry(station, buyer, commodity).available += quantity;
        self.pay_held(buyer, seller, cost);
    }

    /// Why a trade cannot become what is asked.
    pub(super) fn reasons_of_end(&self, moment: Moment, id: u64, to: &str) -> Reasons {
        let Some(deal) = self.deals.get(&id) else { return Reasons::from(["unknown_trade"]) };
        let moved = deal.lines.values().any(|part| part.settled > 0);
        let reverses = to == "reversed";
        let reason = match deal.status {
            "reversed" => "already_reversed",
            "pending" if reverses => "invalid_transition",
            "pending" if deal.deadline.unwrap() <= moment.recorded => "hold_expired",
            "pending" => return Reasons::new(),
            "settled" if !reverses => "already_settled",
            "expired" if !reverses => "hold_expired",
            "voided" if !reverses => "invalid_transition",
            _ if moved => return Reasons::new(),
            _ => "invalid_transition",
        };
        Reasons::from([reason])
    }

    /// What is to be settled: all that is left, or what is named.
    fn parts(&self, settlement: &Settlement) -> Vec<(String, u128)> {
        if let Some(lines) = &settlement.lines {
            let line = |line: &domain::BookingLine| {
                (line.commodity.as_str().to_owned(), u128::from(line.quantity.get()))
            };
            return lines.iter().map(line).collect();
        }
        let Some(deal) = self.deals.get(&settlement.trade.0.0) else { return Vec::new() };
        let left = deal.lines.iter().map(|(name, part)| (name.clone(), part.agreed - part.settled));
        left.filter(|(_, left)| *left > 0).collect()
    }

    pub(super) fn reasons_of_settlement(&self, moment: Moment, asked: &Settlement) -> Reasons {
        let id = asked.trade.0.0;
        let mut reasons = self.reasons_of_end(moment, id, "settled");
        let Some(deal) = self.deals.get(&id) else { return reasons };
        let mut cost = 0;
        for (commodity, quantity) in self.parts(asked) {
            reasons.extend(self.unknown_commodity(&commodity));
            let Some(part) = deal.lines.get(&commodity) else {
                reasons.insert("not_in_trade");
                continue;
            };
            let over = quantity > part.agreed - part.settled;
            reasons.extend(one_if(over, "over_settlement"));
            cost += quantity * part.price;
            let available = self.level(&deal.station, &deal.seller, &commodity).available;
            let short = deal.awaiting == Some("seller") && quantity > available;
            reasons.extend(one_if(short, "insufficient_stock"));
        }
        let short = deal.awaiting == Some("buyer") && cost > self.balance(&deal.buyer);
        reasons.extend(one_if(short, "insufficient_credits"));
        reasons
    }

    pub(super) fn settle(&mut self, settlement: &Settlement) {
        let parts = self.parts(settlement);
        let mut deal = self.deals.remove(&settlement.trade.0.0).unwrap();
        for (commodity, quantity) in parts {
            let part = deal.lines.get_mut(&commodity).unwrap();
            part.settled += quantity;
            let cost = quantity * part.price;
            // Who accepts reserves and settles at once.
            match deal.awaiting {
                Some("seller") => self.reserve(&deal.station, &deal.seller, &commodity, quantity),
                Some(_) => self.hold(&deal.buyer, cost),
                None => {}
            }
            let parties = (deal.buyer.as_str(), deal.seller.as_str());
            self.deliver(&deal.station, parties, &commodity, quantity, cost);
        }
        if settlement.is_final || deal.lines.values().all(|part| part.settled == part.agreed) {
            deal.status = "settled";
            deal.charges_paid = true;
            self.release_rest(&deal);
            for (payer, to, amount) in &deal.charges {
                self.pay_held(payer, to, *amount);
            }
        }
        self.deals.insert(settlement.trade.0.0, deal);
    }

    /// It was voided, or has expired.
    pub(super) fn call_off(&mut self, id: u64, status: &'static str) {
        let mut deal = self.deals.remove(&id).unwrap();
        deal.status = status;
        self.release_rest(&deal);
        for (payer, _, amount) in &deal.charges {
            self.unhold(payer, *amount);
        }
        self.deals.insert(id, deal);
    }

    fn release_rest(&mut self, deal: &Deal) {
        for (commodity, part) in &deal.lines {
            let left = part.agreed - part.settled;
            if deal.awaiting != Some("seller") {
                self.release(&deal.station, &deal.seller, commodity, left);
            }
            if deal.awaiting != Some("buyer") {
                self.unhold(&deal.buyer, left * part.price);
            }
        }
    }

    pub(super) fn reasons_of_reversal(&self, moment: Moment, id: u64) -> Reasons {
        let mut reasons = self.reasons_of_end(moment, id, "reversed");
        let Some(deal) = self.deals.get(&id) else { return reasons };
        let mut owed = BTreeMap::<&str, u128>::new();
        for (commodity, part) in &deal.lines {
            let available = self.level(&deal.station, &deal.buyer, commodity).available;
            reasons.extend(one_if(part.settled > available, "insufficient_stock"));
            *owed.entry(&deal.seller).or_default() += part.settled * part.price;
        }
        for (_, to, amount) in deal.charges.iter().filter(|_| deal.charges_paid) {
            *owed.entry(to).or_default() += amount;
        }
        for (debtor, owed) in owed {
            reasons.extend(one_if(owed > self.balance(debtor), "insufficient_credits"));
        }
        reasons
    }

    pub(super) fn reverse(&mut self, id: u64) {
        let mut deal = self.deals.remove(&id).unwrap();
        deal.status = "reversed";
        for (commodity, part) in &deal.lines {
            self.give(&deal.station, &deal.buyer, &deal.seller, commodity, part.settled);
            self.pay(&deal.seller, &deal.buyer, part.settled * part.price);
        }
        for (payer, to, amount) in deal.charges.iter().filter(|_| deal.charges_paid) {
            self.pay(to, payer, *amount);
        }
        self.deals.insert(id, deal);
    }
}

fn charges(trade: &Trade) -> Vec<(String, String, u128)> {
    let charges = trade.terms.get().map(|terms| terms.charges.iter());
    let charge = |charge: &domain::ChargeWanted| {
        let (payer, to) = (charge.payer.as_str().to_owned(), charge.to.as_str().to_owned());
        (payer, to, u128::from(charge.amount.get()))
    };
    charges.into_iter().flatten().map(charge).collect()
}

/// The offer that a line takes.
pub(super) fn offer_of(terms: &TradeTermsWanted, line: usize) -> Option<OfferId> {
    terms.offers.iter().find(|(at, _)| *at as usize == line).map(|(_, offer)| *offer)
}
