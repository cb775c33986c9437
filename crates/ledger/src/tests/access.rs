//! Who may do what: every role, every action. And the keys that say who one is.

use domain::{
    Action, Event, KeyId, NetworkDetails, PrincipalId, Role, Sequence, ShipmentId, Timestamp,
};

use super::asks::{
    adjust, book, bound_key, commodity, foreign, grant, issue, key, key_for, loaded, produced,
    report, revoke, rotate, station, trade, trader,
};
use super::story::{ADMIN, OPERATOR, Story, VIEWER, given, nothing};
use crate::state::KeyRow;

fn network() -> Action {
    Action::CreateNetwork(NetworkDetails { wall: Timestamp(0), epoch: Timestamp(0), speed: 1 })
}

/// Every action in a form that the ledger accepts or refuses for another reason than the role; and
/// whether the network, an administrator, an operator and a viewer may ask for it.
fn table(story: &Story) -> Vec<(Action, [bool; 4])> {
    let some = || adjust().line("ice", produced(1));
    let shipment = ShipmentId(Sequence(story.state.last().0 + 1));
    vec![
        (network(), [true, false, false, false]),
        (key("new", Role::Viewer), [true, true, false, false]),
        (revoke(0), [true, true, false, false]),
        (rotate(2, None, 0), [true, true, false, false]),
        (grant("oidc.ann", Role::Viewer, &[], 1), [true, false, false, false]),
        (issue("acme", 1), [true, true, false, false]),
        (Action::PutStation(station("new")), [true, true, true, false]),
        (Action::PutCommodity(commodity("new")), [true, true, true, false]),
        (Action::PutTrader(trader("new")), [true, true, true, false]),
        (some().into(), [true, true, true, false]),
        (trade().line("ice", 1, 1).into(), [true, true, true, false]),
        (book().line("ice", 1).into(), [true, true, true, false]),
        (report(shipment, loaded()), [true, true, true, false]),
    ]
}

#[test]
fn every_role_and_every_action() {
    let actors = [
        (PrincipalId::NETWORK, Role::Admin),
        (ADMIN, Role::Admin),
        (OPERATOR, Role::Operator),
        (VIEWER, Role::Viewer),
        // Nobody: no event created this principal.
        (PrincipalId(99), Role::Viewer),
    ];
    for (action, permitted) in table(&given()) {
        let permitted = permitted.into_iter().chain([false]);
        for ((actor, role), permitted) in actors.into_iter().zip(permitted) {
            let refusal = format!("not_permitted {role:?}");
            let outcome = given().by(actor).outcome(action.clone());
            assert_eq!(outcome != refusal, permitted, "{role:?}, {action:?}: {outcome}");
        }
    }
}

#[test]
fn a_network_is_created_once_and_by_itself() {
    nothing()
        .by(ADMIN)
        .check(network(), "not_permitted Viewer")
        .by(PrincipalId::NETWORK)
        .check(network(), "network.created")
        .check(network(), "already_exists network is a network");
}

#[test]
fn the_first_key_of_a_principal_creates_it_and_later_ones_agree_on_its_role() {
    let story = given()
        .check(key("new", Role::Operator), "key.created")
        .check(key("new", Role::Operator), "key.created")
        .check(key("new", Role::Admin), "already_exists new is a principal")
        .check(key("new", Role::Viewer), "already_exists new is a principal");
    assert_eq!(story.state.keys.len(), 5);
    assert_eq!(story.state.principals.len(), 5);
    story
        .by(PrincipalId(4))
        .check(Action::PutTrader(trader("theirs")), "trader.created")
        .check(key("more", Role::Viewer), "not_permitted Operator");
}

#[test]
fn no_key_speaks_for_the_network() {
    for role in [Role::Admin, Role::Operator, Role::Viewer] {
        given().check(key("network", role), "already_exists network is a principal");
    }
}

#[test]
fn principals_are_named_apart_from_traders() {
    given()
        .check(key("ceres", Role::Viewer), "key.created")
        .check(Action::PutTrader(trader("boss")), "trader.created");
}

