//! Gifts of credits and goods, so that they are not trades at price zero.

use super::asks::{adjust, damaged, trade};
use super::asks_trading::{give_credits, give_goods};
use super::story::given;

#[test]
fn credits_are_given_as_far_as_they_are_free() {
    given()
        .credits("acme", 100)
        .stock("ceres belt ice", 1)
        .check(trade().line("ice", 1, 40).hold(60), "trade.held")
        .check(give_credits("acme", "belt", 61), "insufficient_credits 61 of 60 of acme")
        .check(give_credits("acme", "belt", 60), "credits.transferred")
        .balance("acme", 0)
        .held("acme", 40)
        .balance("belt", 60);
}

#[test]
fn goods_are_given_at_a_station_all_lines_or_none() {
    given()
        .stock("ceres belt ice", 10)
        .stock("ceres belt ore", 10)
        .stock("mars belt ice", 100)
        .check(adjust().line("ice", damaged(3)), "stock.adjusted")
        .check(
            give_goods("belt", "acme", &[("ore", 10), ("ice", 8)]),
            "insufficient_stock 8 of 7 ice of belt at ceres in line 1",
        )
        .check(give_goods("belt", "acme", &[("ore", 10), ("ice", 7)]), "stock.transferred")
        .level("ceres belt ice", [0, 0, 3, 0])
        .level("ceres acme ice", [7, 0, 0, 0])
        .level("ceres acme ore", [10, 0, 0, 0]);
}

#[test]
fn parties_differ_and_every_name_is_known() {
    given()
        .check(give_credits("nobody", "nobody", 1), "same_party")
        .check(give_credits("nobody", "acme", 1), "unknown_trader nobody as from")
        .check(give_credits("acme", "nobody", 1), "unknown_trader nobody as to")
        .check(give_goods("acme", "acme", &[("ice", 1)]), "same_party")
        .check(give_goods("acme", "nobody", &[("dust", 1)]), "unknown_trader nobody as to")
        .check(give_goods("acme", "belt", &[("dust", 1)]), "unknown_commodity dust in line 0");
}
