//! Vessels: who flies them, what they can carry, and that each is in one place.

use domain::{Action, PutCommodity, ShipmentId};

use super::asks::{
    arrived, book, cancelled, commodity, departed, loaded, lost, name, received, report, units,
};
use super::asks_cargo::{recovered, returned, vessel};
use super::story::{Story, given};

/// Ice weighs two grams and takes three millilitres; of ore nobody knows. The swift carries a hundred
/// grams, the vast whatever there is.
fn world() -> Story {
    let ice = PutCommodity {
        unit_mass_grams: Some(units(2)),
        unit_volume_millilitres: Some(units(3)),
        ..commodity("ice")
    };
    given()
        .check(Action::PutCommodity(ice), "commodity.updated")
        .stock("ceres belt ice", 1_000)
        .stock("ceres belt ore", 1_000)
        .check(vessel("swift", Some(100), None), "vessel.created")
        .check(vessel("vast", None, None), "vessel.created")
}

fn carrying(story: &Story, vessel: &str) -> Option<ShipmentId> {
    let slot = crate::state::find(&story.state.vessels, &name(vessel)).unwrap();
    story.state.vessels.at(slot).carrying
}

#[test]
fn a_vessel_is_created_replaced_and_left_as_it_is() {
    world()
        .check(vessel("swift", Some(100), None), "nothing")
        .check(vessel("swift", Some(100), Some(5)), "vessel.updated")
        .check(book().line("ice", 2).vessel("swift"), "over_capacity 6 of 5 volume");
    let Action::PutVessel(mut stray) = vessel("stray", None, None) else { panic!("a vessel") };
    stray.carrier = name("nobody");
    given().check(Action::PutVessel(stray), "unknown_trader nobody as carrier");
}

#[test]
fn a_booking_is_within_the_capacity_of_its_vessel() {
    world()
        .check(book().line("ice", 51).vessel("swift"), "over_capacity 102 of 100 mass")
        .check(book().line("ice", 50).line("ore", 900).vessel("swift"), "shipment.booked")
        .check(book().line("ice", 800).vessel("vast"), "shipment.booked")
        .check(book().line("ice", 1).vessel("ghost"), "unknown_vessel ghost");
}

#[test]
fn what_is_too_heavy_for_any_number_is_told_as_the_greatest() {
    let heavy =
        PutCommodity { unit_mass_grams: Some(units(domain::AMOUNT_MAX)), ..commodity("ore") };
    let most = domain::AMOUNT_MAX;
    world().check(Action::PutCommodity(heavy), "commodity.updated").check(
        book().line("ore", 1_000).vessel("swift"),
        &format!("over_capacity {most} of 100 mass"),
    );
}

#[test]
fn the_carrier_is_the_vessels_unless_one_is_named() {
    let carrier = |story: &Story| story.shipment().unwrap().carrier;
    let story = world().check(book().line("ice", 1).vessel("swift"), "shipment.booked");
    let hauler = story.state.trader(&name("hauler")).unwrap();
    assert_eq!(carrier(&story), hauler);
    let story =
        story.check(book().line("ice", 1).vessel("swift").carrier("acme"), "shipment.booked");
    assert_eq!(Some(carrier(&story)), story.state.trader(&name("acme")));
}

#[test]
fn a_vessel_carries_one_shipment_from_its_loading_to_its_arrival() {
    let ask = || book().line("ice", 10).vessel("swift");
    let story = world().check(ask(), "shipment.booked");
    let first = story.booked();
    let story = story.check(ask(), "shipment.booked");
    let second = story.booked();
    let busy = format!("vessel_busy with {}", first.0);
    let story = story
        .check(report(first, loaded()), "shipment.loaded")
        .check(report(second, loaded()), &busy)
        .check(report(second, departed()), &busy)
        .check(report(first, departed()), "shipment.departed")
        .check(report(second, departed()), &busy);
    assert_eq!(carrying(&story, "swift"), Some(first));
    let story = story
        .check(report(first, arrived()), "shipment.arrived")
        // It may leave with the next before the first is counted.
        .check(report(second, departed()), "shipment.departed");
    assert_eq!(carrying(&story, "swift"), Some(second));
    let story = story.check(report(first, received(&[("ice", 10, 0)])), "shipment.received");
    assert_eq!(carrying(&story, "swift"), Some(second));
}

#[test]
fn whatever_ends_a_shipment_frees_its_vessel() {
    for (departs, end, expected) in [
        (false, cancelled(), "shipment.cancelled"),
        (true, lost(), "shipment.lost"),
        (true, returned(), "shipment.returned"),
    ] {
        let story = world()
            .check(book().line("ice", 10).vessel("swift"), "shipment.booked")
            .report(loaded(), "shipment.loaded");
        let story = if departs { story.report(departed(), "shipment.departed") } else { story };
        let story = story.report(end, expected);
        assert_eq!(carrying(&story, "swift"), None, "{expected}");
    }
}

#[test]
fn what_is_found_again_is_on_no_vessel() {
    let ask = || book().line("ice", 10).vessel("swift");
    let story = world()
        .check(ask(), "shipment.booked")
        .report(departed(), "shipment.departed")
        .report(lost(), "shipment.lost");
    let first = story.booked();
    let story = story.check(ask(), "shipment.booked").report(departed(), "shipment.departed");
    let second = story.booked();
    let story = story
        .check(report(first, recovered()), "shipment.found")
        .check(report(first, arrived()), "shipment.arrived");
    assert_eq!(carrying(&story, "swift"), Some(second));
}
