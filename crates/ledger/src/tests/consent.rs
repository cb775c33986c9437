//! Consent: what a key that is bound to accounts may do, and what it may not.

use domain::limits::STOCK_ENTRIES_MAX;
use domain::{Action, PrincipalId, Role, Side};

use super::asks::{
    adjust, arrived, book, bound_key, cancelled, commodity, departed, issue, key, loaded, produced,
    received, report, revoke, station, trade, trader,
};
use super::asks_cargo::vessel;
use super::asks_trading::{
    buy, give_credits, give_goods, reverse, sell, settle, settle_last, settle_part, void, withdraw,
};
use super::story::{ADMIN, OPERATOR, Story, VIEWER, given};

/// Acts for acme and mars.
const BUYER: PrincipalId = PrincipalId(4);
/// Acts for belt.
const SELLER: PrincipalId = PrincipalId(5);
/// Carries for hauler.
const CARRIER: PrincipalId = PrincipalId(6);
/// Acts for hauler.
const STRANGER: PrincipalId = PrincipalId(7);

const REFUSED: &str = "not_permitted Trader";

/// Belt has a hundred ice and ore at ceres, acme a thousand credits.
fn market() -> Story {
    given()
        .check(bound_key("skipper", Role::Trader, &["acme", "mars"]), "key.created")
        .check(bound_key("digger", Role::Trader, &["belt"]), "key.created")
        .check(bound_key("courier", Role::Carrier, &["hauler"]), "key.created")
        .check(bound_key("stranger", Role::Trader, &["hauler"]), "key.created")
        .stock("ceres belt ice", 100)
        .stock("ceres belt ore", 100)
        .credits("acme", 1_000)
}

/// And belt asks 12 for forty ice, acme bids 10 for forty.
fn offered() -> (Story, domain::OfferId, domain::OfferId) {
    let story = market().check(sell("ice", 40, 12), "offer.opened");
    let ask = story.posted();
    let story = story.check(buy("ice", 40, 10), "offer.opened");
    let bid = story.posted();
    (story, ask, bid)
}

#[test]
fn a_trader_takes_open_offers_of_the_other_side_and_nothing_else() {
    let cases = [
        // Acme takes what belt asks.
        (BUYER, "ask", "trade.settled"),
        // Belt takes what acme bids.
        (SELLER, "bid", "trade.settled"),
        // One's own offer is no consent of the other side.
        (BUYER, "bid", REFUSED),
        (SELLER, "ask", REFUSED),
        (BUYER, "none", REFUSED),
        (SELLER, "none", REFUSED),
        (BUYER, "both", REFUSED),
        (STRANGER, "ask", REFUSED),
        (CARRIER, "ask", "not_permitted Carrier"),
        (VIEWER, "ask", "not_permitted Viewer"),
        (OPERATOR, "both", "trade.settled"),
    ];
    for (actor, what, expected) in cases {
        let (story, ask, bid) = offered();
        let wanted = match what {
            "ask" => trade().taking(ask, "ice", 10, 12),
            "bid" => trade().taking(bid, "ice", 10, 10),
            "both" => trade().taking(ask, "ice", 10, 12).line("ore", 1, 1),
            _ => trade().line("ice", 10, 12),
        };
        let outcome = story.by(actor).outcome(wanted.into());
        assert_eq!(outcome, expected, "{actor:?} {what}");
    }
}

#[test]
fn an_offer_of_somebody_else_is_no_consent_of_the_seller() {
    let story = market()
        .stock("ceres hauler ice", 10)
        .check(sell("ice", 10, 1).trader("hauler"), "offer.opened");
    let offer = story.posted();
    story.by(BUYER).check(trade().taking(offer, "ice", 10, 1), "offer_mismatch seller in line 0");
}

#[test]
fn an_offer_that_has_just_gone_is_closed_and_no_question_of_role() {
    let (story, ask, _) = offered();
    story
        .by(SELLER)
        .check(withdraw(ask), "offer.withdrawn")
        .by(BUYER)
        .check(trade().taking(ask, "ice", 10, 12), "offer_closed in line 0");
}

