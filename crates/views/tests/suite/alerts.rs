//! Alerts, their rules, and what they put at risk.

use std::sync::Arc;

use domain::{
    AlertCause, AlertChanged, AlertFired, AlertId, AlertKind, AlertRule, AlertRuleId, AlertRuleSet,
    CommodityId, Event, HoldReleased, HoldRest, HoldSettled, PrincipalId, Scope, Sequence,
    Severity, ShipmentChange, ShipmentId, ShipmentStatus, Side, StationId, Timing, TradeHeld,
    TradeLine, TraderId, TransactionId,
};
use views::{Alert, AlertCounts, AlertFilter, AtRisk, RESOLVED_ALERTS_KEPT};

use crate::fold::beginning;
use crate::journal::*;
use crate::shipments::ship;

pub(crate) fn fired(cause: AlertCause, kind: AlertKind, severity: Severity) -> Event {
    Event::AlertFired(AlertFired { cause, kind, severity })
}

fn overdue(shipment: ShipmentId) -> Event {
    fired(AlertCause::Overdue(shipment), AlertKind::ShipmentOverdue, Severity::Warning)
}

/// What a later event of an alert that was left like this says of it.
pub(crate) fn told(alert: &Alert, severity: Severity) -> AlertChanged {
    AlertChanged {
        alert: alert.id,
        previous: alert.last,
        cause: alert.cause,
        kind: alert.kind,
        severity,
    }
}

/// A rule on water at Ceres.
pub(crate) fn stock_rule(rule: u32, id: &str, owner: u32) -> Event {
    rule_set(rule, id, (1, owner), true)
}

fn rule_set(rule: u32, id: &str, (station, owner): (u32, u32), created: bool) -> Event {
    let terms = AlertRule::Stock {
        station: StationId(station),
        owner: TraderId(owner),
        commodity: CommodityId(0),
        low: units(5),
        clear: units(9),
    };
    Event::AlertRuleSet(Box::new(AlertRuleSet {
        rule: AlertRuleId(rule),
        id: name(id),
        terms,
        created,
    }))
}

/// The seller promises this much water at Ceres to the buyer.
pub(crate) fn held(buyer: u32, seller: u32, quantity: u64) -> Event {
    Event::TradeHeld(Box::new(TradeHeld {
        station: StationId(1),
        buyer: TraderId(buyer),
        seller: TraderId(seller),
        lines: [water(quantity)].into(),
        total: credits(quantity),
        terms: None,
        expires_at: at(1_000_000),
        proposed_by: None,
        unreserved: None,
    }))
}

fn water(quantity: u64) -> TradeLine {
    TradeLine { commodity: CommodityId(0), quantity: units(quantity), unit_price: credits(1) }
}

fn expired(hold: Sequence, (buyer, seller): (u32, u32), quantity: u64) -> Event {
    let released = HoldReleased {
        trade: TransactionId(hold),
        previous: hold,
        station: StationId(1),
        buyer: TraderId(buyer),
        seller: TraderId(seller),
        rest: HoldRest {
            goods: goods(0, quantity),
            credits: credits(quantity),
            charges: [].into(),
        },
        reason: None,
    };
    Event::TradeExpired(Box::new(released))
}

fn resolved(world: &World) -> Vec<Alert> {
    let any = AlertFilter::default();
    world.history.find_resolved_alerts(&any, newest(None, 9), SCOPE).unwrap().items
}

fn open(world: &World) -> Vec<Alert> {
    let page = world.views.read().find_alerts(&AlertFilter::default(), newest(None, 100), SCOPE);
    assert_eq!(page.next, None);
    page.items
}

fn at_risk(world: &World, alert: AlertId, scope: Scope<'_>) -> AtRisk {
    let state = world.views.read();
    state.at_risk(state.alert(alert, SCOPE).unwrap(), scope)
}

