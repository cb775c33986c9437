//! The real holds and offers in the words of the naive ledger.

use std::collections::BTreeMap;

use domain::{Offer, Side, TradeRecord};

use super::compare::{Names, wide};
use super::network::Network;
use super::offers::Posting;
use super::trading::{Deal, Part};
use crate::State;

/// Fails unless both know the same held credits, open holds, open offers and roles.
pub(super) fn compare(network: &Network, state: &State, names: &Names) {
    let mut held = network.held.clone();
    held.retain(|_, amount| *amount != 0);
    let rows = state.traders.iter().filter(|(_, row)| !row.held.is_zero());
    let real = rows.map(|(name, row)| (name.0.to_string(), row.held.get().into()));
    assert_eq!(held, real.collect::<BTreeMap<_, u128>>(), "held");
    let open = network.deals.iter().filter(|(_, deal)| deal.status == "pending");
    let open = open.map(|(id, deal)| (*id, deal.clone())).collect::<BTreeMap<_, _>>();
    let real = state.holds.iter().map(|(key, hold)| (key.0.0.0, deal(names, &hold.0)));
    assert_eq!(open, real.collect(), "holds");
    let real = state.offers.iter().map(|(key, open)| (key.0.0.0, posting(names, &open.0)));
    assert_eq!(network.offers, real.collect(), "offers");
    for (name, row) in state.principals.iter().skip(1) {
        let known = &network.principals[name.0.as_str()];
        let accounts = row.accounts.iter().map(|it| names.traders[it.index()].clone());
        let mut accounts = accounts.collect::<Vec<_>>();
        accounts.sort();
        assert_eq!((known.role, &known.accounts), (row.role, &accounts), "{name:?}");
    }
}

fn deal(names: &Names, hold: &TradeRecord) -> Deal {
    let name = |trader: domain::TraderId| names.traders[trader.index()].clone();
    let part = |line: &domain::TradeRecordLine| {
        let part = Part {
            agreed: wide(line.quantity),
            price: line.unit_price.get().into(),
            settled: wide(line.settled),
        };
        (names.commodities[line.commodity.index()].clone(), part)
    };
    let charge = |charge: &domain::Charge| {
        (name(charge.payer), name(charge.to), u128::from(charge.amount.get()))
    };
    Deal {
        station: names.stations[hold.station.index()].clone(),
        buyer: name(hold.buyer),
        seller: name(hold.seller),
        status: if hold.status == domain::TradeStatus::Pending { "pending" } else { "ended" },
        lines: hold.lines.iter().map(part).collect(),
        charges: hold.charges().iter().map(charge).collect(),
        charges_paid: hold.charges_paid,
        proposed: hold.proposed_by.is_some(),
        awaiting: hold.unreserved.map(|side| match side {
            Side::Buy => "buyer",
            Side::Sell => "seller",
        }),
        deadline: hold.expires_at.map(|deadline| deadline.0),
    }
}

fn posting(names: &Names, offer: &Offer) -> Posting {
    Posting {
        station: names.stations[offer.station.index()].clone(),
        trader: names.traders[offer.trader.index()].clone(),
        selling: offer.side == Side::Sell,
        commodity: names.commodities[offer.commodity.index()].clone(),
        price: offer.unit_price.get().into(),
        left: wide(offer.remaining),
        deadline: offer.expires_at.map(|deadline| deadline.0),
    }
}
