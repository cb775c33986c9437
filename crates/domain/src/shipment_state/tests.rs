//! A shipment's life, told by its events alone.

use super::*;
use crate::{ChargeKind, ChargesEnd, Credits, LossCause, PrincipalId, ReceiptLine, StationId};

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

fn charge() -> Charge {
    let amount = Credits::new(7).unwrap();
    Charge { payer: TraderId(2), to: TraderId(4), amount, kind: ChargeKind::Freight }
}

/// Ten ice and two ore, planned to be there at [`ARRIVAL`], booked at 10 as event 5.
fn booked() -> Shipment {
    let booked = ShipmentBooked {
        route: ROUTE,
        consignee: TraderId(3),
        carrier: TraderId(4),
        lines: goods(&[(ICE, 10), (ORE, 2)]),
        schedule: crate::Schedule::new(Timestamp(100), Timestamp(ARRIVAL)).unwrap(),
        vessel: Some(VesselId(0)),
        charges: [charge()].into(),
        tolerance: Tolerance::new(100).unwrap(),
    };
    Shipment::booked(&envelope(5, 10), &booked)
}

fn follow(shipment: &mut Shipment, envelope: &Envelope, change: ShipmentChange) {
    let changed = ShipmentChanged {
        shipment: shipment.id,
        previous: shipment.last,
        route: shipment.route,
        change,
        charges: ChargesEnd::None,
    };
    shipment.apply(envelope, &changed);
    for line in &shipment.lines {
        let parts = [line.accepted, line.rejected, line.written_off];
        let counted = parts.iter().map(|part| part.get()).sum::<u64>();
        assert_eq!(line.shipped.get(), counted + line.outstanding().get());
        assert!(line.short <= line.outstanding());
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
        code: None,
    }
}

fn received(counts: &[(CommodityId, u64, u64)], complete: bool) -> ShipmentChange {
    let line = |(commodity, accepted, rejected): &(CommodityId, u64, u64)| ReceiptLine {
        commodity: *commodity,
        accepted: units(*accepted),
        rejected: units(*rejected),
        ..ReceiptLine::default()
    };
    let lines = counts.iter().map(line).collect();
    ShipmentChange::Received { lines, complete }
}

fn lost(lines: &[(CommodityId, u64)]) -> ShipmentChange {
    ShipmentChange::Lost { lines: goods(lines), cause: LossCause::Lost, reason: None }
}

fn found(lines: &[(CommodityId, u64)]) -> ShipmentChange {
    ShipmentChange::Found { lines: goods(lines), reason: None }
}

fn reported(sequence: u64, recorded_at: i64, occurred_at: i64) -> Envelope {
    let occurred_at = Some(Timestamp(occurred_at));
    Envelope { occurred_at, ..envelope(sequence, recorded_at) }
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
    assert_eq!((shipment.booked_at, shipment.heard_at), (Timestamp(10), Timestamp(10)));
    assert_eq!(shipment.charges, [charge()].into());
}