#[test]
fn an_alert_fires_worsens_is_seen_and_resolves() {
    let mut world = World::in_memory();
    world.record(beginning());
    let shipment = ship(&mut world, ShipmentStatus::Booked, 3);
    let id = AlertId(world.record([overdue(shipment)]));
    let counts = |world: &World| world.views.read().alert_counts();
    assert_eq!(counts(&world), AlertCounts { info: 0, warning: 1, critical: 0 });
    let first = open(&world).remove(0);
    assert_eq!((first.id, first.fired_at, first.last), (id, at(id.0.0), id.0));
    assert_eq!(first.subject.station, Some(StationId(1)));
    assert_eq!(&*first.subject.parties, [2, 2, 3].map(TraderId));
    let last = world.record([Event::AlertChanged(told(&first, Severity::Critical))]);
    let worse = open(&world).remove(0);
    assert_eq!((worse.severity, worse.changed_at), (Severity::Critical, at(last.0)));
    assert_eq!(counts(&world), AlertCounts { info: 0, warning: 0, critical: 1 });
    let last = world.record([Event::AlertAcknowledged(told(&worse, Severity::Critical))]);
    let seen = open(&world).remove(0);
    assert_eq!(seen.acknowledged, Some((PrincipalId(1), at(last.0))));
    let last = world.record([Event::AlertResolved(told(&seen, Severity::Critical))]);
    assert_eq!(open(&world), []);
    assert_eq!(counts(&world), AlertCounts::default());
    let resolved = resolved(&world).remove(0);
    let expected = Alert { resolved_at: Some(at(last.0)), last, changed_at: at(last.0), ..seen };
    assert_eq!(resolved, expected);
    assert_eq!(world.views.read().alert(id, SCOPE), Some(&resolved));
    // The journal alone says the same, at each of its events.
    assert_eq!(world.views.alert_at(last).unwrap().as_ref(), Some(&expected));
    assert_eq!(world.views.alert_at(id.0).unwrap().as_ref(), Some(&first));
    assert_eq!(world.views.alert_at(Sequence(1)).unwrap(), None);
}

#[test]
fn resolved_alerts_are_listed_for_ever_and_the_last_thousand_are_kept() {
    let mut world = World::in_memory();
    world.record(beginning());
    let shipment = ship(&mut world, ShipmentStatus::Booked, 3);
    let mut made = Vec::new();
    for _ in 0..=RESOLVED_ALERTS_KEPT {
        let id = AlertId(world.record([overdue(shipment)]));
        let alert = open(&world).remove(0);
        world.record([Event::AlertResolved(told(&alert, alert.severity))]);
        made.push(id);
    }
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let any = AlertFilter::default();
        let page = world.history.find_resolved_alerts(&any, newest(before, 300), SCOPE).unwrap();
        found.extend(page.items.iter().map(|alert| alert.id));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    made.reverse();
    assert_eq!(found, made);
    assert_eq!(world.views.read().alert(made[RESOLVED_ALERTS_KEPT], SCOPE), None);
}

#[test]
fn alerts_are_found_by_kind_severity_and_station() {
    let mut world = World::in_memory();
    world.record(beginning());
    let shipment = ship(&mut world, ShipmentStatus::Booked, 3);
    world.record([stock_rule(4, "water-low", 1), overdue(shipment)]);
    let low = fired(AlertCause::Stock(AlertRuleId(4)), AlertKind::StockOut, Severity::Critical);
    world.record([low]);
    let count = |filter: AlertFilter| {
        world.views.read().find_alerts(&filter, newest(None, 9), SCOPE).items.len()
    };
    let any = AlertFilter::default();
    assert_eq!(count(any), 2);
    assert_eq!(count(AlertFilter { kind: Some(AlertKind::StockOut), ..any }), 1);
    assert_eq!(count(AlertFilter { kind: Some(AlertKind::StockLow), ..any }), 0);
    assert_eq!(count(AlertFilter { severity: Some(Severity::Warning), ..any }), 1);
    assert_eq!(count(AlertFilter { station: Some(StationId(1)), ..any }), 2);
    assert_eq!(count(AlertFilter { station: Some(StationId(0)), ..any }), 0);
    let first = world.views.read().find_alerts(&any, newest(None, 1), SCOPE);
    assert_eq!(first.items[0].kind, AlertKind::StockOut);
    let rest = newest(first.next, 1);
    assert_eq!(world.views.read().find_alerts(&any, rest, SCOPE).next, None);
}

