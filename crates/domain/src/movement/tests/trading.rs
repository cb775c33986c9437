//! What offers, holds, reversals, charges and gifts move.

use super::*;
use crate::{CreditsTransferred, OfferId, OfferOpened, TransactionId};

const MARS_TRADER: TraderId = TraderId(4);
const TRADE: TransactionId = TransactionId(Sequence(9));

fn lines(lines: &[(CommodityId, u64, u64)]) -> Box<[TradeLine]> {
    let line = |(commodity, quantity, price): &(CommodityId, u64, u64)| TradeLine {
        commodity: *commodity,
        quantity: units(*quantity),
        unit_price: money(*price),
    };
    lines.iter().map(line).collect()
}

fn goods_of(lines: &[(CommodityId, u64)]) -> Box<[GoodsLine]> {
    let line = |(commodity, count): &(CommodityId, u64)| GoodsLine {
        commodity: *commodity,
        quantity: units(*count),
    };
    lines.iter().map(line).collect()
}

/// Acme owes mars seven.
fn tax() -> Box<[Charge]> {
    [Charge { payer: ACME, to: MARS_TRADER, amount: money(7), kind: ChargeKind::Tax }].into()
}

fn taken(line: u32, side: Side) -> OfferTaken {
    OfferTaken { line, offer: OfferId(Sequence(5)), side, previous: Sequence(5) }
}

fn terms(offers: &[OfferTaken]) -> TradeTerms {
    TradeTerms { offers: offers.into(), charges: tax() }
}

/// Forty ice at 12, one ore at 5.
fn settled(offers: &[OfferTaken]) -> Event {
    Event::TradeSettled(TradeSettled {
        station: CERES,
        buyer: ACME,
        seller: BELT,
        lines: lines(&[(ICE, 40, 12), (ORE, 1, 5)]),
        total: money(485),
        terms: Some(Box::new(terms(offers))),
    })
}

fn held(offers: &[OfferTaken], unreserved: Option<Side>) -> Event {
    Event::TradeHeld(Box::new(TradeHeld {
        station: CERES,
        buyer: ACME,
        seller: BELT,
        lines: lines(&[(ICE, 40, 12), (ORE, 1, 5)]),
        total: money(485),
        terms: Some(Box::new(terms(offers))),
        expires_at: Timestamp(99),
        proposed_by: unreserved.map(Side::other),
        unreserved,
    }))
}

fn part_settled(unreserved: Option<Side>, rest: Option<HoldRest>) -> Event {
    Event::HoldSettled(Box::new(HoldSettled {
        trade: TRADE,
        previous: Sequence(9),
        station: CERES,
        buyer: ACME,
        seller: BELT,
        unreserved,
        lines: lines(&[(ICE, 10, 12)]),
        total: money(120),
        rest,
    }))
}

fn rest() -> HoldRest {
    HoldRest { goods: goods_of(&[(ICE, 30), (ORE, 1)]), credits: money(365), charges: tax() }
}

#[test]
fn a_trade_takes_what_offers_have_reserved_and_pays_its_charges() {
    check(&[
        (
            settled(&[taken(0, Side::Sell)]),
            &[
                "40 ice: ceres/belt/Reserved > ceres/acme/Available",
                "480 credits: acme > belt",
                "1 ore: ceres/belt/Available > ceres/acme/Available",
                "5 credits: acme > belt",
                "7 credits: acme > mars",
            ],
        ),
        (
            settled(&[taken(1, Side::Buy)]),
            &[
                "40 ice: ceres/belt/Available > ceres/acme/Available",
                "480 credits: acme > belt",
                "1 ore: ceres/belt/Available > ceres/acme/Available",
                "5 credits: acme's held > belt",
                "7 credits: acme > mars",
            ],
        ),
    ]);
}

#[test]
fn a_hold_reserves_what_is_not_reserved_yet() {
    let tax = "7 credits: acme > acme's held";
    check(&[
        (
            held(&[], None),
            &[
                "40 ice: ceres/belt/Available > ceres/belt/Reserved",
                "480 credits: acme > acme's held",
                "1 ore: ceres/belt/Available > ceres/belt/Reserved",
                "5 credits: acme > acme's held",
                tax,
            ],
        ),
        (
            held(&[taken(0, Side::Sell), taken(1, Side::Buy)], None),
            &[
                "480 credits: acme > acme's held",
                "1 ore: ceres/belt/Available > ceres/belt/Reserved",
                tax,
            ],
        ),
        (
            held(&[], Some(Side::Sell)),
            &["480 credits: acme > acme's held", "5 credits: acme > acme's held", tax],
        ),
        (
            held(&[], Some(Side::Buy)),
            &[
                "40 ice: ceres/belt/Available > ceres/belt/Reserved",
                "1 ore: ceres/belt/Available > ceres/belt/Reserved",
                tax,
            ],
        ),
    ]);
}

