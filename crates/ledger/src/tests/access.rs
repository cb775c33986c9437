//! Who may do what: every role, every action. And the keys that say who one is.

use domain::{Action, NetworkDetails, PrincipalId, Role, Sequence, ShipmentId, Timestamp};

use super::asks::{
    adjust, book, commodity, issue, key, loaded, produced, report, revoke, station, trade, trader,
};
use super::story::{ADMIN, OPERATOR, Story, VIEWER, given, nothing};

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
    let revoked = story.state.keys.iter().map(|row| row.revoked);
    assert_eq!(revoked.collect::<Vec<_>>(), [false, false, true]);
    // The principal stays: another key may speak for it.
    story.check(key("guest", Role::Viewer), "key.created");
}
