//! Holds: reserved now, settled later. What was checked when they were made cannot fail any more.

use domain::limits::HOLD_EVENTS_MAX;
use domain::{Action, Event, Sequence, Side, Sink, TradeStatus, TransactionId};

use super::asks::{adjust, out, retire, text, trade};
use super::asks_trading::{SECOND, sell, settle, settle_last, settle_part, void};
use super::story::{Story, given};

/// Belt has a hundred ice and ore at ceres, acme a thousand credits.
fn market() -> Story {
    given().stock("ceres belt ice", 100).stock("ceres belt ore", 100).credits("acme", 1_000)
}

/// Acme is to buy forty ice at 12 and ten ore at 2.
fn held() -> (Story, TransactionId) {
    let ask = trade().line("ice", 40, 12).line("ore", 10, 2).hold(60);
    let story = market().check(ask, "trade.held");
    let trade = story.traded();
    (story, trade)
}

#[test]
fn a_hold_reserves_goods_and_credits_at_once() {
    let (story, _) = held();
    story
        .level("ceres belt ice", [60, 40, 0, 0])
        .level("ceres belt ore", [90, 10, 0, 0])
        .balance("acme", 500)
        .held("acme", 500)
        .balance("belt", 0)
        .check(
            trade().line("ice", 61, 1).hold(1),
            "insufficient_stock 61 of 60 ice of belt at ceres in line 0",
        )
        .check(trade().line("ice", 1, 501).hold(1), "insufficient_credits 501 of 500 of acme");
}

#[test]
fn what_was_checked_when_it_was_held_cannot_fail_at_settlement() {
    let (story, trade) = held();
    // Everything that is free goes away; the hold does not mind.
    story
        .check(adjust().line("ice", out(Sink::Stolen, 60)), "stock.adjusted")
        .check(retire("acme", 500), "credits.retired")
        .check(settle(trade), "trade.settled")
        .level("ceres belt ice", [0, 0, 0, 0])
        .level("ceres acme ice", [40, 0, 0, 0])
        .level("ceres acme ore", [10, 0, 0, 0])
        .balance("acme", 0)
        .held("acme", 0)
        .balance("belt", 500);
}

#[test]
fn a_hold_is_settled_in_parts_until_nothing_is_left() {
    let (story, trade) = held();
    let story = story
        .check(settle_part(trade, &[("ice", 15)]), "trade.settled")
        .level("ceres belt ice", [60, 25, 0, 0])
        .held("acme", 320)
        .balance("belt", 180)
        .check(settle_part(trade, &[("ore", 10), ("ice", 20)]), "trade.settled")
        .held("acme", 60)
        .check(settle_part(trade, &[("ice", 6)]), "over_settlement 6 of 5 ice in line 0")
        .check(settle_part(trade, &[("ice", 1), ("ore", 1)]), {
            "over_settlement 1 of 0 ore in line 1"
        });
    assert_eq!(story.trade(trade).status, TradeStatus::Pending);
    // The last of it ends it, though that was not asked for.
    let story = story
        .check(settle_part(trade, &[("ice", 5)]), "trade.settled")
        .held("acme", 0)
        .balance("belt", 500);
    assert_eq!(story.trade(trade).status, TradeStatus::Settled);
    assert_eq!(story.trade(trade).event_count, 4);
    assert_eq!(story.state.next_timer(), None);
}

#[test]
fn a_final_settlement_releases_the_rest() {
    let (story, trade) = held();
    let story = story
        .check(settle_last(trade, &[("ice", 15)]), "trade.settled")
        .level("ceres belt ice", [85, 0, 0, 0])
        .level("ceres belt ore", [100, 0, 0, 0])
        .level("ceres acme ice", [15, 0, 0, 0])
        .balance("acme", 820)
        .held("acme", 0);
    assert_eq!(story.trade(trade).status, TradeStatus::Settled);
    assert_eq!(story.trade(trade).lines[0].settled.get(), 15);
}

#[test]
fn settling_all_that_is_left_takes_what_parts_have_left() {
    let (story, trade) = held();
    let story = story
        .check(settle_part(trade, &[("ice", 40)]), "trade.settled")
        .check(settle(trade), "trade.settled")
        .balance("belt", 500);
    let Event::HoldSettled(settled) = story.last() else { panic!() };
    assert_eq!(settled.lines.len(), 1, "what is settled already is not told again");
}

#[test]
fn lines_are_of_the_trade() {
    let (story, trade) = held();
    story
        .check(settle_part(trade, &[("dust", 1)]), "unknown_commodity dust in line 0")
        .check(Action::PutCommodity(super::asks::commodity("gas")), "commodity.created")
        .check(settle_part(trade, &[("ice", 99), ("gas", 1)]), "not_in_trade gas in line 1");
}

#[test]
fn what_is_voided_is_released_and_what_was_settled_stays() {
    let (story, trade) = held();
    let story = story
        .check(settle_part(trade, &[("ice", 15)]), "trade.settled")
        .check(void(trade), "trade.voided")
        .level("ceres belt ice", [85, 0, 0, 0])
        .level("ceres acme ice", [15, 0, 0, 0])
        .balance("acme", 820)
        .held("acme", 0)
        .balance("belt", 180);
    assert_eq!(story.trade(trade).status, TradeStatus::Voided);
    assert_eq!(story.trade(trade).reason, Some(text("called off")));
    assert_eq!(story.state.next_timer(), None);
}

