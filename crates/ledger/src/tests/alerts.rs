//! Alerts: one a cause, that gets worse and better and ends by itself.
//!
//! After each command the books work out anew what should be firing: see [`super::audit_alerts`].

use domain::limits::HOLD_ALERTS_MAX;
use domain::{Action, AlertId, Sequence, Sink, Timing};

use super::asks::{
    ARRIVAL, adjust, arrived, book, cancelled, departed, estimated, found, loaded, lost, out, seen,
    trade, units,
};
use super::asks_cargo::{held, no_rule, recovered, stock_rule, stock_rule_of, timing_rule};
use super::story::{Story, given};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;

fn booked() -> Story {
    given().stock("ceres belt ice", 10).check(book().line("ice", 10), "shipment.booked")
}

fn acknowledge(alert: AlertId) -> Action {
    Action::AcknowledgeAlert(alert)
}

/// Belt has this much ice at ceres, and it is low at ten, well again at twenty.
fn watched(available: u64) -> Story {
    let story = given();
    let story = if available > 0 { story.stock("ceres belt ice", available) } else { story };
    story.check(stock_rule("ice-at-ceres", 10, 20), "alert-rule.created")
}

fn use_up(count: u64) -> Action {
    adjust().line("ice", out(Sink::Consumed, count)).into()
}

fn find(count: u64) -> Action {
    adjust().line("ice", found(count)).into()
}

#[test]
fn a_shipment_is_overdue_an_hour_after_the_promise_and_critical_after_a_day() {
    let story = booked()
        .report(departed(), "shipment.departed")
        .wait(ARRIVAL + HOUR - 1)
        .alerts(&[])
        .wait(ARRIVAL + HOUR)
        .alerts(&["fired shipment_overdue warning"]);
    let Some(recorded) = story.journal.last() else { panic!("an alert") };
    assert_eq!(recorded.envelope.occurred_at.unwrap().0, ARRIVAL + HOUR, "its deadline");
    story
        .at(ARRIVAL + 10 * HOUR)
        .report(seen(), "shipment.position")
        .wait(ARRIVAL + DAY - 1)
        .alerts(&[])
        .wait(ARRIVAL + DAY)
        .alerts(&["changed shipment_overdue critical"])
        .report(arrived(), "shipment.arrived")
        .alerts(&["resolved shipment_overdue critical"])
        .wait(100 * DAY)
        .alerts(&[]);
}

#[test]
fn what_was_overdue_while_nobody_looked_is_told_at_once_as_it_is_by_now() {
    booked().wait(ARRIVAL + 2 * DAY).fired(&[ARRIVAL]).alerts(&["fired shipment_overdue critical"]);
}

#[test]
fn every_end_and_the_arrival_resolve_what_is_told_of_a_shipment() {
    let overdue =
        |story: Story| story.wait(ARRIVAL + HOUR).alerts(&["fired shipment_overdue warning"]);
    let under_way = || booked().report(departed(), "shipment.departed");
    let ended = &["resolved shipment_overdue warning"];
    overdue(booked()).report(cancelled(), "shipment.cancelled").alerts(ended);
    overdue(under_way()).report(arrived(), "shipment.arrived").alerts(ended);
    // Found again it is still awaited, and as late as it is.
    overdue(under_way())
        .report(lost(), "shipment.lost")
        .alerts(ended)
        .wait(ARRIVAL + 40 * DAY)
        .report(recovered(), "shipment.found")
        .alerts(&["fired shipment_overdue critical"]);
}

#[test]
fn an_estimate_past_the_promise_is_told_before_it_happens() {
    let late = 900 * SECOND;
    let very_late = 43_200 * SECOND;
    booked()
        .report(estimated(ARRIVAL + late - 1), "shipment.estimated")
        .alerts(&[])
        .report(estimated(ARRIVAL + late), "shipment.estimated")
        .alerts(&["fired shipment_late warning"])
        .report(estimated(ARRIVAL + late + 1), "shipment.estimated")
        .alerts(&[])
        .report(estimated(ARRIVAL + very_late), "shipment.estimated")
        .alerts(&["changed shipment_late critical"])
        .report(estimated(ARRIVAL + late), "shipment.estimated")
        .alerts(&["changed shipment_late warning"])
        .report(estimated(ARRIVAL), "shipment.estimated")
        .alerts(&["resolved shipment_late warning"]);
}