#[test]
fn a_key_is_revoked_once_and_for_good() {
    let story = given()
        .check(revoke(3), "unknown_key")
        .check(revoke(u32::MAX), "unknown_key")
        .check(revoke(2), "key.revoked")
        .check(revoke(2), "nothing");
    let revoked = story.state.keys.iter().map(|row| row.has_ended);
    assert_eq!(revoked.collect::<Vec<_>>(), [false, false, true]);
    // The principal stays: another key may speak for it.
    story.check(key("guest", Role::Viewer), "key.created");
}

/// What is so of each key: whether it has ended, when it does by itself, what took its place.
fn keys(story: &Story) -> Vec<(bool, Option<i64>, Option<u32>)> {
    let of = |row: &KeyRow| {
        (row.has_ended, row.expires_at.map(|at| at.0), row.replaced_by.map(|key| key.0))
    };
    story.state.keys.iter().skip(3).map(of).collect()
}

const SECOND: i64 = 1_000_000;

#[test]
fn a_key_expires_by_itself_at_its_time_and_then_asks_for_nothing() {
    let story = given().at(100).check(key_for("new", Role::Operator, 2), "key.created");
    assert_eq!(keys(&story), [(false, Some(100 + 2 * SECOND), None)]);
    let put = || Action::PutTrader(trader("theirs"));
    let story = story
        .by(PrincipalId(4))
        .with_key(3)
        .at(99 + 2 * SECOND)
        .fired(&[])
        .check(put(), "trader.created")
        // Decided at the very microsecond of the end: the end comes first.
        .at(100 + 2 * SECOND)
        .check(put(), "unauthenticated")
        .fired(&[100 + 2 * SECOND]);
    assert_eq!(keys(&story), [(true, Some(100 + 2 * SECOND), None)]);
    // Once, and revoking it changes nothing.
    let story = story.wait(10 * SECOND).fired(&[]).by(ADMIN).check(revoke(3), "unauthenticated");
    story.with_key(0).check(revoke(3), "nothing");
}

#[test]
fn what_comes_with_a_key_that_has_ended_is_refused_before_all_else() {
    let story = given().check(revoke(1), "key.revoked").by(OPERATOR).with_key(1);
    let story = story.check(Action::PutTrader(trader("new")), "unauthenticated");
    let story = story.check(issue("acme", 1), "unauthenticated");
    // A key that was never made, and nobody.
    let story = story.with_key(99).by(PrincipalId(99)).check(issue("acme", 1), "unauthenticated");
    // The principal may go on with another.
    let story = story.by(ADMIN).with_key(0).check(key("clerk", Role::Operator), "key.created");
    story.by(OPERATOR).with_key(3).check(Action::PutTrader(trader("new")), "trader.created");
}

#[test]
fn a_revoked_key_does_not_expire_any_more() {
    let story = given().check(key_for("new", Role::Viewer, 1), "key.created");
    let story = story.check(revoke(3), "key.revoked").wait(5 * SECOND).fired(&[]);
    assert!(keys(&story)[0].0);
}

#[test]
fn a_rotated_key_stays_good_for_a_while_beside_the_new_one() {
    let story = given()
        .check(bound_key("joe", Role::Trader, &["acme", "belt"]), "key.created")
        .at(1_000)
        .check(rotate(3, None, 60), "key.created, key.updated");
    let end = 1_000 + 60 * SECOND;
    assert_eq!(keys(&story), [(false, Some(end), Some(4)), (false, None, None)]);
    let [.., made, _] = story.journal.as_slice() else { panic!("two events") };
    let Event::KeyCreated { details, .. } = &made.event else { panic!("{made:?}") };
    assert_eq!((details.principal, details.role), (PrincipalId(4), Role::Trader));
    assert_eq!((details.accounts.len(), details.replaces), (2, Some(KeyId(3))));
    assert_eq!(story.state.principals.len(), 5, "nobody new");
    let story = story
        .check(rotate(3, None, 60), "already_rotated by 4")
        .wait(end)
        .fired(&[end])
        .check(rotate(3, None, 60), "key_ended")
        // At once.
        .check(rotate(4, None, 0), "key.created, key.revoked")
        .check(rotate(4, None, 0), "key_ended")
        .check(rotate(9, None, 0), "unknown_key");
    assert_eq!(keys(&story)[1..], [(true, None, Some(5)), (false, None, None)]);
}