#[test]
fn a_settlement_moves_what_was_reserved_and_the_last_one_ends_the_rest() {
    check(&[
        (
            part_settled(None, None),
            &[
                "10 ice: ceres/belt/Reserved > ceres/acme/Available",
                "120 credits: acme's held > belt",
            ],
        ),
        (
            part_settled(None, Some(rest())),
            &[
                "10 ice: ceres/belt/Reserved > ceres/acme/Available",
                "120 credits: acme's held > belt",
                "30 ice: ceres/belt/Reserved > ceres/belt/Available",
                "1 ore: ceres/belt/Reserved > ceres/belt/Available",
                "365 credits: acme's held > acme",
                "7 credits: acme's held > mars",
            ],
        ),
        (
            part_settled(Some(Side::Sell), None),
            &[
                "10 ice: ceres/belt/Available > ceres/acme/Available",
                "120 credits: acme's held > belt",
            ],
        ),
        (
            part_settled(Some(Side::Buy), None),
            &["10 ice: ceres/belt/Reserved > ceres/acme/Available", "120 credits: acme > belt"],
        ),
    ]);
}

#[test]
fn a_hold_that_ends_releases_everything_its_charges_included() {
    let released = || {
        Box::new(HoldReleased {
            trade: TRADE,
            previous: Sequence(9),
            station: CERES,
            buyer: ACME,
            seller: BELT,
            rest: rest(),
            reason: None,
        })
    };
    let moved: &[&str] = &[
        "30 ice: ceres/belt/Reserved > ceres/belt/Available",
        "1 ore: ceres/belt/Reserved > ceres/belt/Available",
        "365 credits: acme's held > acme",
        "7 credits: acme's held > acme",
    ];
    check(&[(Event::TradeVoided(released()), moved), (Event::TradeExpired(released()), moved)]);
}

#[test]
fn a_reversal_moves_everything_the_other_way() {
    let reversed = TradeReversed {
        trade: TRADE,
        previous: Sequence(9),
        station: CERES,
        buyer: ACME,
        seller: BELT,
        lines: lines(&[(ICE, 40, 12)]),
        total: money(480),
        charges: tax(),
        reason: Text::new("a mistake").unwrap(),
    };
    check(&[(
        Event::TradeReversed(Box::new(reversed)),
        &[
            "40 ice: ceres/acme/Available > ceres/belt/Available",
            "480 credits: belt > acme",
            "7 credits: mars > acme",
        ],
    )]);
}

fn rest_of(side: Side, quantity: u64) -> OfferRest {
    OfferRest {
        offer: OfferId(Sequence(5)),
        previous: Sequence(6),
        station: CERES,
        trader: if side == Side::Sell { BELT } else { ACME },
        side,
        commodity: ICE,
        unit_price: money(12),
        quantity: units(quantity),
    }
}

#[test]
fn an_offer_reserves_what_it_promises_after_what_it_replaces_is_free() {
    let opened = |side| {
        Event::OfferOpened(Box::new(OfferOpened {
            station: CERES,
            trader: if side == Side::Sell { BELT } else { ACME },
            side,
            commodity: ICE,
            unit_price: money(10),
            quantity: units(4),
            expires_at: None,
            replaced: [rest_of(side, 3)].into(),
        }))
    };
    check(&[
        (
            opened(Side::Sell),
            &[
                "3 ice: ceres/belt/Reserved > ceres/belt/Available",
                "4 ice: ceres/belt/Available > ceres/belt/Reserved",
            ],
        ),
        (opened(Side::Buy), &["36 credits: acme's held > acme", "40 credits: acme > acme's held"]),
    ]);
}

#[test]
fn an_offer_that_ends_gives_back_what_is_left_and_a_filled_one_has_nothing() {
    let (sell, buy) = (rest_of(Side::Sell, 3), rest_of(Side::Buy, 2));
    let offer = sell.offer;
    let sold: &[&str] = &["3 ice: ceres/belt/Reserved > ceres/belt/Available"];
    check(&[
        (Event::OfferExpired(Box::new(sell)), sold),
        (
            Event::OffersWithdrawn([sell, buy].into()),
            &[
                "3 ice: ceres/belt/Reserved > ceres/belt/Available",
                "24 credits: acme's held > acme",
            ],
        ),
        (Event::OfferFilled { offer, trade: TRADE }, &[]),
    ]);
}

#[test]
fn gifts_move_what_is_free() {
    let (from, to, reason) = (BELT, ACME, None);
    let credits = CreditsTransferred { from, to, amount: money(3), reason: reason.clone() };
    let goods = StockTransferred { station: CERES, from, to, lines: goods_of(&[(ICE, 2)]), reason };
    check(&[
        (Event::CreditsTransferred(Box::new(credits)), &["3 credits: belt > acme"]),
        (
            Event::StockTransferred(Box::new(goods)),
            &["2 ice: ceres/belt/Available > ceres/acme/Available"],
        ),
    ]);
}
