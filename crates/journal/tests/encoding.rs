//! Every event there can be is read back as it was written, and what cannot be is refused.

#![allow(clippy::unwrap_used, reason = "tests panic")]

mod common;
mod strategies;

use common::{fully_annotated, long_event, recorded, samples, trade};
use domain::limits::{BATCH_BYTES_MAX, ROW_BYTES_MAX};
use domain::*;
use journal::BATCH_EVENTS_BYTES_MAX;
use journal::encoding::{EncodingError, decode, encode, encoded_len_bound};
use journal::row::{Row, SealError, Walk, first_chain, seal};
use proptest::prelude::*;

const ID: BatchId = BatchId { journal: JournalId(7), epoch: Epoch(1), number: 1 };

fn encoded(recorded: &Recorded, base: Timestamp) -> Vec<u8> {
    let mut bytes = vec![];
    encode(recorded, base, &mut bytes).unwrap();
    bytes
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(recorded in strategies::recorded(), base in strategies::instant()) {
        let bytes = encoded(&recorded, base);
        prop_assert_eq!(decode(&bytes, recorded.envelope.sequence, base).unwrap(), recorded);
    }

    #[test]
    fn the_bound_is_above_the_length_and_not_far(recorded in strategies::recorded(), base in strategies::instant()) {
        let (actual, bound) = (encoded(&recorded, base).len(), encoded_len_bound(&recorded));
        prop_assert!(bound >= actual + 2, "bound {} of {}", bound, actual);
        prop_assert!(bound <= 3 * actual + 64, "bound {} of {}", bound, actual);
    }

    #[test]
    fn no_bytes_make_the_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes, Sequence(1), Timestamp(0));
    }

    #[test]
    fn damaged_events_are_refused_or_are_events(
        recorded in strategies::recorded(),
        at in any::<prop::sample::Index>(),
        bit in 0..8_u32,
    ) {
        let mut bytes = encoded(&recorded, Timestamp(0));
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(other) = decode(&bytes, Sequence(1), Timestamp(0)) {
            encoded(&other, Timestamp(0));
        }
    }

    #[test]
    fn a_batch_within_its_bound_is_sealed_and_read_back(
        events in prop::collection::vec(strategies::recorded(), 1..60),
        copies in 1..40_usize,
    ) {
        let mut batch = Batch { id: ID, events: vec![] };
        let mut budget = BATCH_EVENTS_BYTES_MAX;
        for (at, event) in (1..).zip(std::iter::repeat_n(events, copies).flatten()) {
            let Some(left) = budget.checked_sub(encoded_len_bound(&event)) else { break };
            budget = left;
            batch.events.push(event);
            batch.events.last_mut().unwrap().envelope.sequence = Sequence(at);
        }
        let (rows, chain) = seal(&batch, first_chain(ID.journal)).unwrap();
        prop_assert!(rows.iter().map(|row| row.bytes.len()).sum::<usize>() <= BATCH_BYTES_MAX);
        let mut walk = Walk::from_start(ID.journal);
        let mut events = vec![];
        for sealed in &rows {
            prop_assert!(sealed.bytes.len() <= ROW_BYTES_MAX);
            let row = Row::parse(&sealed.bytes).unwrap();
            prop_assert_eq!(row.first, sealed.first);
            walk.step(&row).unwrap();
            events.extend(row.events_after(Sequence::ZERO).map(Result::unwrap));
        }
        prop_assert!(walk.between_batches());
        prop_assert_eq!(walk.chain, chain);
        prop_assert_eq!(events, batch.events);
    }
}

#[test]
fn samples_of_every_kind_are_read_back() {
    for (event, at) in samples().into_iter().zip(1..) {
        let full = fully_annotated(at, event);
        let base = Timestamp(common::START);
        assert_eq!(decode(&encoded(&full, base), Sequence(at), base).unwrap(), full);
    }
}

#[test]
fn a_one_line_trade_is_small() {
    let trade = recorded(1_000, trade(1_000));
    let length = encoded(&trade, Timestamp(trade.envelope.recorded_at.0 - 500_000)).len();
    assert!(length <= 33, "{length} bytes");
}

#[test]
fn the_same_note_has_the_same_bytes() {
    let full = fully_annotated(1, trade(1));
    let mut other = full.clone();
    let note = other.envelope.note.as_mut().unwrap();
    note.metadata = note.metadata.clone().into_iter().rev().collect();
    assert_eq!(encoded(&full, Timestamp(0)), encoded(&other, Timestamp(0)));
}

/// Protobuf skips fields that it does not know, so an event of a later version decodes as none.
#[test]
fn an_event_of_a_newer_version_is_refused() {
    let newer = [0xfa, 0x07, 0x00]; // Field 127, an empty message.
    let error = decode(&newer, Sequence(1), Timestamp(0)).unwrap_err();
    assert_eq!(error, EncodingError::Newer("this kind of event"));
    assert!(error.to_string().contains("newer version"));
}

