//! Reversals: everything back, once, however old the trade; or what is missing is told.

use domain::limits::REVERSAL_WINDOW;
use domain::{
    Action, Command, PastTrade, PrincipalId, Rejection, Sequence, Timestamp, TradeStatus,
    TransactionId,
};
use table::{KeyEntry, KeyWindow};

use super::asks::{adjust, out, retire, text, trade};
use super::asks_trading::{SECOND, reverse, settle_last, settle_part, void};
use super::story::{Story, given};
use crate::state::reversal_hash;
use crate::{apply, decide};

/// Belt has a hundred ice at ceres, acme a thousand credits.
fn market() -> Story {
    given().stock("ceres belt ice", 100).credits("acme", 1_000)
}

/// Acme has bought forty ice at 12, and mars has taxed belt by 50.
fn traded() -> (Story, TransactionId) {
    let ask = trade().line("ice", 40, 12).charge("acme", "mars", 50);
    let story = market().check(ask, "trade.settled");
    let trade = story.traded();
    (story, trade)
}

#[test]
fn a_reversal_moves_everything_back_once() {
    let (story, trade) = traded();
    let story = story
        .level("ceres acme ice", [40, 0, 0, 0])
        .balance("acme", 470)
        .balance("mars", 50)
        .check(reverse(trade), "trade.reversed")
        .level("ceres belt ice", [100, 0, 0, 0])
        .level("ceres acme ice", [0, 0, 0, 0])
        .balance("acme", 1_000)
        .balance("belt", 0)
        .balance("mars", 0)
        .check(reverse(trade), &format!("already_reversed {}", trade.0));
    assert_eq!(story.trade(trade).status, TradeStatus::Reversed);
    assert_eq!(story.trade(trade).reason, Some(text("a mistake")));
}

#[test]
fn a_reversal_is_refused_with_what_is_missing() {
    let (story, trade) = traded();
    let gone = adjust().owner("acme").line("ice", out(domain::Sink::Consumed, 1));
    story
        .check(gone, "stock.adjusted")
        .check(reverse(trade), "insufficient_stock 40 of 39 ice of acme at ceres in line 0")
        .stock("ceres acme ice", 1)
        .check(retire("belt", 1), "credits.retired")
        .check(reverse(trade), "insufficient_credits 480 of 479 of belt")
        .credits("belt", 1)
        .check(retire("mars", 1), "credits.retired")
        .check(reverse(trade), "insufficient_credits 50 of 49 of mars")
        .credits("mars", 1)
        .check(reverse(trade), "trade.reversed");
}

#[test]
fn what_one_account_gives_back_is_summed() {
    // Belt was paid the price and a charge.
    let ask = trade().line("ice", 10, 10).charge("acme", "belt", 20).charge("acme", "belt", 30);
    let story = market().check(ask, "trade.settled").balance("belt", 150);
    let trade = story.traded();
    story
        .check(retire("belt", 1), "credits.retired")
        .check(reverse(trade), "insufficient_credits 150 of 149 of belt");
}

#[test]
fn only_what_was_settled_of_a_hold_is_moved_back() {
    let ask = || trade().line("ice", 40, 12).charge("acme", "mars", 50).hold(60);
    let pending = market().check(ask(), "trade.held");
    let trade = pending.traded();
    let story = pending
        .check(reverse(trade), "invalid_transition Pending to Reversed")
        .check(settle_part(trade, &[("ice", 10)]), "trade.settled")
        .check(reverse(trade), "invalid_transition Pending to Reversed")
        .check(void(trade), "trade.voided")
        // The charges were never paid.
        .balance("mars", 0)
        .check(reverse(trade), "trade.reversed")
        .level("ceres belt ice", [100, 0, 0, 0])
        .balance("acme", 1_000)
        .check(ask(), "trade.held");
    let trade = story.traded();
    story
        .check(settle_last(trade, &[("ice", 10)]), "trade.settled")
        .balance("mars", 50)
        .check(reverse(trade), "trade.reversed")
        .balance("mars", 0)
        .balance("acme", 1_000);
}

