//! The known failures of peers in trading, each a test by its name: none of them can happen here.

use domain::{AmountError, Quantity};

use super::asks::{adjust, credits, out, trade};
use super::asks_trading::{give_credits, give_goods, sell, settle, void, withdraw};
use super::story::given;

/// A peer paid out rounded prices: whoever bought and sold in a loop lost credits, or made some.
#[test]
fn credits_are_not_lost_under_looped_buying_and_selling() {
    let mut story = given().stock("ceres belt ice", 7).credits("acme", 1_000).credits("belt", 3);
    for price in 1..60 {
        let there = trade().line("ice", 7, price);
        let back = trade().buyer("belt").seller("acme").line("ice", 7, price);
        story = story
            .check(there, "trade.settled")
            .check(back, "trade.settled")
            .balance("acme", 1_000)
            .balance("belt", 3);
    }
    story.level("ceres belt ice", [7, 0, 0, 0]);
}

/// A peer took a quantity of -5 and sold five more than there were. Here no command can hold one:
/// what a client could send is no [`Quantity`], and no subtraction makes one.
#[test]
fn a_negative_quantity_cannot_inflate_stock() {
    let minus_five = (-5_i64).cast_unsigned();
    assert_eq!(Quantity::new(minus_five), Err(AmountError));
    assert_eq!(Quantity::ZERO.checked_sub(Quantity::new(5).unwrap()), None);
    assert_eq!(credits(4).checked_sub(credits(5)), None);
    // The nearest that can be asked for: more than there is.
    given()
        .stock("ceres belt ice", 5)
        .check(
            adjust().line("ice", out(domain::Sink::Consumed, 6)),
            "insufficient_stock 6 of 5 ice of belt at ceres in line 0",
        )
        .level("ceres belt ice", [5, 0, 0, 0]);
}

/// A peer took the goods out of one account, wrote the other, and they were the same account.
#[test]
fn a_transfer_to_oneself_does_not_destroy_goods() {
    given()
        .stock("ceres belt ice", 5)
        .credits("belt", 5)
        .check(give_goods("belt", "belt", &[("ice", 5)]), "same_party")
        .check(give_credits("belt", "belt", 5), "same_party")
        .check(trade().buyer("belt").line("ice", 5, 1), "same_party")
        .level("ceres belt ice", [5, 0, 0, 0])
        .balance("belt", 5);
}

/// A peer read a stock of 3, twice at the same time, and wrote 3 - 7 = -4. Here commands stand in
/// one line: each is decided when the one before is done.
#[test]
fn concurrent_transfers_do_not_leave_minus_four() {
    let give = |count| give_goods("belt", "acme", &[("ice", count)]);
    given()
        .stock("ceres belt ice", 3)
        .check(give(2), "stock.transferred")
        .check(give(2), "insufficient_stock 2 of 1 ice of belt at ceres in line 0")
        .check(give(7), "insufficient_stock 7 of 1 ice of belt at ceres in line 0")
        .check(give(1), "stock.transferred")
        .level("ceres belt ice", [0, 0, 0, 0])
        .level("ceres acme ice", [3, 0, 0, 0]);
}

/// A peer checked each line of an order against the stock, and took them one by one: two lines of
/// one commodity passed alone. Here a commodity stands in one line; what lines share beside that,
/// the buyer's credits and one offer, is checked together.
#[test]
fn two_lines_of_one_trade_do_not_each_pass_alone() {
    let twice = ["ice", "ice"].map(|commodity| domain::TradeLineWanted {
        commodity: super::asks::name(commodity),
        quantity: super::asks::units(6),
        unit_price: credits(1),
    });
    assert_eq!(domain::Lines::new(twice.into()), Err(domain::LinesError::Duplicate(1)));
    let story = given()
        .stock("ceres belt ice", 10)
        .stock("ceres belt ore", 10)
        .credits("acme", 100)
        .check(trade().line("ice", 6, 10).line("ore", 6, 10), {
            "insufficient_credits 120 of 100 of acme"
        })
        .check(trade().line("ice", 6, 10).line("ore", 6, 10).hold(9), {
            "insufficient_credits 120 of 100 of acme"
        })
        .check(sell("ice", 10, 1), "offer.opened");
    let offer = story.posted();
    story.check(
        trade().taking(offer, "ice", 6, 1).taking(offer, "ore", 6, 1),
        "offer_mismatch commodity in line 1",
    );
}

/// A peer released a reservation by its timer and again by hand, and reserved stock went below zero.
#[test]
fn a_reservation_is_not_released_twice_or_below_zero() {
    let story = given()
        .stock("ceres belt ice", 10)
        .credits("acme", 100)
        .check(sell("ice", 4, 1).lasting(1), "offer.opened");
    let offer = story.posted();
    let story = story.check(trade().line("ice", 6, 10).hold(1), "trade.held");
    let trade = story.traded();
    let expired = format!("hold_expired {}", trade.0);
    let story = story
        .wait(3 * super::asks_trading::SECOND)
        .level("ceres belt ice", [10, 0, 0, 0])
        .held("acme", 0)
        .check(void(trade), &expired)
        .check(settle(trade), &expired)
        .check(withdraw(offer), "offer_closed")
        .level("ceres belt ice", [10, 0, 0, 0])
        .balance("acme", 100)
        .check(super::asks::trade().line("ice", 6, 10).hold(9), "trade.held");
    let trade = story.traded();
    story
        .check(void(trade), "trade.voided")
        .check(void(trade), "invalid_transition Voided to Voided")
        .level("ceres belt ice", [10, 0, 0, 0])
        .held("acme", 0);
}

/// A peer refused a hold for want of credits, kept its row all the same, and settled it later.
#[test]
fn a_rejected_hold_is_not_applied_later() {
    let story = given().stock("ceres belt ice", 10);
    let next = domain::TransactionId(story.state.last().next());
    let story = story
        .check(trade().line("ice", 6, 10).hold(9), "insufficient_credits 60 of 0 of acme")
        .level("ceres belt ice", [10, 0, 0, 0]);
    assert!(story.state.holds.is_empty());
    // Now there would be enough.
    story
        .credits("acme", 100)
        .check(settle(next), &format!("unknown_trade {}", next.0))
        .wait(20 * super::asks_trading::SECOND)
        .fired(&[])
        .balance("acme", 100)
        .level("ceres belt ice", [10, 0, 0, 0]);
}
