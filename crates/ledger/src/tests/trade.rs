//! Trades: both sides move or neither does.

use domain::limits::LINES_MAX;
use domain::{AMOUNT_MAX, Event};

use super::asks::{adjust, book, commodity, credits, damaged, issue, produced, trade};
use super::story::{OPERATOR, given};

#[test]
fn goods_and_credits_change_owner_at_the_station() {
    let story = given()
        .stock("ceres belt ice", 100)
        .credits("acme", 1_000)
        .by(OPERATOR)
        .check(trade().line("ice", 40, 12), "trade.settled")
        .level("ceres belt ice", [60, 0, 0, 0])
        .level("ceres acme ice", [40, 0, 0, 0])
        .level("mars acme ice", [0, 0, 0, 0])
        .balance("acme", 520)
        .balance("belt", 480);
    let Event::TradeSettled(settled) = story.last() else {
        panic!("{:?}", story.last());
    };
    assert_eq!(settled.total, credits(480));
    assert_eq!(settled.lines.len(), 1);
}

#[test]
fn exactly_enough_is_enough_and_one_more_is_not() {
    let cases = [
        (100, 10, "trade.settled"),
        (101, 1, "insufficient_stock 101 of 100 ice of belt at ceres in line 0"),
        (100, 11, "insufficient_credits 1100 of 1000 of acme"),
        (1, 1_000, "trade.settled"),
        (1, 1_001, "insufficient_credits 1001 of 1000 of acme"),
    ];
    for (quantity, price, expected) in cases {
        given()
            .stock("ceres belt ice", 100)
            .credits("acme", 1_000)
            .check(trade().line("ice", quantity, price), expected);
    }
}

#[test]
fn a_gift_needs_no_credits() {
    given()
        .stock("ceres belt ice", 1)
        .check(trade().line("ice", 1, 0), "trade.settled")
        .level("ceres acme ice", [1, 0, 0, 0])
        .balance("acme", 0)
        .balance("belt", 0);
}

#[test]
fn stations_trade_as_traders_do() {
    given()
        .stock("ceres ceres ice", 5)
        .credits("mars", 50)
        .check(trade().buyer("mars").seller("ceres").line("ice", 5, 10), "trade.settled")
        .level("ceres ceres ice", [0, 0, 0, 0])
        .level("ceres mars ice", [5, 0, 0, 0])
        .balance("ceres", 50)
        .balance("mars", 0);
}

#[test]
fn only_what_is_available_here_can_be_sold() {
    given()
        .stock("mars belt ice", 1_000)
        .stock("ceres hauler ice", 1_000)
        .stock("ceres belt ice", 100)
        .check(book().line("ice", 30), "shipment.booked")
        .check(adjust().line("ice", damaged(20)), "stock.adjusted")
        .level("ceres belt ice", [50, 30, 20, 0])
        .check(
            trade().line("ice", 51, 0),
            "insufficient_stock 51 of 50 ice of belt at ceres in line 0",
        )
        .check(trade().line("ice", 50, 0), "trade.settled")
        .level("ceres belt ice", [0, 30, 20, 0]);
}

#[test]
fn all_lines_or_none() {
    given()
        .stock("ceres belt ice", 10)
        .stock("ceres belt ore", 10)
        .credits("acme", 100)
        .check(
            trade().line("ice", 10, 1).line("ore", 11, 1),
            "insufficient_stock 11 of 10 ore of belt at ceres in line 1",
        )
        .check(
            trade().line("ice", 10, 5).line("ore", 10, 6),
            "insufficient_credits 110 of 100 of acme",
        )
        .level("ceres belt ice", [10, 0, 0, 0])
        .level("ceres acme ice", [0, 0, 0, 0])
        .check(trade().line("ice", 10, 5).line("ore", 10, 5), "trade.settled")
        .level("ceres acme ore", [10, 0, 0, 0])
        .balance("acme", 0)
        .balance("belt", 100);
}

#[test]
fn a_hundred_lines_are_one_trade() {
    let mut story = given().unaudited().credits("acme", 5_050);
    let (mut made, mut ask, mut too_much) = (adjust(), trade(), trade());
    for line in 0..LINES_MAX as u64 {
        let id = format!("good-{line}");
        let put = domain::Action::PutCommodity(commodity(&id));
        story = story.check(put, "commodity.created");
        made = made.line(&id, produced(line + 1));
        ask = ask.line(&id, line + 1, 1);
        too_much = too_much.line(&id, line + 1 + line / 99, 1);
    }
    story
        .check(made, "stock.adjusted")
        .check(too_much, "insufficient_stock 101 of 100 good-99 of belt at ceres in line 99")
        .check(ask, "trade.settled")
        .level("ceres belt good-99", [0, 0, 0, 0])
        .level("ceres acme good-99", [100, 0, 0, 0])
        .balance("acme", 0)
        .balance("belt", 5_050);
}

#[test]
fn a_product_a_sum_or_a_total_past_the_maximum_is_refused_by_line() {
    let most = AMOUNT_MAX;
    let cases = [
        (trade().line("ice", 1, most), "trade.settled"),
        (trade().line("ice", 2, most), "amount_overflow in line 0"),
        (trade().line("ice", most, most), "amount_overflow in line 0"),
        (trade().line("ice", 2, most / 2).line("ore", 1, 1), "trade.settled"),
        (trade().line("ice", 2, most / 2).line("ore", 1, 2), "amount_overflow in line 1"),
        (trade().line("ice", 1, 0).line("ore", most, 2), "amount_overflow in line 1"),
    ];
    for (ask, expected) in cases {
        given()
            .stock("ceres belt ice", most)
            .stock("ceres belt ore", most)
            .credits("acme", most)
            .check(ask, expected);
    }
}

#[test]
fn the_whole_of_everything_can_change_hands_and_back() {
    let back = trade().buyer("belt").seller("acme");
    given()
        .stock("ceres belt ice", AMOUNT_MAX)
        .credits("acme", AMOUNT_MAX)
        .check(trade().line("ice", AMOUNT_MAX, 1), "trade.settled")
        .balance("belt", AMOUNT_MAX)
        .check(back.line("ice", AMOUNT_MAX, 1), "trade.settled")
        .balance("acme", AMOUNT_MAX)
        .level("ceres belt ice", [AMOUNT_MAX, 0, 0, 0])
        .check(issue("belt", 1), "amount_overflow");
}

#[test]
fn parties_differ_and_every_name_is_known() {
    let cases = [
        (trade().buyer("belt"), "same_party"),
        (trade().buyer("nobody").seller("nobody"), "same_party"),
        (trade().at("nowhere"), "unknown_station nowhere as station"),
        // A trader is no place to trade at.
        (trade().at("acme"), "unknown_station acme as station"),
        (trade().buyer("nobody"), "unknown_trader nobody as buyer"),
        (trade().seller("nobody"), "unknown_trader nobody as seller"),
        (trade().buyer("neither").seller("nobody"), "unknown_trader neither as buyer"),
    ];
    for (ask, expected) in cases {
        given().check(ask.line("ice", 1, 1), expected);
    }
    given().stock("ceres belt ice", 1).check(
        trade().line("ice", 1, 0).line("dust", 1, 0).line("fog", 1, 0),
        "unknown_commodity dust in line 1",
    );
}
