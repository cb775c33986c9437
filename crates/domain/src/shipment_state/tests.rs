//! A shipment's life, told by its events alone.

use super::*;
use crate::{PrincipalId, ReceiptLine, StationId};

const ICE: CommodityId = CommodityId(0);
const ORE: CommodityId = CommodityId(1);
const ARRIVAL: i64 = 200;

fn units(count: u64) -> Quantity {
    Quantity::new(count).unwrap()
}

fn goods(lines: &[(CommodityId, u64)]) -> Box<[GoodsLine]> {
    let line = |(commodity, count): &(CommodityId, u64)| GoodsLine {
        commodity: *commodity,
        quantity: units(*count),
    };
    lines.iter().map(line).collect()
}

fn envelope(sequence: u64, recorded_at: i64) -> Envelope {
    Envelope {
        sequence: Sequence(sequence),
        recorded_at: Timestamp(recorded_at),
        occurred_at: None,
        actor: PrincipalId(1),
        key: None,
        trace: None,
        note: None,
    }
}

const ROUTE: Route = Route { origin: StationId(0), destination: StationId(1), owner: TraderId(2) };

/// Ten ice and two ore, planned to be there at [`ARRIVAL`], booked at 10 as event 5.
fn booked() -> Shipment {
    let booked = ShipmentBooked {
        route: ROUTE,
        consignee: TraderId(3),
        carrier: TraderId(4),
        lines: goods(&[(ICE, 10), (ORE, 2)]),
        schedule: crate::Schedule::new(Timestamp(100), Timestamp(ARRIVAL)).unwrap(),
    };
    Shipment::booked(&envelope(5, 10), &booked)
}

fn follow(shipment: &mut Shipment, envelope: &Envelope, change: ShipmentChange) {
    let changed = ShipmentChanged {
        shipment: shipment.id,
        previous: shipment.last,
        route: shipment.route,
        change,
    };
    shipment.apply(envelope, &changed);
    for line in &shipment.lines {
        let parts = [line.accepted, line.rejected, line.written_off];
        let counted = parts.iter().map(|part| part.get()).sum::<u64>();
        assert_eq!(line.shipped.get(), counted + line.outstanding().get());
    }
}

fn after(changes: Vec<ShipmentChange>) -> Shipment {
    let mut shipment = booked();
    for (change, number) in changes.into_iter().zip(6..) {
        let at = i64::try_from(number).unwrap() * 10;
        follow(&mut shipment, &envelope(number, at), change);
    }
    shipment
}

fn departed(estimated_arrival: Option<i64>) -> ShipmentChange {
    ShipmentChange::Departed {
        lines: goods(&[(ICE, 10), (ORE, 2)]),
        estimated_arrival: estimated_arrival.map(Timestamp),
    }
}

fn estimated(departure: Option<i64>, arrival: Option<i64>) -> ShipmentChange {
    ShipmentChange::Estimated {
        departure: departure.map(Timestamp),
        arrival: arrival.map(Timestamp),
        reason: None,
    }
}

fn received(counts: &[(CommodityId, u64, u64)], complete: bool) -> ShipmentChange {
    let line = |(commodity, accepted, rejected): &(CommodityId, u64, u64)| ReceiptLine {
        commodity: *commodity,
        accepted: units(*accepted),
        rejected: units(*rejected),
    };
    let lines = counts.iter().map(line).collect();
    ShipmentChange::Received { lines, complete }
}

#[test]
fn a_booking_is_all_outstanding() {
    let shipment = booked();
    assert_eq!(shipment.id, ShipmentId(Sequence(5)));
    assert_eq!(shipment.status, ShipmentStatus::Booked);
    assert_eq!(shipment.outstanding(), goods(&[(ICE, 10), (ORE, 2)]));
    assert_eq!((shipment.last, shipment.event_count), (Sequence(5), 1));
    assert_eq!(shipment.estimated_arrival, None);
    assert_eq!(shipment.actual_departure, None);
}

#[test]
fn every_event_has_its_status_and_is_counted() {
    let nothing = || goods(&[]);
    let table = [
        (ShipmentChange::Loaded, ShipmentStatus::Loading),
        (departed(None), ShipmentStatus::InTransit),
        (ShipmentChange::Position(Position::default()), ShipmentStatus::Booked),
        (estimated(None, Some(1)), ShipmentStatus::Booked),
        (ShipmentChange::Delayed { reason: DelayReason::Overdue }, ShipmentStatus::Booked),
        (ShipmentChange::Arrived, ShipmentStatus::Arrived),
        (received(&[(ICE, 1, 0)], false), ShipmentStatus::PartiallyReceived),
        (received(&[(ICE, 10, 0)], true), ShipmentStatus::Received),
        (ShipmentChange::Lost { lines: nothing(), reason: None }, ShipmentStatus::Lost),
        (ShipmentChange::Cancelled { lines: nothing(), reason: None }, ShipmentStatus::Cancelled),
    ];
    for (change, status) in table {
        let shipment = after(vec![change.clone()]);
        assert_eq!(shipment.status, status, "{change:?}");
        assert_eq!((shipment.last, shipment.event_count), (Sequence(6), 2));
    }
}

