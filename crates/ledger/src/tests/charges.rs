//! Charges: paid beside the price, held with a hold, and covered before anything comes in.

use domain::AMOUNT_MAX;

use super::asks::trade;
use super::asks_trading::{SECOND, settle_last, settle_part, void};
use super::story::{Story, given};

/// Belt has a hundred ice at ceres, acme a thousand credits.
fn market() -> Story {
    given().stock("ceres belt ice", 100).credits("acme", 1_000)
}

#[test]
fn a_direct_trade_pays_its_charges_at_once() {
    market()
        .credits("hauler", 5)
        .check(
            trade().line("ice", 10, 10).charge("acme", "ceres", 30).charge("hauler", "mars", 5),
            "trade.settled",
        )
        .balance("acme", 870)
        .balance("belt", 100)
        .balance("ceres", 30)
        .balance("hauler", 0)
        .balance("mars", 5);
}

#[test]
fn price_and_charges_of_one_payer_are_covered_together() {
    let cases = [
        (trade().line("ice", 10, 90).charge("acme", "ceres", 100), "trade.settled"),
        (
            trade().line("ice", 10, 90).charge("acme", "ceres", 101),
            "insufficient_credits 1001 of 1000 of acme",
        ),
        (
            trade().line("ice", 10, 90).charge("acme", "ceres", 60).charge("acme", "mars", 41),
            "insufficient_credits 1001 of 1000 of acme",
        ),
        (
            trade()
                .line("ice", 1, 0)
                .charge("acme", "ceres", AMOUNT_MAX)
                .charge("acme", "mars", AMOUNT_MAX),
            "insufficient_credits 9007199254740991 of 1000 of acme",
        ),
    ];
    for (ask, expected) in cases {
        market().check(ask.clone(), expected);
        let expected = if expected == "trade.settled" { "trade.held" } else { expected };
        market().check(ask.hold(1), expected);
    }
}

#[test]
fn what_comes_in_covers_nothing_that_goes_out() {
    // Belt would have a hundred credits of the price, were it not for the charge.
    let taxed = || trade().line("ice", 10, 10).charge("belt", "ceres", 1);
    market()
        .check(taxed(), "insufficient_credits 1 of 0 of belt")
        .credits("belt", 1)
        .check(taxed(), "trade.settled")
        .balance("belt", 100);
}

#[test]
fn a_holds_charges_are_held_with_it_and_paid_by_the_settlement_that_ends_it() {
    let story = market()
        .check(trade().line("ice", 10, 10).charge("acme", "ceres", 30).hold(9), "trade.held");
    let id = story.traded();
    let story = story
        .balance("acme", 870)
        .held("acme", 130)
        .balance("ceres", 0)
        .check(settle_part(id, &[("ice", 4)]), "trade.settled")
        .held("acme", 90)
        .balance("ceres", 0)
        .check(settle_last(id, &[("ice", 1)]), "trade.settled")
        .held("acme", 0)
        .balance("acme", 920)
        .balance("ceres", 30);
    assert!(story.trade(id).charges_paid);
}

#[test]
fn charges_of_a_hold_that_is_voided_or_expires_are_released() {
    let hold = || trade().line("ice", 10, 10).charge("acme", "ceres", 30).hold(9);
    let story = market().check(hold(), "trade.held");
    let voided = story.traded();
    let story = story
        .check(settle_part(voided, &[("ice", 1)]), "trade.settled")
        .check(void(voided), "trade.voided")
        .balance("acme", 990)
        .held("acme", 0)
        .balance("ceres", 0)
        .check(hold(), "trade.held")
        .held("acme", 130);
    story.wait(20 * SECOND).held("acme", 0).balance("acme", 990).balance("ceres", 0);
}

#[test]
fn nobody_pays_itself_and_every_name_is_known() {
    let cases = [
        (trade().charge("hauler", "hauler", 1), "same_party"),
        (trade().charge("nobody", "nobody", 1), "same_party"),
        (trade().charge("nobody", "acme", 1), "unknown_trader nobody as charges/0/payer"),
        (
            trade().charge("acme", "ceres", 1).charge("acme", "nobody", 1),
            "unknown_trader nobody as charges/1/to",
        ),
        (trade().seller("x").charge("nobody", "acme", 1), "unknown_trader x as seller"),
    ];
    for (ask, expected) in cases {
        market().check(ask.line("dust", 1, 1), expected);
    }
}
