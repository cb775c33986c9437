//! Trades, holds, offers, gifts.

use domain::*;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::{credits, goods, id, instant, quantity, sequence, text, trader};

fn side() -> BoxedStrategy<Side> {
    prop_oneof![Just(Side::Sell), Just(Side::Buy)].boxed()
}

pub fn charges() -> BoxedStrategy<Box<[Charge]>> {
    let kind = prop_oneof![
        Just(ChargeKind::Tax),
        Just(ChargeKind::Docking),
        Just(ChargeKind::Freight),
        Just(ChargeKind::Insurance),
        Just(ChargeKind::Other),
    ];
    let amount = prop_oneof![1..200_u64, 1..=AMOUNT_MAX, Just(AMOUNT_MAX)];
    let charge = (trader(), trader(), amount, kind).prop_map(|(payer, to, amount, kind)| Charge {
        payer,
        to,
        amount: Credits::new(amount).unwrap(),
        kind,
    });
    vec(charge, 0..=limits::CHARGES_MAX).prop_map(Vec::into_boxed_slice).boxed()
}

fn lines() -> BoxedStrategy<Box<[TradeLine]>> {
    let line = || {
        (id(), quantity(), credits()).prop_map(|(commodity, quantity, unit_price)| TradeLine {
            commodity: CommodityId(commodity),
            quantity,
            unit_price,
        })
    };
    prop_oneof![9 => vec(line(), 1..4), 1 => vec(line(), limits::LINES_MAX)]
        .prop_map(Vec::into_boxed_slice)
        .boxed()
}

type LinesAndTerms = (Box<[TradeLine]>, Option<Box<TradeTerms>>);

/// Lines, and terms by which some of them took an offer.
fn lines_and_terms() -> BoxedStrategy<LinesAndTerms> {
    let taken = (sequence(), side(), sequence());
    let terms = move |count: usize| {
        (vec(of(taken.clone()), count), charges()).prop_map(|(taken, charges)| {
            let taken = (0..).zip(taken).filter_map(|(line, taken)| {
                taken.map(|(offer, side, previous)| {
                    let offer = OfferId(offer);
                    OfferTaken { line, offer, side, previous }
                })
            });
            Box::new(TradeTerms { offers: taken.collect(), charges })
        })
    };
    lines()
        .prop_flat_map(move |lines| {
            let terms = of(terms(lines.len()));
            (Just(lines), terms)
        })
        .boxed()
}

/// Station, buyer and seller.
fn parties() -> BoxedStrategy<(StationId, TraderId, TraderId)> {
    (id().prop_map(StationId), trader(), trader()).boxed()
}

/// A trade and its last event.
fn trade() -> BoxedStrategy<(TransactionId, Sequence)> {
    (sequence().prop_map(TransactionId), sequence()).boxed()
}

fn settled() -> BoxedStrategy<Event> {
    (parties(), lines_and_terms(), credits())
        .prop_map(|((station, buyer, seller), (lines, terms), total)| {
            let settled = TradeSettled { station, buyer, seller, lines, total, terms };
            Event::TradeSettled(settled)
        })
        .boxed()
}

fn held() -> BoxedStrategy<Event> {
    (parties(), lines_and_terms(), credits(), instant(), of(side()), of(side()))
        .prop_map(|(parties, (lines, terms), total, expires_at, proposed_by, unreserved)| {
            let (station, buyer, seller) = parties;
            Event::TradeHeld(Box::new(TradeHeld {
                station,
                buyer,
                seller,
                lines,
                total,
                terms,
                expires_at,
                proposed_by,
                unreserved,
            }))
        })
        .boxed()
}

fn rest() -> BoxedStrategy<HoldRest> {
    (prop_oneof![Just(Box::default()), goods()], credits(), charges())
        .prop_map(|(goods, credits, charges)| HoldRest { goods, credits, charges })
        .boxed()
}

fn hold_settled() -> BoxedStrategy<Event> {
    (trade(), parties(), of(side()), lines(), credits(), of(rest()))
        .prop_map(|((trade, previous), parties, unreserved, lines, total, rest)| {
            let (station, buyer, seller) = parties;
            Event::HoldSettled(Box::new(HoldSettled {
                trade,
                previous,
                station,
                buyer,
                seller,
                unreserved,
                lines,
                total,
                rest,
            }))
        })
        .boxed()
}

fn released() -> BoxedStrategy<Box<HoldReleased>> {
    (trade(), parties(), rest(), of(text()))
        .prop_map(|((trade, previous), (station, buyer, seller), rest, reason)| {
            Box::new(HoldReleased { trade, previous, station, buyer, seller, rest, reason })
        })
        .boxed()
}

fn reversed() -> BoxedStrategy<Event> {
    (trade(), parties(), lines(), credits(), charges(), text())
        .prop_map(|((trade, previous), parties, lines, total, charges, reason)| {
            let (station, buyer, seller) = parties;
            Event::TradeReversed(Box::new(TradeReversed {
                trade,
                previous,
                station,
                buyer,
                seller,
                lines,
                total,
                charges,
                reason,
            }))
        })
        .boxed()
}

fn offer_rest() -> BoxedStrategy<OfferRest> {
    let names = (id(), trader(), side(), id());
    (sequence(), sequence(), names, credits(), quantity())
        .prop_map(|(offer, previous, (station, trader, side, commodity), unit_price, quantity)| {
            OfferRest {
                offer: OfferId(offer),
                previous,
                station: StationId(station),
                trader,
                side,
                commodity: CommodityId(commodity),
                unit_price,
                quantity,
            }
        })
        .boxed()
}

fn offer_opened() -> BoxedStrategy<Event> {
    let replaced = prop_oneof![
        9 => vec(offer_rest(), 0..3),
        1 => vec(offer_rest(), limits::OFFERS_ALIKE_MAX),
    ];
    let names = (id(), trader(), side(), id());
    (names, credits(), quantity(), of(instant()), replaced)
        .prop_map(|(names, unit_price, quantity, expires_at, replaced)| {
            let (station, trader, side, commodity) = names;
            Event::OfferOpened(Box::new(OfferOpened {
                station: StationId(station),
                trader,
                side,
                commodity: CommodityId(commodity),
                unit_price,
                quantity,
                expires_at,
                replaced: replaced.into_boxed_slice(),
            }))
        })
        .boxed()
}

fn gift() -> BoxedStrategy<Event> {
    prop_oneof![
        (trader(), trader(), credits(), of(text())).prop_map(|(from, to, amount, reason)| {
            let given = CreditsTransferred { from, to, amount, reason };
            Event::CreditsTransferred(Box::new(given))
        }),
        (parties(), goods(), of(text())).prop_map(|((station, from, to), lines, reason)| {
            let given = StockTransferred { station, from, to, lines, reason };
            Event::StockTransferred(Box::new(given))
        }),
    ]
    .boxed()
}

pub fn event() -> BoxedStrategy<Event> {
    prop_oneof![
        2 => settled(),
        1 => held(),
        1 => hold_settled(),
        1 => released().prop_map(Event::TradeVoided),
        1 => released().prop_map(Event::TradeExpired),
        1 => reversed(),
        1 => offer_opened(),
        1 => trade().prop_map(|(trade, offer)| Event::OfferFilled { offer: OfferId(offer), trade }),
        1 => vec(offer_rest(), 1..4).prop_map(|rests| Event::OffersWithdrawn(rests.into())),
        1 => offer_rest().prop_map(|rest| Event::OfferExpired(Box::new(rest))),
        2 => gift(),
    ]
    .boxed()
}