#[test]
fn an_older_estimate_neither_fires_nor_resolves() {
    let story = booked()
        .at(5_000)
        .said(4_000)
        .report(estimated(ARRIVAL + HOUR), "shipment.estimated")
        .alerts(&["fired shipment_late warning"])
        .said(3_000)
        .report(estimated(ARRIVAL), "shipment.estimated")
        .alerts(&[]);
    story
        .said(4_001)
        .report(estimated(ARRIVAL), "shipment.estimated")
        .alerts(&["resolved shipment_late warning"]);
}

#[test]
fn a_shipment_under_way_is_silent_until_there_is_any_news() {
    let story = given()
        .stock("ceres belt ice", 10)
        .check(book().line("ice", 10).planned(0, 90 * DAY), "shipment.booked")
        .report(loaded(), "shipment.loaded")
        .wait(5 * DAY)
        .alerts(&[])
        .report(departed(), "shipment.departed");
    let left = story.now();
    let story = story
        .wait(left + DAY - 1)
        .alerts(&[])
        .wait(left + DAY)
        .alerts(&["fired shipment_silent warning"])
        .wait(left + 3 * DAY)
        .alerts(&["changed shipment_silent critical"])
        .report(held("Pirates"), "shipment.held")
        .alerts(&["resolved shipment_silent critical"]);
    let heard = story.now() - 1;
    // It may fall silent again: a new alert.
    story
        .wait(heard + DAY - 1)
        .alerts(&[])
        .wait(heard + DAY)
        .alerts(&["fired shipment_silent warning"])
        .report(arrived(), "shipment.arrived")
        .alerts(&["resolved shipment_silent warning"])
        .wait(80 * DAY)
        .alerts(&[]);
}

#[test]
fn a_promise_already_past_when_it_is_booked_is_never_overdue() {
    given()
        .stock("ceres belt ice", 10)
        .at(2 * ARRIVAL)
        .check(book().line("ice", 10), "shipment.booked")
        .wait(40 * DAY)
        .alerts(&[]);
}

#[test]
fn stock_is_low_at_the_threshold_and_out_at_nothing_and_one_alert_says_both() {
    let story = watched(30)
        .check(use_up(19), "stock.adjusted")
        .alerts(&[])
        .check(use_up(1), "stock.adjusted")
        .alerts(&["fired stock_low warning"]);
    let alert = story.alert();
    let story = story
        .check(use_up(10), "stock.adjusted")
        .alerts(&["changed stock_out critical"])
        .check(find(20), "stock.adjusted")
        .alerts(&["resolved stock_out critical"]);
    assert_eq!(story.alert(), alert);
}

#[test]
fn an_alert_of_stock_does_not_flap_between_the_threshold_and_the_clearing_level() {
    watched(10)
        .alerts(&["fired stock_low warning"])
        .check(find(9), "stock.adjusted")
        .check(use_up(9), "stock.adjusted")
        .check(find(9), "stock.adjusted")
        .alerts(&[])
        .check(find(1), "stock.adjusted")
        .alerts(&["resolved stock_low warning"])
        .check(use_up(9), "stock.adjusted")
        .alerts(&[])
        .check(use_up(11), "stock.adjusted")
        .alerts(&["fired stock_out critical"])
        .check(find(19), "stock.adjusted")
        .alerts(&[])
        .check(find(1), "stock.adjusted")
        .alerts(&["resolved stock_out critical"]);
}

#[test]
fn whatever_moves_stock_is_followed_and_only_what_is_available_counts() {
    watched(30)
        .check(book().line("ice", 25), "shipment.booked")
        .alerts(&["fired stock_low warning"])
        .report(cancelled(), "shipment.cancelled")
        .alerts(&["resolved stock_low warning"])
        .check(trade().line("ice", 30, 0), "trade.settled")
        .alerts(&["fired stock_out critical"])
        .check(trade().buyer("belt").seller("acme").line("ice", 30, 0), "trade.settled")
        .alerts(&["resolved stock_out critical"])
        .credits("acme", 10)
        .check(trade().line("ice", 30, 0).hold(60), "trade.held")
        .alerts(&["fired stock_out critical"]);
}

#[test]
fn a_rule_watches_one_place_and_nothing_else() {
    watched(30)
        .stock("ceres acme ice", 5)
        .stock("ceres belt ore", 5)
        .stock("mars belt ice", 5)
        .check(adjust().line("ore", out(Sink::Consumed, 5)), "stock.adjusted")
        .check(adjust().at("mars").line("ice", out(Sink::Consumed, 5)), "stock.adjusted")
        .check(adjust().owner("acme").line("ice", out(Sink::Consumed, 5)), "stock.adjusted")
        .alerts(&[]);
}

