//! What an event of holds, offers, shipments and alerts cannot say is neither written nor read.

#![allow(clippy::unwrap_used, reason = "tests panic")]

mod common;

use common::{credits, name, quantity, recorded, text};
use domain::*;
use journal::encoding::EncodingError::{self, Missing, Newer, OutOfBounds};
use journal::encoding::{decode, encode};

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = vec![];
    loop {
        let seven = u8::try_from(value & 0x7f).unwrap();
        value >>= 7;
        if value == 0 {
            bytes.push(seven);
            return bytes;
        }
        bytes.push(seven | 0x80);
    }
}

/// A field that is a number.
fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

/// A field that is a message of these fields.
fn message(field: u64, fields: &[Vec<u8>]) -> Vec<u8> {
    let body = fields.concat();
    [varint(field << 3 | 2), varint(body.len() as u64), body].concat()
}

/// The event with this field number and these fields, read; and written again, if it can be read.
fn read(field: u64, fields: &[Vec<u8>]) -> Result<Event, EncodingError> {
    let read = decode(&message(field, fields), Sequence(1), Timestamp(0))?;
    encode(&read, Timestamp(0), &mut vec![]).unwrap();
    Ok(read.event)
}

fn write(event: Event) -> EncodingError {
    encode(&recorded(1, event), Timestamp(0), &mut vec![]).unwrap_err()
}

fn charge(amount: u64, kind: u64) -> Vec<u8> {
    message(8, &[number(3, amount), number(4, kind)])
}

fn booked(with: &[Vec<u8>]) -> Result<Event, EncodingError> {
    let least = [message(1, &[]), message(4, &[])];
    read(9, &[&least, with].concat())
}

#[test]
fn charges_are_at_most_ten_of_a_known_kind_and_never_of_nothing() {
    assert!(booked(&vec![charge(1, 5); 10]).is_ok());
    assert_eq!(booked(&vec![charge(1, 5); 11]), Err(OutOfBounds("the number of charges")));
    assert_eq!(booked(&[charge(0, 1)]), Err(OutOfBounds("the amount of a charge")));
    assert_eq!(booked(&[charge(1 << 53, 1)]), Err(OutOfBounds("an amount of credits")));
    assert_eq!(booked(&[charge(1, 0)]), Err(Missing("what a charge is for")));
    assert_eq!(booked(&[charge(1, 6)]), Err(Newer("this kind of charge")));

    let charge =
        Charge { payer: TraderId(1), to: TraderId(2), amount: credits(1), kind: ChargeKind::Tax };
    let reversed = |charges: Vec<Charge>| {
        write(Event::TradeReversed(Box::new(TradeReversed {
            trade: TransactionId(Sequence(1)),
            previous: Sequence(1),
            station: StationId(0),
            buyer: TraderId(1),
            seller: TraderId(2),
            lines: [line()].into(),
            total: credits(1),
            charges: charges.into(),
            reason: text("posted twice"),
        })))
    };
    assert_eq!(reversed(vec![charge; 11]), OutOfBounds("the number of charges"));
    let nothing = Charge { amount: credits(0), ..charge };
    assert_eq!(reversed(vec![nothing]), OutOfBounds("the amount of a charge"));
}

fn line() -> TradeLine {
    TradeLine { commodity: CommodityId(0), quantity: quantity(1), unit_price: credits(1) }
}

#[test]
fn a_tolerance_is_at_most_as_much_again() {
    let with = |permille| booked(&[number(9, permille)]);
    assert!(with(1_000).is_ok());
    for more in [1_001, 65_536, u64::from(u32::MAX)] {
        assert_eq!(with(more), Err(OutOfBounds("the tolerance of a shipment")));
    }
}

#[test]
fn offers_are_taken_by_lines_that_are_there_in_their_order() {
    let wrong = "the line of an offer that was taken";
    let taken = |line, side| message(1, &[number(1, line), number(2, 7), number(3, side)]);
    // A direct trade of two lines.
    let trade = |taken: &[Vec<u8>]| read(7, &[message(4, &[]), message(4, &[]), message(6, taken)]);
    assert!(trade(&[]).is_ok());
    assert!(trade(&[taken(0, 1), taken(1, 2)]).is_ok());
    assert_eq!(trade(&[taken(2, 1)]), Err(OutOfBounds(wrong)));
    assert_eq!(trade(&[taken(1, 1), taken(0, 1)]), Err(OutOfBounds(wrong)));
    assert_eq!(trade(&[taken(1, 1), taken(1, 1)]), Err(OutOfBounds(wrong)));
    assert_eq!(trade(&[taken(0, 0)]), Err(Missing("a side")));
    assert_eq!(trade(&[taken(0, 3)]), Err(Newer("this side")));

    let offer = OfferId(Sequence(7));
    let taken = |line| OfferTaken { line, offer, side: Side::Sell, previous: Sequence(7) };
    let terms = TradeTerms { offers: [taken(0), taken(1)].into(), charges: Box::default() };
    let trade = TradeSettled {
        station: StationId(0),
        buyer: TraderId(1),
        seller: TraderId(2),
        lines: [line()].into(),
        total: credits(1),
        terms: Some(Box::new(terms)),
    };
    assert_eq!(write(Event::TradeSettled(trade)), OutOfBounds(wrong));
}

