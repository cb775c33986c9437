//! A trade through its life, as its events make it.

use super::*;
use crate::PrincipalId;

const ICE: CommodityId = CommodityId(0);
const ORE: CommodityId = CommodityId(1);

fn units(count: u64) -> Quantity {
    Quantity::new(count).unwrap()
}

fn money(count: u64) -> Credits {
    Credits::new(count).unwrap()
}

/// Recorded at ten times its sequence.
fn envelope(sequence: u64) -> Envelope {
    Envelope {
        sequence: Sequence(sequence),
        recorded_at: Timestamp(i64::try_from(sequence).unwrap() * 10),
        occurred_at: None,
        actor: PrincipalId(1),
        key: None,
        trace: None,
        note: None,
    }
}

fn line(commodity: CommodityId, quantity: u64, price: u64) -> TradeLine {
    TradeLine { commodity, quantity: units(quantity), unit_price: money(price) }
}

fn tax() -> Box<[Charge]> {
    let (payer, to) = (TraderId(0), TraderId(2));
    [Charge { payer, to, amount: money(7), kind: ChargeKind::Tax }].into()
}

/// Forty ice at 12 and one ore at 5, taxed.
fn held(unreserved: Option<Side>) -> TradeRecord {
    let event = Event::TradeHeld(Box::new(TradeHeld {
        station: StationId(0),
        buyer: TraderId(0),
        seller: TraderId(1),
        lines: [line(ICE, 40, 12), line(ORE, 1, 5)].into(),
        total: money(485),
        terms: Some(Box::new(TradeTerms { offers: Box::default(), charges: tax() })),
        expires_at: Timestamp(99),
        proposed_by: unreserved.map(Side::other),
        unreserved,
    }));
    TradeRecord::begun(&envelope(1), &event).unwrap()
}

fn settled(lines: &[TradeLine], ends: bool) -> Event {
    Event::HoldSettled(Box::new(HoldSettled {
        trade: TransactionId(Sequence(1)),
        previous: Sequence(1),
        station: StationId(0),
        buyer: TraderId(0),
        seller: TraderId(1),
        unreserved: None,
        lines: lines.into(),
        total: Credits::ZERO,
        rest: ends.then(HoldRest::default),
    }))
}

fn released(reason: &str) -> HoldReleased {
    HoldReleased {
        trade: TransactionId(Sequence(1)),
        previous: Sequence(1),
        station: StationId(0),
        buyer: TraderId(0),
        seller: TraderId(1),
        rest: HoldRest::default(),
        reason: Some(Text::new(reason).unwrap()),
    }
}

fn reversed() -> Event {
    Event::TradeReversed(Box::new(TradeReversed {
        trade: TransactionId(Sequence(1)),
        previous: Sequence(1),
        station: StationId(0),
        buyer: TraderId(0),
        seller: TraderId(1),
        lines: Box::default(),
        total: Credits::ZERO,
        charges: Box::default(),
        reason: Text::new("a mistake").unwrap(),
    }))
}

#[test]
fn a_direct_trade_is_settled_from_the_start() {
    let event = Event::TradeSettled(TradeSettled {
        station: StationId(0),
        buyer: TraderId(0),
        seller: TraderId(1),
        lines: [line(ICE, 40, 12)].into(),
        total: money(480),
        terms: None,
    });
    let trade = TradeRecord::begun(&envelope(3), &event).unwrap();
    assert_eq!((trade.id.0, trade.status), (Sequence(3), TradeStatus::Settled));
    assert_eq!((trade.settled_at, trade.expires_at), (Some(Timestamp(30)), None));
    assert!(trade.charges_paid && trade.is_settled_in_part());
    assert!(trade.charges().is_empty());
    assert_eq!(trade.lines[0].left(), Quantity::ZERO);
}

#[test]
fn a_hold_is_settled_part_by_part_until_it_ends() {
    let mut trade = held(None);
    assert_eq!((trade.status, trade.expires_at), (TradeStatus::Pending, Some(Timestamp(99))));
    assert!(!trade.is_settled_in_part() && !trade.charges_paid);
    let whole = trade.rest();
    assert_eq!((whole.goods.len(), whole.credits, whole.charges), (2, money(485), tax()));

    trade.apply(&envelope(2), &settled(&[line(ICE, 15, 12), line(ORE, 1, 5)], false));
    assert_eq!((trade.status, trade.settled_at), (TradeStatus::Pending, Some(Timestamp(20))));
    assert!(trade.is_settled_in_part() && !trade.charges_paid);
    let rest = trade.rest();
    assert_eq!(*rest.goods, [GoodsLine { commodity: ICE, quantity: units(25) }]);
    assert_eq!(rest.credits, money(300));

    trade.apply(&envelope(3), &settled(&[line(ICE, 5, 12)], true));
    assert_eq!((trade.status, trade.settled_at), (TradeStatus::Settled, Some(Timestamp(30))));
    assert!(trade.charges_paid);
    assert_eq!(trade.lines[0].settled, units(20));
    assert_eq!((trade.last, trade.event_count), (Sequence(3), 3));
}

#[test]
fn a_side_that_has_yet_to_accept_has_nothing_reserved() {
    let rest = held(Some(Side::Sell)).rest();
    assert_eq!((rest.goods.len(), rest.credits), (0, money(485)));
    let rest = held(Some(Side::Buy)).rest();
    assert_eq!((rest.goods.len(), rest.credits), (2, Credits::ZERO));
}

#[test]
fn voided_and_expired_say_so_and_pay_no_charges() {
    let mut trade = held(None);
    trade.apply(&envelope(2), &Event::TradeVoided(Box::new(released("called off"))));
    assert_eq!((trade.status, trade.reason), (TradeStatus::Voided, Text::new("called off").ok()));
    assert!(!trade.charges_paid);
    let mut trade = held(None);
    trade.apply(&envelope(2), &Event::TradeExpired(Box::new(released("late"))));
    assert_eq!((trade.status, trade.reason), (TradeStatus::Expired, None));
}

#[test]
fn a_reversed_trade_keeps_what_was_settled_and_has_its_charges_back() {
    let mut trade = held(None);
    trade.apply(&envelope(2), &settled(&[line(ICE, 5, 12)], true));
    trade.apply(&envelope(3), &reversed());
    assert_eq!((trade.status, trade.reason), (TradeStatus::Reversed, Text::new("a mistake").ok()));
    assert!(!trade.charges_paid);
    assert_eq!(trade.lines[0].settled, units(5));
    assert_eq!((trade.last, trade.event_count), (Sequence(3), 3));
}

#[test]
fn events_of_other_things_change_nothing() {
    let mut trade = held(None);
    let other = Event::CreditsIssued { trader: TraderId(0), amount: money(1) };
    trade.apply(&envelope(2), &other);
    assert_eq!(trade, held(None));
    assert_eq!(TradeRecord::begun(&envelope(2), &other), None);
}

#[test]
fn the_two_sides_face_each_other() {
    assert_eq!((Side::Sell.other(), Side::Buy.other()), (Side::Buy, Side::Sell));
}