#[test]
fn a_rule_is_heeded_from_when_it_is_set_to_when_it_is_deleted() {
    watched(0)
        .alerts(&["fired stock_out critical"])
        .check(no_rule("ice-at-ceres"), "alert-rule.deleted")
        .alerts(&["resolved stock_out critical"])
        .check(no_rule("ice-at-ceres"), "unknown_alert_rule")
        .check(find(5), "stock.adjusted")
        .alerts(&[])
        // Its name and its number are its own for good.
        .check(stock_rule("ice-at-ceres", 4, 20), "alert-rule.created")
        .alerts(&[])
        .check(stock_rule("ice-at-ceres", 5, 20), "alert-rule.updated")
        .alerts(&["fired stock_low warning"])
        .check(stock_rule("ice-at-ceres", 5, 20), "nothing")
        // With another clearing level it is well again.
        .check(stock_rule("ice-at-ceres", 3, 5), "alert-rule.updated")
        .alerts(&["resolved stock_low warning"])
        // What it watches may change, too.
        .check(
            stock_rule_of("ice-at-ceres", "mars", "acme", "ore", units(1), units(2)),
            "alert-rule.updated",
        )
        .alerts(&["fired stock_out critical"])
        .check(use_up(5), "stock.adjusted")
        .alerts(&[])
        .check(stock_rule("another", 3, 5), "alert-rule.created")
        .alerts(&["fired stock_out critical"]);
}

#[test]
fn one_rule_watches_a_place_and_names_are_not_mixed_up() {
    let other = |id| stock_rule_of(id, "mars", "acme", "ore", units(1), units(2));
    watched(30)
        .check(stock_rule("second", 1, 2), "already_exists ice-at-ceres is a alert_rule")
        .check(other("shipment-late"), "already_exists shipment-late is a alert_rule")
        .check(other("second"), "alert-rule.created")
        .check(stock_rule("second", 1, 2), "already_exists ice-at-ceres is a alert_rule");
    let mut misnamed = timing_rule(Timing::ShipmentLate, 1, 2);
    if let Action::PutAlertRule(put) = &mut misnamed {
        put.id = super::asks::name("ice-at-ceres");
    }
    watched(30).check(misnamed, "already_exists shipment-late is a alert_rule");
}

#[test]
fn every_name_of_a_rule_is_known() {
    let ask = |station: &str, owner: &str, commodity: &str| {
        stock_rule_of("x", station, owner, commodity, units(1), units(2))
    };
    given()
        .check(ask("nowhere", "nobody", "dust"), "unknown_station nowhere as station")
        .check(ask("ceres", "nobody", "dust"), "unknown_trader nobody as owner")
        .check(ask("ceres", "belt", "dust"), "unknown_commodity dust in line 0");
}

#[test]
fn changing_a_rule_of_timing_looks_at_the_open_shipments_again() {
    booked()
        .wait(ARRIVAL + HOUR)
        .alerts(&["fired shipment_overdue warning"])
        .check(timing_rule(Timing::ShipmentOverdue, 7_200, 14_400), "alert-rule.updated")
        .alerts(&["resolved shipment_overdue warning"])
        .wait(ARRIVAL + 2 * HOUR - 1)
        .alerts(&[])
        .wait(ARRIVAL + 2 * HOUR)
        .alerts(&["fired shipment_overdue warning"])
        .check(timing_rule(Timing::ShipmentOverdue, 60, 60), "alert-rule.updated")
        .alerts(&["changed shipment_overdue critical"])
        .check(timing_rule(Timing::ShipmentOverdue, 60, 86_400), "alert-rule.updated")
        .alerts(&["changed shipment_overdue warning"])
        .check(no_rule("shipment-overdue"), "alert-rule.deleted")
        .alerts(&["resolved shipment_overdue warning"])
        .wait(90 * DAY)
        .alerts(&[])
        .check(timing_rule(Timing::ShipmentOverdue, 60, 120), "alert-rule.created")
        .alerts(&["fired shipment_overdue critical"]);
}

#[test]
fn an_alert_is_acknowledged_once_and_goes_on() {
    let story = watched(0).alerts(&["fired stock_out critical"]);
    let alert = story.alert();
    let story = story
        .check(acknowledge(AlertId(Sequence(1))), "unknown_alert")
        .check(acknowledge(alert), "alert.acknowledged")
        .check(acknowledge(alert), "nothing")
        .alerts(&[])
        .check(find(20), "stock.adjusted")
        .alerts(&["resolved stock_out critical"])
        .check(acknowledge(alert), "unknown_alert");
    assert!(story.state.alerts.open.is_empty());
}