#[test]
fn every_event_has_its_status_and_is_counted() {
    let nothing = || goods(&[]);
    let words = || Text::new("Pirates").unwrap();
    let table = [
        (ShipmentChange::Loaded, ShipmentStatus::Loading),
        (departed(None), ShipmentStatus::InTransit),
        (ShipmentChange::Position(Position::default()), ShipmentStatus::Booked),
        (estimated(None, Some(1)), ShipmentStatus::Booked),
        (ShipmentChange::Delayed { reason: DelayReason::Overdue }, ShipmentStatus::Booked),
        (ShipmentChange::Arrived, ShipmentStatus::Arrived),
        (received(&[(ICE, 1, 0)], false), ShipmentStatus::PartiallyReceived),
        (received(&[(ICE, 10, 0)], true), ShipmentStatus::Received),
        (lost(&[(ICE, 1)]), ShipmentStatus::Booked),
        (lost(&[(ICE, 10), (ORE, 2)]), ShipmentStatus::Lost),
        (ShipmentChange::Cancelled { lines: nothing(), reason: None }, ShipmentStatus::Cancelled),
        (ShipmentChange::Returned { lines: nothing(), reason: None }, ShipmentStatus::Returned),
        (ShipmentChange::Held { reason: words() }, ShipmentStatus::Booked),
        (ShipmentChange::Released, ShipmentStatus::Booked),
        (found(&[]), ShipmentStatus::Booked),
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
        lost(&[(ICE, 4)]),
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
    follow(&mut shipment, &reported(9, 125, 121), departed(None));
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

#[test]
fn what_came_late_replaces_nothing_that_is_newer() {
    let (here, there) = (Position { x: 1, y: 2, z: 3 }, Position { x: 4, y: 5, z: 6 });
    let mut shipment = after(vec![departed(None)]);
    follow(&mut shipment, &reported(7, 100, 90), estimated(Some(105), Some(210)));
    follow(&mut shipment, &reported(8, 110, 80), estimated(Some(104), Some(300)));
    follow(&mut shipment, &reported(9, 120, 95), ShipmentChange::Position(there));
    follow(&mut shipment, &reported(10, 130, 85), ShipmentChange::Position(here));
    let told = |shipment: &Shipment| {
        (shipment.estimated_departure, shipment.estimated_arrival, shipment.position)
    };
    let latest = (Some(Timestamp(105)), Some(Timestamp(210)), Some((there, Timestamp(95))));
    assert_eq!(told(&shipment), latest);
    assert_eq!(shipment.estimated_at, Some(Timestamp(90)));
    // Of the same time, the later to come is the better.
    follow(&mut shipment, &reported(11, 140, 90), estimated(None, Some(190)));
    assert_eq!(shipment.estimated_arrival, Some(Timestamp(190)));
    assert_eq!(shipment.delayed, None);
    // After the arrival they are of the way there, and the shipment is as it was.
    follow(&mut shipment, &envelope(12, 150), ShipmentChange::Arrived);
    let before = shipment.clone();
    follow(&mut shipment, &reported(13, 160, 149), estimated(Some(1), Some(900)));
    follow(&mut shipment, &reported(14, 170, 149), ShipmentChange::Position(here));
    let after = Shipment {
        last: before.last,
        event_count: before.event_count,
        heard_at: before.heard_at,
        ..shipment
    };
    assert_eq!(after, before);
}

#[test]
fn a_delay_has_a_code_as_long_as_it_is_estimated() {
    let estimate = |arrival, code| ShipmentChange::Estimated {
        departure: None,
        arrival: Some(Timestamp(arrival)),
        reason: None,
        code,
    };
    let weather = Some(DelayCode::Weather);
    assert_eq!(after(vec![estimate(ARRIVAL + 1, weather)]).delay_code, weather);
    assert_eq!(after(vec![estimate(ARRIVAL, weather)]).delay_code, None);
    let better = vec![estimate(ARRIVAL + 2, weather), estimate(ARRIVAL + 1, None)];
    assert_eq!(after(better).delay_code, None);
}

#[test]
fn everything_but_the_timer_is_news() {
    let overdue = ShipmentChange::Delayed { reason: DelayReason::Overdue };
    assert_eq!(after(vec![ShipmentChange::Loaded, overdue]).heard_at, Timestamp(60));
    let mut shipment = booked();
    let seen = ShipmentChange::Position(Position::default());
    follow(&mut shipment, &reported(6, 90, 20), seen);
    // It is when it was heard that counts, not when it was.
    assert_eq!(shipment.heard_at, Timestamp(90));
}

#[test]
fn a_hold_has_a_reason_until_it_is_released() {
    let held = |words| ShipmentChange::Held { reason: Text::new(words).unwrap() };
    let shipment = after(vec![held("Customs"), held("Papers")]);
    assert_eq!(shipment.on_hold, Text::new("Papers").ok());
    assert_eq!(after(vec![held("Customs"), ShipmentChange::Released]).on_hold, None);
}

#[test]
fn what_is_found_beyond_what_was_shipped_is_kept_apart() {
    let line = ReceiptLine {
        commodity: ICE,
        accepted: units(10),
        found: units(1),
        ..ReceiptLine::default()
    };
    let shipment = after(vec![
        departed(None),
        ShipmentChange::Arrived,
        ShipmentChange::Received { lines: [line].into(), complete: false },
    ]);
    assert_eq!((shipment.lines[0].accepted, shipment.lines[0].found), (units(10), units(1)));
    assert_eq!(shipment.outstanding(), goods(&[(ORE, 2)]));
}

#[test]
fn what_a_count_missed_is_told_until_it_comes_or_is_given_up() {
    let missed = |count| ReceiptLine {
        commodity: ICE,
        accepted: units(4),
        short: units(count),
        ..ReceiptLine::default()
    };
    let receipt =
        |count| ShipmentChange::Received { lines: [missed(count)].into(), complete: false };
    let there = || vec![departed(None), ShipmentChange::Arrived, receipt(6)];
    let short = |more: ShipmentChange| {
        let shipment = after(there().into_iter().chain([more]).collect());
        shipment.lines[0].short
    };
    assert_eq!(after(there()).lines[0].short, units(6));
    assert_eq!(after(there()).lines[0].outstanding(), units(6));
    assert_eq!(short(received(&[(ICE, 5, 0)], false)), units(1));
    assert_eq!(short(lost(&[(ICE, 4)])), units(2));
    assert_eq!(short(receipt(1)), units(1), "the last count is the one that counts");
}

#[test]
fn a_loss_in_parts_ends_with_the_last_of_it_and_is_no_loss_if_some_was_counted() {
    let there = |more: Vec<ShipmentChange>| {
        let before = vec![departed(None), ShipmentChange::Arrived];
        after(before.into_iter().chain(more).collect()).status
    };
    let rest = || lost(&[(ICE, 3), (ORE, 2)]);
    assert_eq!(there(vec![lost(&[(ICE, 7)])]), ShipmentStatus::Arrived);
    assert_eq!(there(vec![lost(&[(ICE, 7)]), rest()]), ShipmentStatus::Lost);
    let counted = received(&[(ICE, 0, 7)], false);
    assert_eq!(there(vec![counted, rest()]), ShipmentStatus::Received);
}

#[test]
fn what_is_found_again_is_outstanding_where_it_was_lost() {
    let all = || lost(&[(ICE, 10), (ORE, 2)]);
    let on_the_way = after(vec![departed(None), all(), found(&[(ICE, 4)])]);
    assert_eq!(on_the_way.status, ShipmentStatus::InTransit);
    assert_eq!(on_the_way.outstanding(), goods(&[(ICE, 4)]));
    assert_eq!(on_the_way.charges, Box::default(), "they were released with the loss");
    let there = after(vec![departed(None), ShipmentChange::Arrived, all(), found(&[(ORE, 2)])]);
    assert_eq!(there.status, ShipmentStatus::Arrived);
    let in_part = after(vec![departed(None), lost(&[(ICE, 1)]), found(&[(ICE, 1)])]);
    assert_eq!(in_part.charges, [charge()].into());
    assert_eq!(in_part.outstanding(), goods(&[(ICE, 10), (ORE, 2)]));
}
