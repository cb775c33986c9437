//! Vessels, and what they carry.

use domain::{
    CommodityId, Event, LossCause, ReceiptLine, Scope, Sequence, ShipmentBooked, ShipmentChange,
    ShipmentId, TraderId, VesselDetails, VesselId,
};
use views::ShipmentFilter;

use crate::fold::beginning;
use crate::journal::*;

pub(crate) fn vessel(number: u32, id: &str) -> Event {
    Event::VesselCreated { vessel: VesselId(number), id: name(id), details: Box::new(details(id)) }
}

fn details(words: &str) -> VesselDetails {
    VesselDetails {
        name: text(words),
        carrier: TraderId(3),
        mass_capacity_grams: Some(units(1_000)),
        volume_capacity_millilitres: None,
    }
}

/// Five of Zoe's (2) water, carried by Acme (3) on the first vessel.
pub(crate) fn aboard(world: &mut World) -> Sequence {
    world.record([produced(0, 2, 0, 5)]);
    let Event::ShipmentBooked(booked) = booked(route(0, 1, 2), 3, goods(0, 5)) else {
        panic!("a booking");
    };
    let booked = ShipmentBooked { vessel: Some(VesselId(0)), ..*booked };
    world.record([Event::ShipmentBooked(Box::new(booked))])
}

#[test]
fn vessels_are_found_by_number_and_by_name() {
    let mut world = World::in_memory();
    world.record(beginning());
    let made = world.record([vessel(0, "red-star")]);
    world.record([vessel(1, "blue-moon")]);
    let changed = world.record([Event::VesselUpdated {
        vessel: VesselId(0),
        details: Box::new(details("The Red Star")),
    }]);
    let state = world.views.read();
    assert_eq!(state.vessel_id("blue-moon"), Some(VesselId(1)));
    assert_eq!(state.vessel_id("acme"), None);
    let found = state.vessel(VesselId(0)).unwrap();
    assert_eq!((found.created, found.changed), (made, changed));
    assert_eq!(found.details, details("The Red Star"));
    assert_eq!(state.vessels_from(1).count(), 1);
    assert_eq!(state.counts().vessels, 2);
}

#[test]
fn a_vessel_carries_a_shipment_from_loading_until_arrival() {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([vessel(0, "red-star")]);
    let id = aboard(&mut world);
    let way = route(0, 1, 2);
    let carrying = |world: &World, scope| world.views.read().carrying(VesselId(0), scope);
    assert_eq!(carrying(&world, SCOPE), None);
    let last = world.record([changed(id, id, way, ShipmentChange::Loaded)]);
    assert_eq!(carrying(&world, SCOPE), Some(ShipmentId(id)));
    let last = world.record([changed(id, last, way, departed(goods(0, 5)))]);
    let (zoe, mars) = ([TraderId(2)], [TraderId(0)]);
    assert_eq!(carrying(&world, Scope::Accounts(&zoe)), Some(ShipmentId(id)));
    assert_eq!(carrying(&world, Scope::Accounts(&mars)), None, "a stranger is not told");
    world.record([changed(id, last, way, ShipmentChange::Arrived)]);
    assert_eq!(carrying(&world, SCOPE), None);
}

#[test]
fn what_was_lost_and_is_found_is_not_on_its_vessel_any_more() {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([vessel(0, "red-star")]);
    let id = aboard(&mut world);
    let way = route(0, 1, 2);
    let last = world.record([changed(id, id, way, departed(goods(0, 5)))]);
    let (lines, cause, reason) = (goods(0, 5), LossCause::Stolen, None);
    let last =
        world.record([changed(id, last, way, ShipmentChange::Lost { lines, cause, reason })]);
    assert_eq!(world.views.read().carrying(VesselId(0), SCOPE), None);
    let found = ShipmentChange::Found { lines: goods(0, 5), reason: None };
    world.record([changed(id, last, way, found)]);
    assert_eq!(world.views.read().carrying(VesselId(0), SCOPE), None);
    let filter = ShipmentFilter { vessel: Some(VesselId(0)), ..ShipmentFilter::default() };
    let found = world.history.find_shipments(&filter, newest(None, 9), SCOPE).unwrap();
    assert_eq!(found.items.len(), 1, "it was booked on it, and that stays so");
}

#[test]
fn shipments_are_found_by_vessel_and_by_being_stopped() {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([vessel(0, "red-star"), vessel(1, "blue-moon")]);
    let id = aboard(&mut world);
    let find = |world: &World, filter: ShipmentFilter| {
        world.history.find_shipments(&filter, newest(None, 9), SCOPE).unwrap().items.len()
    };
    let any = ShipmentFilter::default();
    assert_eq!(find(&world, ShipmentFilter { vessel: Some(VesselId(0)), ..any.clone() }), 1);
    assert_eq!(find(&world, ShipmentFilter { vessel: Some(VesselId(1)), ..any.clone() }), 0);
    let held = ShipmentChange::Held { reason: text("papers") };
    let last = world.record([changed(id, id, route(0, 1, 2), held)]);
    assert_eq!(find(&world, ShipmentFilter { on_hold: Some(true), ..any.clone() }), 1);
    assert_eq!(world.views.read().shipment_counts().on_hold, 1);
    let last = world.record([changed(id, last, route(0, 1, 2), ShipmentChange::Released)]);
    assert_eq!(find(&world, ShipmentFilter { on_hold: Some(true), ..any.clone() }), 0);
    assert_eq!(find(&world, ShipmentFilter { on_hold: Some(false), ..any.clone() }), 1);
    assert_eq!(world.views.read().shipment_counts().on_hold, 0);
    // A stopped shipment that ends is stopped no more.
    let held = ShipmentChange::Held { reason: text("papers") };
    let last = world.record([changed(id, last, route(0, 1, 2), held)]);
    let off = ShipmentChange::Cancelled { lines: goods(0, 5), reason: None };
    world.record([changed(id, last, route(0, 1, 2), off)]);
    assert_eq!(world.views.read().shipment_counts().on_hold, 0);
}

#[test]
fn counts_of_a_receipt_stay_with_the_shipment() {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([vessel(0, "red-star")]);
    let id = aboard(&mut world);
    let way = route(0, 1, 2);
    let last = world.record([changed(id, id, way, departed(goods(0, 5)))]);
    let last = world.record([changed(id, last, way, ShipmentChange::Arrived)]);
    let line = ReceiptLine {
        commodity: CommodityId(0),
        accepted: units(3),
        rejected: units(1),
        found: units(0),
        short: units(1),
    };
    let receipt = ShipmentChange::Received { lines: [line].into(), complete: false };
    let last = world.record([changed(id, last, way, receipt)]);
    let (lines, cause, reason) = (goods(0, 1), LossCause::Lost, None);
    world.record([changed(id, last, way, ShipmentChange::Lost { lines, cause, reason })]);
    let found = world.views.shipment(ShipmentId(id), SCOPE).unwrap().unwrap();
    assert_eq!(found.shipment.status, domain::ShipmentStatus::Received);
    let counts = world.views.read().shipment_counts();
    assert_eq!((counts.received, counts.lost), (1, 0));
    let status = Some(domain::ShipmentStatus::Lost);
    let filter = ShipmentFilter { status, ..ShipmentFilter::default() };
    assert_eq!(world.history.find_shipments(&filter, newest(None, 9), SCOPE).unwrap().items, []);
}
