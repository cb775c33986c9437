//! Shipments.

use domain::*;
use proptest::option::of;
use proptest::prelude::*;

use super::trades::charges;
use super::{goods, id, instant, lines, position, quantity, sequence, text, trader};

fn route() -> BoxedStrategy<Route> {
    (id(), id(), id())
        .prop_map(|(origin, destination, owner)| Route {
            origin: StationId(origin),
            destination: StationId(destination),
            owner: TraderId(owner),
        })
        .boxed()
}

pub fn booked() -> BoxedStrategy<Event> {
    let terms = (of(id()), charges(), 0..=limits::TOLERANCE_PERMILLE_MAX);
    (route(), trader(), trader(), goods(), instant(), instant(), terms)
        .prop_map(|(route, consignee, carrier, lines, one, other, terms)| {
            let (vessel, charges, tolerance) = terms;
            Event::ShipmentBooked(Box::new(ShipmentBooked {
                route,
                consignee,
                carrier,
                lines,
                schedule: Schedule::new(one.min(other), one.max(other)).unwrap(),
                vessel: vessel.map(VesselId),
                charges,
                tolerance: Tolerance::new(tolerance).unwrap(),
            }))
        })
        .boxed()
}

fn delay_code() -> BoxedStrategy<DelayCode> {
    prop_oneof![
        Just(DelayCode::Congestion),
        Just(DelayCode::Weather),
        Just(DelayCode::Mechanical),
        Just(DelayCode::Customs),
        Just(DelayCode::Security),
        Just(DelayCode::Crew),
        Just(DelayCode::Loading),
        Just(DelayCode::Other),
    ]
    .boxed()
}

fn change() -> BoxedStrategy<ShipmentChange> {
    let counted = (quantity(), quantity(), quantity(), quantity());
    let receipt = (id(), counted).prop_map(|(commodity, (accepted, rejected, found, short))| {
        ReceiptLine { commodity: CommodityId(commodity), accepted, rejected, found, short }
    });
    let cause = prop_oneof![Just(LossCause::Lost), Just(LossCause::Stolen)];
    let delay = prop_oneof![Just(DelayReason::Estimate), Just(DelayReason::Overdue)];
    prop_oneof![
        Just(ShipmentChange::Loaded),
        (goods(), of(instant())).prop_map(|(lines, estimated_arrival)| {
            ShipmentChange::Departed { lines, estimated_arrival }
        }),
        position().prop_map(ShipmentChange::Position),
        (of(instant()), of(instant()), of(text()), of(delay_code())).prop_map(
            |(departure, arrival, reason, code)| {
                ShipmentChange::Estimated { departure, arrival, reason, code }
            }
        ),
        delay.prop_map(|reason| ShipmentChange::Delayed { reason }),
        Just(ShipmentChange::Arrived),
        (lines(receipt), any::<bool>())
            .prop_map(|(lines, complete)| ShipmentChange::Received { lines, complete }),
        (goods(), cause, of(text())).prop_map(|(lines, cause, reason)| ShipmentChange::Lost {
            lines,
            cause,
            reason
        }),
        (goods(), of(text()))
            .prop_map(|(lines, reason)| ShipmentChange::Cancelled { lines, reason }),
        text().prop_map(|reason| ShipmentChange::Held { reason }),
        Just(ShipmentChange::Released),
        (goods(), of(text())).prop_map(|(lines, reason)| ShipmentChange::Found { lines, reason }),
        (goods(), of(text()))
            .prop_map(|(lines, reason)| ShipmentChange::Returned { lines, reason }),
    ]
    .boxed()
}

pub fn changed() -> BoxedStrategy<Event> {
    let end = prop_oneof![
        2 => Just(ChargesEnd::None),
        1 => charges().prop_map(ChargesEnd::Paid),
        1 => charges().prop_map(ChargesEnd::Released),
    ];
    (sequence(), sequence(), route(), change(), end)
        .prop_map(|(shipment, previous, route, change, charges)| {
            let shipment = ShipmentId(shipment);
            let changed = ShipmentChanged { shipment, previous, route, change, charges };
            Event::ShipmentChanged(Box::new(changed))
        })
        .boxed()
}