#[test]
fn between_its_own_accounts_a_trader_does_as_it_likes() {
    market()
        .stock("ceres mars ice", 10)
        .by(BUYER)
        .check(trade().seller("mars").line("ice", 5, 2), "trade.settled")
        .check(trade().seller("mars").line("ice", 5, 2).hold(9), "trade.held")
        // Nothing waits for acceptance.
        .held("acme", 10);
}

#[test]
fn what_a_trader_holds_between_its_own_accounts_it_settles_and_voids() {
    let held = || {
        market()
            .stock("ceres mars ice", 10)
            .by(BUYER)
            .check(trade().seller("mars").line("ice", 5, 2).hold(9), "trade.held")
    };
    let story = held();
    let id = story.traded();
    story.by(STRANGER).check(void(id), REFUSED).by(BUYER).check(settle(id), "trade.settled");
    let story = held();
    let id = story.traded();
    story.check(void(id), "trade.voided").check(void(id), "invalid_transition Voided to Voided");
}

#[test]
fn a_proposal_reserves_the_proposers_side_alone_and_the_other_side_accepts() {
    let story = market().by(BUYER).check(trade().line("ice", 40, 12).hold(60), "trade.held");
    let id = story.traded();
    let record = story.trade(id);
    assert_eq!((record.proposed_by, record.unreserved), (Some(Side::Buy), Some(Side::Sell)));
    story
        .level("ceres belt ice", [100, 0, 0, 0])
        .held("acme", 480)
        .check(settle(id), REFUSED)
        .by(STRANGER)
        .check(settle(id), REFUSED)
        .check(void(id), REFUSED)
        .by(SELLER)
        .check(settle(id), "trade.settled")
        .level("ceres belt ice", [60, 0, 0, 0])
        .balance("belt", 480)
        .held("acme", 0)
        .check(settle(id), &format!("already_settled {}", id.0))
        .by(STRANGER)
        .check(settle(id), REFUSED);
}

#[test]
fn what_accepts_must_have_now_what_it_takes() {
    let story = market().by(SELLER).check(trade().line("ice", 40, 12).hold(60), "trade.held");
    let id = story.traded();
    let story = story
        .level("ceres belt ice", [60, 40, 0, 0])
        .held("acme", 0)
        .by(ADMIN)
        .check(super::asks::retire("acme", 521), "credits.retired")
        .by(BUYER)
        .check(settle(id), "insufficient_credits 480 of 479 of acme")
        // A part of it: what is left still waits to be paid.
        .check(settle_part(id, &[("ice", 10)]), "trade.settled")
        .balance("acme", 359)
        .held("acme", 0)
        .level("ceres belt ice", [60, 30, 0, 0])
        .check(void(id), "trade.voided")
        .level("ceres belt ice", [90, 0, 0, 0])
        .balance("acme", 359)
        .by(BUYER)
        .check(trade().line("ore", 101, 1).hold(60), "trade.held");
    let id = story.traded();
    story
        .by(SELLER)
        .check(settle(id), "insufficient_stock 101 of 100 ore of belt at ceres in line 0");
}

#[test]
fn a_proposal_that_costs_nothing_takes_no_room_from_others() {
    let proposal = trade().line("ice", 1, 0).line("ore", 1, 0).hold(60);
    let mut story = market().by(BUYER).check(proposal, "trade.held");
    let id = story.traded();
    assert_eq!(story.state.promised_entries, 0);
    // Nobody has room: the side that accepts is told now.
    let story = {
        story.state.promised_entries = STOCK_ENTRIES_MAX;
        let full = format!("limit_reached {STOCK_ENTRIES_MAX} stock_entries");
        let mut story = story.unaudited().by(SELLER).check(settle(id), &full);
        story.state.promised_entries = 0;
        story
    };
    let story = story.check(settle(id), "trade.settled");
    assert_eq!(story.state.promised_entries, 0);
}

