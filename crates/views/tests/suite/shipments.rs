//! Shipments: under way, ended, found again.

use std::sync::Arc;

use domain::{
    CommodityId, DelayReason, Event, EventReader, ReceiptLine, Scope, Sequence, ShipmentChange,
    ShipmentId, ShipmentStatus, StationId, Timestamp, TraderId,
};
use views::{ShipmentFilter, ShipmentHistory};

use crate::fold::beginning;
use crate::journal::*;

/// Records one shipment up to where it is wanted; returns it.
pub(crate) fn ship(world: &mut World, until: ShipmentStatus, carrier: u32) -> ShipmentId {
    let way = route(0, 1, 2);
    world.record([produced(0, 2, 0, 5)]);
    let id = world.record([booked(way, carrier, goods(0, 5))]);
    let mut last = id;
    let mut go = |world: &mut World, change| last = world.record([changed(id, last, way, change)]);
    let reason = None;
    let lines = goods(0, 5);
    match until {
        ShipmentStatus::Booked => {}
        ShipmentStatus::Cancelled => go(world, ShipmentChange::Cancelled { lines, reason }),
        ShipmentStatus::Lost => {
            go(world, departed(goods(0, 5)));
            go(world, ShipmentChange::Lost { lines, cause: domain::LossCause::Lost, reason });
        }
        _ => {
            go(world, ShipmentChange::Loaded);
            go(world, departed(lines));
            go(world, ShipmentChange::Arrived);
            let line = ReceiptLine {
                commodity: CommodityId(0),
                accepted: units(5),
                rejected: units(0),
                found: units(0),
                short: units(0),
            };
            let lines = [line].into();
            let complete = true;
            go(world, ShipmentChange::Received { lines, complete });
        }
    }
    ShipmentId(id)
}

fn statuses(history: &ShipmentHistory) -> Vec<&'static str> {
    let kinds = history.timeline.iter().map(|one| one.event.kind());
    kinds.collect()
}

const WHOLE: [&str; 5] = [
    "shipment.booked",
    "shipment.loaded",
    "shipment.departed",
    "shipment.arrived",
    "shipment.received",
];

#[test]
fn a_shipment_is_read_with_its_timeline_under_way_and_after() {
    let mut world = World::in_memory();
    world.record(beginning());
    let open = ship(&mut world, ShipmentStatus::Booked, 3);
    let ended = ship(&mut world, ShipmentStatus::Received, 3);
    let views = &world.views;
    let found = views.shipment(open, SCOPE).unwrap().unwrap();
    assert_eq!(statuses(&found), WHOLE[..1]);
    assert_eq!(Some(&found.shipment), views.read().open_shipment(open, SCOPE));
    let found = views.shipment(ended, SCOPE).unwrap().unwrap();
    assert_eq!(statuses(&found), WHOLE);
    assert_eq!(found.shipment.status, ShipmentStatus::Received);
    assert_eq!(found.booking.sequence, ended.0);
    assert_eq!(views.read().open_shipment(ended, SCOPE), None);
    let earlier = found.timeline[2].envelope.sequence;
    let earlier = views.shipment_at(earlier, SCOPE).unwrap().unwrap();
    assert_eq!(earlier.shipment.status, ShipmentStatus::InTransit);
    assert_eq!(statuses(&earlier), WHOLE[..3]);
}

#[test]
fn what_is_no_shipment_is_not_found() {
    let mut world = World::in_memory();
    world.record(beginning());
    for sequence in [0, 1, 9, 10, u64::MAX] {
        let sequence = Sequence(sequence);
        assert_eq!(world.views.shipment(ShipmentId(sequence), SCOPE).unwrap(), None);
        assert_eq!(world.views.shipment_at(sequence, SCOPE).unwrap(), None);
    }
}

