//! Offers: posted prices that reserve what they promise, and are taken by trades that name them.

use domain::limits::OFFERS_ALIKE_MAX;
use domain::{AMOUNT_MAX, Event, OfferId, Sequence};

use super::asks::{adjust, out, trade};
use super::asks_trading::{SECOND, buy, sell, withdraw};
use super::story::{Story, given};

/// Belt has a hundred ice and ore at ceres, acme a thousand credits.
fn market() -> Story {
    given().stock("ceres belt ice", 100).stock("ceres belt ore", 100).credits("acme", 1_000)
}

#[test]
fn a_sell_offer_reserves_goods_and_a_buy_offer_holds_credits() {
    market()
        .check(sell("ice", 40, 12), "offer.opened")
        .level("ceres belt ice", [60, 40, 0, 0])
        .check(buy("ice", 30, 10), "offer.opened")
        .balance("acme", 700)
        .held("acme", 300)
        // What is promised counts against everything else.
        .check(
            trade().line("ice", 61, 1),
            "insufficient_stock 61 of 60 ice of belt at ceres in line 0",
        )
        .check(
            adjust().line("ice", out(domain::Sink::Consumed, 61)),
            "insufficient_stock 61 of 60 ice of belt at ceres in line 0",
        )
        .check(sell("ice", 61, 1), "insufficient_stock 61 of 60 ice of belt at ceres in line 0")
        .check(buy("ice", 1, 701), "insufficient_credits 701 of 700 of acme")
        .check(trade().line("ice", 1, 701), "insufficient_credits 701 of 700 of acme");
}

#[test]
fn a_trade_takes_an_offer_at_the_offers_price_within_its_limit() {
    let story = market().check(sell("ice", 40, 12), "offer.opened");
    let offer = story.posted();
    story
        .check(trade().taking(offer, "ice", 10, 11), "price_moved 12 past 11 in line 0")
        .check(trade().taking(offer, "ice", 41, 12), "offer_exceeded 41 of 40 in line 0")
        .check(trade().taking(offer, "ice", 10, 15), "trade.settled")
        .balance("acme", 880)
        .balance("belt", 120)
        .level("ceres belt ice", [60, 30, 0, 0])
        .level("ceres acme ice", [10, 0, 0, 0])
        .remaining(offer, Some(30));
}

#[test]
fn whoever_bids_pays_what_was_bid() {
    let story = market().check(buy("ice", 30, 10), "offer.opened");
    let offer = story.posted();
    story
        .check(trade().taking(offer, "ice", 10, 11), "price_moved 10 past 11 in line 0")
        .check(trade().taking(offer, "ice", 10, 5), "trade.settled")
        .balance("acme", 700)
        .held("acme", 200)
        .balance("belt", 100)
        .level("ceres belt ice", [90, 0, 0, 0])
        .remaining(offer, Some(20));
}

#[test]
fn the_last_of_an_offer_fills_it_in_the_same_command() {
    let story = market().check(sell("ice", 40, 12), "offer.opened");
    let ice = story.posted();
    let story = story.check(sell("ore", 5, 1), "offer.opened");
    let ore = story.posted();
    let story = story
        .check(trade().taking(ice, "ice", 39, 12), "trade.settled")
        .check(
            trade().taking(ore, "ore", 5, 1).taking(ice, "ice", 1, 12),
            "trade.settled, offer.filled, offer.filled",
        )
        .remaining(ice, None)
        .remaining(ore, None)
        .level("ceres belt ice", [60, 0, 0, 0]);
    // In the order of the lines, and each names the trade that took the last of it.
    let Event::OfferFilled { offer, trade: filled_by } = story.last() else { panic!() };
    assert_eq!((*offer, *filled_by), (ice, story.traded()));
    story.check(trade().taking(ice, "ice", 1, 12), "offer_closed in line 0");
}

#[test]
fn lines_with_and_without_offers_make_one_trade() {
    let story = market().check(sell("ice", 40, 12), "offer.opened");
    let offer = story.posted();
    story
        .check(trade().line("ore", 10, 2).taking(offer, "ice", 10, 12), "trade.settled")
        .balance("belt", 140)
        .level("ceres belt ore", [90, 0, 0, 0])
        .level("ceres belt ice", [60, 30, 0, 0]);
}

#[test]
fn what_is_taken_must_be_what_was_offered() {
    let story = market()
        .stock("mars belt ice", 10)
        .stock("ceres hauler ice", 10)
        .check(sell("ice", 40, 12), "offer.opened");
    let asked = story.posted();
    let story = story.check(buy("ice", 10, 12), "offer.opened");
    let bid = story.posted();
    let cases = [
        (trade().at("mars").taking(asked, "ice", 1, 12), "offer_mismatch station in line 0"),
        (trade().taking(asked, "ore", 1, 12), "offer_mismatch commodity in line 0"),
        (trade().seller("hauler").taking(asked, "ice", 1, 12), "offer_mismatch seller in line 0"),
        (trade().buyer("hauler").taking(bid, "ice", 1, 12), "offer_mismatch buyer in line 0"),
        (
            trade().taking(asked, "ice", 1, 12).taking(asked, "ore", 1, 12),
            "offer_mismatch commodity in line 1",
        ),
        (
            trade().line("ore", 1, 1).taking(OfferId(Sequence(1)), "ice", 1, 1),
            "offer_closed in line 1",
        ),
    ];
    let mut story = story;
    for (ask, expected) in cases {
        story = story.check(ask, expected);
    }
}

