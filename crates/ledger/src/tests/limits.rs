//! Every kind of state is bounded. The bounds of a million rows and more are not reached here.

use domain::limits::{
    ADMIN_KEYS_RESERVED, ALERT_RULES_MAX, COMMODITIES_MAX, KEYS_MAX, SHIPMENT_EVENTS_MAX,
    STATIONS_MAX, VESSELS_MAX,
};
use domain::{Action, PrincipalId, PutStation, Role};

use super::asks::{
    arrived, book, commodity, departed, estimated, key, lost, name, received, seen, station,
};
use super::asks_cargo::{held, lost_of, no_rule, recovered_of, released, stock_rule, vessel};
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
fn holds_and_findings_without_end_leave_room_for_the_end() {
    let mut story = under_way().report(lost_of(&[("ice", 1)]), "shipment.lost");
    let one = || [("ice", 1)];
    while story.shipment().unwrap().event_count + 3 < SHIPMENT_EVENTS_MAX {
        story = story
            .report(held("Customs"), "shipment.held")
            .report(released(), "shipment.released")
            .report(recovered_of(&one()), "shipment.found")
            .report(lost_of(&one()), "shipment.lost");
    }
    story = story.report(held("Customs"), "shipment.held");
    while story.shipment().unwrap().event_count < SHIPMENT_EVENTS_MAX {
        story = story.report(seen(), "shipment.position");
    }
    let full = format!("limit_reached {SHIPMENT_EVENTS_MAX} shipment_events");
    story = story
        .report(held("Papers"), &full)
        .report(recovered_of(&one()), &full)
        .report(released(), "shipment.released");
    // Unit by unit there is as much room again.
    while story.shipment().unwrap().event_count < 2 * SHIPMENT_EVENTS_MAX {
        story = story.report(lost_of(&one()), "shipment.lost");
    }
    let full = format!("limit_reached {} shipment_events", 2 * SHIPMENT_EVENTS_MAX);
    story.report(lost_of(&one()), &full).report(lost(), "shipment.lost");
}

#[test]
fn vessels_and_rules_of_alerts_are_bounded_deleted_ones_included() {
    let mut story = given().unaudited();
    for number in 0..VESSELS_MAX {
        story = story.check(vessel(&format!("v{number}"), None, None), "vessel.created");
    }
    story = story
        .check(vessel("more", None, None), &format!("limit_reached {VESSELS_MAX} vessels"))
        .check(vessel("v0", Some(1), None), "vessel.updated");
    for number in story.state.rules.rows.len()..ALERT_RULES_MAX {
        let id = format!("r{number}");
        story = story
            .check(stock_rule(&id, 1, 2), "alert-rule.created")
            .check(no_rule(&id), "alert-rule.deleted");
    }
    story
        .check(stock_rule("more", 1, 2), &format!("limit_reached {ALERT_RULES_MAX} alert_rules"))
        .check(stock_rule("r4", 1, 2), "alert-rule.created");
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
    let for_all = KEYS_MAX - ADMIN_KEYS_RESERVED;
    for _ in story.state.keys.len()..for_all {
        story = story.check(key("clerk", Role::Operator), "key.created");
    }
    let last = u32::try_from(for_all - 1).unwrap();
    story = story
        .check(key("clerk", Role::Operator), &format!("limit_reached {for_all} keys"))
        .check(super::asks::rotate(last, None, 60), &format!("limit_reached {for_all} keys"))
        .check(key("clerk", Role::Viewer), "already_exists clerk is a principal")
        // The last ones are for administrators, those of tokens apart.
        .by(PrincipalId::NETWORK)
        .check(
            super::asks::grant("oidc.ann", Role::Admin, &[], 10),
            &format!("limit_reached {for_all} keys"),
        )
        .by(super::story::ADMIN)
        .check(super::asks::rotate(0, None, 60), "key.created, key.updated");
    for _ in story.state.keys.len()..KEYS_MAX {
        story = story.check(key("second", Role::Admin), "key.created");
    }
    story.check(key("second", Role::Admin), &format!("limit_reached {KEYS_MAX} keys"));
}
