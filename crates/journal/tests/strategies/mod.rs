//! Every event there can be, for proptest.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "a test's own module; tests panic")]

mod alerts;
mod cargo;
mod reference;
mod trades;

use domain::*;
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;

/// Small numbers and the greatest, since lengths change with them.
fn amount() -> BoxedStrategy<u64> {
    prop_oneof![Just(0), 0..200_u64, 0..=AMOUNT_MAX, Just(AMOUNT_MAX)].boxed()
}

fn quantity() -> BoxedStrategy<Quantity> {
    amount().prop_map(|value| Quantity::new(value).unwrap()).boxed()
}

fn credits() -> BoxedStrategy<Credits> {
    amount().prop_map(|value| Credits::new(value).unwrap()).boxed()
}

fn id() -> BoxedStrategy<u32> {
    prop_oneof![Just(0), 0..20_000_u32, any::<u32>()].boxed()
}

pub fn instant() -> BoxedStrategy<Timestamp> {
    let (min, max) = (Timestamp::MIN.0, Timestamp::MAX.0);
    prop_oneof![Just(min), Just(max), Just(0), min..=max].prop_map(Timestamp).boxed()
}

fn identifier() -> BoxedStrategy<Identifier> {
    "[A-Za-z0-9._-]{1,64}".prop_map(|text| Identifier::new(&text).unwrap()).boxed()
}

fn text() -> BoxedStrategy<Text> {
    "[^\\p{Cc}]{1,64}".prop_map(|text| Text::new(&text).unwrap()).boxed()
}

fn sequence() -> BoxedStrategy<Sequence> {
    (1..=AMOUNT_MAX).prop_map(Sequence).boxed()
}

fn trader() -> BoxedStrategy<TraderId> {
    id().prop_map(TraderId).boxed()
}

fn flag() -> BoxedStrategy<bool> {
    any::<bool>().boxed()
}

fn position() -> BoxedStrategy<Position> {
    let max = Position::COORDINATE_MAX;
    let at = || prop_oneof![Just(0), -max..=max, Just(max), Just(-max)];
    (at(), at(), at()).prop_map(|(x, y, z)| Position { x, y, z }).boxed()
}

fn lines<T: std::fmt::Debug + 'static>(
    line: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Box<[T]>> {
    vec(line, 1..6).prop_map(Vec::into_boxed_slice).boxed()
}

fn goods() -> BoxedStrategy<Box<[GoodsLine]>> {
    lines((id(), quantity()).prop_map(|(commodity, quantity)| GoodsLine {
        commodity: CommodityId(commodity),
        quantity,
    }))
    .boxed()
}

fn stock_change() -> BoxedStrategy<StockChange> {
    let source = prop_oneof![Just(Source::Produced), Just(Source::Found)];
    let sink = prop_oneof![
        Just(Sink::Consumed),
        Just(Sink::Lost),
        Just(Sink::Expired),
        Just(Sink::Stolen)
    ];
    prop_oneof![
        (source, quantity()).prop_map(|(source, quantity)| StockChange::In(source, quantity)),
        (sink, quantity()).prop_map(|(sink, quantity)| StockChange::Out(sink, quantity)),
        quantity().prop_map(StockChange::Damaged),
        quantity().prop_map(StockChange::Repaired),
        (quantity(), quantity())
            .prop_map(|(expected, count)| StockChange::Counted { expected, count }),
    ]
    .boxed()
}

fn stock_adjusted() -> BoxedStrategy<Event> {
    let line =
        (id(), stock_change()).prop_map(|(commodity, change)| (CommodityId(commodity), change));
    (id(), id(), lines(line))
        .prop_map(|(station, owner, lines)| {
            let (station, owner) = (StationId(station), TraderId(owner));
            Event::StockAdjusted(StockAdjusted { station, owner, lines })
        })
        .boxed()
}

fn note() -> BoxedStrategy<Box<Note>> {
    (of(text()), btree_map(text(), text(), 0..=limits::METADATA_ENTRIES_MAX))
        .prop_map(|(reference, metadata)| Box::new(Note { reference, metadata }))
        .boxed()
}

fn envelope() -> BoxedStrategy<Envelope> {
    let key = (any::<u128>(), any::<u64>())
        .prop_map(|(hash, fingerprint)| KeyBinding { hash, fingerprint });
    let trace = any::<u128>().prop_map(TraceId);
    let note = prop_oneof![4 => Just(None), 1 => note().prop_map(Some)];
    (sequence(), instant(), of(instant()), id(), of(key), of(trace), note)
        .prop_map(|(sequence, recorded_at, occurred_at, actor, key, trace, note)| Envelope {
            sequence,
            recorded_at,
            occurred_at,
            actor: PrincipalId(actor),
            key,
            trace,
            note,
        })
        .boxed()
}

pub fn recorded() -> BoxedStrategy<Recorded> {
    let event = prop_oneof![
        4 => reference::event(),
        2 => stock_adjusted(),
        8 => trades::event(),
        1 => cargo::booked(),
        4 => cargo::changed(),
        3 => alerts::event(),
    ];
    (envelope(), event).prop_map(|(envelope, event)| Recorded { envelope, event }).boxed()
}
