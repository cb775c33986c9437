//! Open offers, in their order.

use std::sync::Arc;

use domain::{
    CommodityId, Event, OfferId, OfferOpened, OfferRest, OfferTaken, Sequence, Side, StationId,
    TradeLine, TradeSettled, TradeTerms, TraderId, TransactionId,
};
use views::{OfferFilter, OfferPlace};

use crate::fold::beginning;
use crate::journal::*;

/// Station, trader; side, commodity; price.
type Wanted = ((u32, u32), (Side, u32), u64);

fn opened(((station, trader), (side, commodity), price): Wanted, replaced: &[OfferRest]) -> Event {
    Event::OfferOpened(Box::new(OfferOpened {
        station: StationId(station),
        trader: TraderId(trader),
        side,
        commodity: CommodityId(commodity),
        unit_price: credits(price),
        quantity: units(4),
        expires_at: None,
        replaced: replaced.into(),
    }))
}

/// A trade of the offer of trader 2 to sell at station 0, to trader 3.
fn taking(offer: Sequence, previous: Sequence, quantity: u64) -> Event {
    let taken = OfferTaken { line: 0, offer: OfferId(offer), side: Side::Sell, previous };
    let line =
        TradeLine { commodity: CommodityId(0), quantity: units(quantity), unit_price: credits(5) };
    Event::TradeSettled(TradeSettled {
        station: StationId(0),
        buyer: TraderId(3),
        seller: TraderId(2),
        lines: [line].into(),
        total: credits(5 * quantity),
        terms: Some(Box::new(TradeTerms { offers: [taken].into(), charges: Box::default() })),
    })
}

const SOLD: Wanted = ((0, 2), (Side::Sell, 0), 5);

fn market(world: &mut World) -> Vec<(u64, Wanted)> {
    world.record(beginning());
    for station in [0, 1] {
        for commodity in [0, 1] {
            world.record([
                produced(station, 2, commodity, 100),
                produced(station, 3, commodity, 100),
            ]);
        }
    }
    let mut posted = Vec::new();
    for (number, price) in [7, 3, 9, 3, 5, 1].into_iter().enumerate() {
        for (station, trader) in [(0, 2), (1, 3)] {
            let side = if number % 2 == 0 { Side::Sell } else { Side::Buy };
            let wanted = ((station, trader), (side, u32::try_from(number).unwrap() / 3), price);
            posted.push((world.record([opened(wanted, &[])]).0, wanted));
        }
    }
    posted
}

/// By commodity, to sell before to buy, best price first, the oldest first.
fn sorted(mut posted: Vec<(u64, Wanted)>, keep: impl Fn(&Wanted) -> bool) -> Vec<u64> {
    posted.retain(|(_, wanted)| keep(wanted));
    posted.sort_by_key(|(id, (_, (side, commodity), price))| {
        let price = i64::try_from(*price).unwrap();
        (*commodity, *side, if *side == Side::Sell { price } else { -price }, *id)
    });
    posted.into_iter().map(|(id, _)| id).collect()
}

fn find(world: &World, filter: &OfferFilter, limit: usize) -> Vec<u64> {
    let (mut found, mut after): (_, Option<OfferPlace>) = (Vec::new(), None);
    loop {
        let page = world.views.read().find_offers(filter, after, limit);
        assert!(page.items.len() <= limit);
        found.extend(page.items.iter().map(|offer| offer.id.0.0));
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

fn check(world: &World, posted: &[(u64, Wanted)]) {
    let all: Vec<Option<u32>> = vec![None, Some(0), Some(1)];
    for limit in [1, 2, 100] {
        for station in &all {
            for commodity in &all {
                for side in [None, Some(Side::Sell), Some(Side::Buy)] {
                    for trader in [None, Some(2), Some(3)] {
                        let filter = OfferFilter {
                            station: station.map(StationId),
                            commodity: commodity.map(CommodityId),
                            side,
                            trader: trader.map(TraderId),
                        };
                        let keep = |((at, by), (of, what), _): &Wanted| {
                            station.is_none_or(|only| only == *at)
                                && commodity.is_none_or(|only| only == *what)
                                && side.is_none_or(|only| only == *of)
                                && trader.is_none_or(|only| only == *by)
                        };
                        let found = find(world, &filter, limit);
                        assert_eq!(found, sorted(posted.to_vec(), keep), "{filter:?}");
                    }
                }
            }
        }
    }
    assert_eq!(world.views.read().counts().open_offers, posted.len());
    assert!(world.views.audit(SCOPE).unwrap().balanced);
}

#[test]
fn offers_are_listed_best_price_first_by_every_filter() {
    let mut world = World::in_memory();
    let posted = market(&mut world);
    check(&world, &posted);
}

#[test]
fn offers_are_taken_filled_replaced_withdrawn_and_expire() {
    let mut world = World::in_memory();
    let mut posted = market(&mut world);
    let id = world.record([opened(SOLD, &[])]);
    posted.push((id.0, SOLD));
    let offer = |world: &World, id: Sequence| world.views.read().offer(OfferId(id)).copied();
    let taken = world.record([taking(id, id, 3)]);
    let open = offer(&world, id).unwrap();
    assert_eq!((open.remaining, open.last), (units(1), taken));
    check(&world, &posted);
    let trade = world.record([taking(id, taken, 1)]);
    let (offer_id, trade) = (OfferId(id), TransactionId(trade));
    world.record([Event::OfferFilled { offer: offer_id, trade }]);
    posted.pop();
    assert_eq!(offer(&world, id), None);
    check(&world, &posted);
    let rest = |world: &World, id: u64| offer(world, Sequence(id)).unwrap().rest();
    let (first, wanted) = posted.remove(0);
    let replaced = rest(&world, first);
    let next = world.record([opened(wanted, &[replaced])]);
    posted.push((next.0, wanted));
    let alike = |world: &World| {
        let state = world.views.read();
        let ((station, trader), (side, commodity), _) = wanted;
        let (station, trader) = (StationId(station), TraderId(trader));
        state
            .offers_alike(station, trader, side, CommodityId(commodity))
            .map(|it| it.id.0)
            .collect()
    };
    let found: Vec<Sequence> = alike(&world);
    assert!(found.contains(&next) && !found.contains(&Sequence(first)));
    check(&world, &posted);
    let gone = posted.drain(..2).map(|(id, _)| rest(&world, id)).collect();
    world.record([Event::OffersWithdrawn(gone)]);
    check(&world, &posted);
    let (late, _) = posted.remove(0);
    let late = rest(&world, late);
    world.record([Event::OfferExpired(Box::new(late))]);
    check(&world, &posted);
}

#[test]
fn a_snapshot_brings_offers_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("views.db");
    let mut world = World::open(Some(&path), Arc::default());
    let posted = market(&mut world);
    let world = world.restarted(&path);
    check(&world, &posted);
}

#[test]
#[should_panic(expected = "which is not open")]
fn an_offer_that_is_not_open_cannot_be_taken() {
    let mut world = World::in_memory();
    market(&mut world);
    world.record([taking(Sequence(1), Sequence(1), 1)]);
}