#[test]
fn an_offer_is_withdrawn_once() {
    let story = market().check(sell("ice", 40, 12), "offer.opened");
    let offer = story.posted();
    story
        .check(trade().taking(offer, "ice", 10, 12), "trade.settled")
        .check(withdraw(offer), "offer.withdrawn")
        .level("ceres belt ice", [90, 0, 0, 0])
        .check(withdraw(offer), "offer_closed")
        .check(trade().taking(offer, "ice", 1, 12), "offer_closed in line 0");
}

#[test]
fn an_offer_expires_by_itself_and_gives_back_what_is_left() {
    let story = market().at(1_000).check(sell("ice", 40, 12).lasting(1), "offer.opened");
    let asked = story.posted();
    let story = story.check(buy("ice", 10, 10).lasting(2), "offer.opened");
    let bid = story.posted();
    story
        .check(trade().taking(asked, "ice", 10, 12), "trade.settled")
        .wait(1_000 + SECOND - 1)
        .fired(&[])
        .wait(1_000 + SECOND)
        .fired(&[1_000 + SECOND])
        .remaining(asked, None)
        .level("ceres belt ice", [90, 0, 0, 0])
        .held("acme", 100)
        .check(trade().taking(asked, "ice", 1, 12), "offer_closed in line 0")
        .wait(1_001 + 2 * SECOND)
        .fired(&[1_001 + 2 * SECOND])
        .remaining(bid, None)
        .balance("acme", 880)
        .held("acme", 0);
}

#[test]
fn what_is_due_with_the_command_is_closed_to_it() {
    let story = market().at(1_000).check(sell("ice", 40, 12).lasting(1), "offer.opened");
    let offer = story.posted();
    story
        .at(1_000 + SECOND)
        .check(trade().taking(offer, "ice", 1, 12), "offer_closed in line 0")
        .fired(&[1_000 + SECOND]);
}

#[test]
fn one_posting_replaces_all_alike_and_counts_on_what_they_release() {
    let story = market()
        .check(sell("ice", 40, 12), "offer.opened")
        .check(sell("ice", 50, 13), "offer.opened")
        .check(sell("ore", 10, 13), "offer.opened")
        .check(sell("ice", 101, 9).replacing(), {
            "insufficient_stock 101 of 100 ice of belt at ceres in line 0"
        })
        .check(sell("ice", 100, 9).replacing(), "offer.opened")
        .level("ceres belt ice", [0, 100, 0, 0])
        .level("ceres belt ore", [90, 10, 0, 0]);
    let Event::OfferOpened(opened) = story.last() else { panic!() };
    assert_eq!(opened.replaced.len(), 2);
    assert_eq!(story.state.offers.len(), 2);
    story
        .check(buy("ice", 100, 10), "offer.opened")
        .held("acme", 1_000)
        .check(buy("ice", 100, 11).replacing(), "insufficient_credits 1100 of 1000 of acme")
        .check(buy("ice", 10, 20).replacing(), "offer.opened")
        .held("acme", 200);
}

#[test]
fn posting_again_what_is_open_changes_nothing() {
    let again = || sell("ice", 40, 12).replacing();
    let story = market().check(again(), "offer.opened").check(again(), "nothing");
    let offer = story.posted();
    story
        // Less is left of it, or it is to end, or to end later: that is something else.
        .check(trade().taking(offer, "ice", 10, 12), "trade.settled")
        .check(again(), "offer.opened")
        .check(again().lasting(5), "offer.opened")
        .check(again().lasting(5), "offer.opened")
        .check(again(), "offer.opened")
        .check(again(), "nothing")
        .check(sell("ice", 40, 13).replacing(), "offer.opened");
}

#[test]
fn a_posting_of_nothing_only_withdraws() {
    market()
        .check(sell("ice", 0, 12).replacing(), "nothing")
        .check(sell("ice", 40, 12), "offer.opened")
        .check(sell("ice", 40, 13), "offer.opened")
        .check(sell("ice", 0, 12).replacing(), "offer.withdrawn")
        .level("ceres belt ice", [100, 0, 0, 0])
        .check(sell("ice", 0, 12).replacing(), "nothing");
}

#[test]
fn a_stations_offers_are_its_own_if_no_trader_is_named() {
    let story = given()
        .stock("ceres ceres ice", 10)
        .check(sell("ice", 10, 1).no_trader(), "offer.opened")
        .level("ceres ceres ice", [0, 10, 0, 0]);
    let offer = story.posted();
    story
        .credits("acme", 10)
        .check(trade().seller("ceres").taking(offer, "ice", 10, 1), "trade.settled, offer.filled");
}

#[test]
fn names_are_known_and_amounts_in_range() {
    market()
        .check(sell("ice", 1, 1).at("nowhere"), "unknown_station nowhere as station")
        .check(sell("ice", 1, 1).trader("nobody"), "unknown_trader nobody as trader")
        .check(sell("dust", 1, 1), "unknown_commodity dust in line 0")
        .check(buy("ice", 2, AMOUNT_MAX), "amount_overflow")
        // What is asked for goods is multiplied when they are taken.
        .check(sell("ice", 2, AMOUNT_MAX), "offer.opened");
}

#[test]
fn offers_alike_are_bounded_for_they_are_replaced_together() {
    let mut story = market().unaudited();
    for _ in 0..OFFERS_ALIKE_MAX {
        story = story.check(sell("ice", 1, 1), "offer.opened");
    }
    story
        .check(sell("ice", 1, 1), "insufficient_stock 1 of 0 ice of belt at ceres in line 0")
        .stock("ceres belt ice", 1)
        .check(sell("ice", 1, 1), &format!("limit_reached {OFFERS_ALIKE_MAX} offers_alike"))
        .check(sell("ore", 1, 1), "offer.opened")
        .check(sell("ice", 1, 1).replacing(), "offer.opened");
}