#[test]
fn what_expired_after_a_part_can_be_reversed_and_what_moved_nothing_cannot() {
    let hold = || trade().line("ice", 40, 12).hold(1);
    let story = market().check(hold(), "trade.held");
    let part = story.traded();
    let story =
        story.check(settle_part(part, &[("ice", 10)]), "trade.settled").check(hold(), "trade.held");
    let nothing = story.traded();
    let story = story.wait(3 * SECOND).check(hold(), "trade.held");
    let voided = story.traded();
    story
        .check(void(voided), "trade.voided")
        .check(reverse(nothing), "invalid_transition Expired to Reversed")
        .check(reverse(voided), "invalid_transition Voided to Reversed")
        .check(reverse(part), "trade.reversed")
        .level("ceres belt ice", [100, 0, 0, 0])
        .check(reverse(TransactionId(Sequence(7))), "unknown_trade 7");
}

/// What the ledger says when the reversal comes with this knowledge of the trade.
fn decided(story: &Story, trade: TransactionId, past: Option<PastTrade>) -> Result<(), Rejection> {
    let command = Command {
        actor: PrincipalId::NETWORK,
        occurred_at: None,
        key: None,
        trace: None,
        note: None,
        action: Action::ReverseTrade { trade, reason: text("a mistake") },
        past: past.map(Box::new),
        api_key: None,
        granted: None,
    };
    decide(&story.state, Timestamp(story.now() + 1), &command, &mut Vec::new())
}

#[test]
fn a_reversal_that_readers_have_not_seen_yet_is_known_all_the_same() {
    let (story, trade) = traded();
    let (record, as_of) = (story.trade(trade).clone(), story.state.last());
    let stale = || Some(PastTrade { record: record.clone(), as_of });
    assert_eq!(decided(&story, trade, stale()), Ok(()));
    let story = story.check(reverse(trade), "trade.reversed");
    // Everything is there to move it back again.
    let story = story.stock("ceres acme ice", 40).credits("belt", 480).credits("mars", 50);
    assert_eq!(decided(&story, trade, stale()), Err(Rejection::AlreadyReversed { trade }));
}

#[test]
fn what_is_known_of_a_trade_is_of_that_trade_and_not_too_old() {
    let (mut story, trade) = traded();
    let record = story.trade(trade).clone();
    let past = |as_of| Some(PastTrade { record: record.clone(), as_of: Sequence(as_of) });
    let other = TransactionId(Sequence(5));
    let unknown = Rejection::UnknownTrade { trade: other };
    assert_eq!(decided(&story, other, past(100)), Err(unknown));
    assert_eq!(decided(&story, trade, None), Err(Rejection::UnknownTrade { trade }));
    let mut pending = record.clone();
    pending.status = TradeStatus::Pending;
    let in_flight = Some(PastTrade { record: pending, as_of: Sequence(50) });
    let (from, to) = (TradeStatus::Pending, TradeStatus::Reversed);
    let refused = Rejection::InvalidTradeTransition { from, to };
    assert_eq!(decided(&story, trade, in_flight), Err(refused));

    assert_eq!(story.state.reversals.capacity(), REVERSAL_WINDOW);
    // A window of two has forgotten what was reversed before 60.
    story.state.reversals = KeyWindow::new(2);
    for sequence in [50, 60, 70] {
        let hash = reversal_hash(TransactionId(Sequence(sequence)));
        story.state.reversals.push(KeyEntry { hash, fingerprint: 0, sequence });
    }
    let refused = Rejection::LimitReached { limit: "reversals_in_flight", maximum: 2 };
    assert_eq!(decided(&story, trade, past(58)), Err(refused));
    assert_eq!(decided(&story, trade, past(59)), Ok(()));
}

#[test]
fn the_window_of_reversals_follows_the_events_alone() {
    let (story, trade) = traded();
    let story = story.check(reverse(trade), "trade.reversed");
    let mut again = crate::State::default();
    for recorded in &story.journal {
        apply(&mut again, recorded);
    }
    let entry = again.reversals.get(reversal_hash(trade)).unwrap();
    assert_eq!(entry.sequence, story.state.last().0);
}
