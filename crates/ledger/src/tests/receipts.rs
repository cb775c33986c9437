//! Receipts: what is counted, what is missed, and how much more than shipped may be found.

use domain::AMOUNT_MAX;

use super::asks::{adjust, arrived, book, departed, found, lost, out, produced, received};
use super::asks_cargo::{counted_of, recovered};
use super::story::{Story, given};

const DONE: &str = "shipment.received";

/// A hundred ice and ten ore of belt have arrived; so many thousandths more may be received.
fn there(tolerance: u16) -> Story {
    given()
        .stock("ceres belt ice", 100)
        .stock("ceres belt ore", 10)
        .check(book().line("ice", 100).line("ore", 10).tolerance(tolerance), "shipment.booked")
        .report(departed(), "shipment.departed")
        .report(arrived(), "shipment.arrived")
}

#[test]
fn within_the_tolerance_more_may_be_received_and_is_found() {
    let story =
        there(50).report(counted_of("ice", 105, 0, 0), DONE).level("mars belt ice", [105, 0, 0, 0]);
    let line = story.shipment().unwrap().lines[0];
    assert_eq!((line.accepted.get(), line.found.get()), (100, 5));
    // The ore is still outstanding: half a unit more rounds down to none.
    story
        .report(counted_of("ore", 11, 0, 0), "over_receipt 11 of 10 ore in line 0")
        .report(counted_of("ore", 10, 0, 0), DONE);
}

#[test]
fn past_the_tolerance_nothing_is_received() {
    there(50)
        .report(counted_of("ice", 106, 0, 0), "over_receipt 106 of 105 ice in line 0")
        .report(counted_of("ice", 0, 101, 0), "over_receipt 101 of 100 ice in line 0")
        .report(counted_of("ice", 2, 103, 0), "over_receipt 103 of 100 ice in line 0")
        .report(counted_of("ice", 5, 100, 0), DONE)
        .level("mars belt ice", [5, 0, 100, 0]);
    there(0).report(counted_of("ice", 101, 0, 0), "over_receipt 101 of 100 ice in line 0");
}

#[test]
fn the_tolerance_is_of_all_receipts_together() {
    let mut story = there(30).report(counted_of("ice", 100, 0, 0), DONE);
    for _ in 0..3 {
        story = story.report(counted_of("ice", 1, 0, 0), DONE);
    }
    story
        .report(counted_of("ice", 1, 0, 0), "over_receipt 1 of 0 ice in line 0")
        .level("mars belt ice", [103, 0, 0, 0]);
}

#[test]
fn what_is_found_counts_as_made() {
    let full = AMOUNT_MAX - 100;
    let story = given()
        .stock("ceres belt ice", 100)
        .check(book().line("ice", 100).tolerance(1_000), "shipment.booked")
        .report(departed(), "shipment.departed")
        .report(arrived(), "shipment.arrived")
        .check(adjust().line("ice", produced(full - 1)), "stock.adjusted")
        .check(adjust().line("ice", out(domain::Sink::Consumed, full - 1)), "stock.adjusted")
        .report(counted_of("ice", 102, 0, 0), "amount_overflow in line 0")
        // What would not be found in any case does not overflow.
        .report(counted_of("ice", 201, 0, 0), "over_receipt 201 of 200 ice in line 0")
        .report(counted_of("ice", 101, 0, 0), DONE);
    story.check(adjust().line("ice", found(1)), "amount_overflow in line 0");
}

#[test]
fn a_count_says_what_it_missed_and_that_stays_outstanding() {
    let story = there(0).report(counted_of("ice", 90, 4, 6), DONE);
    let line = story.shipment().unwrap().lines[0];
    assert_eq!((line.short.get(), line.outstanding().get()), (6, 6));
    let story = story
        .level("mars belt ice", [90, 0, 4, 6])
        .report(counted_of("ore", 4, 0, 7), "over_receipt 7 of 6 ore in line 0")
        .report(counted_of("ice", 2, 0, 0), DONE);
    assert_eq!(story.shipment().unwrap().lines[0].short.get(), 4);
    // The rest is written off, or comes after all.
    story
        .report(lost(), "shipment.lost")
        .level("mars belt ice", [92, 0, 4, 0])
        .level("mars belt ore", [0, 0, 0, 0]);
    let story = there(0).report(counted_of("ice", 0, 0, 100), DONE);
    story
        .report(received(&[("ice", 100, 0), ("ore", 10, 0)]), DONE)
        .level("mars belt ice", [100, 0, 0, 0]);
}

#[test]
fn a_count_that_found_nothing_at_all_is_no_receipt_of_anything() {
    // All of it is missed, and then lost: nothing was received, so it is lost and may be found.
    let story = there(0)
        .report(counted_of("ice", 0, 0, 100), DONE)
        .report(lost(), "shipment.lost")
        .report(recovered(), "shipment.found");
    assert_eq!(story.shipment().unwrap().status, domain::ShipmentStatus::Arrived);
}