/// Zoe (2) ships water to Ceres, where Acme (3) counts it.
#[test]
fn a_late_shipment_puts_holds_and_thresholds_at_its_destination_at_risk() {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([produced(1, 2, 0, 50), produced(1, 3, 0, 50)]);
    let shipment = ship(&mut world, ShipmentStatus::Booked, 3);
    let zoes = world.record([held(3, 2, 4)]);
    let stations = world.record([issued(1, 100), held(1, 3, 4)]);
    world.record([
        stock_rule(4, "of-zoe", 2),
        stock_rule(5, "of-the-station", 1),
        stock_rule(6, "of-acme", 3),
        rule_set(7, "elsewhere", (0, 2), true),
    ]);
    let alert = AlertId(world.record([overdue(shipment)]));
    let rules = |found: AtRisk| found.rules.iter().map(|rule| rule.0).collect::<Vec<_>>();
    // Acme's sale is not of the shipment's owner or consignee: Zoe is both.
    let found = at_risk(&world, alert, SCOPE);
    assert_eq!(found.holds, [TransactionId(zoes)]);
    assert_eq!(rules(found), [4, 5]);
    let acme = [TraderId(3)];
    let seen = at_risk(&world, alert, Scope::Accounts(&acme));
    assert_eq!(seen, AtRisk { holds: vec![TransactionId(zoes)], rules: vec![] });
    let nobody = [TraderId(1)];
    assert_eq!(rules(at_risk(&world, alert, Scope::Accounts(&nobody))), [5]);
    // What is settled waits no longer, nor does what ran out.
    let part = |rest, quantity: u64, previous| {
        Event::HoldSettled(Box::new(HoldSettled {
            trade: TransactionId(zoes),
            previous,
            station: StationId(1),
            buyer: TraderId(3),
            seller: TraderId(2),
            unreserved: None,
            lines: [water(quantity)].into(),
            total: credits(quantity),
            rest,
        }))
    };
    let last = world.record([part(None, 1, zoes)]);
    assert_eq!(at_risk(&world, alert, SCOPE).holds, [TransactionId(zoes)]);
    world.record([part(None, 3, last)]);
    assert_eq!(at_risk(&world, alert, SCOPE).holds, []);
    let again = world.record([held(3, 2, 4)]);
    assert_eq!(at_risk(&world, alert, SCOPE).holds, [TransactionId(again)]);
    world.record([expired(again, (3, 2), 4)]);
    assert_eq!(at_risk(&world, alert, SCOPE).holds, []);
    // Stock that is low puts its owner's sales at risk.
    let low = fired(AlertCause::Stock(AlertRuleId(6)), AlertKind::StockLow, Severity::Warning);
    let low = AlertId(world.record([low]));
    let found = at_risk(&world, low, SCOPE);
    assert_eq!(found, AtRisk { holds: vec![TransactionId(stations)], rules: vec![] });
    // Nothing waits for what is resolved.
    let alert = world.views.read().alert(low, SCOPE).unwrap().clone();
    world.record([Event::AlertResolved(told(&alert, alert.severity))]);
    assert_eq!(at_risk(&world, low, SCOPE), AtRisk::default());
}

/// Whoever proposes to buy has no say in what is told of the seller's goods.
#[test]
fn what_the_seller_has_yet_to_accept_is_not_at_risk() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("views.db");
    let mut world = World::open(Some(&path), Arc::default());
    world.record(beginning());
    world.record([produced(1, 2, 0, 50)]);
    let shipment = ship(&mut world, ShipmentStatus::Booked, 3);
    let of = |hold, proposed_by, unreserved| {
        let Event::TradeHeld(held) = hold else { panic!() };
        Event::TradeHeld(Box::new(TradeHeld { proposed_by, unreserved, ..*held }))
    };
    let bought = world.record([of(held(3, 2, 4), Some(Side::Buy), Some(Side::Sell))]);
    let sold = world.record([of(held(3, 2, 4), Some(Side::Sell), Some(Side::Buy))]);
    let alert = AlertId(world.record([overdue(shipment)]));
    let holds = |world: &World| at_risk(world, alert, SCOPE).holds;
    assert_eq!(holds(&world), [TransactionId(sold)]);
    // Each part is accepted by itself, and the rest of it stays a proposal.
    world.record([Event::HoldSettled(Box::new(HoldSettled {
        trade: TransactionId(bought),
        previous: bought,
        station: StationId(1),
        buyer: TraderId(3),
        seller: TraderId(2),
        unreserved: Some(Side::Sell),
        lines: [water(1)].into(),
        total: credits(1),
        rest: None,
    }))]);
    assert_eq!(holds(&world), [TransactionId(sold)]);
    let world = world.restarted(&path);
    assert_eq!(holds(&world), [TransactionId(sold)]);
}

