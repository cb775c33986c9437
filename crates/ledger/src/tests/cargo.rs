//! Cargo: the shipment and its goods move in one step, and never change owner.

use domain::{Event, Sequence, ShipmentChange, ShipmentId};

use super::asks::{
    arrived, book, cancelled, departed, loaded, lost, received, report, seen, trade,
};
use super::story::{OPERATOR, Story, given};

const DONE: &str = "shipment.received";

/// A hundred ice and ten ore of belt, booked from ceres to mars, have arrived.
fn there() -> Story {
    given()
        .stock("ceres belt ice", 150)
        .stock("ceres belt ore", 10)
        .check(book().line("ice", 100).line("ore", 10), "shipment.booked")
        .report(departed(), "shipment.departed")
        .report(arrived(), "shipment.arrived")
}

#[test]
fn goods_are_reserved_under_way_and_available_when_counted() {
    given()
        .stock("ceres belt ice", 150)
        .by(OPERATOR)
        .check(book().line("ice", 100), "shipment.booked")
        .level("ceres belt ice", [50, 100, 0, 0])
        .level("mars belt ice", [0, 0, 0, 0])
        .report(loaded(), "shipment.loaded")
        .level("ceres belt ice", [50, 100, 0, 0])
        .report(departed(), "shipment.departed")
        .level("ceres belt ice", [50, 0, 0, 0])
        .level("mars belt ice", [0, 0, 0, 100])
        .report(seen(), "shipment.position")
        .report(arrived(), "shipment.arrived")
        // There, and yet not available: nobody has counted it.
        .level("mars belt ice", [0, 0, 0, 100])
        .check(
            trade().at("mars").line("ice", 1, 0),
            "insufficient_stock 1 of 0 ice of belt at mars in line 0",
        )
        .report(received(&[("ice", 100, 0)]), DONE)
        .level("mars belt ice", [100, 0, 0, 0])
        .level("ceres belt ice", [50, 0, 0, 0]);
}

#[test]
fn a_booking_needs_what_it_ships_in_every_line() {
    given()
        .stock("ceres belt ice", 100)
        .check(
            book().line("ice", 101),
            "insufficient_stock 101 of 100 ice of belt at ceres in line 0",
        )
        .check(
            book().line("ice", 100).line("ore", 1),
            "insufficient_stock 1 of 0 ore of belt at ceres in line 1",
        )
        .level("ceres belt ice", [100, 0, 0, 0])
        .check(book().line("ice", 60), "shipment.booked")
        .check(book().line("ice", 41), "insufficient_stock 41 of 40 ice of belt at ceres in line 0")
        .check(book().line("ice", 40), "shipment.booked")
        .level("ceres belt ice", [0, 100, 0, 0]);
}

#[test]
fn a_booking_goes_elsewhere_and_every_name_is_known() {
    let cases = [
        (book().to("ceres"), "same_party"),
        (book().from("nowhere").to("nowhere"), "same_party"),
        (book().from("nowhere"), "unknown_station nowhere as origin"),
        (book().to("nowhere"), "unknown_station nowhere as destination"),
        (book().to("acme"), "unknown_station acme as destination"),
        (book().owner("nobody"), "unknown_trader nobody as owner"),
        (book().consignee("nobody"), "unknown_trader nobody as consignee"),
        (book().carrier("nobody"), "unknown_trader nobody as carrier"),
        (book().line("ice", 1), "unknown_commodity dust in line 1"),
    ];
    for (ask, expected) in cases {
        given().check(ask.line("dust", 1), expected);
    }
}

#[test]
fn consignee_and_carrier_are_the_owner_unless_others_are_named() {
    let story = given().stock("ceres belt ice", 2);
    let belt = story.state.trader(&super::asks::name("belt")).unwrap();
    let hauler = story.state.trader(&super::asks::name("hauler")).unwrap();
    let story = story.check(book().line("ice", 1), "shipment.booked");
    let shipment = story.shipment().unwrap();
    assert_eq!((shipment.consignee, shipment.carrier), (belt, belt));
    let other = book().consignee("hauler").carrier("hauler");
    let story = story.check(other.line("ice", 1), "shipment.booked");
    let shipment = story.shipment().unwrap();
    assert_eq!((shipment.consignee, shipment.carrier), (hauler, hauler));
    assert_eq!(shipment.route.owner, belt);
}

#[test]
fn what_is_rejected_is_there_but_not_available() {
    there()
        .report(received(&[("ice", 90, 10), ("ore", 0, 10)]), DONE)
        .level("mars belt ice", [90, 0, 10, 0])
        .level("mars belt ore", [0, 0, 10, 0]);
}

