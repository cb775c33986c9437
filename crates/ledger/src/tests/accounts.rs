//! Credits: only issued and retired ones change their sum.

use domain::AMOUNT_MAX;

use super::asks::{issue, retire, trade};
use super::story::given;

#[test]
fn credits_are_issued_to_and_retired_from_a_balance() {
    given()
        .check(issue("acme", 100), "credits.issued")
        .check(retire("acme", 101), "insufficient_credits 101 of 100 of acme")
        .check(retire("belt", 1), "insufficient_credits 1 of 0 of belt")
        .check(retire("acme", 100), "credits.retired")
        .balance("acme", 0)
        .check(issue("ceres", 5), "credits.issued")
        .balance("ceres", 5);
}

#[test]
fn no_more_credits_are_ever_issued_than_can_be_counted() {
    given()
        .check(issue("acme", AMOUNT_MAX - 1), "credits.issued")
        .check(issue("belt", 2), "amount_overflow")
        .check(retire("acme", AMOUNT_MAX - 1), "credits.retired")
        // What was retired makes no room: the total of a source only grows.
        .check(issue("acme", 2), "amount_overflow")
        .check(issue("acme", 1), "credits.issued")
        .check(issue("acme", 1), "amount_overflow");
}

#[test]
fn only_traders_have_credits() {
    given()
        .check(issue("nobody", 1), "unknown_trader nobody as trader")
        .check(retire("nobody", 1), "unknown_trader nobody as trader")
        .check(issue("ice", 1), "unknown_trader ice as trader");
}

#[test]
fn what_was_earned_can_be_spent_at_once() {
    given()
        .stock("ceres belt ice", 10)
        .stock("ceres hauler ore", 10)
        .credits("acme", 100)
        .check(trade().line("ice", 10, 10), "trade.settled")
        .check(trade().buyer("belt").seller("hauler").line("ore", 10, 10), "trade.settled")
        .balance("hauler", 100)
        .balance("belt", 0);
}