/// A stream asks this of every event of an alert: it must not need the journal for it, not even after a
/// restart, of which the views remember no former rules.
#[test]
fn since_when_a_rule_is_about_one_owner_is_known_across_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("views.db");
    let mut world = World::open(Some(&path), Arc::default());
    world.record(beginning());
    let made = world.record([rule_set(4, "low", (1, 2), true)]);
    let replaced = world.record([rule_set(4, "low", (1, 2), false)]);
    let is_of_one = |world: &World, from: Sequence, to: Sequence| {
        let state = world.views.read();
        let (_, is_of_one) = state.alert_rule_terms_during(AlertRuleId(4), &(from..=to)).unwrap();
        is_of_one
    };
    assert!(is_of_one(&world, made, replaced));
    let mut world = world.restarted(&path);
    assert!(is_of_one(&world, made, replaced));
    let to_another = world.record([rule_set(4, "low", (1, 3), false)]);
    let back = world.record([rule_set(4, "low", (1, 2), false)]);
    assert!(is_of_one(&world, made, replaced), "what it said before is known still");
    for (from, to, expected) in [
        (replaced, to_another, false),
        (to_another, to_another, true),
        (to_another, back, false),
        (replaced, back, false),
        (back, back, true),
    ] {
        assert_eq!(is_of_one(&world, from, to), expected, "{from} {to}");
    }
}

#[test]
fn at_most_twenty_holds_are_shown_at_risk_the_oldest() {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([produced(1, 2, 0, 50)]);
    let shipment = ship(&mut world, ShipmentStatus::Booked, 3);
    let holds: Vec<_> = (0..25).map(|_| world.record([held(3, 2, 1)])).collect();
    let alert = AlertId(world.record([overdue(shipment)]));
    let found: Vec<_> = at_risk(&world, alert, SCOPE).holds.iter().map(|hold| hold.0).collect();
    assert_eq!(found, holds[..views::AT_RISK_MAX]);
}

#[test]
fn alerts_are_seen_by_whom_they_concern() {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([produced(1, 2, 0, 50), trader(4, "eve"), trader(5, "dan")]);
    let shipment = ship(&mut world, ShipmentStatus::Booked, 3);
    let hold = world.record([held(3, 2, 4)]);
    world.record([stock_rule(4, "of-dan", 5)]);
    let of_shipment = AlertId(world.record([overdue(shipment)]));
    let low = fired(AlertCause::Stock(AlertRuleId(4)), AlertKind::StockLow, Severity::Warning);
    let of_stock = AlertId(world.record([low]));
    let hold_cause = AlertCause::Hold(TransactionId(hold));
    let of_hold = AlertId(world.record([
        expired(hold, (3, 2), 4),
        fired(hold_cause, AlertKind::HoldExpired, Severity::Warning),
    ]));
    let check = |account: u32, expected: &[AlertId]| {
        let accounts = [TraderId(account)];
        let scope = Scope::Accounts(&accounts);
        let state = world.views.read();
        let found = state.find_alerts(&AlertFilter::default(), newest(None, 9), scope);
        let found: Vec<_> = found.items.iter().map(|alert| alert.id).collect();
        assert_eq!(found, expected, "{account}");
        for id in [of_shipment, of_stock, of_hold] {
            assert_eq!(state.alert(id, scope).is_some(), expected.contains(&id));
        }
    };
    check(2, &[of_hold, of_shipment]);
    check(3, &[of_hold, of_shipment]);
    check(4, &[]);
    check(5, &[of_stock]);
    let alert = world.views.read().alert(of_hold, SCOPE).unwrap().clone();
    assert_eq!(alert.subject.station, Some(StationId(1)));
    assert_eq!(world.views.alert_at(of_hold.0).unwrap(), Some(alert));
}

