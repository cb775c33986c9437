//! Offers and gifts of the second ledger, and what happens to its trades and offers by itself.

use domain::{PostOffer, Side, Transfer, TransferWanted};

use super::network::{MOST, Moment, Network, Reasons, one_if};

/// A posted price that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Posting {
    pub(super) station: String,
    pub(super) trader: String,
    /// Or buying.
    pub(super) selling: bool,
    pub(super) commodity: String,
    pub(super) price: u128,
    pub(super) left: u128,
    pub(super) deadline: Option<i64>,
}

impl Posting {
    fn new(moment: Moment, post: &PostOffer) -> Self {
        let at = domain::Timestamp(moment.recorded);
        Self {
            station: post.station.as_str().to_owned(),
            trader: post.trader.as_ref().unwrap_or(&post.station).as_str().to_owned(),
            selling: post.side == Side::Sell,
            commodity: post.commodity.as_str().to_owned(),
            price: post.unit_price.get().into(),
            left: post.quantity.get().into(),
            deadline: post.lifetime.map(|lifetime| lifetime.until(at).0),
        }
    }
}

impl Network {
    /// The open offers that this one takes the place of.
    fn replaced(&self, post: &PostOffer, posting: &Posting) -> Vec<u64> {
        let place = |it: &Posting| {
            (it.station.clone(), it.trader.clone(), it.selling, it.commodity.clone())
        };
        let alike = self.offers.iter().filter(|(_, it)| place(it) == place(posting));
        alike.map(|(id, _)| *id).filter(|_| post.replace).collect()
    }

    pub(super) fn reasons_of_posting(&self, moment: Moment, post: &PostOffer) -> Reasons {
        let wanted = Posting::new(moment, post);
        let mut reasons = one_if(!self.stations.contains_key(&wanted.station), "unknown_station");
        reasons.extend(one_if(!self.is_trader(&wanted.trader), "unknown_trader"));
        reasons.extend(self.unknown_commodity(&wanted.commodity));
        let replaced = self.replaced(post, &wanted);
        let replaced = replaced.iter().map(|id| &self.offers[id]);
        if wanted.selling {
            let level = self.level(&wanted.station, &wanted.trader, &wanted.commodity);
            let free = level.available + replaced.map(|it| it.left).sum::<u128>();
            reasons.extend(one_if(wanted.left > free, "insufficient_stock"));
        } else {
            let cost = wanted.left * wanted.price;
            let free =
                self.balance(&wanted.trader) + replaced.map(|it| it.left * it.price).sum::<u128>();
            reasons.extend(one_if(cost > MOST, "amount_overflow"));
            reasons.extend(one_if(cost > free, "insufficient_credits"));
        }
        reasons
    }

    /// Whether that changed anything.
    pub(super) fn post(&mut self, moment: Moment, post: &PostOffer) -> bool {
        let wanted = Posting::new(moment, post);
        let replaced = self.replaced(post, &wanted);
        if let [only] = replaced[..]
            && self.offers[&only] == wanted
            && wanted.deadline.is_none()
        {
            return false;
        }
        for id in &replaced {
            self.withdraw(*id);
        }
        if wanted.left == 0 {
            return !replaced.is_empty();
        }
        if wanted.selling {
            let level = self.entry(&wanted.station, &wanted.trader, &wanted.commodity);
            level.available -= wanted.left;
            level.reserved += wanted.left;
        } else {
            self.hold(&wanted.trader, wanted.left * wanted.price);
        }
        self.offers.insert(moment.sequence, wanted);
        true
    }

    /// It was withdrawn or replaced, or has expired.
    pub(super) fn withdraw(&mut self, id: u64) {
        let offer = self.offers.remove(&id).unwrap();
        if offer.selling {
            let level = self.entry(&offer.station, &offer.trader, &offer.commodity);
            level.reserved -= offer.left;
            level.available += offer.left;
        } else {
            self.unhold(&offer.trader, offer.left * offer.price);
        }
    }

    /// So much of it was taken.
    pub(super) fn fill(&mut self, id: Option<u64>, quantity: u128) {
        let Some(id) = id else { return };
        let offer = self.offers.get_mut(&id).unwrap();
        offer.left -= quantity;
        if offer.left == 0 {
            self.offers.remove(&id);
        }
    }

    pub(super) fn reasons_of_transfer(&self, transfer: &Transfer) -> Reasons {
        let from = transfer.from.as_str();
        let mut reasons = one_if(transfer.from == transfer.to, "same_party");
        for party in [&transfer.from, &transfer.to] {
            reasons.extend(one_if(!self.is_trader(party.as_str()), "unknown_trader"));
        }
        match &transfer.what {
            TransferWanted::Credits(amount) => {
                let short = u128::from(amount.get()) > self.balance(from);
                reasons.extend(one_if(short, "insufficient_credits"));
            }
            TransferWanted::Goods { station, lines } => {
                let station = station.as_str();
                reasons.extend(one_if(!self.stations.contains_key(station), "unknown_station"));
                for line in lines {
                    let commodity = line.commodity.as_str();
                    reasons.extend(self.unknown_commodity(commodity));
                    let available = self.level(station, from, commodity).available;
                    let short = u128::from(line.quantity.get()) > available;
                    reasons.extend(one_if(short, "insufficient_stock"));
                }
            }
        }
        reasons
    }

    pub(super) fn transfer(&mut self, transfer: &Transfer) {
        let (from, to) = (transfer.from.as_str(), transfer.to.as_str());
        match &transfer.what {
            TransferWanted::Credits(amount) => self.pay(from, to, amount.get().into()),
            TransferWanted::Goods { station, lines } => {
                for line in lines {
                    let (commodity, quantity) = (line.commodity.as_str(), line.quantity.get());
                    self.give(station.as_str(), from, to, commodity, quantity.into());
                }
            }
        }
    }

    /// All deadlines to come: when, of what (in the order in which they fire), which.
    pub(super) fn timers(&self) -> Vec<(i64, &'static str, u64)> {
        let shipments = self.shipments.iter();
        let late = shipments.filter_map(|(id, cargo)| Some((cargo.deadline?, "a delivery", *id)));
        let open = self.deals.iter().filter(|(_, deal)| deal.status == "pending");
        let holds = open.filter_map(|(id, deal)| Some((deal.deadline?, "a hold", *id)));
        let offers = self.offers.iter();
        let offers = offers.filter_map(|(id, offer)| Some((offer.deadline?, "an offer", *id)));
        late.chain(holds).chain(offers).chain(self.key_deadlines()).collect()
    }

    /// The deadline of a thing has passed.
    pub(super) fn fire(&mut self, kind: &str, id: u64) {
        match kind {
            "a delivery" => {
                let cargo = self.shipments.get_mut(&id).unwrap();
                cargo.deadline = None;
                cargo.delayed = Some("overdue");
            }
            "a hold" => self.call_off(id, "expired"),
            "key" => self.keys[usize::try_from(id).unwrap()].ended = true,
            _ => self.withdraw(id),
        }
    }
}
