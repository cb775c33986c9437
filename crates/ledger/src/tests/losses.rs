//! What does not come as it was booked: lost, stolen, found again, returned, held up.

use domain::limits::LOST_SHIPMENTS_MAX;
use domain::{AMOUNT_MAX, DelayCode, DelayReason, ShipmentStatus, Sink};

use super::asks::{
    ARRIVAL, adjust, arrived, book, cancelled, departed, loaded, lost, out, produced, received,
    report, seen,
};
use super::asks_cargo::{
    delayed_by, estimated_departure, held, lost_of, recovered, recovered_of, released, returned,
    stolen,
};
use super::story::{Story, given};

/// A hundred ice and ten ore of belt are on their way from ceres to mars; acme pays nine for it.
fn under_way() -> Story {
    given()
        .stock("ceres belt ice", 100)
        .stock("ceres belt ore", 10)
        .credits("acme", 20)
        .check(
            book().line("ice", 100).line("ore", 10).charge("acme", "hauler", 9),
            "shipment.booked",
        )
        .report(departed(), "shipment.departed")
}

fn there() -> Story {
    under_way().report(arrived(), "shipment.arrived")
}

fn status(story: &Story) -> Option<ShipmentStatus> {
    story.shipment().map(|shipment| shipment.status)
}

#[test]
fn some_lines_are_lost_and_the_rest_goes_on() {
    let story = under_way()
        .report(lost_of(&[("ice", 101)]), "over_receipt 101 of 100 ice in line 0")
        .report(lost_of(&[("ice", 1), ("gold", 1)]), "unknown_commodity gold in line 1")
        .report(lost_of(&[("ice", 40)]), "shipment.lost")
        .level("mars belt ice", [0, 0, 0, 60])
        .report(lost_of(&[("ice", 61)]), "over_receipt 61 of 60 ice in line 0");
    assert_eq!(status(&story), Some(ShipmentStatus::InTransit));
    story
        .report(arrived(), "shipment.arrived")
        .report(received(&[("ice", 60, 0), ("ore", 10, 0)]), "shipment.received")
        .level("mars belt ice", [60, 0, 0, 0]);
}

#[test]
fn what_is_stolen_is_not_what_is_lost() {
    let sink = |story: &Story, sink| story.audit_total("ice", domain::StockAccount::Sink(sink));
    let story = under_way().report(stolen(), "shipment.lost");
    assert_eq!((sink(&story, Sink::Stolen), sink(&story, Sink::Lost)), (100, 0));
    let story = under_way().report(lost(), "shipment.lost");
    assert_eq!((sink(&story, Sink::Stolen), sink(&story, Sink::Lost)), (0, 100));
}

#[test]
fn what_is_lost_may_be_found_in_parts_and_received_after_all() {
    let story = under_way().report(lost(), "shipment.lost").level("mars belt ice", [0, 0, 0, 0]);
    assert_eq!(status(&story), Some(ShipmentStatus::Lost));
    let story = story
        .report(recovered_of(&[("ice", 101)]), "over_receipt 101 of 100 ice in line 0")
        .report(recovered_of(&[("ice", 30)]), "shipment.found")
        .level("mars belt ice", [0, 0, 0, 30]);
    assert_eq!(status(&story), Some(ShipmentStatus::InTransit));
    story
        .report(recovered_of(&[("ice", 71)]), "over_receipt 71 of 70 ice in line 0")
        .report(arrived(), "shipment.arrived")
        .report(recovered(), "shipment.found")
        .level("mars belt ice", [0, 0, 0, 100])
        .report(received(&[("ice", 100, 0), ("ore", 10, 0)]), "shipment.received")
        .level("mars belt ice", [100, 0, 0, 0]);
}

#[test]
fn nothing_is_found_where_nothing_was_lost() {
    under_way().report(recovered(), "invalid_transition InTransit to Found");
    there().report(recovered_of(&[("ice", 1)]), "invalid_transition Arrived to Found");
}

#[test]
fn what_is_found_counts_as_made() {
    let full = AMOUNT_MAX - 100;
    let story = under_way()
        .report(lost(), "shipment.lost")
        .check(adjust().line("ice", produced(full - 50)), "stock.adjusted")
        .check(adjust().line("ice", out(Sink::Consumed, full - 50)), "stock.adjusted");
    story
        .report(recovered(), "amount_overflow")
        .report(recovered_of(&[("ore", 1), ("ice", 51)]), "amount_overflow in line 1")
        .report(recovered_of(&[("ore", 1), ("ice", 50)]), "shipment.found");
}