/// A hold of a minute on all the ice there is.
fn holding() -> Story {
    given().stock("ceres belt ice", 10).check(trade().line("ice", 10, 0).hold(60), "trade.held")
}

#[test]
fn a_hold_that_ran_out_is_told_until_it_is_seen_or_a_day_has_passed() {
    let expired = || holding().wait(61 * SECOND).alerts(&["fired hold_expired warning"]);
    let story = expired();
    let alert = story.alert();
    story
        .check(acknowledge(alert), "alert.acknowledged")
        .alerts(&["resolved hold_expired warning"])
        .check(acknowledge(alert), "unknown_alert");
    let story = expired();
    let fired = story.state.recorded_at().0;
    story
        .wait(fired + DAY - 1)
        .alerts(&[])
        .wait(fired + DAY)
        .alerts(&["resolved hold_expired warning"]);
}

#[test]
fn the_rule_of_holds_can_be_changed_and_deleted() {
    holding()
        .check(no_rule("hold-expired"), "alert-rule.deleted")
        .wait(61 * SECOND)
        .alerts(&[])
        .check(timing_rule(Timing::HoldExpired, 60, 60), "alert-rule.created")
        .alerts(&[]);
    let story = holding().wait(61 * SECOND).alerts(&["fired hold_expired warning"]);
    story
        .check(timing_rule(Timing::HoldExpired, 60, 60), "alert-rule.updated")
        .wait(122 * SECOND)
        .alerts(&["resolved hold_expired warning"]);
    let story = holding().wait(61 * SECOND).alerts(&["fired hold_expired warning"]);
    story
        .check(no_rule("hold-expired"), "alert-rule.deleted")
        .alerts(&["resolved hold_expired warning"]);
}

#[test]
fn a_hold_that_ends_in_time_is_told_of_by_no_alert() {
    let story = holding();
    let trade = story.traded();
    story.check(Action::VoidTrade { trade, reason: None }, "trade.voided").wait(DAY).alerts(&[]);
}

#[test]
fn the_oldest_of_too_many_expired_holds_makes_room() {
    let count = HOLD_ALERTS_MAX as u64 + 2;
    let mut story = given().unaudited().stock("ceres belt ice", count);
    for _ in 0..count {
        story = story.check(trade().line("ice", 1, 0).hold(60), "trade.held");
    }
    let story = story.wait(120 * SECOND);
    assert_eq!(story.state.alerts.open.len(), HOLD_ALERTS_MAX);
    assert_eq!(story.state.alerts.of_holds.len(), HOLD_ALERTS_MAX);
    assert!(story.state.alerts.expired.is_empty());
}

#[test]
fn a_snapshot_taken_before_alerts_are_told_knows_that_they_are_due() {
    let story = watched(30).unaudited();
    let mut state = super::audit::replayed(&story.journal);
    let mut recorded = story.journal.last().unwrap().clone();
    recorded.envelope.sequence = recorded.envelope.sequence.next();
    recorded.event = domain::Event::StockAdjusted(domain::StockAdjusted {
        station: domain::StationId(0),
        owner: story.state.trader(&super::asks::name("belt")).unwrap(),
        lines: [(domain::CommodityId(0), domain::StockChange::Out(Sink::Lost, units(25)))].into(),
    });
    crate::apply(&mut state, &recorded);
    assert_eq!(state.next_timer(), Some(state.recorded_at()));
    let read = super::audit::read(&super::audit::bytes(&state)).unwrap();
    assert_eq!(read.next_timer(), state.next_timer());
    assert_eq!(read.alerts.dirty, state.alerts.dirty);
    let now = state.recorded_at();
    assert_eq!(crate::due(&read, now), crate::due(&state, now));
    assert!(matches!(crate::due(&read, now), Some((_, domain::Event::AlertFired(_)))));
}

#[test]
fn a_rule_whose_levels_cross_ends_what_it_tells_all_the_same() {
    // The edge refuses such a rule. Were there one, the writer must not tell of it for ever.
    for available in [0, 5, 7, 10, 11] {
        let story = watched(available).unaudited();
        story.check(stock_rule("ice-at-ceres", 10, 5), "alert-rule.updated");
    }
    given().unaudited().check(stock_rule("none", 0, 0), "alert-rule.created");
}