#[test]
fn a_hold_has_a_deadline_in_time_and_sides_that_are_known() {
    let held = |with: Vec<u8>| read(13, &[message(4, &[]), with]);
    assert!(held(number(8, 2)).is_ok());
    assert_eq!(held(number(8, 0)), Err(Missing("a side")));
    assert_eq!(held(number(9, 9)), Err(Newer("this side")));
    assert_eq!(held(number(7, u64::MAX)), Err(OutOfBounds("the deadline of a hold")));
    assert_eq!(read(13, &[number(8, 2)]), Err(Missing("a line")));

    let late = TradeHeld {
        station: StationId(0),
        buyer: TraderId(1),
        seller: TraderId(2),
        lines: [line()].into(),
        total: credits(1),
        terms: None,
        expires_at: Timestamp(i64::MAX),
        proposed_by: None,
        unreserved: None,
    };
    assert_eq!(write(Event::TradeHeld(Box::new(late))), OutOfBounds("the deadline of a hold"));
}

#[test]
fn the_end_of_a_hold_says_what_is_released() {
    let goods = |count| vec![message(1, &[]); count];
    for field in [27, 28] {
        assert_eq!(read(field, &[]), Err(Missing("what a hold releases")));
        assert!(read(field, &[message(6, &[])]).is_ok(), "nothing was reserved");
        assert!(read(field, &[message(6, &goods(100))]).is_ok());
        let many = read(field, &[message(6, &goods(101))]);
        assert_eq!(many, Err(OutOfBounds("the number of lines")));
    }
    assert_eq!(read(14, &[message(9, &[])]), Err(Missing("a line")));
    assert_eq!(read(29, &[message(6, &[])]), Err(OutOfBounds("a reason")));

    let goods = GoodsLine { commodity: CommodityId(0), quantity: quantity(1) };
    let rest = HoldRest { goods: vec![goods; 101].into(), ..HoldRest::default() };
    let voided = HoldReleased {
        trade: TransactionId(Sequence(1)),
        previous: Sequence(1),
        station: StationId(0),
        buyer: TraderId(1),
        seller: TraderId(2),
        rest,
        reason: None,
    };
    assert_eq!(write(Event::TradeVoided(Box::new(voided))), OutOfBounds("the number of lines"));
}

#[test]
fn offers_are_withdrawn_and_replaced_at_most_a_hundred_at_once() {
    let rests = |field, count| vec![message(field, &[number(5, 1)]); count];
    assert_eq!(read(31, &[]), Err(Missing("an offer")));
    assert!(read(31, &rests(1, 100)).is_ok());
    assert_eq!(read(31, &rests(1, 101)), Err(OutOfBounds("the number of offers")));
    let opened = |replaced: Vec<Vec<u8>>| read(15, &[vec![number(3, 1)], replaced].concat());
    assert!(opened(rests(8, 100)).is_ok());
    assert_eq!(opened(rests(8, 101)), Err(OutOfBounds("the number of offers")));
    assert_eq!(read(15, &[]), Err(Missing("a side")));

    assert_eq!(write(Event::OffersWithdrawn(Box::default())), Missing("an offer"));
}

#[test]
fn accounts_are_of_roles_that_have_them_and_in_order() {
    let named = |with: &[Vec<u8>]| {
        let name = message(3, &[b"acme".to_vec()]);
        let digest = message(5, &[vec![7; 32]]);
        read(17, &[&[name, digest], with].concat())
    };
    let accounts = |ids: &[u64]| message(6, &ids.iter().copied().map(varint).collect::<Vec<_>>());
    let (viewer, trader) = (number(4, 3), number(4, 4));
    assert!(named(std::slice::from_ref(&viewer)).is_ok());
    let refused = named(&[viewer, accounts(&[1])]);
    assert_eq!(refused, Err(OutOfBounds("an account of a role without accounts")));
    assert_eq!(named(std::slice::from_ref(&trader)), Err(Missing("an account")));
    assert_eq!(named(&[number(4, 6)]), Err(Newer("this role")));
    let with = |ids: &[u64]| named(&[trader.clone(), accounts(ids)]);
    assert!(with(&(0..100).collect::<Vec<_>>()).is_ok());
    let many = with(&(0..101).collect::<Vec<_>>());
    assert_eq!(many, Err(OutOfBounds("the number of accounts")));
    for wrong in [&[1, 1], &[2, 1]] {
        assert_eq!(with(wrong), Err(OutOfBounds("the order of accounts")));
    }

    let details = KeyDetails {
        principal: PrincipalId(1),
        name: name("acme"),
        role: Role::Carrier,
        digest: [7; 32],
        accounts: [TraderId(2), TraderId(1)].into(),
        expires_at: None,
        replaces: None,
        token: None,
    };
    let accounts = details.accounts.clone();
    let key = Event::KeyCreated { key: KeyId(1), details: Box::new(details) };
    assert_eq!(write(key), OutOfBounds("the order of accounts"));
    let grant = Grant { role: Role::Carrier, accounts, issued_at: Timestamp(7) };
    let updated = Event::GrantUpdated { key: KeyId(1), grant: Box::new(grant) };
    assert_eq!(write(updated), OutOfBounds("the order of accounts"));
}

