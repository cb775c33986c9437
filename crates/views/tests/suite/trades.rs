//! Trades and events, read back from the journal.

use domain::{CommodityId, Sequence, StationId, TradeStatus, TraderId, TransactionId};
use views::TradeFilter;

use crate::fold::beginning;
use crate::journal::*;

/// 300 trades at two stations among other events; returns the world and the trades' places.
fn market() -> (World, Vec<(u64, u32)>) {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([produced(0, 2, 0, 1_000), produced(1, 2, 1, 1_000)]);
    let mut trades = Vec::new();
    for number in 0..300_u32 {
        let at = number % 2;
        let reference = format!("PO-{}", number % 50);
        let place = world.record_noted([traded(at, (3, 2), (at, 1, 1))], Some(&reference));
        trades.push((place.0, number));
        world.record([issued(3, 1)]);
    }
    trades.reverse();
    (world, trades)
}

fn find_all(world: &World, filter: &TradeFilter, limit: usize) -> Vec<u64> {
    let mut found = Vec::new();
    let mut before = None;
    loop {
        let page = world.history.find_trades(filter, newest(before, limit), SCOPE);
        let page = page.unwrap();
        assert!(page.items.len() <= limit);
        found.extend(page.items.iter().map(|trade| trade.origin.envelope.sequence.0));
        if page.next.is_none() {
            return found;
        }
        before = page.next;
    }
}

#[test]
fn pages_of_trades_miss_none_and_repeat_none() {
    let (world, trades) = market();
    let wanted = |keep: &dyn Fn(u32) -> bool| -> Vec<u64> {
        let kept = trades.iter().filter(|(_, number)| keep(*number));
        kept.map(|(place, _)| *place).collect()
    };
    let any = TradeFilter::default();
    for limit in [1, 7, 299, 300, 1_000] {
        assert_eq!(find_all(&world, &any, limit), wanted(&|_| true));
    }
    let check = |filter: TradeFilter, keep: &dyn Fn(u32) -> bool| {
        assert_eq!(find_all(&world, &filter, 20), wanted(keep), "{filter:?}");
    };
    let station = Some(StationId(1));
    check(TradeFilter { station, ..any.clone() }, &|n| n % 2 == 1);
    let commodity = Some(CommodityId(0));
    check(TradeFilter { commodity, ..any.clone() }, &|n| n % 2 == 0);
    for (party, keeps) in [(2, true), (3, true), (0, false)] {
        check(TradeFilter { trader: Some(TraderId(party)), ..any.clone() }, &|_| keeps);
    }
    let reference = Some(text("PO-7"));
    check(TradeFilter { reference, ..any.clone() }, &|n| n % 50 == 7);
    let status = Some(TradeStatus::Settled);
    check(TradeFilter { status, ..any.clone() }, &|_| true);
    let (oldest, newest) = (trades[200].0, trades[100].0);
    let (from, to) = (Some(at(oldest)), Some(at(newest)));
    let between = |n: u32| trades[100].1 > n && n >= trades[200].1;
    check(TradeFilter { from, to, ..any }, &between);
}

#[test]
fn an_old_trade_is_found_on_the_first_page() {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([produced(0, 2, 0, 5)]);
    let trade = world.record([traded(0, (3, 2), (0, 1, 1))]);
    let last = world.record((0..30_000).map(|_| issued(3, 1)));
    assert!(world.history.wait_for(last, std::time::Duration::from_mins(2)));
    let any = TradeFilter::default();
    let found = world.history.find_trades(&any, newest(None, 10), SCOPE).unwrap();
    assert_eq!(found.items.len(), 1);
    assert_eq!(found.items[0].record.id, TransactionId(trade));
    assert_eq!((found.next, found.as_of.sequence), (None, Sequence(trade.0 + 30_000)));
}

#[test]
fn a_trade_is_found_by_its_identifier_and_nothing_else_is() {
    let (world, trades) = market();
    let id = TransactionId(Sequence(trades[5].0));
    let found = world.views.trade(id, SCOPE).unwrap().unwrap();
    assert_eq!((found.origin.envelope.sequence, found.record.id), (id.0, id));
    for other in [0, 1, trades[5].0 + 1, 1_000_000] {
        let id = TransactionId(Sequence(other));
        assert_eq!(world.views.trade(id, SCOPE).unwrap(), None);
    }
    let counts = world.views.read().counts();
    assert_eq!((counts.trades_settled, counts.traded_value), (300, 300));
}

#[test]
fn events_are_shown_up_to_what_the_state_has_seen() {
    let mut world = World::in_memory();
    world.record(beginning());
    let ahead = recorded(10, trader(4, "ahead"), None);
    world.journal.events.write().push(ahead.clone());
    let read = |after, limit| {
        let events = world.views.events(Sequence(after), limit, SCOPE).unwrap();
        let places = events.iter().map(|one| one.envelope.sequence.0);
        places.collect::<Vec<_>>()
    };
    assert_eq!(read(0, 100), (1..=9).collect::<Vec<_>>());
    assert_eq!(read(4, 2), [5, 6]);
    assert_eq!(read(9, 2), [] as [u64; 0]);
    assert_eq!(read(u64::MAX, 2), [] as [u64; 0]);
    world.commit(vec![ahead]);
    let events = world.views.events(Sequence(9), 5, SCOPE).unwrap();
    assert_eq!(events.len(), 1);
}