#[test]
fn counts_follow_every_shipment() {
    let mut world = World::in_memory();
    world.record(beginning());
    let late = ship(&mut world, ShipmentStatus::Booked, 3);
    ship(&mut world, ShipmentStatus::Received, 3);
    ship(&mut world, ShipmentStatus::Lost, 3);
    ship(&mut world, ShipmentStatus::Cancelled, 3);
    let estimated = ShipmentChange::Estimated {
        code: None,
        departure: None,
        arrival: Some(Timestamp(2_000_000)),
        reason: None,
    };
    let last = world.record([changed(late.0, late.0, route(0, 1, 2), estimated)]);
    let counts = world.views.read().shipment_counts();
    assert_eq!((counts.booked, counts.delayed), (1, 1));
    assert_eq!((counts.received, counts.lost, counts.cancelled), (1, 1, 1));
    let found = world.views.shipment(late, SCOPE).unwrap().unwrap();
    assert_eq!(found.shipment.delayed, Some(DelayReason::Estimate));
    let off = ShipmentChange::Cancelled { lines: goods(0, 5), reason: None };
    world.record([changed(late.0, last, route(0, 1, 2), off)]);
    let state = world.views.read();
    let counts = state.shipment_counts();
    assert_eq!((counts.booked, counts.delayed, counts.cancelled), (0, 0, 2));
    assert_eq!(state.counts().open_shipments, 0);
}

/// Every identifier that the filter finds, page by page.
fn find_all(world: &World, filter: &ShipmentFilter, limit: usize) -> Vec<ShipmentId> {
    let mut found = Vec::new();
    let mut before = None;
    loop {
        let page = world.history.find_shipments(filter, newest(before, limit), SCOPE);
        let page = page.unwrap();
        assert!(page.items.len() <= limit);
        found.extend(page.items.iter().map(|shipment| shipment.id));
        match page.next {
            Some(next) => before = Some(next),
            None => return found,
        }
    }
}

#[test]
fn finding_merges_what_is_under_way_and_what_has_ended_newest_first() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("views.db");
    let mut world = World::open(Some(&path), Arc::default());
    world.record(beginning());
    let all = [
        ShipmentStatus::Received,
        ShipmentStatus::Booked,
        ShipmentStatus::Cancelled,
        ShipmentStatus::Lost,
    ];
    let mut made = Vec::new();
    for at in 0..300_u32 {
        let status = all[at as usize % all.len()];
        made.push((status, ship(&mut world, status, at % 3)));
        if at == 150 {
            world.snapshot();
        }
    }
    made.reverse();
    let wanted = |keep: &dyn Fn(ShipmentStatus, ShipmentId) -> bool| -> Vec<_> {
        let kept = made.iter().filter(|(status, id)| keep(*status, *id));
        kept.map(|(_, id)| *id).collect()
    };
    let any = ShipmentFilter::default();
    for limit in [1, 7, 256, 1_000] {
        assert_eq!(find_all(&world, &any, limit), wanted(&|_, _| true));
    }
    for status in all {
        let filter = ShipmentFilter { status: Some(status), ..any.clone() };
        assert_eq!(find_all(&world, &filter, 10), wanted(&|one, _| one == status));
    }
    let carriers: usize = (0..3)
        .map(|carrier| {
            let carrier = Some(TraderId(carrier));
            find_all(&world, &ShipmentFilter { carrier, ..any.clone() }, 50).len()
        })
        .sum();
    assert_eq!(carriers, made.len());
    let elsewhere = Some(StationId(0));
    let destination = ShipmentFilter { destination: elsewhere, ..any.clone() };
    assert_eq!(find_all(&world, &destination, 50), []);
    let delayed = Some(true);
    assert_eq!(find_all(&world, &ShipmentFilter { delayed, ..any.clone() }, 50), []);
}

#[test]
fn a_shipment_that_ends_between_two_pages_is_seen_once() {
    let mut world = World::in_memory();
    world.record(beginning());
    let old = ship(&mut world, ShipmentStatus::Booked, 3);
    let new = ship(&mut world, ShipmentStatus::Booked, 3);
    let any = ShipmentFilter::default();
    let first = world.history.find_shipments(&any, newest(None, 1), SCOPE).unwrap();
    assert_eq!(first.items[0].id, new);
    for id in [old, new] {
        let off = ShipmentChange::Cancelled { lines: goods(0, 5), reason: None };
        world.record([changed(id.0, id.0, route(0, 1, 2), off)]);
    }
    let before = first.next;
    let second = world.history.find_shipments(&any, newest(before, 5), SCOPE).unwrap();
    let ids: Vec<_> = second.items.iter().map(|shipment| shipment.id).collect();
    assert_eq!(ids, [old]);
    assert_eq!(second.next, None);
}