/// What a shipment's event says without the fields that were added to it is what it always said.
#[test]
fn fields_added_to_shipments_are_absent_or_known() {
    let changed = |change: Vec<u8>| match read(10, &[message(3, &[]), change])? {
        Event::ShipmentChanged(changed) => Ok(changed.change),
        other => panic!("{other:?}"),
    };
    let lost = |cause| changed(message(11, &[vec![message(1, &[])], cause].concat()));
    let cause = |lost| match lost {
        Ok(ShipmentChange::Lost { cause, .. }) => cause,
        other => panic!("{other:?}"),
    };
    assert_eq!(cause(lost(vec![])), LossCause::Lost);
    assert_eq!(cause(lost(vec![number(3, 1)])), LossCause::Stolen);
    assert_eq!(lost(vec![number(3, 2)]), Err(Newer("this cause of a loss")));

    let estimated = |code| changed(message(7, &[number(4, code)]));
    assert!(estimated(8).is_ok());
    assert_eq!(estimated(0), Err(Missing("the code of a delay")));
    assert_eq!(estimated(9), Err(Newer("this code of a delay")));

    assert_eq!(changed(message(13, &[])), Err(OutOfBounds("a reason")));
    for lines in [15, 16] {
        assert_eq!(changed(message(lines, &[])), Err(Missing("a line")));
    }
    let end = [message(17, &[message(1, &[number(3, 1)])])].concat();
    assert_eq!(changed([message(9, &[]), end].concat()), Err(Missing("what a charge is for")));
}

#[test]
fn alerts_say_what_is_known() {
    let cause = message(1, &[number(1, 7)]);
    let fired = |cause: &Vec<u8>, kind, severity| {
        read(37, &[cause.clone(), number(2, kind), number(3, severity)])
    };
    assert!(fired(&cause, 6, 3).is_ok());
    assert_eq!(fired(&vec![], 1, 1), Err(Missing("the cause of an alert")));
    assert_eq!(fired(&message(1, &[]), 1, 1), Err(Newer("this cause of an alert")));
    assert_eq!(fired(&cause, 0, 1), Err(Missing("the kind of an alert")));
    assert_eq!(fired(&cause, 7, 1), Err(Newer("this kind of alert")));
    assert_eq!(fired(&cause, 1, 0), Err(Missing("the severity of an alert")));
    assert_eq!(fired(&cause, 1, 4), Err(Newer("this severity")));
}

#[test]
fn rules_of_alerts_say_what_is_known() {
    let rule = |terms: &[Vec<u8>]| read(35, &[&[message(2, &[b"low".to_vec()])], terms].concat());
    assert_eq!(rule(&[]), Err(Newer("this kind of alert rule")));
    let timing = |timing| rule(&[message(4, &[number(1, timing)])]);
    assert!(timing(4).is_ok());
    assert_eq!(timing(0), Err(Missing("what a rule is about")));
    assert_eq!(timing(5), Err(Newer("this rule of timing")));
    assert!(rule(&[message(5, &[number(5, AMOUNT_MAX)])]).is_ok());
    let too_much = rule(&[message(5, &[number(5, AMOUNT_MAX + 1)])]);
    assert_eq!(too_much, Err(OutOfBounds("a quantity")));
    let unnamed = read(35, &[message(4, &[number(1, 1)])]);
    assert_eq!(unnamed, Err(OutOfBounds("the name of a rule of alerts")));
}

#[test]
fn vessels_have_details() {
    let id = message(2, &[b"long-haul".to_vec()]);
    assert_eq!(read(25, &[id]), Err(Missing("a vessel's details")));
    let unnamed = read(26, &[message(2, &[])]);
    assert_eq!(unnamed, Err(OutOfBounds("a vessel's name")));
}
