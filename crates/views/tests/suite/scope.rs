//! Who sees some accounts alone sees what these are part of, in every query.

use domain::{
    CommodityId, Event, KeyDetails, KeyId, PrincipalId, Role, Scope, Sequence, ShipmentStatus,
    StationId, TraderId, TransactionId,
};
use views::{LevelFilter, ShipmentFilter, TradeFilter};

use crate::fold::beginning;
use crate::holds::held;
use crate::journal::*;
use crate::shipments::ship;

fn world() -> World {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([trader(4, "stranger"), produced(0, 2, 0, 100), produced(0, 3, 1, 7)]);
    world
}

#[test]
fn a_key_gives_the_scope_of_its_accounts() {
    let mut world = World::in_memory();
    world.record(beginning());
    let details = KeyDetails {
        principal: PrincipalId(1),
        name: name("bot"),
        role: Role::Trader,
        digest: [7; 32],
        expires_at: None,
        replaces: None,
        token: None,
        accounts: [TraderId(2), TraderId(3)].into(),
    };
    world.record([Event::KeyCreated { key: KeyId(0), details: Box::new(details) }]);
    let access = world.views.read().key_by_digest(&[7; 32]).unwrap();
    assert_eq!(access.scope(), Scope::Accounts(&[TraderId(2), TraderId(3)]));
}

#[test]
fn trades_and_shipments_of_others_are_not_there() {
    let mut world = world();
    let direct = world.record([traded(0, (3, 2), (0, 5, 2))]);
    let hold = world.record([held(5, 1)]);
    let open = ship(&mut world, ShipmentStatus::Booked, 3);
    let ended = ship(&mut world, ShipmentStatus::Received, 3);
    let (views, history) = (&world.views, &world.history);
    // The seller and owner, the buyer and carrier, the one who is paid a charge, and nobody.
    for (account, trades, shipments) in [(2, 2, 2), (3, 2, 2), (0, 1, 0), (4, 0, 0)] {
        let own = [TraderId(account)];
        let scope = Scope::Accounts(&own);
        let seen =
            [direct, hold].map(|id| views.trade(TransactionId(id), scope).unwrap().is_some());
        assert_eq!(seen.iter().filter(|seen| **seen).count(), trades, "{account}");
        let at = [direct, hold].map(|id| views.trade_at(id, scope).unwrap().is_some());
        assert_eq!(at, seen);
        let listed = history.find_trades(&TradeFilter::default(), newest(None, 9), scope).unwrap();
        assert_eq!(listed.items.len(), trades);
        let pending = domain::TradeStatus::Pending;
        let pending = TradeFilter { status: Some(pending), ..TradeFilter::default() };
        let pending = history.find_trades(&pending, newest(None, 9), scope).unwrap().items.len();
        assert_eq!(pending, usize::from(seen[1]));
        let state = views.read();
        assert_eq!(state.open_hold(TransactionId(hold), scope).is_some(), seen[1]);
        assert_eq!(state.open_shipment(open, scope).is_some(), shipments > 0);
        drop(state);
        for id in [open, ended] {
            assert_eq!(views.shipment(id, scope).unwrap().is_some(), shipments > 0);
            assert_eq!(views.shipment_at(id.0, scope).unwrap().is_some(), shipments > 0);
        }
        let listed =
            history.find_shipments(&ShipmentFilter::default(), newest(None, 9), scope).unwrap();
        assert_eq!(listed.items.len(), shipments);
        assert_eq!(views.audit(scope), None);
        assert_eq!(views.events(Sequence(0), 9, scope).unwrap(), []);
    }
}

#[test]
fn credits_and_stock_of_others_are_not_there() {
    let world = world();
    let state = world.views.read();
    let any = LevelFilter::default();
    let own = [TraderId(2), TraderId(3)];
    // Whose, what, how much; summed over one's own accounts.
    for (accounts, levels) in [
        (&own[..1], vec![(0, 100)]),
        (&own[1..], vec![(1, 7)]),
        (&own[..], vec![(1, 7), (0, 100)]),
        (&[TraderId(4)], vec![]),
    ] {
        let scope = Scope::Accounts(accounts);
        for by_owner in [true, false] {
            let found = state.levels(StationId(0), &any, by_owner, scope);
            let found: Vec<_> =
                found.iter().map(|it| (it.commodity.0, it.available.get())).collect();
            assert_eq!(found, levels, "{accounts:?}");
        }
        let mut everywhere = levels.clone();
        everywhere.sort_unstable();
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = state.levels_everywhere(&any, after, 1, scope);
            found.extend(page.items.iter().map(|it| (it.commodity.0, it.available.get())));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, everywhere, "{accounts:?}");
        for account in 0..5 {
            let account = TraderId(account);
            let is_own = accounts.contains(&account);
            assert_eq!(state.balance(account, scope).is_some(), is_own);
            let filter = LevelFilter { owner: Some(account), ..LevelFilter::default() };
            let found = state.levels(StationId(0), &filter, true, scope);
            let page = state.levels_everywhere(&filter, None, 9, scope);
            assert!(is_own || (found.is_empty() && page.items.is_empty()));
        }
        let one = LevelFilter { commodity: Some(CommodityId(0)), ..LevelFilter::default() };
        let found = state.levels_everywhere(&one, None, 9, scope).items.len();
        assert_eq!(found, levels.iter().filter(|(commodity, _)| *commodity == 0).count());
    }
}