#[test]
fn a_shipment_returns_to_where_it_came_from() {
    let story = under_way().report(returned(), "shipment.returned");
    assert_eq!(status(&story), None);
    story
        .level("ceres belt ice", [100, 0, 0, 0])
        .level("mars belt ice", [0, 0, 0, 0])
        .balance("acme", 20)
        .held("acme", 0);
    // What was counted stays where it was counted, and the freight is owed.
    there()
        .report(received(&[("ice", 30, 10)]), "shipment.received")
        .report(returned(), "shipment.returned")
        .level("ceres belt ice", [60, 0, 0, 0])
        .level("ceres belt ore", [10, 0, 0, 0])
        .level("mars belt ice", [30, 0, 10, 0])
        .balance("hauler", 9);
}

#[test]
fn charges_are_held_and_paid_when_something_is_received() {
    let paid = |story: Story| story.balance("acme", 11).held("acme", 0).balance("hauler", 9);
    let back = |story: Story| story.balance("acme", 20).held("acme", 0).balance("hauler", 0);
    let held = |story: Story| story.balance("acme", 11).held("acme", 9).balance("hauler", 0);
    let some = || there().report(received(&[("ice", 0, 1)]), "shipment.received");
    held(some());
    paid(some().report(received(&[("ice", 99, 0), ("ore", 0, 10)]), "shipment.received"));
    paid(some().report(lost(), "shipment.lost"));
    back(there().report(lost(), "shipment.lost"));
    back(under_way().report(stolen(), "shipment.lost"));
    // Once found it owes nothing: it was released with the loss.
    let found = there().report(lost(), "shipment.lost").report(recovered(), "shipment.found");
    back(found.report(received(&[("ice", 100, 0), ("ore", 10, 0)]), "shipment.received"));
}

#[test]
fn charges_are_checked_with_the_booking() {
    let ask = || book().line("ice", 1);
    let story = given()
        .stock("ceres belt ice", 10)
        .credits("acme", 20)
        .check(ask().charge("acme", "acme", 1), "same_party")
        .check(ask().charge("nobody", "acme", 1), "unknown_trader nobody as charges/0/payer")
        .check(
            ask().charge("acme", "belt", 20).charge("acme", "hauler", 1),
            "insufficient_credits 21 of 20 of acme",
        )
        // Nothing is netted: what belt is paid by acme does not help it to pay hauler.
        .check(
            ask().charge("acme", "belt", 20).charge("belt", "hauler", 1),
            "insufficient_credits 1 of 0 of belt",
        )
        .check(ask().charge("acme", "belt", 20), "shipment.booked")
        .held("acme", 20);
    story.report(cancelled(), "shipment.cancelled").balance("acme", 20).held("acme", 0);
}

#[test]
fn nothing_is_loaded_leaves_or_is_counted_while_it_is_held() {
    let booked =
        || given().stock("ceres belt ice", 10).check(book().line("ice", 10), "shipment.booked");
    let stopped = |story: Story| story.report(held("Customs"), "shipment.held");
    let story = stopped(booked());
    let refused = format!("on_hold {}", story.booked().0);
    let story = story
        .report(loaded(), &refused)
        .report(departed(), &refused)
        .report(released(), "shipment.released")
        .report(loaded(), "shipment.loaded")
        .report(departed(), "shipment.departed");
    // What is under way goes on.
    let story = stopped(story)
        .report(seen(), "shipment.position")
        .report(arrived(), "shipment.arrived")
        .report(received(&[("ice", 10, 0)]), &refused)
        .report(released(), "shipment.released")
        .report(received(&[("ice", 10, 0)]), "shipment.received");
    assert_eq!(status(&story), None);
    stopped(booked()).report(cancelled(), "shipment.cancelled");
}

#[test]
fn a_delay_says_why() {
    let story =
        under_way().report(delayed_by(DelayCode::Weather, ARRIVAL + 1), "shipment.estimated");
    let shipment = story.shipment().unwrap();
    assert_eq!(shipment.delay_code, Some(DelayCode::Weather));
    assert_eq!(shipment.delayed, Some(DelayReason::Estimate));
    let story = given()
        .stock("ceres belt ice", 10)
        .check(book().line("ice", 10), "shipment.booked")
        .report(estimated_departure(12_000), "shipment.estimated");
    assert_eq!(story.shipment().unwrap().estimated_departure.unwrap().0, 12_000);
}

#[test]
fn the_oldest_of_too_many_lost_shipments_is_forgotten() {
    let count = LOST_SHIPMENTS_MAX as u64 + 1;
    let mut story = given().unaudited().stock("ceres belt ice", count);
    let mut ids = Vec::new();
    for _ in 0..count {
        story = story.check(book().line("ice", 1).planned(0, 0), "shipment.booked");
        ids.push(story.booked());
        story = story.report(departed(), "shipment.departed").report(lost(), "shipment.lost");
    }
    assert_eq!(story.state.shipments.len(), LOST_SHIPMENTS_MAX);
    assert_eq!(crate::cargo::open_count(&story.state), 0);
    let unknown = format!("unknown_shipment {}", ids[0].0);
    story
        .check(report(ids[0], recovered()), &unknown)
        .check(report(ids[1], recovered()), "shipment.found");
}
