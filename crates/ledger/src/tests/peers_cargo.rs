//! What goes wrong elsewhere with cargo and its alerts, each by name. The issue lists them.

use domain::{Event, ShipmentStatus, Sink, StockAccount};

use super::asks::{
    ARRIVAL, arrived, book, cancelled, departed, departed_for, estimated, loaded, lost, received,
    report, seen, trade,
};
use super::asks_cargo::{counted_of, lost_of, recovered, returned, vessel};
use super::story::{Story, given};

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

fn under_way() -> Story {
    given()
        .stock("ceres belt ice", 100)
        .check(book().line("ice", 100), "shipment.booked")
        .report(departed(), "shipment.departed")
}

/// Elsewhere capacity is a number on a page: whatever is booked is loaded.
#[test]
fn a_vessel_over_capacity() {
    let mut heavy = super::asks::commodity("ice");
    heavy.unit_mass_grams = Some(super::asks::units(1_000));
    given()
        .check(domain::Action::PutCommodity(heavy), "commodity.updated")
        .stock("ceres belt ice", 100)
        .check(vessel("swift", Some(50_000), None), "vessel.created")
        .check(book().line("ice", 51).vessel("swift"), "over_capacity 51000 of 50000 mass")
        .check(book().line("ice", 50).vessel("swift"), "shipment.booked");
}

/// Elsewhere a ship is a name in a shipment, and leaves two ports on one day.
#[test]
fn a_vessel_used_twice_at_once() {
    let story = given()
        .stock("ceres belt ice", 1)
        .stock("mars belt ice", 1)
        .check(vessel("swift", None, None), "vessel.created")
        .check(book().line("ice", 1).vessel("swift"), "shipment.booked")
        .report(departed(), "shipment.departed");
    let first = story.booked();
    let busy = format!("vessel_busy with {}", first.0);
    story
        .check(book().from("mars").to("ceres").line("ice", 1).vessel("swift"), "shipment.booked")
        .report(loaded(), &busy)
        .report(departed(), &busy)
        .check(report(first, arrived()), "shipment.arrived")
        .report(departed(), "shipment.departed");
}

/// Elsewhere each receipt is checked against what was shipped, and not against what is left of it.
#[test]
fn over_receipt_in_small_steps_across_receipts() {
    let mut story = given()
        .stock("ceres belt ice", 100)
        .check(book().line("ice", 100).tolerance(20), "shipment.booked")
        .report(departed(), "shipment.departed")
        .report(arrived(), "shipment.arrived")
        // Something is left outstanding, so that the shipment does not end.
        .report(counted_of("ice", 99, 0, 1), "shipment.received");
    story = story.report(counted_of("ice", 4, 0, 0), "over_receipt 4 of 3 ice in line 0");
    story
        .report(counted_of("ice", 2, 0, 0), "shipment.received")
        .level("mars belt ice", [101, 0, 0, 0]);
}

/// Elsewhere "delivered" is what the carrier says, and stock is what the carrier said.
#[test]
fn delivered_raises_stock_before_the_count() {
    under_way()
        .report(arrived(), "shipment.arrived")
        .level("mars belt ice", [0, 0, 0, 100])
        .check(
            trade().at("mars").line("ice", 1, 0),
            "insufficient_stock 1 of 0 ice of belt at mars in line 0",
        )
        .report(received(&[("ice", 60, 0)]), "shipment.received")
        .level("mars belt ice", [60, 0, 0, 40]);
}

/// Elsewhere goods are subtracted here and added there, and what never comes is nowhere.
#[test]
fn goods_lost_in_the_mail_with_no_account() {
    let story = under_way().report(lost_of(&[("ice", 40)]), "shipment.lost");
    assert_eq!(story.audit_total("ice", StockAccount::Sink(Sink::Lost)), 40);
    let story = story.level("mars belt ice", [0, 0, 0, 60]).report(lost(), "shipment.lost");
    assert_eq!(story.audit_total("ice", StockAccount::Sink(Sink::Lost)), 100);
    story.report(recovered(), "shipment.found").level("mars belt ice", [0, 0, 0, 100]);
}

/// Elsewhere a record is deleted when it is done with: who asks later finds nothing.
#[test]
fn a_record_that_vanishes_without_a_terminal_state() {
    let booked =
        || given().stock("ceres belt ice", 100).check(book().line("ice", 100), "shipment.booked");
    let there = || under_way().report(arrived(), "shipment.arrived");
    let ended = [
        booked().report(cancelled(), "shipment.cancelled"),
        under_way().report(returned(), "shipment.returned"),
        there().report(received(&[("ice", 99, 1)]), "shipment.received"),
        under_way().report(lost(), "shipment.lost"),
    ];
    for story in ended {
        // Folded from its events, as the views fold it: it has ended, and says how.
        let mut shipment = None;
        for recorded in &story.journal {
            match &recorded.event {
                Event::ShipmentBooked(booked) => {
                    shipment = Some(domain::Shipment::booked(&recorded.envelope, booked));
                }
                Event::ShipmentChanged(changed) => {
                    shipment.as_mut().unwrap().apply(&recorded.envelope, changed);
                }
                _ => {}
            }
        }
        let status = shipment.unwrap().status;
        assert!(status.is_terminal(), "{status:?}");
        let known = story.shipment().map(|shipment| shipment.status);
        assert_eq!(known, (status == ShipmentStatus::Lost).then_some(status));
    }
}

/// Elsewhere the timer of a delay is an integer of seconds in a sorted set for a day: a haul of years
/// never trips it.
#[test]
fn a_late_alert_that_never_fires_for_a_long_haul() {
    given()
        .stock("ceres belt ice", 1)
        .check(book().line("ice", 1).planned(0, 90 * YEAR), "shipment.booked")
        .report(departed_for(91 * YEAR), "shipment.departed")
        .alerts(&["fired shipment_late critical"])
        .wait(90 * YEAR + HOUR - 9)
        .alerts(&["fired shipment_silent critical"])
        .wait(90 * YEAR + HOUR)
        .alerts(&["fired shipment_overdue warning"]);
}

/// Elsewhere a job looks every minute, and mails every minute.
#[test]
fn a_late_alert_that_fires_again_and_again() {
    let mut story = under_way().wait(ARRIVAL + HOUR).alerts(&["fired shipment_overdue warning"]);
    for minute in 1..600 {
        story = story.wait(ARRIVAL + HOUR + minute * 60_000_000).alerts(&[]);
    }
    story
        .report(estimated(ARRIVAL + 50 * HOUR), "shipment.estimated")
        .alerts(&["fired shipment_late critical"])
        .report(estimated(ARRIVAL + 60 * HOUR), "shipment.estimated")
        .report(seen(), "shipment.position")
        .alerts(&[]);
}

/// Elsewhere the alert is closed by hand, if by anybody.
#[test]
fn a_late_alert_that_never_resolves() {
    let story = under_way()
        .report(estimated(ARRIVAL + 50 * HOUR), "shipment.estimated")
        .wait(ARRIVAL + 30 * HOUR)
        .alerts(&[
            "fired shipment_late critical",
            "fired shipment_overdue critical",
            "fired shipment_silent warning",
        ])
        .report(arrived(), "shipment.arrived")
        .alerts(&[
            "resolved shipment_overdue critical",
            "resolved shipment_late critical",
            "resolved shipment_silent warning",
        ]);
    assert!(story.state.alerts.open.is_empty());
    assert_eq!(story.state.next_timer(), None);
}
