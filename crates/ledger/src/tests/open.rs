//! What is open is bounded by its lines and by whose it is, not by its number alone. Bounds too far
//! to be reached are tested from counts set near them; that counts are right is the audit's to say.

use domain::limits::{
    HOLD_LINES_OPEN_MAX, OFFERS_OF_TRADER_MAX, PROPOSALS_OF_TRADER_MAX,
    SHIPMENT_LINES_OF_OWNER_MAX, SHIPMENT_LINES_OPEN_MAX, STOCK_ENTRIES_MAX,
};
use domain::{OfferTaken, PrincipalId, Role, ShipmentLine, TradeRecordLine};

use super::asks::{
    arrived, book, bound_key, cancelled, departed, lost, name, received, report, trade,
};
use super::asks_cargo::{lost_of, recovered};
use super::asks_trading::{buy, sell, settle, settle_last, settle_part, void, withdraw};
use super::audit::{bytes, read};
use super::story::{ADMIN, OPERATOR, Story, given};
use crate::open::{Open, Share};

/// Acts for acme.
const BUYER: PrincipalId = PrincipalId(4);
/// Acts for belt.
const SELLER: PrincipalId = PrincipalId(5);

/// Belt has a hundred ice and ore at ceres.
fn market() -> Story {
    given()
        .check(bound_key("skipper", Role::Trader, &["acme"]), "key.created")
        .check(bound_key("digger", Role::Trader, &["belt"]), "key.created")
        .stock("ceres belt ice", 100)
        .stock("ceres belt ore", 100)
        .credits("acme", 1_000)
        .by(OPERATOR)
}

fn share<'a>(story: &'a mut Story, trader: &str) -> &'a mut Share {
    let trader = story.state.trader(&name(trader)).unwrap();
    story.state.open.shares.entry(trader).or_default()
}

fn limit(maximum: usize, limit: &str) -> String {
    format!("limit_reached {maximum} {limit}")
}

#[test]
fn lines_of_holds_are_bounded() {
    let full = limit(HOLD_LINES_OPEN_MAX, "open_hold_lines");
    let mut story = market().unaudited();
    story.state.open.hold_lines = HOLD_LINES_OPEN_MAX - 2;
    let story = story.check(trade().line("ice", 2, 1).line("ore", 2, 1).hold(60), "trade.held");
    let hold = story.traded();
    story
        .check(trade().line("ice", 1, 1).hold(60), &full)
        // What is settled at once is no hold.
        .check(trade().line("ice", 1, 1).line("ore", 1, 1), "trade.settled")
        // Both lines stay counted until the hold ends.
        .check(settle_part(hold, &[("ice", 1), ("ore", 1)]), "trade.settled")
        .check(trade().line("ice", 1, 1).hold(60), &full)
        .check(settle(hold), "trade.settled")
        .check(trade().line("ice", 1, 1).hold(60), "trade.held")
        .check(trade().line("ice", 1, 1).line("ore", 1, 1).hold(60), &full)
        .check(trade().line("ice", 1, 1).hold(60), "trade.held");
}

#[test]
fn lines_of_shipments_are_bounded_and_count_again_when_they_are_found() {
    let full = limit(SHIPMENT_LINES_OPEN_MAX, "open_shipment_lines");
    let mut story = market().unaudited();
    story.state.open.shipment_lines = SHIPMENT_LINES_OPEN_MAX - 2;
    let story = story
        .check(book().line("ice", 2).line("ore", 1), "shipment.booked")
        .check(book().line("ice", 1), &full)
        .report(departed(), "shipment.departed")
        .report(lost_of(&[("ice", 1)]), "shipment.lost")
        .check(book().line("ice", 1), &full)
        .report(lost(), "shipment.lost");
    let gone = story.booked();
    let found = || report(gone, recovered());
    story
        .check(book().line("ice", 1), "shipment.booked")
        .check(found(), &full)
        .report(cancelled(), "shipment.cancelled")
        .check(found(), "shipment.found")
        .check(book().line("ice", 1), &full)
        .check(report(gone, arrived()), "shipment.arrived")
        .check(report(gone, received(&[("ice", 2, 0)])), "shipment.received")
        .check(book().line("ice", 1), &full)
        .check(report(gone, received(&[("ore", 1, 0)])), "shipment.received")
        .check(book().line("ice", 1).line("ore", 1), "shipment.booked");
}

#[test]
fn an_owner_has_only_so_many_lines_of_shipments() {
    let full = limit(SHIPMENT_LINES_OF_OWNER_MAX, "shipment_lines_of_owner");
    let mut story = market().stock("ceres acme ice", 10).unaudited();
    share(&mut story, "belt").shipment_lines =
        u32::try_from(SHIPMENT_LINES_OF_OWNER_MAX - 1).unwrap();
    story
        .check(book().line("ice", 1).line("ore", 1), &full)
        .check(book().line("ice", 1), "shipment.booked")
        .check(book().line("ice", 1), &full)
        .check(book().owner("acme").line("ice", 1), "shipment.booked");
}