#[test]
fn either_side_voids_what_one_of_them_made_and_nobody_an_operators() {
    for voider in [BUYER, SELLER] {
        let story = market().by(BUYER).check(trade().line("ice", 1, 1).hold(9), "trade.held");
        let id = story.traded();
        story.by(voider).check(void(id), "trade.voided").held("acme", 0);
    }
    let story = market().check(trade().line("ice", 1, 1).hold(9), "trade.held");
    let id = story.traded();
    story
        .by(BUYER)
        .check(void(id), REFUSED)
        .check(settle(id), REFUSED)
        .by(OPERATOR)
        .check(settle(id), "trade.settled");
}

#[test]
fn a_hold_takes_offers_with_every_line_or_with_none() {
    let (story, ask, _) = offered();
    let story = story
        .by(BUYER)
        .check(trade().taking(ask, "ice", 1, 12).line("ore", 1, 1).hold(9), REFUSED)
        .check(trade().taking(ask, "ice", 1, 12).hold(9), "trade.held");
    let id = story.traded();
    let record = story.trade(id);
    assert_eq!((record.proposed_by, record.unreserved), (Some(Side::Buy), None));
    // Both have reserved: either may settle.
    story.check(settle(id), "trade.settled");
}

#[test]
fn a_charged_hold_is_settled_whole_by_one_side_alone() {
    // Else the paid side settles one unit with all of the fee, or the payer all but one without it.
    let proposal = trade().line("ice", 40, 12).hold(60).charge("acme", "belt", 5);
    let story = market().by(BUYER).check(proposal, "trade.held");
    let id = story.traded();
    story
        .by(SELLER)
        .check(settle_last(id, &[("ice", 1)]), REFUSED)
        .check(settle_part(id, &[("ice", 39)]), REFUSED)
        .check(settle(id), "trade.settled")
        .balance("belt", 485);
}

#[test]
fn an_operator_may_accept_for_the_side_that_has_not() {
    let story = market().by(BUYER).check(trade().line("ice", 40, 12).hold(60), "trade.held");
    let id = story.traded();
    story.by(OPERATOR).check(settle(id), "trade.settled").balance("belt", 480);
}

#[test]
fn only_its_own_accounts_pay_a_traders_charges() {
    let (story, ask, _) = offered();
    let taking = || trade().taking(ask, "ice", 1, 12);
    story
        .by(BUYER)
        .check(taking().charge("belt", "ceres", 1), REFUSED)
        .check(taking().charge("hauler", "ceres", 1), REFUSED)
        .check(trade().line("ice", 1, 1).hold(9).charge("belt", "ceres", 1), REFUSED)
        .check(trade().seller("mars").line("ice", 1, 1).charge("belt", "ceres", 1), REFUSED)
        .check(taking().charge("acme", "ceres", 1), "trade.settled");
}

#[test]
fn offers_and_gifts_are_of_ones_own() {
    let (story, ask, bid) = offered();
    story
        .by(SELLER)
        .check(sell("ice", 1, 1), "offer.opened")
        .check(sell("ice", 1, 1).trader("hauler"), REFUSED)
        // Of the station, that is.
        .check(sell("ice", 1, 1).no_trader(), REFUSED)
        .check(withdraw(bid), REFUSED)
        .check(withdraw(ask), "offer.withdrawn")
        .check(give_goods("belt", "acme", &[("ice", 1)]), "stock.transferred")
        .check(give_goods("acme", "belt", &[("ice", 1)]), REFUSED)
        .check(give_credits("acme", "belt", 1), REFUSED)
        .by(BUYER)
        .check(give_credits("acme", "belt", 1), "credits.transferred")
        .check(give_credits("nobody", "belt", 1), REFUSED);
}

