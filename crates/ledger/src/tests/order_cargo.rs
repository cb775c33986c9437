//! The order of the checks, of shipments, vessels and rules of alerts: see [`super::order`].

use domain::{AMOUNT_MAX, Action, AlertId, Sequence, ShipmentId};

use super::asks::{
    adjust, arrived, book, commodity, departed, loaded, lost, name, out, produced, report, units,
};
use super::asks_cargo::{
    counted_of, held, no_rule, recovered_of, stock_rule, stock_rule_of, vessel,
};
use super::order::faults;
use super::story::{ADMIN, OPERATOR, Story, VIEWER, given};

/// Belt has ten ice of a gram each and acme a hundred credits; a swift carries five grams.
fn world() -> Story {
    let mut ice = commodity("ice");
    ice.unit_mass_grams = Some(units(1));
    given()
        .check(Action::PutCommodity(ice), "commodity.updated")
        .check(vessel("swift", Some(5), None), "vessel.created")
        .stock("ceres belt ice", 10)
        .stock("ceres belt ore", 10)
        .credits("acme", 100)
}

#[test]
fn of_a_booking_with_terms() {
    let poor = || book().line("ice", 5).charge("acme", "mars", 101).vessel("swift");
    let scarce = || poor().line("ore", 11);
    let heavy =
        || book().line("ore", 11).line("ice", 6).charge("acme", "mars", 101).vessel("swift");
    let unknown = || heavy().line("dust", 1);
    let ghost = || unknown().vessel("ghost");
    let stranger = || ghost().charge("nobody", "acme", 1);
    let same = || stranger().charge("acme", "acme", 1);
    faults(
        world,
        vec![
            (VIEWER, same().to("nowhere").into(), "not_permitted"),
            (OPERATOR, same().to("nowhere").into(), "same_party"),
            (OPERATOR, stranger().to("nowhere").into(), "unknown_station"),
            (OPERATOR, stranger().into(), "unknown_trader"),
            (OPERATOR, ghost().into(), "unknown_vessel"),
            (OPERATOR, unknown().into(), "unknown_commodity"),
            (OPERATOR, heavy().into(), "over_capacity"),
            (OPERATOR, scarce().into(), "insufficient_stock"),
            (OPERATOR, poor().into(), "insufficient_credits"),
            (OPERATOR, book().line("ice", 5).vessel("swift").into(), "shipment.booked"),
        ],
    );
}

#[test]
fn of_a_loading() {
    /// The swift carries the first shipment; the second is held.
    fn busy() -> Story {
        let ask = || book().line("ice", 1).vessel("swift");
        world()
            .check(ask(), "shipment.booked")
            .report(loaded(), "shipment.loaded")
            .check(ask(), "shipment.booked")
            .report(held("Customs"), "shipment.held")
    }
    let id = busy().booked();
    let nothing = ShipmentId(Sequence(1));
    faults(
        busy,
        vec![
            (VIEWER, report(nothing, arrived()), "not_permitted"),
            (OPERATOR, report(nothing, arrived()), "unknown_shipment"),
            (OPERATOR, report(id, arrived()), "invalid_transition"),
            (OPERATOR, report(id, loaded()), "on_hold"),
        ],
    );
    let freed = || busy().report(super::asks_cargo::released(), "shipment.released");
    assert!(freed().outcome(report(id, loaded())).starts_with("vessel_busy"));
}

#[test]
fn of_a_count_and_of_a_finding() {
    /// All the ice there can be has been made; ten of it have arrived and are held.
    fn there() -> Story {
        let rest = AMOUNT_MAX - 10;
        world()
            .check(book().line("ice", 10).line("ore", 10).tolerance(1_000), "shipment.booked")
            .report(departed(), "shipment.departed")
            .report(arrived(), "shipment.arrived")
            .check(adjust().line("ice", produced(rest)), "stock.adjusted")
            .check(adjust().line("ice", out(domain::Sink::Consumed, rest)), "stock.adjusted")
    }
    fn stopped() -> Story {
        there().report(held("Customs"), "shipment.held")
    }
    fn gone() -> Story {
        there().report(lost(), "shipment.lost")
    }
    let (held_id, id) = (stopped().booked(), there().booked());
    faults(
        stopped,
        vec![
            (OPERATOR, report(held_id, loaded()), "invalid_transition"),
            (OPERATOR, report(held_id, counted_of("dust", 1, 0, 0)), "on_hold"),
        ],
    );
    faults(
        there,
        vec![
            (OPERATOR, report(id, counted_of("dust", 1, 0, 0)), "unknown_commodity"),
            (OPERATOR, report(id, counted_of("ice", 11, 0, 0)), "amount_overflow"),
            (OPERATOR, report(id, counted_of("ice", 21, 0, 0)), "over_receipt"),
            (OPERATOR, report(id, counted_of("ice", 10, 0, 0)), "shipment.received"),
        ],
    );
    faults(
        gone,
        vec![
            (OPERATOR, report(id, loaded()), "invalid_transition"),
            (OPERATOR, report(id, recovered_of(&[("ice", 11), ("dust", 1)])), "unknown_commodity"),
            // Lost and found, it would have been made twice.
            (OPERATOR, report(id, recovered_of(&[("ice", 11)])), "amount_overflow"),
            (OPERATOR, report(id, recovered_of(&[("ore", 11)])), "over_receipt"),
            (OPERATOR, report(id, recovered_of(&[("ore", 10)])), "shipment.found"),
        ],
    );
}

#[test]
fn of_a_vessel_and_of_a_rule() {
    let Action::PutVessel(mut stray) = vessel("stray", None, None) else { panic!("a vessel") };
    stray.carrier = name("nobody");
    let stray = Action::PutVessel(stray);
    faults(
        world,
        vec![
            (VIEWER, stray.clone(), "not_permitted"),
            (OPERATOR, stray, "unknown_trader"),
            (OPERATOR, vessel("stray", None, None), "vessel.created"),
        ],
    );
    let rule = |station: &str, owner: &str, commodity: &str| {
        stock_rule_of("shipment-late", station, owner, commodity, units(1), units(2))
    };
    faults(
        world,
        vec![
            (VIEWER, rule("nowhere", "nobody", "dust"), "not_permitted"),
            (OPERATOR, rule("nowhere", "nobody", "dust"), "unknown_station"),
            (OPERATOR, rule("ceres", "nobody", "dust"), "unknown_trader"),
            (OPERATOR, rule("ceres", "belt", "dust"), "unknown_commodity"),
            (OPERATOR, rule("ceres", "belt", "ice"), "already_exists"),
            (OPERATOR, stock_rule("ice", 1, 2), "alert-rule.created"),
        ],
    );
    faults(
        world,
        vec![
            (VIEWER, no_rule("x"), "not_permitted"),
            (ADMIN, no_rule("x"), "unknown_alert_rule"),
            (ADMIN, no_rule("hold-expired"), "alert-rule.deleted"),
        ],
    );
    let seen = || Action::AcknowledgeAlert(AlertId(Sequence(1)));
    faults(world, vec![(VIEWER, seen(), "not_permitted"), (OPERATOR, seen(), "unknown_alert")]);
}