#[test]
fn a_hold_expires_by_network_time_and_releases_everything() {
    let story = market().at(1_000).check(trade().line("ice", 40, 12).hold(60), "trade.held");
    let id = story.traded();
    let deadline = 1_000 + 60 * SECOND;
    let story = story.wait(deadline - 1).fired(&[]).wait(deadline).fired(&[deadline]);
    assert_eq!(story.trade(id).status, TradeStatus::Expired);
    let story = story
        .level("ceres belt ice", [100, 0, 0, 0])
        .balance("acme", 1_000)
        .held("acme", 0)
        .check(settle(id), &format!("hold_expired {}", id.0))
        .check(void(id), &format!("hold_expired {}", id.0));
    assert!(story.state.holds.is_empty());
}

#[test]
fn what_is_due_with_the_settlement_has_expired() {
    let story = market().at(1_000).check(trade().line("ice", 40, 12).hold(1), "trade.held");
    let trade = story.traded();
    story
        .at(1_000 + SECOND)
        .check(settle(trade), &format!("hold_expired {}", trade.0))
        .fired(&[1_000 + SECOND]);
}

#[test]
fn a_trade_ends_once_and_says_how_it_ended() {
    let (story, first) = held();
    let direct = trade().line("ice", 1, 1);
    let already = |trade: TransactionId| format!("already_settled {}", trade.0);
    let story = story
        .check(settle(first), "trade.settled")
        .check(settle(first), &already(first))
        .check(settle_part(first, &[("ice", 1)]), &already(first))
        .check(void(first), &already(first))
        .check(direct, "trade.settled");
    let direct = story.traded();
    let story = story
        .check(settle(direct), &already(direct))
        .check(trade().line("ice", 1, 1).hold(1), "trade.held");
    let voided = story.traded();
    story
        .check(void(voided), "trade.voided")
        .check(void(voided), "invalid_transition Voided to Voided")
        .check(settle(voided), "invalid_transition Voided to Settled")
        .check(settle(TransactionId(Sequence(1))), "unknown_trade 1")
        .check(void(TransactionId(Sequence(999))), "unknown_trade 999");
}

#[test]
fn a_hold_may_take_offers_and_what_is_called_off_is_the_offerers_again() {
    let story = market().check(sell("ice", 40, 12), "offer.opened");
    let offer = story.posted();
    let ask = || trade().taking(offer, "ice", 10, 12).line("ore", 5, 2).hold(60);
    let story = story
        .check(ask(), "trade.held")
        // What the offer had reserved stays reserved: for the hold now.
        .level("ceres belt ice", [60, 40, 0, 0])
        .level("ceres belt ore", [95, 5, 0, 0])
        .held("acme", 130)
        .remaining(offer, Some(30));
    let first = story.traded();
    let story = story
        .check(void(first), "trade.voided")
        .level("ceres belt ice", [70, 30, 0, 0])
        .remaining(offer, Some(30))
        .check(ask(), "trade.held");
    let second = story.traded();
    story
        .check(settle(second), "trade.settled")
        .level("ceres belt ice", [70, 20, 0, 0])
        .level("ceres acme ice", [10, 0, 0, 0])
        .check(trade().taking(offer, "ice", 20, 12).hold(1), "trade.held, offer.filled")
        .remaining(offer, None)
        .level("ceres belt ice", [70, 20, 0, 0]);
}

#[test]
fn a_hold_that_takes_a_bid_pays_from_what_the_bid_holds() {
    let story = market().check(super::asks_trading::buy("ice", 10, 20), "offer.opened");
    let offer = story.posted();
    let story = story
        .check(trade().taking(offer, "ice", 4, 20).hold(60), "trade.held")
        .balance("acme", 800)
        .held("acme", 200);
    let first = story.traded();
    story
        .check(void(first), "trade.voided")
        .balance("acme", 880)
        .held("acme", 120)
        .check(trade().taking(offer, "ice", 6, 20).hold(60), "trade.held, offer.filled")
        .held("acme", 120);
}

#[test]
fn an_operators_hold_needs_no_consent() {
    let (story, trade) = held();
    let record = story.trade(trade);
    assert_eq!((record.proposed_by, record.unreserved), (None::<Side>, None::<Side>));
}

#[test]
fn settlements_without_end_leave_room_for_the_end() {
    let story = market()
        .unaudited()
        .stock("ceres belt ice", 10_000)
        .check(trade().line("ice", 10_000, 0).hold(60), "trade.held");
    let trade = story.traded();
    let mut story = story;
    for _ in 1..HOLD_EVENTS_MAX {
        story = story.check(settle_part(trade, &[("ice", 1)]), "trade.settled");
    }
    let full = format!("limit_reached {HOLD_EVENTS_MAX} hold_events");
    story
        .check(settle_part(trade, &[("ice", 1)]), &full)
        .check(settle_last(trade, &[("ice", 1)]), "trade.settled");
}

#[test]
fn room_for_what_settlements_will_make_is_kept() {
    let (story, trade) = held();
    assert_eq!(story.state.promised_entries, 2);
    let story = story.check(settle_part(trade, &[("ice", 1)]), "trade.settled");
    assert_eq!(story.state.promised_entries, 2);
    let story = story.check(void(trade), "trade.voided");
    assert_eq!(story.state.promised_entries, 0);
}
