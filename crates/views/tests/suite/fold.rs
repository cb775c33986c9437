//! What events do to what readers see, case by case.

use std::sync::Arc;

use domain::{
    CommodityId, Event, Grant, KeyId, PrincipalId, Role, Scope, Sequence, ShipmentChange, Sink,
    Source, StationId, StockChange, Text, Timestamp, TokenSubject, TraderId,
};
use views::{LevelFilter, State};

use crate::journal::*;

/// Two stations (traders 0 and 1), two traders (2 and 3), two commodities; credits for the traders.
/// Takes the first nine places.
pub(crate) fn beginning() -> Vec<Event> {
    vec![
        network(),
        station(0, 0, "mars"),
        station(1, 1, "ceres"),
        trader(2, "zoe"),
        trader(3, "acme"),
        commodity(0, "water"),
        commodity(1, "ore"),
        issued(2, 1_000),
        issued(3, 1_000),
    ]
}

/// Stock as `owner commodity: available reserved unavailable incoming`, in the order shown.
fn stock(state: &State, station: u32, by_owner: bool) -> Vec<String> {
    let filter = LevelFilter::default();
    let levels = state.levels(StationId(station), &filter, by_owner, SCOPE);
    let line = |level: &views::Level| {
        let owner = level.owner.and_then(|owner| state.trader(owner));
        let owner = owner.map_or("all", |owner| owner.name.as_str());
        let commodity = state.commodity(level.commodity).unwrap().name.as_str();
        let (available, reserved) = (level.available, level.reserved);
        let (unavailable, incoming) = (level.unavailable, level.incoming);
        format!("{owner} {commodity}: {available} {reserved} {unavailable} {incoming}")
    };
    levels.iter().map(line).collect()
}

/// Given events after the beginning, then the stock at Mars and at Ceres, by owner and in all, and
/// the books balance.
#[track_caller]
fn check(events: impl IntoIterator<Item = Event>, expected: [(&[&str], &[&str]); 2]) {
    let mut world = World::in_memory();
    world.record(beginning());
    for event in events {
        world.record([event]);
    }
    let state = world.views.read();
    for ((by_owner, summed), at) in expected.into_iter().zip(0..) {
        assert_eq!(stock(&state, at, true), by_owner, "station {at} by owner");
        assert_eq!(stock(&state, at, false), summed, "station {at} in all");
    }
    drop(state);
    let audit = world.views.audit(SCOPE).unwrap();
    assert!(audit.balanced, "{audit:?}");
}

const NOTHING: (&[&str], &[&str]) = (&[], &[]);

#[test]
fn what_is_produced_is_there_in_the_order_of_names() {
    check(
        [produced(0, 2, 0, 5), produced(0, 2, 1, 7), produced(0, 3, 0, 1)],
        [
            (
                &["zoe ore: 7 0 0 0", "acme water: 1 0 0 0", "zoe water: 5 0 0 0"],
                &["all ore: 7 0 0 0", "all water: 6 0 0 0"],
            ),
            NOTHING,
        ],
    );
}

#[test]
fn a_trade_changes_the_owner_and_no_sum() {
    check(
        [produced(0, 2, 0, 5), traded(0, (3, 2), (0, 2, 10))],
        [(&["acme water: 2 0 0 0", "zoe water: 3 0 0 0"], &["all water: 5 0 0 0"]), NOTHING],
    );
}

#[test]
fn what_is_used_up_is_forgotten_by_owner_and_zero_in_all() {
    let out = StockChange::Out(Sink::Consumed, units(5));
    check(
        [produced(0, 2, 0, 5), adjusted(0, 2, 0, out)],
        [(&[], &["all water: 0 0 0 0"]), NOTHING],
    );
}

#[test]
fn damage_counts_and_repairs_move_within_the_books() {
    let counted =
        |expected, count| StockChange::Counted { expected: units(expected), count: units(count) };
    check(
        [
            produced(0, 2, 0, 5),
            adjusted(0, 2, 0, StockChange::Damaged(units(5))),
            adjusted(0, 2, 0, StockChange::Repaired(units(2))),
            adjusted(0, 2, 0, counted(5, 4)),
            adjusted(1, 2, 0, counted(0, 3)),
            adjusted(1, 2, 0, StockChange::In(Source::Found, units(1))),
        ],
        [
            (&["zoe water: 1 0 3 0"], &["all water: 1 0 3 0"]),
            (&["zoe water: 4 0 0 0"], &["all water: 4 0 0 0"]),
        ],
    );
}

