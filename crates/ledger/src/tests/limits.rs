//! Every kind of state is bounded. The bounds of a million rows and more are not reached here.

use domain::limits::{COMMODITIES_MAX, KEYS_MAX, SHIPMENT_EVENTS_MAX, STATIONS_MAX};
use domain::{Action, PutStation, Role};

use super::asks::{
    arrived, book, commodity, departed, estimated, key, lost, name, received, seen, station,
};
use super::story::{Story, given};

/// A thousand times as many ice as a shipment has events, under way.
fn under_way() -> Story {
    let plenty = u64::from(SHIPMENT_EVENTS_MAX) * 1_000;
    given()
        .unaudited()
        .stock("ceres belt ice", plenty)
        .check(book().line("ice", plenty).planned(0, 0), "shipment.booked")
        .report(departed(), "shipment.departed")
}

#[test]
fn reports_without_end_leave_room_for_the_end() {
    let mut story = under_way();
    for _ in 2..SHIPMENT_EVENTS_MAX {
        story = story.report(seen(), "shipment.position");
    }
    let full = format!("limit_reached {SHIPMENT_EVENTS_MAX} shipment_events");
    let story = story
        .report(seen(), &full)
        .report(estimated(1), &full)
        .report(arrived(), "shipment.arrived")
        .report(received(&[("ice", 1, 0)]), "shipment.received")
        .report(lost(), "shipment.lost");
    assert!(story.shipment().is_none());
}

#[test]
fn receipts_unit_by_unit_end_too() {
    let mut story = under_way().report(arrived(), "shipment.arrived");
    let receipts_max = 2 * SHIPMENT_EVENTS_MAX;
    let one = || received(&[("ice", 1, 0)]);
    for _ in 3..receipts_max {
        story = story.report(one(), "shipment.received");
    }
    let outcome = format!("limit_reached {receipts_max} shipment_events");
    let story = story.report(one(), &outcome).report(lost(), "shipment.lost");
    assert!(story.shipment().is_none());
}

#[test]
fn commodities_are_bounded_and_known_ones_can_still_be_replaced() {
    let mut story = given().unaudited();
    for number in story.state.commodities.len()..COMMODITIES_MAX {
        let put = commodity(&format!("c{number}"));
        story = story.check(Action::PutCommodity(put), "commodity.created");
    }
    let mut renamed = commodity("ice");
    renamed.category = Some(name("raw"));
    let one_more = Action::PutCommodity(commodity("more"));
    story
        .check(one_more, &format!("limit_reached {COMMODITIES_MAX} commodities"))
        .check(Action::PutCommodity(renamed), "commodity.updated");
}

#[test]
fn stations_are_bounded_after_their_names_are_judged() {
    let mut story = given().unaudited();
    for number in story.state.stations.len()..STATIONS_MAX {
        let put = Action::PutStation(station(&format!("s{number}")));
        story = story.check(put, "station.created");
    }
    let owner = Some(name("nobody"));
    let stray = PutStation { owner, ..station("more") };
    story
        .check(
            Action::PutStation(station("more")),
            &format!("limit_reached {STATIONS_MAX} stations"),
        )
        .check(Action::PutStation(stray), "unknown_trader nobody as owner")
        .check(Action::PutStation(station("acme")), "already_exists acme is a trader")
        .check(Action::PutStation(station("ceres")), "nothing");
}

#[test]
fn keys_are_bounded_revoked_ones_included() {
    let mut story = given().unaudited().check(super::asks::revoke(2), "key.revoked");
    for _ in story.state.keys.len()..KEYS_MAX {
        story = story.check(key("clerk", Role::Operator), "key.created");
    }
    story
        .check(key("clerk", Role::Operator), &format!("limit_reached {KEYS_MAX} keys"))
        .check(key("clerk", Role::Viewer), "already_exists clerk is a principal");
}
