//! Every event there can be, for proptest.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "a test's own module; tests panic")]

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

fn route() -> BoxedStrategy<Route> {
    (id(), id(), id())
        .prop_map(|(origin, destination, owner)| Route {
            origin: StationId(origin),
            destination: StationId(destination),
            owner: TraderId(owner),
        })
        .boxed()
}

fn station() -> BoxedStrategy<Box<StationDetails>> {
    let kind = prop_oneof![
        Just(StationKind::Planet),
        Just(StationKind::Station),
        Just(StationKind::Outpost),
        Just(StationKind::Gate),
    ];
    (text(), kind, identifier(), position(), id())
        .prop_map(|(name, kind, system, position, owner)| {
            Box::new(StationDetails { name, kind, system, position, owner: TraderId(owner) })
        })
        .boxed()
}

fn commodity() -> BoxedStrategy<Box<CommodityDetails>> {
    (text(), of(identifier()), of(quantity()), of(quantity()))
        .prop_map(|(name, category, unit_mass_grams, unit_volume_millilitres)| {
            Box::new(CommodityDetails { name, category, unit_mass_grams, unit_volume_millilitres })
        })
        .boxed()
}

fn key() -> BoxedStrategy<Box<KeyDetails>> {
    let role = prop_oneof![Just(Role::Admin), Just(Role::Operator), Just(Role::Viewer)];
    (id(), identifier(), role, any::<[u8; 32]>())
        .prop_map(|(principal, name, role, digest)| {
            Box::new(KeyDetails { principal: PrincipalId(principal), name, role, digest })
        })
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

fn trade_settled() -> BoxedStrategy<Event> {
    let line = || {
        (id(), quantity(), credits()).prop_map(|(commodity, quantity, unit_price)| TradeLine {
            commodity: CommodityId(commodity),
            quantity,
            unit_price,
        })
    };
    let lines = prop_oneof![9 => vec(line(), 1..4), 1 => vec(line(), limits::LINES_MAX)];
    (id(), id(), id(), lines, credits())
        .prop_map(|(station, buyer, seller, lines, total)| {
            Event::TradeSettled(TradeSettled {
                station: StationId(station),
                buyer: TraderId(buyer),
                seller: TraderId(seller),
                lines: lines.into_boxed_slice(),
                total,
            })
        })
        .boxed()
}

fn shipment_booked() -> BoxedStrategy<Event> {
    (route(), id(), id(), goods(), instant(), instant())
        .prop_map(|(route, consignee, carrier, lines, one, other)| {
            Event::ShipmentBooked(Box::new(ShipmentBooked {
                route,
                consignee: TraderId(consignee),
                carrier: TraderId(carrier),
                lines,
                schedule: Schedule::new(one.min(other), one.max(other)).unwrap(),
            }))
        })
        .boxed()
}

fn shipment_change() -> BoxedStrategy<ShipmentChange> {
    let receipt = (id(), quantity(), quantity()).prop_map(|(commodity, accepted, rejected)| {
        ReceiptLine { commodity: CommodityId(commodity), accepted, rejected }
    });
    let delay = prop_oneof![Just(DelayReason::Estimate), Just(DelayReason::Overdue)];
    prop_oneof![
        Just(ShipmentChange::Loaded),
        (goods(), of(instant())).prop_map(|(lines, estimated_arrival)| {
            ShipmentChange::Departed { lines, estimated_arrival }
        }),
        position().prop_map(ShipmentChange::Position),
        (of(instant()), of(instant()), of(text())).prop_map(|(departure, arrival, reason)| {
            ShipmentChange::Estimated { departure, arrival, reason }
        }),
        delay.prop_map(|reason| ShipmentChange::Delayed { reason }),
        Just(ShipmentChange::Arrived),
        (lines(receipt), any::<bool>())
            .prop_map(|(lines, complete)| ShipmentChange::Received { lines, complete }),
        (goods(), of(text())).prop_map(|(lines, reason)| ShipmentChange::Lost { lines, reason }),
        (goods(), of(text()))
            .prop_map(|(lines, reason)| ShipmentChange::Cancelled { lines, reason }),
    ]
    .boxed()
}

fn shipment_changed() -> BoxedStrategy<Event> {
    (sequence(), sequence(), route(), shipment_change())
        .prop_map(|(shipment, previous, route, change)| {
            let shipment = ShipmentId(shipment);
            Event::ShipmentChanged(Box::new(ShipmentChanged { shipment, previous, route, change }))
        })
        .boxed()
}

fn reference() -> BoxedStrategy<Event> {
    prop_oneof![
        (instant(), instant(), 1..=limits::SPEED_MAX).prop_map(|(wall, epoch, speed)| {
            Event::NetworkCreated(NetworkDetails { wall, epoch, speed })
        }),
        (id(), key()).prop_map(|(key, details)| Event::KeyCreated { key: KeyId(key), details }),
        id().prop_map(|key| Event::KeyRevoked { key: KeyId(key) }),
        (id(), id(), identifier(), station()).prop_map(|(station, trader, id, details)| {
            let (station, trader) = (StationId(station), TraderId(trader));
            Event::StationCreated { station, trader, id, details }
        }),
        (id(), station()).prop_map(|(station, details)| Event::StationUpdated {
            station: StationId(station),
            details
        }),
        (id(), identifier(), commodity()).prop_map(|(commodity, id, details)| {
            Event::CommodityCreated { commodity: CommodityId(commodity), id, details }
        }),
        (id(), commodity()).prop_map(|(commodity, details)| Event::CommodityUpdated {
            commodity: CommodityId(commodity),
            details
        }),
        (id(), identifier(), text()).prop_map(|(trader, id, name)| Event::TraderCreated {
            trader: TraderId(trader),
            id,
            details: TraderDetails { name }
        }),
        (id(), text()).prop_map(|(trader, name)| Event::TraderUpdated {
            trader: TraderId(trader),
            details: TraderDetails { name }
        }),
        (id(), credits())
            .prop_map(|(trader, amount)| Event::CreditsIssued { trader: TraderId(trader), amount }),
        (id(), credits()).prop_map(|(trader, amount)| Event::CreditsRetired {
            trader: TraderId(trader),
            amount
        }),
    ]
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
        3 => reference(),
        2 => trade_settled(),
        2 => stock_adjusted(),
        1 => shipment_booked(),
        3 => shipment_changed(),
    ];
    (envelope(), event).prop_map(|(envelope, event)| Recorded { envelope, event }).boxed()
}