#[test]
fn cargo_is_reserved_then_incoming_then_there() {
    let way = route(0, 1, 2);
    let booking = Sequence(11);
    let booked = booked(way, 3, goods(0, 5));
    let left = changed(booking, booking, way, departed(goods(0, 5)));
    check(
        [produced(0, 2, 0, 5), booked.clone()],
        [(&["zoe water: 0 5 0 0"], &["all water: 0 5 0 0"]), NOTHING],
    );
    check(
        [produced(0, 2, 0, 5), booked.clone(), left.clone()],
        [(&[], &["all water: 0 0 0 0"]), (&["zoe water: 0 0 0 5"], &["all water: 0 0 0 5"])],
    );
    let receipt = ShipmentChange::Received {
        lines: [domain::ReceiptLine {
            commodity: CommodityId(0),
            accepted: units(3),
            rejected: units(2),
            found: units(0),
            short: units(0),
        }]
        .into(),
        complete: true,
    };
    let there = changed(booking, Sequence(12), way, ShipmentChange::Arrived);
    let counted = changed(booking, Sequence(13), way, receipt);
    check(
        [produced(0, 2, 0, 5), booked, left, there, counted],
        [(&[], &["all water: 0 0 0 0"]), (&["zoe water: 3 0 2 0"], &["all water: 3 0 2 0"])],
    );
}

#[test]
fn a_level_says_when_it_changed() {
    let mut world = World::in_memory();
    world.record(beginning());
    let there = world.record([produced(0, 2, 0, 5)]);
    let sold = world.record([traded(0, (3, 2), (0, 2, 10))]);
    let state = world.views.read();
    let filter = LevelFilter::default();
    let changed = |by_owner| {
        let levels = state.levels(StationId(0), &filter, by_owner, SCOPE);
        levels[0].changed_at
    };
    assert_eq!(changed(true), at(sold.0));
    assert_eq!(changed(false), at(there.0));
}

#[test]
fn filters_of_levels_narrow() {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([produced(0, 2, 0, 5), produced(0, 3, 0, 9), produced(0, 2, 1, 1)]);
    let state = world.views.read();
    let count = |commodity: Option<u32>, owner: Option<u32>, min: Option<u64>, by_owner| {
        let filter = LevelFilter {
            commodity: commodity.map(CommodityId),
            owner: owner.map(TraderId),
            min_available: min.map(units),
        };
        state.levels(StationId(0), &filter, by_owner, SCOPE).len()
    };
    assert_eq!(count(None, None, None, true), 3);
    assert_eq!(count(Some(0), None, None, true), 2);
    assert_eq!(count(Some(0), None, None, false), 1);
    assert_eq!(count(None, Some(2), None, false), 2);
    assert_eq!(count(None, None, Some(2), false), 1);
    assert_eq!(count(Some(1), None, Some(2), true), 0);
    assert_eq!(count(Some(0), Some(3), Some(9), true), 1);
}

#[test]
fn reference_data_is_found_by_number_and_by_name() {
    let mut world = World::in_memory();
    world.record(beginning());
    let updated = world.record([Event::StationUpdated {
        station: StationId(1),
        details: Box::new(station_details("Ceres Station", 3)),
    }]);
    let state = world.views.read();
    assert_eq!(state.station_id("ceres"), Some(StationId(1)));
    assert_eq!(state.station_id("acme"), None, "a trader is no station");
    assert_eq!(state.trader_id("ceres"), Some(TraderId(1)));
    assert_eq!(state.trader_id("acme"), Some(TraderId(3)));
    assert_eq!(state.commodity_id("ore"), Some(CommodityId(1)));
    assert_eq!(state.commodity_id("gold"), None);
    let ceres = state.station(StationId(1)).unwrap();
    assert_eq!((ceres.created, ceres.changed), (Sequence(3), updated));
    assert_eq!(ceres.changed_at, at(updated.0));
    assert_eq!(ceres.details.owner, TraderId(3));
    let as_trader = state.trader(TraderId(1)).unwrap();
    assert_eq!(as_trader.details.name, text("Ceres Station"));
    assert_eq!(as_trader.station, Some(StationId(1)));
    assert_eq!(state.traders_from(2).count(), 2);
    assert_eq!(state.stations().count(), 2);
    assert_eq!(state.network().unwrap().speed, 1);
    assert_eq!(state.balance(TraderId(2), SCOPE).unwrap().total(), credits(1_000));
    assert_eq!(state.balance(TraderId(9), SCOPE), None);
}

#[test]
fn a_key_gives_access_until_it_is_revoked() {
    let mut world = World::in_memory();
    world.record([network(), key(0, 1, "ada", 7), key(1, 1, "ada", 8), key(2, 2, "bob", 9)]);
    let found = world.views.read().key_by_digest(&[8; 32]).unwrap();
    assert_eq!(
        (found.key, found.principal, found.role),
        (KeyId(1), PrincipalId(1), Role::Operator)
    );
    world.record([Event::KeyRevoked { key: KeyId(1) }]);
    let state = world.views.read();
    assert_eq!(state.key_by_digest(&[8; 32]), None);
    assert_eq!(state.key_by_digest(&[1; 32]), None);
    assert!(state.key_by_digest(&[7; 32]).is_some());
    assert_eq!(state.keys().count(), 3);
    let revoked: Vec<_> = state.keys().map(|key| key.revoked_at.is_some()).collect();
    assert_eq!(revoked, [false, true, false]);
    let named = |id| state.principal_name(PrincipalId(id)).map(ToString::to_string);
    assert_eq!(named(0).as_deref(), Some("network"));
    assert_eq!(named(2).as_deref(), Some("bob"));
    assert_eq!(named(3), None);
}