#[test]
fn a_trader_has_only_so_many_proposals_open() {
    let full = limit(PROPOSALS_OF_TRADER_MAX, "open_proposals");
    let nothing = || trade().line("ice", 2, 0).hold(315_360_000);
    let mut story = market().unaudited().by(BUYER);
    for _ in 0..PROPOSALS_OF_TRADER_MAX {
        story = story.check(nothing(), "trade.held");
    }
    assert_eq!(story.state.open.hold_lines, PROPOSALS_OF_TRADER_MAX);
    let proposal = story.traded();
    let story = story
        .check(nothing(), &full)
        // What the other side proposes is its own, and an operator's hold is nobody's proposal.
        .by(SELLER)
        .check(nothing(), "trade.held")
        .by(OPERATOR)
        .check(nothing(), "trade.held")
        .check(sell("ice", 10, 0), "offer.opened");
    let offer = story.posted();
    let story = story
        .by(BUYER)
        // Nor is one that takes an offer: the other side has agreed.
        .check(trade().taking(offer, "ice", 1, 0).hold(60), "trade.held")
        .by(SELLER)
        .check(settle_part(proposal, &[("ice", 1)]), "trade.settled")
        .by(BUYER)
        .check(nothing(), &full)
        .by(SELLER)
        .check(settle_last(proposal, &[("ice", 1)]), "trade.settled")
        .by(BUYER)
        .check(nothing(), "trade.held")
        .check(nothing(), &full);
    let proposal = story.traded();
    let mut story = story.check(void(proposal), "trade.voided").check(nothing(), "trade.held");
    // A snapshot has no counts, and yet they are the same.
    assert_eq!(read(&bytes(&story.state)).unwrap().open, story.state.open);
    // In this order: lines of all, what is the proposer's, room.
    story.state.promised_entries = STOCK_ENTRIES_MAX;
    let mut story = story.check(nothing(), &full);
    story.state.open.hold_lines = HOLD_LINES_OPEN_MAX;
    story.check(nothing(), &limit(HOLD_LINES_OPEN_MAX, "open_hold_lines"));
}

#[test]
fn a_trader_has_only_so_many_offers_open_and_what_it_replaces_is_free() {
    let full = limit(OFFERS_OF_TRADER_MAX, "offers_of_trader");
    let mut story = market().unaudited();
    share(&mut story, "acme").offers = u32::try_from(OFFERS_OF_TRADER_MAX - 1).unwrap();
    let story = story
        .check(buy("ice", 10, 1), "offer.opened")
        .check(buy("ice", 10, 2), &full)
        .check(buy("ore", 10, 0), &full)
        .check(buy("ice", 10, 2).replacing(), "offer.opened")
        .check(buy("ice", 10, 2), &full)
        .check(sell("ice", 1, 1), "offer.opened");
    let acme = story.state.trader(&name("acme")).unwrap();
    let bid = story.state.offers.iter().find(|(_, row)| row.0.trader == acme).unwrap().0.0;
    story
        .check(withdraw(bid), "offer.withdrawn")
        .check(buy("ice", 10, 2), "offer.opened")
        .check(buy("ice", 10, 2), &full);
}

#[test]
fn offers_that_are_filled_withdrawn_or_expire_are_nobodys() {
    let story = market().check(sell("ice", 5, 1), "offer.opened");
    let filled = story.posted();
    let story = story
        .check(trade().taking(filled, "ice", 5, 1), "trade.settled, offer.filled")
        .check(sell("ice", 5, 1).lasting(1), "offer.opened")
        .wait(2_000_000)
        .check(sell("ice", 0, 1).replacing(), "nothing");
    assert_eq!(story.state.open, Open::default());
}

/// What the bounds of lines were chosen for.
#[test]
fn lines_weigh_what_their_bounds_say() {
    let sizes = [size_of::<TradeRecordLine>(), size_of::<OfferTaken>(), size_of::<ShipmentLine>()];
    assert_eq!(sizes, [32, 24, 56]);
}

/// A journal from before these bounds may be past them: what it has ends like anything else, and
/// nothing is added meanwhile.
#[test]
fn a_journal_past_the_bounds_goes_on() {
    let story =
        market().unaudited().by(BUYER).check(trade().line("ice", 1, 0).hold(60), "trade.held");
    let proposal = story.traded();
    let mut story = story
        .by(ADMIN)
        .check(book().line("ice", 1), "shipment.booked")
        .check(buy("ice", 1, 0), "offer.opened");
    let bid = story.posted();
    let open = &mut story.state.open;
    open.hold_lines += HOLD_LINES_OPEN_MAX;
    open.shipment_lines += SHIPMENT_LINES_OPEN_MAX;
    let acme = share(&mut story, "acme");
    acme.proposals += u32::try_from(PROPOSALS_OF_TRADER_MAX).unwrap();
    acme.offers += u32::try_from(OFFERS_OF_TRADER_MAX).unwrap();
    share(&mut story, "belt").shipment_lines += u32::try_from(SHIPMENT_LINES_OF_OWNER_MAX).unwrap();
    let story = story
        .check(trade().line("ice", 1, 0).hold(60), "limit_reached 4000000 open_hold_lines")
        .check(book().line("ice", 1), "limit_reached 4000000 open_shipment_lines")
        .check(buy("ore", 1, 0), "limit_reached 100000 offers_of_trader")
        .check(buy("ice", 1, 1).replacing(), "limit_reached 100000 offers_of_trader")
        .check(void(proposal), "trade.voided")
        .report(cancelled(), "shipment.cancelled")
        .check(withdraw(bid), "offer.withdrawn");
    assert_eq!(story.state.open.hold_lines, HOLD_LINES_OPEN_MAX);
    assert_eq!(story.state.open.shipment_lines, SHIPMENT_LINES_OPEN_MAX);
}