#[test]
fn a_new_key_is_good_as_long_as_the_old_one_was_to_be_or_as_is_said() {
    let story = given()
        .at(1_000)
        .check(key_for("new", Role::Viewer, 100), "key.created")
        .at(1_000 + 90 * SECOND)
        // It would stay good for longer than it is: it ends when it would have.
        .check(rotate(3, None, 60), "key.created")
        .at(2_000 + 90 * SECOND)
        .check(rotate(4, Some(7), 60), "key.created, key.updated")
        .at(3_000 + 90 * SECOND)
        .check(rotate(5, None, 0), "key.created, key.revoked");
    assert_eq!(
        keys(&story),
        [
            (false, Some(1_000 + 100 * SECOND), Some(4)),
            (false, Some(2_000 + 150 * SECOND), Some(5)),
            (true, Some(2_000 + 97 * SECOND), Some(6)),
            (false, Some(3_000 + 97 * SECOND), None),
        ]
    );
}

#[test]
fn the_last_key_of_an_administrator_that_is_good_for_ever_stays() {
    let story = given()
        .check(revoke(0), "last_admin_key")
        .check(rotate(0, Some(60), 0), "last_admin_key")
        // One that ends by itself is not enough.
        .check(key_for("boss", Role::Admin, 60), "key.created")
        .check(revoke(0), "last_admin_key")
        // Its secret might be lost on the way to whoever asked, who could not ask again.
        .check(rotate(0, None, 0), "last_admin_key")
        .check(rotate(0, None, 60), "key.created, key.updated")
        .check(revoke(0), "key.revoked")
        .check(revoke(4), "last_admin_key")
        .check(rotate(4, None, 60), "key.created, key.updated")
        .check(revoke(4), "key.revoked")
        // One of another principal is.
        .check(key("second", Role::Admin), "key.created")
        .check(revoke(5), "key.revoked")
        .check(revoke(6), "last_admin_key");
    assert_eq!(story.state.keys.iter().filter(|row| !row.has_ended).count(), 4);
}

/// What tokens give the last principal: its role, how many accounts, and when that was issued.
fn granted(story: &Story) -> (Role, usize, i64) {
    let (_, row) = story.state.principals.iter().next_back().unwrap();
    (row.role, row.accounts.len(), row.token.as_ref().unwrap().issued_at.0)
}

#[test]
fn the_first_token_of_a_subject_makes_a_key_and_newer_ones_change_what_it_gives() {
    let ann = |role, accounts: &[&str], issued_at| grant("oidc.ann", role, accounts, issued_at);
    let story = given().by(PrincipalId::NETWORK).check(ann(Role::Viewer, &[], 10), "key.created");
    assert_eq!(granted(&story), (Role::Viewer, 0, 10));
    let [.., made] = story.journal.as_slice() else { panic!("an event") };
    let Event::KeyCreated { key, details } = &made.event else { panic!("{made:?}") };
    assert_eq!((*key, details.principal, details.expires_at), (KeyId(3), PrincipalId(4), None));
    assert_eq!(details.token.as_ref().unwrap().subject.as_str(), "oidc.ann");
    let story = story
        // The same again says nothing new, of whatever time it is.
        .check(ann(Role::Viewer, &[], 10), "nothing")
        .check(ann(Role::Viewer, &[], 99), "nothing")
        .check(ann(Role::Viewer, &[], 1), "nothing")
        .check(ann(Role::Operator, &[], 10), "token_outdated")
        .check(ann(Role::Operator, &[], 20), "key.updated")
        .check(ann(Role::Viewer, &[], 10), "token_outdated")
        .check(ann(Role::Trader, &["nobody"], 30), "unknown_trader nobody as accounts")
        .check(ann(Role::Trader, &["acme", "belt"], 30), "key.updated")
        .check(ann(Role::Trader, &["belt", "acme"], 40), "nothing");
    assert_eq!(granted(&story), (Role::Trader, 2, 30));
    // Roles with accounts have some, and others have none.
    let story = story
        .check(ann(Role::Trader, &[], 50), "not_permitted Admin")
        .check(ann(Role::Viewer, &["acme"], 50), "not_permitted Admin");
    // At once, for whoever comes with it.
    story
        .by(PrincipalId(4))
        .with_key(3)
        .check(Action::PutTrader(trader("new")), "not_permitted Trader")
        .by(PrincipalId::NETWORK)
        .with_key(0)
        .check(ann(Role::Operator, &[], 50), "key.updated")
        .by(PrincipalId(4))
        .with_key(3)
        .check(Action::PutTrader(trader("new")), "trader.created");
}