/// Zoe's five units of water are found, all of them.
fn found() -> ShipmentChange {
    ShipmentChange::Found { lines: goods(0, 5), reason: None }
}

fn lost() -> ShipmentChange {
    let (lines, cause, reason) = (goods(0, 5), domain::LossCause::Lost, None);
    ShipmentChange::Lost { lines, cause, reason }
}

#[track_caller]
fn check_found(world: &World, id: ShipmentId) {
    let views = &world.views;
    let open = views.read().open_shipment(id, SCOPE).cloned().expect("it is under way");
    assert_eq!(open.status, ShipmentStatus::InTransit);
    assert_eq!(open.outstanding(), goods(0, 5));
    assert_eq!(views.shipment(id, SCOPE).unwrap().unwrap().shipment, open);
    assert_eq!(views.ended_status(id, SCOPE).unwrap(), None);
    let counts = views.read().shipment_counts();
    assert_eq!((counts.lost, counts.in_transit), (0, 1));
    let only = |status| ShipmentFilter { status: Some(status), ..ShipmentFilter::default() };
    assert_eq!(find_all(world, &only(ShipmentStatus::Lost), 5), []);
    assert_eq!(find_all(world, &only(ShipmentStatus::InTransit), 5), [id]);
}

#[test]
fn a_lost_shipment_that_is_found_is_under_way_again() {
    let dir = tempfile::tempdir().unwrap();
    for path in [None, Some(dir.path().join("views.db"))] {
        for written in [false, true].into_iter().filter(|written| path.is_some() || !written) {
            let mut world = World::open(path.as_deref(), Arc::default());
            world.record(beginning());
            let id = ship(&mut world, ShipmentStatus::Lost, 3);
            assert_eq!(world.views.ended_status(id, SCOPE).unwrap(), Some(ShipmentStatus::Lost));
            if written {
                world.snapshot();
            }
            let last = world.journal.last();
            let last = world.record([changed(id.0, last, route(0, 1, 2), found())]);
            check_found(&world, id);
            if written {
                world.snapshot();
                check_found(&world, id);
            }
            world.record([changed(id.0, last, route(0, 1, 2), lost())]);
            assert_eq!(world.views.ended_status(id, SCOPE).unwrap(), Some(ShipmentStatus::Lost));
            assert_eq!(world.views.read().open_shipment(id, SCOPE), None);
        }
    }
}

#[test]
fn a_shipment_may_be_lost_and_found_in_one_batch() {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([produced(0, 2, 0, 5)]);
    let id = world.record([booked(route(0, 1, 2), 3, goods(0, 5))]);
    let next = |after: u64| Sequence(id.0 + after);
    let way = route(0, 1, 2);
    world.record([
        changed(id, id, way, departed(goods(0, 5))),
        changed(id, next(1), way, lost()),
        changed(id, next(2), way, found()),
        changed(id, next(3), way, lost()),
        changed(id, next(4), way, found()),
    ]);
    check_found(&world, ShipmentId(id));
    world.replay();
    check_found(&world, ShipmentId(id));
}

#[test]
fn an_ended_shipment_of_strangers_has_no_status() {
    let mut world = World::in_memory();
    world.record(beginning());
    let id = ship(&mut world, ShipmentStatus::Cancelled, 3);
    let (acme, mars) = ([TraderId(3)], [TraderId(0)]);
    let status = |scope| world.views.ended_status(id, scope).unwrap();
    assert_eq!(status(Scope::Accounts(&acme)), Some(ShipmentStatus::Cancelled));
    assert_eq!(status(Scope::Accounts(&mars)), None);
}

#[test]
#[should_panic(expected = "does not follow its last one")]
fn an_event_of_a_shipment_out_of_order_is_a_broken_invariant() {
    let mut world = World::in_memory();
    world.record(beginning());
    let id = ship(&mut world, ShipmentStatus::Booked, 3);
    let event: Event = changed(id.0, Sequence(1), route(0, 1, 2), ShipmentChange::Loaded);
    world.record([event]);
}
