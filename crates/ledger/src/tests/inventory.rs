//! Stock outside trades: each reason has its accounts, each count its expectation.

use domain::{AMOUNT_MAX, Sink, StockChange};

use super::asks::{adjust, book, counted, damaged, found, out, produced, repaired};
use super::story::{Story, given};

/// Belt at ceres: 60 available, 30 reserved, 10 unavailable.
fn mixed() -> Story {
    given()
        .stock("ceres belt ice", 100)
        .check(book().line("ice", 30), "shipment.booked")
        .check(adjust().line("ice", damaged(10)), "stock.adjusted")
        .level("ceres belt ice", [60, 30, 10, 0])
}

#[test]
fn every_reason_moves_its_own_accounts_to_the_last_unit() {
    let few = |requested: u64, of: u64| {
        format!("insufficient_stock {requested} of {of} ice of belt at ceres in line 0")
    };
    let done = || "stock.adjusted".to_owned();
    let before = [60, 30, 10, 0];
    let cases: [(StockChange, String, [u64; 4]); 18] = [
        (produced(1), done(), [61, 30, 10, 0]),
        (found(1), done(), [61, 30, 10, 0]),
        (out(Sink::Consumed, 60), done(), [0, 30, 10, 0]),
        (out(Sink::Consumed, 61), few(61, 60), before),
        (out(Sink::Lost, 60), done(), [0, 30, 10, 0]),
        (out(Sink::Lost, 61), few(61, 60), before),
        (out(Sink::Expired, 60), done(), [0, 30, 10, 0]),
        (out(Sink::Expired, 61), few(61, 60), before),
        (out(Sink::Stolen, 60), done(), [0, 30, 10, 0]),
        (out(Sink::Stolen, 61), few(61, 60), before),
        (damaged(60), done(), [0, 30, 70, 0]),
        (damaged(61), few(61, 60), before),
        (repaired(10), done(), [70, 30, 0, 0]),
        (repaired(11), few(11, 10), before),
        (counted(100, 101), done(), [61, 30, 10, 0]),
        (counted(100, 100), done(), before),
        (counted(100, 40), done(), [0, 30, 10, 0]),
        (counted(100, 39), few(61, 60), before),
    ];
    for (change, expected, after) in cases {
        mixed().check(adjust().line("ice", change), &expected).level("ceres belt ice", after);
    }
}

#[test]
fn a_count_is_of_what_is_on_hand_and_must_know_it() {
    mixed()
        .check(
            adjust().line("ice", counted(60, 60)),
            "count_stale expected 60, actual 100 in line 0",
        )
        .check(adjust().line("ore", counted(1, 0)), "count_stale expected 1, actual 0 in line 0")
        // Nothing was known here and something is found.
        .check(adjust().line("ore", counted(0, 7)), "stock.adjusted")
        .level("ceres belt ore", [7, 0, 0, 0])
        .check(adjust().line("ore", counted(7, 0)), "stock.adjusted")
        .level("ceres belt ore", [0, 0, 0, 0])
        .check(adjust().line("ore", counted(0, 0)), "stock.adjusted")
        .level("ceres belt ore", [0, 0, 0, 0]);
}

#[test]
fn what_is_under_way_to_here_is_not_counted() {
    let at_mars = || adjust().at("mars");
    mixed()
        .report(super::asks::departed(), "shipment.departed")
        .level("mars belt ice", [0, 0, 0, 30])
        .check(
            at_mars().line("ice", counted(30, 30)),
            "count_stale expected 30, actual 0 in line 0",
        )
        .check(at_mars().line("ice", counted(0, 5)), "stock.adjusted")
        .level("mars belt ice", [5, 0, 0, 30])
        .check(
            at_mars().line("ice", out(Sink::Consumed, 6)),
            "insufficient_stock 6 of 5 ice of belt at mars in line 0",
        );
}

#[test]
fn a_count_cannot_lose_what_is_reserved_or_unavailable() {
    let few = |requested: u64| {
        format!("insufficient_stock {requested} of 0 ice of belt at ceres in line 0")
    };
    mixed()
        .check(adjust().line("ice", out(Sink::Consumed, 60)), "stock.adjusted")
        .check(adjust().line("ice", counted(40, 39)), &few(1))
        .check(adjust().line("ice", counted(40, 0)), &few(40))
        .check(adjust().line("ice", counted(40, 41)), "stock.adjusted")
        .level("ceres belt ice", [1, 30, 10, 0]);
}

#[test]
fn no_more_of_a_commodity_is_ever_made_than_can_be_counted() {
    let made = |change| adjust().line("ice", change);
    given()
        .check(made(produced(AMOUNT_MAX - 2)), "stock.adjusted")
        .check(made(found(3)), "amount_overflow in line 0")
        .check(made(found(1)), "stock.adjusted")
        // What is used up makes no room: the total of a source only grows.
        .check(made(out(Sink::Consumed, AMOUNT_MAX - 1)), "stock.adjusted")
        .check(made(produced(2)), "amount_overflow in line 0")
        .check(made(counted(0, 2)), "amount_overflow in line 0")
        .check(made(counted(0, AMOUNT_MAX)), "amount_overflow in line 0")
        .check(made(counted(0, 1)), "stock.adjusted")
        .check(made(produced(1)), "amount_overflow in line 0")
        // Everywhere and for everyone, but not for other goods.
        .check(
            adjust().at("mars").owner("acme").line("ice", produced(1)),
            "amount_overflow in line 0",
        )
        .check(adjust().line("ore", produced(AMOUNT_MAX)), "stock.adjusted");
}

#[test]
fn all_lines_or_none() {
    given()
        .stock("ceres belt ice", 10)
        .check(
            adjust().line("ore", produced(5)).line("ice", damaged(11)),
            "insufficient_stock 11 of 10 ice of belt at ceres in line 1",
        )
        .level("ceres belt ore", [0, 0, 0, 0])
        .check(
            adjust().line("ore", produced(5)).line("ice", counted(9, 9)),
            "count_stale expected 9, actual 10 in line 1",
        )
        .level("ceres belt ore", [0, 0, 0, 0])
        .check(adjust().line("ore", produced(5)).line("ice", damaged(10)), "stock.adjusted")
        .level("ceres belt ore", [5, 0, 0, 0])
        .level("ceres belt ice", [0, 0, 10, 0]);
}

#[test]
fn the_owner_is_the_station_unless_another_is_named() {
    given()
        .check(adjust().no_owner().line("ice", produced(1)), "stock.adjusted")
        .level("ceres ceres ice", [1, 0, 0, 0])
        .level("ceres belt ice", [0, 0, 0, 0]);
}

#[test]
fn every_name_is_known() {
    let cases = [
        (adjust().at("nowhere"), "unknown_station nowhere as station"),
        (adjust().at("nowhere").no_owner(), "unknown_station nowhere as station"),
        (adjust().at("acme").no_owner(), "unknown_station acme as station"),
        (adjust().owner("nobody"), "unknown_trader nobody as owner"),
        (adjust().line("ice", produced(1)), "unknown_commodity dust in line 1"),
    ];
    for (ask, expected) in cases {
        given().check(ask.line("dust", produced(1)), expected);
    }
}