#[test]
fn a_token_does_nothing_with_what_another_one_gave() {
    let ann = |role, issued_at| grant("oidc.ann", role, &[], issued_at);
    let put = |id| Action::PutTrader(trader(id));
    let story = given().by(PrincipalId::NETWORK).check(ann(Role::Operator, 10), "key.created");
    let first = story.state.last().0;
    let story = story
        .by(PrincipalId(4))
        .with_key(3)
        .with_grant(Some(first))
        .check(put("one"), "trader.created")
        .with_grant(Some(first - 1))
        .check(put("two"), "unauthenticated");
    let story = story.by(PrincipalId::NETWORK).with_key(0).with_grant(None);
    let story = story.check(ann(Role::Admin, 20), "key.updated");
    let second = story.state.last().0;
    story
        .by(PrincipalId(4))
        .with_key(3)
        .with_grant(Some(first))
        .check(put("two"), "unauthenticated")
        .with_grant(Some(second))
        .check(put("two"), "trader.created")
        // Keys are of no grant, and no grant is of theirs.
        .by(ADMIN)
        .with_key(0)
        .check(put("three"), "unauthenticated");
}

#[test]
fn who_was_revoked_comes_back_with_no_token() {
    let ann = |role, issued_at| grant("oidc.ann", role, &[], issued_at);
    given()
        .by(PrincipalId::NETWORK)
        .check(ann(Role::Admin, 10), "key.created")
        // One of tokens is no administrator for ever, so it does not keep the last one's key from
        // staying, nor does it stay itself.
        .check(revoke(0), "last_admin_key")
        .check(rotate(3, None, 60), "token_key")
        .check(revoke(3), "key.revoked")
        .check(revoke(3), "nothing")
        .check(rotate(3, None, 60), "key_ended")
        .check(ann(Role::Admin, 10), "key_ended")
        .check(ann(Role::Viewer, 20), "key_ended");
}

#[test]
fn a_principal_is_of_one_subject_or_of_keys_for_good() {
    given()
        .check(key("oidc.ann", Role::Viewer), "already_exists oidc.ann is a principal")
        .check(key("oidc-0abc", Role::Viewer), "already_exists oidc-0abc is a principal")
        .check(key("oidcann", Role::Viewer), "key.created")
        .by(PrincipalId::NETWORK)
        .check(grant("oidc.ann", Role::Viewer, &[], 10), "key.created")
        .check(key("oidc.ann", Role::Viewer), "already_exists oidc.ann is a principal")
        // The subject of another issuer.
        .check(
            foreign(grant("oidc.ann", Role::Viewer, &[], 20)),
            "already_exists oidc.ann is a principal",
        )
        .check(grant("guest", Role::Viewer, &[], 10), "already_exists guest is a principal")
        .check(grant("network", Role::Admin, &[], 10), "already_exists network is a principal");
}