#[test]
fn a_key_gives_access_until_it_expires() {
    let mut world = World::in_memory();
    world.record([network(), key(0, 1, "ada", 7)]);
    let made = key(1, 1, "ada", 8);
    let Event::KeyCreated { key, mut details } = made else { unreachable!() };
    let end = Timestamp(9_000_000);
    details.expires_at = Some(end);
    details.replaces = Some(KeyId(0));
    world.record([Event::KeyCreated { key, details }]);
    world.record([Event::KeyUpdated { key: KeyId(0), expires_at: Timestamp(8_000_000) }]);
    let expiry = |digest| world.views.read().key_by_digest(&[digest; 32]).unwrap().expires_at;
    assert_eq!([expiry(7), expiry(8)], [Some(Timestamp(8_000_000)), Some(end)]);
    let is_good = |key: usize, at: i64| {
        let state = world.views.read();
        state.keys_from(key).next().unwrap().is_good(Timestamp(at))
    };
    // By the time alone, before any event says so.
    assert!(is_good(1, end.0 - 1) && !is_good(1, end.0));
    assert!(is_good(0, 7_999_999) && !is_good(0, 8_000_000));
    world.record([Event::KeyExpired { key: KeyId(1) }]);
    let state = world.views.read();
    assert_eq!(state.key_by_digest(&[8; 32]), None);
    let expired = state.keys_from(1).next().unwrap();
    assert!(!expired.is_good(Timestamp(0)) && expired.revoked_at.is_none());
    assert_eq!((expired.replaces, expired.changed), (Some(KeyId(0)), state.as_of().sequence));
}

/// A key of tokens with this digest, as the second event.
fn key_of_tokens(world: &mut World, digest: u8) -> KeyId {
    let Event::KeyCreated { key, mut details } = key(0, 1, "oidc.ann", digest) else {
        unreachable!()
    };
    let text = |words| Text::new(words).unwrap();
    let (issuer, subject) = (text("https://id.example.org"), text("ann"));
    details.token = Some(TokenSubject { issuer, subject, issued_at: Timestamp(1) });
    world.record([network(), Event::KeyCreated { key, details }]);
    key
}

#[test]
fn a_key_of_tokens_is_opened_by_no_secret_and_follows_its_grants() {
    let mut world = World::in_memory();
    let key = key_of_tokens(&mut world, 7);
    let known = |world: &World| world.views.read().key_of_tokens(&[7; 32]).cloned().unwrap();
    let found = known(&world);
    assert_eq!((found.id, found.role, found.changed), (key, Role::Operator, Sequence(2)));
    let state = world.views.read();
    assert_eq!(state.key_by_digest(&[7; 32]), None, "even if a secret had this digest");
    assert!(state.key_of_tokens(&[8; 32]).is_none());
    drop(state);

    let accounts = [TraderId(3), TraderId(5)].into();
    let grant = Grant { role: Role::Trader, accounts, issued_at: Timestamp(9) };
    world.record([Event::GrantUpdated { key, grant: Box::new(grant) }]);
    let found = known(&world);
    assert_eq!((found.role, found.changed), (Role::Trader, Sequence(3)));
    assert_eq!(found.access().scope(), Scope::Accounts(&[TraderId(3), TraderId(5)]));
    assert_eq!(found.token.unwrap().issued_at, Timestamp(9));
    world.record([Event::KeyRevoked { key }]);
    assert!(known(&world).has_ended());
}

#[test]
fn a_snapshot_brings_keys_of_tokens_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("views.db");
    let mut world = World::open(Some(&path), Arc::default());
    key_of_tokens(&mut world, 7);
    let known = |world: &World| world.views.read().key_of_tokens(&[7; 32]).cloned();
    let before = known(&world);
    let world = world.restarted(&path);
    assert!(before.is_some());
    assert_eq!(known(&world), before);
}

#[test]
fn what_was_folded_before_is_passed_over() {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([produced(0, 2, 0, 5)]);
    world.replay();
    let state = world.views.read();
    assert_eq!(stock(&state, 0, true), ["zoe water: 5 0 0 0"]);
    assert_eq!(state.as_of().sequence, Sequence(10));
    assert_eq!(state.counts().events, 10);
}

#[test]
#[should_panic(expected = "the committed events have a gap: 3 came where 2 was due")]
fn a_gap_is_a_broken_invariant() {
    let mut world = World::in_memory();
    world.record([network()]);
    world.commit(vec![recorded(3, trader(0, "acme"), None)]);
}

#[test]
#[should_panic(expected = "which no stock allows")]
fn goods_that_are_not_there_are_a_broken_invariant() {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([traded(0, (3, 2), (0, 2, 10))]);
}