#[test]
fn rules_of_timing_are_there_from_the_start_and_rules_of_stock_come_and_go() {
    let mut world = World::in_memory();
    world.record(beginning());
    let names = |world: &World, scope| {
        let state = world.views.read();
        let rules = state.alert_rules_from(0, scope);
        rules.map(|rule| rule.name.to_string()).collect::<Vec<_>>()
    };
    let timing = Timing::ALL.map(Timing::rule_name);
    assert_eq!(names(&world, SCOPE), timing);
    for (at, timing) in Timing::ALL.into_iter().enumerate() {
        let state = world.views.read();
        let rule = state.alert_rule(AlertRuleId(at.try_into().unwrap())).unwrap();
        assert_eq!(rule.terms, timing.rule_from_the_start());
        assert_eq!(rule.created, Sequence(1));
    }
    let made = world.record([stock_rule(4, "low", 2)]);
    let acme = [TraderId(3)];
    assert_eq!(names(&world, Scope::Accounts(&acme)), timing);
    assert_eq!(world.views.read().alert_rule_named("low", Scope::Accounts(&acme)), None);
    let last = world.record([rule_set(4, "low", (0, 3), false)]);
    let rule = world.views.read().alert_rule_named("low", SCOPE).unwrap().clone();
    assert_eq!((rule.created, rule.changed), (made, last));
    assert_eq!(names(&world, Scope::Accounts(&acme)).len(), 5);
    let (low, late) = (AlertRuleId(4), Timing::ShipmentLate.rule());
    world.record([low, late].map(|rule| Event::AlertRuleDeleted { rule }));
    assert_eq!(names(&world, SCOPE), ["shipment-overdue", "shipment-silent", "hold-expired"]);
    assert_eq!(world.views.read().alert_rule_named("low", SCOPE), None);
    assert!(world.views.read().alert_rule(low).unwrap().deleted);
    let again = world.record([rule_set(4, "low", (1, 3), true)]);
    let rule = world.views.read().alert_rule_named("low", SCOPE).unwrap().clone();
    assert_eq!((rule.id, rule.created, rule.deleted), (low, again, false));
}

/// All that run out while nobody looks do so before the first of them is told.
#[test]
fn however_many_holds_run_out_at_once_each_alert_knows_whose_it_is() {
    let mut world = World::in_memory();
    world.record(beginning());
    let count = domain::limits::HOLD_ALERTS_MAX as u64 + 1;
    world.record([issued(2, count), produced(1, 3, 0, count)]);
    let first = world.record(vec![held(2, 3, 1); usize::try_from(count).unwrap()]).0 + 1 - count;
    let holds = (first..first + count).map(Sequence);
    world.record(holds.map(|hold| expired(hold, (2, 3), 1)));
    let cause = AlertCause::Hold(TransactionId(Sequence(first)));
    world.record([fired(cause, AlertKind::HoldExpired, Severity::Warning)]);
    let subject = open(&world).remove(0).subject;
    assert_eq!(&*subject.parties, [TraderId(2), TraderId(3)]);
}

#[test]
fn an_alert_of_stock_is_about_what_its_rule_watches() {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([stock_rule(4, "low", 2)]);
    let low = fired(AlertCause::Stock(AlertRuleId(4)), AlertKind::StockLow, Severity::Warning);
    world.record([low, rule_set(4, "low", (0, 3), false)]);
    let subject = open(&world).remove(0).subject;
    assert_eq!((subject.station, subject.commodity), (Some(StationId(0)), Some(CommodityId(0))));
    // It fired over another's stock: neither owner is told of the other's.
    assert_eq!(&*subject.parties, []);
}

#[test]
#[should_panic(expected = "does not follow its last one")]
fn an_event_of_an_alert_out_of_order_is_a_broken_invariant() {
    let mut world = World::in_memory();
    world.record(beginning());
    let shipment = ship(&mut world, ShipmentStatus::Booked, 3);
    world.record([overdue(shipment)]);
    let alert = Alert { last: Sequence(1), ..open(&world).remove(0) };
    world.record([Event::AlertResolved(told(&alert, alert.severity))]);
}

#[test]
fn a_silent_shipment_that_ends_is_still_known_to_its_alert() {
    let mut world = World::in_memory();
    world.record(beginning());
    let shipment = ship(&mut world, ShipmentStatus::Booked, 3);
    world.record([overdue(shipment)]);
    let off = ShipmentChange::Cancelled { lines: goods(0, 5), reason: None };
    world.record([changed(shipment.0, shipment.0, route(0, 1, 2), off)]);
    let alert = open(&world).remove(0);
    assert_eq!(alert.subject.station, Some(StationId(1)));
    assert_eq!(at_risk(&world, alert.id, SCOPE), AtRisk::default());
}
