//! Stations, commodities and traders: created, replaced whole, or left as they are.

use domain::{Action, Event, Position, PutCommodity, PutStation, PutTrader, StationKind, TraderId};

use super::asks::{commodity, issue, name, station, text, trader, units};
use super::story::given;

#[test]
fn a_station_that_is_put_as_it_is_stays_and_any_change_replaces_it() {
    let changes: [fn(&mut PutStation); 6] = [
        |put| put.name = text("Ceres Prime"),
        |put| put.kind = StationKind::Gate,
        |put| put.system = name("alpha"),
        |put| put.position.x = 1,
        |put| put.position = Position { x: 0, y: 0, z: -1 },
        |put| put.owner = Some(name("acme")),
    ];
    for change in changes {
        let mut put = station("ceres");
        change(&mut put);
        given()
            .check(Action::PutStation(station("ceres")), "nothing")
            .check(Action::PutStation(put.clone()), "station.updated")
            .check(Action::PutStation(put), "nothing")
            // Replaced whole: what is left out is as if never set.
            .check(Action::PutStation(station("ceres")), "station.updated");
    }
}

#[test]
fn a_commodity_that_is_put_as_it_is_stays_and_any_change_replaces_it() {
    let changes: [fn(&mut PutCommodity); 4] = [
        |put| put.name = text("Water ice"),
        |put| put.category = Some(name("raw")),
        |put| put.unit_mass_grams = Some(units(1)),
        |put| put.unit_volume_millilitres = Some(units(0)),
    ];
    for change in changes {
        let mut put = commodity("ice");
        change(&mut put);
        given()
            .stock("ceres belt ice", 7)
            .check(Action::PutCommodity(commodity("ice")), "nothing")
            .check(Action::PutCommodity(put.clone()), "commodity.updated")
            .check(Action::PutCommodity(put), "nothing")
            .check(Action::PutCommodity(commodity("ice")), "commodity.updated")
            .level("ceres belt ice", [7, 0, 0, 0]);
    }
}

#[test]
fn a_trader_that_is_put_as_it_is_stays_and_keeps_its_balance_when_replaced() {
    let put = PutTrader { id: name("acme"), name: text("Acme Haulage") };
    given()
        .credits("acme", 9)
        .check(Action::PutTrader(trader("acme")), "nothing")
        .check(Action::PutTrader(put.clone()), "trader.updated")
        .check(Action::PutTrader(put), "nothing")
        .balance("acme", 9);
}

#[test]
fn stations_and_traders_share_one_namespace_and_commodities_have_their_own() {
    given()
        .check(Action::PutStation(station("acme")), "already_exists acme is a trader")
        .check(Action::PutTrader(trader("ceres")), "already_exists ceres is a station")
        .check(Action::PutCommodity(commodity("ceres")), "commodity.created")
        .check(Action::PutTrader(trader("ice")), "trader.created")
        .check(Action::PutStation(station("ore")), "station.created")
        .check(issue("ore", 1), "credits.issued");
}

#[test]
fn names_are_compared_byte_by_byte() {
    given()
        .check(Action::PutTrader(trader("Acme")), "trader.created")
        .credits("Acme", 1)
        .balance("acme", 0);
}

#[test]
fn the_owner_of_a_station_is_a_trader_and_itself_if_none_is_named() {
    let put = |id: &str, owner: &str| {
        let owner = Some(name(owner));
        Action::PutStation(PutStation { owner, ..station(id) })
    };
    let owner = |event: &Event| match event {
        Event::StationCreated { details, .. } | Event::StationUpdated { details, .. } => {
            details.owner
        }
        _ => panic!("{event:?}"),
    };
    let story = given().check(Action::PutStation(station("new")), "station.created");
    assert_eq!(owner(story.last()), TraderId(5));
    let story =
        story.check(put("new", "new"), "nothing").check(put("next", "next"), "station.created");
    assert_eq!(owner(story.last()), TraderId(6));
    let story = story.check(put("new", "belt"), "station.updated");
    assert_eq!(owner(story.last()), TraderId(3));
    story
        .check(put("new", "mars"), "station.updated")
        .check(put("new", "nobody"), "unknown_trader nobody as owner")
        .check(put("newest", "nobody"), "unknown_trader nobody as owner")
        .check(put("newest", "ice"), "unknown_trader ice as owner");
}

#[test]
fn numbers_are_given_in_the_order_of_creation() {
    let story = given()
        .check(Action::PutStation(station("third")), "station.created")
        .check(Action::PutCommodity(commodity("third")), "commodity.created");
    let created = story.journal.iter().filter_map(|recorded| match &recorded.event {
        Event::StationCreated { station, trader, .. } => Some((Some(station.0), trader.0)),
        Event::TraderCreated { trader, .. } => Some((None, trader.0)),
        _ => None,
    });
    let expected = [(Some(0), 0), (Some(1), 1), (None, 2), (None, 3), (None, 4), (Some(2), 5)];
    assert_eq!(created.collect::<Vec<_>>(), expected);
    let third = story.state.commodity(&name("third")).unwrap();
    assert_eq!(third.0, 2);
}