#[test]
fn what_a_bound_key_may_never_do() {
    let story = market().check(trade().line("ice", 1, 1), "trade.settled");
    let id = story.traded();
    let never = [
        reverse(id),
        adjust().line("ice", produced(1)).into(),
        issue("acme", 1),
        Action::PutStation(station("new")),
        Action::PutCommodity(commodity("new")),
        Action::PutTrader(trader("new")),
        key("new", Role::Viewer),
        revoke(0),
    ];
    let mut story = story;
    for action in never {
        for (actor, refused) in [(BUYER, REFUSED), (CARRIER, "not_permitted Carrier")] {
            story = story.by(actor).check(action.clone(), refused);
        }
    }
    story.by(OPERATOR).check(reverse(id), "trade.reversed");
}

#[test]
fn shipments_are_the_owners_the_carriers_and_the_consignees() {
    let booking = || book().line("ice", 10).carrier("hauler").consignee("acme");
    let story = market()
        .by(BUYER)
        .check(booking(), REFUSED)
        .by(SELLER)
        .check(booking().charge("acme", "hauler", 1), REFUSED)
        .check(booking(), "shipment.booked");
    let id = story.booked();
    let count = || report(id, received(&[("ice", 10, 0)]));
    story
        .by(BUYER)
        .check(report(id, loaded()), REFUSED)
        .by(SELLER)
        .check(report(id, loaded()), "shipment.loaded")
        .by(CARRIER)
        .check(report(id, departed()), "shipment.departed")
        .check(report(id, arrived()), "shipment.arrived")
        .check(count(), "not_permitted Carrier")
        .by(SELLER)
        .check(count(), REFUSED)
        .by(BUYER)
        .check(count(), "shipment.received");
}

#[test]
fn a_trader_makes_no_goods_by_counting_more_than_it_has_shipped() {
    let booking = |permille| book().line("ice", 10).tolerance(permille);
    let story = market()
        .by(SELLER)
        .check(booking(1_000), REFUSED)
        .check(booking(0), "shipment.booked")
        .by(OPERATOR)
        .check(booking(1_000), "shipment.booked");
    story.level("ceres belt ice", [80, 20, 0, 0]);
}

#[test]
fn a_trader_fills_no_vessel_behind_the_back_of_who_flies_it() {
    let booking = || book().line("ice", 10).vessel("swift");
    market()
        .check(vessel("swift", None, None), "vessel.created")
        .by(SELLER)
        // Whoever carries it has no say in a shipment of another carrier.
        .check(booking().carrier("belt"), REFUSED)
        .check(booking().carrier("acme"), REFUSED)
        .check(booking().carrier("hauler"), "shipment.booked")
        .check(booking(), "shipment.booked")
        .check(book().line("ice", 10).vessel("ghost").carrier("belt"), "unknown_vessel ghost")
        .report(loaded(), "shipment.loaded")
        .by(CARRIER)
        .report(cancelled(), "shipment.cancelled")
        .by(OPERATOR)
        .check(booking().carrier("belt"), "shipment.booked");
}

#[test]
fn a_principals_accounts_are_fixed_with_its_first_key() {
    let story = market();
    let trader = |accounts: &[&str]| bound_key("skipper", Role::Trader, accounts);
    story
        .check(trader(&["mars", "acme"]), "key.created")
        .check(trader(&["acme"]), "already_exists skipper is a principal")
        .check(trader(&["acme", "belt"]), "already_exists skipper is a principal")
        .check(bound_key("skipper", Role::Carrier, &["acme", "mars"]), {
            "already_exists skipper is a principal"
        })
        .check(bound_key("new", Role::Trader, &["nobody"]), "unknown_trader nobody as accounts");
}

#[test]
fn roles_have_accounts_or_none() {
    for role in [Role::Trader, Role::Carrier] {
        given().check(key("new", role), "not_permitted Admin");
    }
    for role in [Role::Admin, Role::Operator, Role::Viewer] {
        given().check(bound_key("new", role, &["acme"]), "not_permitted Admin");
    }
}