#[test]
fn receipts_come_in_parts_and_the_last_unit_ends_the_shipment() {
    let story = there()
        .report(received(&[("ore", 10, 0)]), DONE)
        .report(received(&[("ice", 40, 1)]), DONE)
        .level("mars belt ice", [40, 0, 1, 59])
        .report(received(&[("ice", 0, 58)]), DONE);
    assert!(story.shipment().is_some());
    let story = story.report(received(&[("ice", 1, 0)]), DONE);
    assert!(story.shipment().is_none());
    let Event::ShipmentChanged(changed) = story.last() else {
        panic!("{:?}", story.last());
    };
    let ShipmentChange::Received { complete, .. } = &changed.change else {
        panic!("{changed:?}");
    };
    assert!(complete);
    story.level("mars belt ice", [41, 0, 59, 0]);
}

/// By commodity: how much is good, how much is not.
type Counts = &'static [(&'static str, u64, u64)];

#[test]
fn no_more_is_counted_than_is_outstanding() {
    let cases: [(Counts, &str); 7] = [
        (&[("ice", 101, 0)], "over_receipt 101 of 100 ice in line 0"),
        (&[("ice", 100, 1)], "over_receipt 101 of 100 ice in line 0"),
        (&[("ice", 0, 101)], "over_receipt 101 of 100 ice in line 0"),
        (&[("ice", 100, 0), ("ore", 5, 6)], "over_receipt 11 of 10 ore in line 1"),
        (&[("ice", 1, 0), ("ore", domain::AMOUNT_MAX, 1)], "amount_overflow in line 1"),
        (&[("ice", 100, 0)], DONE),
        (&[("ice", 50, 50), ("ore", 10, 0)], DONE),
    ];
    for (lines, expected) in cases {
        there().report(received(lines), expected);
    }
}

#[test]
fn small_steps_do_not_add_up_to_more_than_was_shipped() {
    let mut story = there();
    for _ in 0..33 {
        story = story.report(received(&[("ice", 2, 1)]), DONE);
    }
    story
        .report(received(&[("ice", 1, 1)]), "over_receipt 2 of 1 ice in line 0")
        .report(received(&[("ice", 0, 1)]), DONE)
        .report(received(&[("ice", 1, 0)]), "over_receipt 1 of 0 ice in line 0")
        .level("mars belt ice", [66, 0, 34, 0]);
}

#[test]
fn only_what_was_shipped_can_be_counted() {
    given()
        .stock("ceres belt ice", 5)
        .check(book().line("ice", 5), "shipment.booked")
        .report(departed(), "shipment.departed")
        .report(arrived(), "shipment.arrived")
        .report(received(&[("ice", 5, 0), ("ore", 1, 0)]), "not_in_shipment ore in line 1")
        .report(received(&[("ice", 5, 0), ("dust", 1, 0)]), "unknown_commodity dust in line 1")
        .level("mars belt ice", [0, 0, 0, 5]);
}

#[test]
fn a_loss_writes_off_what_is_outstanding_and_no_more() {
    there()
        .report(received(&[("ice", 30, 5)]), DONE)
        .report(lost(), "shipment.lost")
        .level("mars belt ice", [30, 0, 5, 0])
        .level("mars belt ore", [0, 0, 0, 0])
        .level("ceres belt ice", [50, 0, 0, 0]);
}

#[test]
fn a_cancelled_booking_releases_what_it_reserved() {
    let story = given()
        .stock("ceres belt ice", 100)
        .check(book().line("ice", 60), "shipment.booked")
        .check(book().line("ice", 40), "shipment.booked")
        .report(loaded(), "shipment.loaded")
        .report(cancelled(), "shipment.cancelled")
        .level("ceres belt ice", [40, 60, 0, 0])
        .check(trade().line("ice", 40, 0), "trade.settled");
    assert_eq!(story.state.shipments.len(), 1, "the other one is still open");
}

#[test]
fn two_shipments_to_one_place_are_kept_apart() {
    let story = given()
        .stock("ceres belt ice", 30)
        .check(book().line("ice", 10), "shipment.booked")
        .report(departed(), "shipment.departed");
    let first = story.booked();
    let count = |count| received(&[("ice", count, 0)]);
    story
        .check(book().line("ice", 20), "shipment.booked")
        .report(departed(), "shipment.departed")
        .report(arrived(), "shipment.arrived")
        .level("mars belt ice", [0, 0, 0, 30])
        .report(count(21), "over_receipt 21 of 20 ice in line 0")
        .report(count(20), DONE)
        .level("mars belt ice", [20, 0, 0, 10])
        .check(report(first, arrived()), "shipment.arrived")
        .check(report(first, count(10)), DONE)
        .level("mars belt ice", [30, 0, 0, 0]);
}

#[test]
fn a_shipment_that_never_was_is_unknown() {
    let last = there().state.last().0;
    // The numbers of other events are no shipments, nor are those to come.
    for number in [0, 1, last, last + 1] {
        let action = report(ShipmentId(Sequence(number)), loaded());
        there().check(action, &format!("unknown_shipment {number}"));
    }
}
