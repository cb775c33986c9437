//! Promises and their timers: a shipment that has not arrived when it should have is late, once.

use domain::{DelayReason, Event, ShipmentChange};

use super::asks::{
    ARRIVAL, arrived, book, cancelled, departed, departed_for, estimated, loaded, lost, seen,
};
use super::story::{Story, given};

fn booked() -> Story {
    given().stock("ceres belt ice", 10).check(book().line("ice", 1), "shipment.booked")
}

fn delayed(story: &Story) -> Option<DelayReason> {
    story.shipment().unwrap().delayed
}

#[test]
fn a_late_shipment_is_said_to_be_late_once() {
    let story = booked().wait(ARRIVAL - 1).fired(&[]);
    assert_eq!(delayed(&story), None);
    let story = story.wait(ARRIVAL).fired(&[ARRIVAL]);
    assert_eq!(delayed(&story), Some(DelayReason::Overdue));
    assert!(matches!(
        story.last(),
        Event::ShipmentChanged(changed)
            if changed.change == ShipmentChange::Delayed { reason: DelayReason::Overdue }
    ));
    story.wait(100 * ARRIVAL).fired(&[]).wait(100 * 3_600_000_000).fired(&[]);
}

#[test]
fn timers_fire_in_the_order_of_their_deadlines_and_then_of_their_bookings() {
    let mut story = given().stock("ceres belt ice", 10);
    for arrival in [400, 200, 300, 200, 100] {
        story = story.check(book().line("ice", 1).planned(50, arrival), "shipment.booked");
    }
    story.wait(250).fired(&[100, 200, 200]).wait(399).fired(&[300]).wait(401).fired(&[400]);
}

#[test]
fn equal_deadlines_fire_in_the_order_of_the_bookings() {
    let book = || book().line("ice", 1).planned(50, 200);
    let story = given().stock("ceres belt ice", 10).check(book(), "shipment.booked");
    let first = story.booked();
    let story = story.check(book(), "shipment.booked");
    let second = story.booked();
    let story = story.wait(200);
    let fired = story.journal.iter().filter_map(|recorded| match &recorded.event {
        Event::ShipmentChanged(changed) => Some(changed.shipment),
        _ => None,
    });
    assert_eq!(fired.collect::<Vec<_>>(), [first, second]);
}

#[test]
fn what_is_due_fires_before_the_command_of_the_same_time() {
    let story = booked()
        .report(departed(), "shipment.departed")
        .at(ARRIVAL)
        .report(arrived(), "shipment.arrived")
        .fired(&[ARRIVAL]);
    let kinds = story.journal.iter().rev().take(2).map(|it| it.event.kind());
    assert_eq!(kinds.collect::<Vec<_>>(), ["shipment.arrived", "shipment.delayed"]);
}

#[test]
fn a_promise_already_past_when_it_is_made_arms_no_timer() {
    for (arrival, armed) in [(999, false), (1_000, false), (1_001, true)] {
        let story = given()
            .stock("ceres belt ice", 10)
            .at(1_000)
            .check(book().line("ice", 1).planned(10, arrival), "shipment.booked");
        assert_eq!(story.state.next_timer().is_some(), armed, "{arrival}");
        story.wait(2_000).fired(if armed { &[1_001] } else { &[] });
    }
}

#[test]
fn arrival_and_every_end_disarm_the_timer() {
    let under_way = || booked().report(departed(), "shipment.departed");
    let stories = [
        under_way().report(arrived(), "shipment.arrived"),
        under_way().report(lost(), "shipment.lost"),
        booked().report(cancelled(), "shipment.cancelled"),
    ];
    for story in stories {
        assert_eq!(story.state.next_timer(), None);
        story.wait(2 * ARRIVAL).fired(&[]);
    }
}

#[test]
fn other_reports_leave_the_timer_armed() {
    booked()
        .report(estimated(5 * ARRIVAL), "shipment.estimated")
        .report(loaded(), "shipment.loaded")
        .report(departed_for(6 * ARRIVAL), "shipment.departed")
        .report(seen(), "shipment.position")
        // The plan is never overwritten: an estimate moves no deadline.
        .wait(2 * ARRIVAL)
        .fired(&[ARRIVAL]);
}

#[test]
fn an_estimate_after_the_plan_is_a_delay_and_one_within_it_is_none() {
    let story = booked().report(estimated(ARRIVAL + 1), "shipment.estimated");
    assert_eq!(delayed(&story), Some(DelayReason::Estimate));
    let story = story.report(estimated(ARRIVAL), "shipment.estimated");
    assert_eq!(delayed(&story), None);
    let story = story.report(departed_for(ARRIVAL + 1), "shipment.departed");
    assert_eq!(delayed(&story), Some(DelayReason::Estimate));
    // It made up for it on the way.
    let story = story.report(arrived(), "shipment.arrived");
    assert_eq!(delayed(&story), None);
}