#[test]
fn what_cannot_be_is_neither_written_nor_read() {
    let check = |change: &dyn Fn(&mut Recorded)| {
        let mut wrong = recorded(1, trade(1));
        change(&mut wrong);
        encode(&wrong, Timestamp(0), &mut vec![]).unwrap_err()
    };
    let out_of_bounds = |error| matches!(error, EncodingError::OutOfBounds(_));
    assert!(out_of_bounds(check(&|it| it.envelope.recorded_at = Timestamp(i64::MAX))));
    assert!(out_of_bounds(check(&|it| it.envelope.occurred_at = Some(Timestamp(i64::MIN)))));
    assert!(out_of_bounds(check(&|it| {
        let details = NetworkDetails { wall: Timestamp(0), epoch: Timestamp(0), speed: 0 };
        it.event = Event::NetworkCreated(details);
    })));
    let no_lines = check(&|it| {
        let (station, owner) = (StationId(1), TraderId(1));
        it.event = Event::StockAdjusted(StockAdjusted { station, owner, lines: Box::new([]) });
    });
    assert_eq!(no_lines, EncodingError::Missing("a line"));
}

/// Wire bytes that say what no event may: amounts past the maximum, a schedule turned round, an
/// enum's unknown value, bad identifiers.
#[test]
fn messages_out_of_bounds_are_refused() {
    let issued = |amount: &[u8]| {
        let mut bytes = vec![0x5a, u8::try_from(1 + amount.len()).unwrap(), 0x10];
        bytes.extend_from_slice(amount);
        decode(&bytes, Sequence(1), Timestamp(0))
    };
    assert!(issued(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]).is_ok(), "2^53-1");
    let too_much = issued(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]);
    assert_eq!(too_much, Err(EncodingError::OutOfBounds("an amount of credits")));

    let booked = [0x4a, 10, 0x0a, 0, 0x22, 2, 0x08, 1, 0x28, 4, 0x30, 2];
    let turned_round = decode(&booked, Sequence(1), Timestamp(0));
    assert_eq!(turned_round, Err(EncodingError::OutOfBounds("the planned arrival")));

    let delayed =
        |reason| decode(&[0x52, 6, 0x1a, 0, 0x42, 2, 0x08, reason], Sequence(1), Timestamp(0));
    assert!(delayed(2).is_ok());
    assert_eq!(delayed(0), Err(EncodingError::Missing("why a shipment is delayed")));
    assert_eq!(delayed(9), Err(EncodingError::Newer("this reason of a delay")));

    let named =
        |id: u8| decode(&[0xba, 0x01, 6, 0x12, 1, id, 0x1a, 1, b'A'], Sequence(1), Timestamp(0));
    assert!(named(b'a').is_ok());
    assert_eq!(named(b'/'), Err(EncodingError::OutOfBounds("a trader's identifier")));
}

#[test]
fn events_that_do_not_share_a_row_have_their_own() {
    let batch = common::batch(ID, 1, vec![long_event(); 40]);
    let (rows, _) = seal(&batch, first_chain(ID.journal)).unwrap();
    assert!(rows.len() > 2);
    for sealed in &rows {
        let row = Row::parse(&sealed.bytes).unwrap();
        for sequence in row.first.0..=row.last().0 {
            let alone = row.event(Sequence(sequence)).unwrap().unwrap();
            assert_eq!(&alone, &batch.events[usize::try_from(sequence - 1).unwrap()]);
        }
        assert_eq!(row.event(Sequence(row.first.0 - 1)).unwrap(), None);
        assert_eq!(row.event(row.last().next()).unwrap(), None);
    }
}

#[test]
fn batches_that_cannot_be_are_not_sealed() {
    let chain = first_chain(ID.journal);
    let empty = Batch { id: ID, events: vec![] };
    assert_eq!(seal(&empty, chain), Err(SealError::Empty));
    let large = common::batch(ID, 1, vec![long_event(); 300]);
    assert_eq!(seal(&large, chain), Err(SealError::TooLarge));
    let zero = common::batch(ID, 0, vec![trade(1)]);
    assert!(matches!(seal(&zero, chain), Err(SealError::Gap { .. })));
}

#[test]
fn a_changed_byte_anywhere_in_a_row_is_found() {
    let batch = common::batch(ID, 1, common::trades(20));
    let (rows, _) = seal(&batch, first_chain(ID.journal)).unwrap();
    let bytes = &rows[0].bytes;
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        assert!(Row::parse(&changed).is_err(), "byte {at}");
        assert!(Row::parse(&bytes[..at]).is_err(), "cut at {at}");
    }
}