#[test]
fn receipts_add_up_and_the_rest_is_written_off() {
    let shipment = after(vec![
        departed(None),
        ShipmentChange::Arrived,
        received(&[(ICE, 3, 1)], false),
        received(&[(ICE, 0, 2), (ORE, 2, 0)], false),
        ShipmentChange::Lost { lines: goods(&[(ICE, 4)]), reason: None },
    ]);
    let parts = |line: &ShipmentLine| {
        [line.shipped, line.accepted, line.rejected, line.written_off].map(Quantity::get)
    };
    let parts = shipment.lines.iter().map(parts).collect::<Vec<_>>();
    assert_eq!(parts, [[10, 3, 3, 4], [2, 2, 0, 0]]);
    assert_eq!(shipment.outstanding(), goods(&[]));
}

#[test]
fn what_is_cancelled_is_written_off_of_the_shipment() {
    let shipment = after(vec![ShipmentChange::Cancelled {
        lines: goods(&[(ICE, 10), (ORE, 2)]),
        reason: None,
    }]);
    assert_eq!(shipment.outstanding(), goods(&[]));
}

#[test]
fn the_plan_stays_the_latest_estimate_wins_and_actual_times_are_the_clients() {
    let mut shipment = booked();
    let plan = shipment.schedule;
    follow(&mut shipment, &envelope(6, 20), estimated(Some(110), Some(210)));
    follow(&mut shipment, &envelope(7, 30), estimated(Some(120), None));
    assert_eq!(shipment.estimated_departure, Some(Timestamp(120)));
    assert_eq!(shipment.estimated_arrival, Some(Timestamp(210)));
    follow(&mut shipment, &envelope(8, 40), estimated(None, Some(220)));
    assert_eq!(shipment.estimated_departure, Some(Timestamp(120)));
    assert_eq!(shipment.estimated_arrival, Some(Timestamp(220)));
    let mut reported = envelope(9, 125);
    reported.occurred_at = Some(Timestamp(121));
    follow(&mut shipment, &reported, departed(None));
    assert_eq!(shipment.actual_departure, Some(Timestamp(121)));
    assert_eq!(shipment.estimated_arrival, Some(Timestamp(220)));
    let seen = Position { x: 1, y: 2, z: 3 };
    follow(&mut shipment, &envelope(10, 150), ShipmentChange::Position(seen));
    assert_eq!(shipment.position, Some((seen, Timestamp(150))));
    follow(&mut shipment, &envelope(11, 190), ShipmentChange::Arrived);
    assert_eq!(shipment.actual_arrival, Some(Timestamp(190)));
    assert_eq!(shipment.schedule, plan);
}

#[test]
fn a_shipment_is_late_by_estimate_or_overdue_until_it_is_there_in_time() {
    let late = || estimated(None, Some(ARRIVAL + 1));
    let overdue = || ShipmentChange::Delayed { reason: DelayReason::Overdue };
    let table = [
        (vec![late()], Some(DelayReason::Estimate)),
        (vec![late(), estimated(None, Some(ARRIVAL))], None),
        (vec![late(), estimated(Some(1), None)], Some(DelayReason::Estimate)),
        (vec![departed(Some(ARRIVAL + 1))], Some(DelayReason::Estimate)),
        (vec![late(), departed(None)], Some(DelayReason::Estimate)),
        (vec![overdue()], Some(DelayReason::Overdue)),
        (vec![late(), overdue()], Some(DelayReason::Overdue)),
        (vec![overdue(), late()], Some(DelayReason::Overdue)),
        (vec![overdue(), estimated(None, Some(ARRIVAL))], Some(DelayReason::Overdue)),
        (vec![late(), departed(None), ShipmentChange::Arrived], None),
    ];
    for (changes, expected) in table {
        assert_eq!(after(changes.clone()).delayed, expected, "{changes:?}");
    }
    // To the microsecond.
    for (arrival, expected) in [(ARRIVAL, None), (ARRIVAL + 1, Some(DelayReason::Overdue))] {
        let mut shipment = after(vec![overdue(), departed(None)]);
        follow(&mut shipment, &envelope(8, arrival), ShipmentChange::Arrived);
        assert_eq!(shipment.delayed, expected, "there at {arrival}");
    }
}
