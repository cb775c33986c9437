//! Trades that are held, followed, and moved back; found however old.

use std::sync::Arc;

use domain::{
    Charge, ChargeKind, CommitObserver, CommodityId, Event, GoodsLine, HoldReleased, HoldRest,
    HoldSettled, Sequence, StationId, Timestamp, TradeHeld, TradeLine, TradeReversed, TradeStatus,
    TradeTerms, TraderId, TransactionId,
};
use views::TradeFilter;

use crate::fold::beginning;
use crate::journal::*;

/// The buyer and the seller of these trades, at station 0, of commodity 0 for 2 credits a unit.
pub(crate) const BUYER: u32 = 3;
pub(crate) const SELLER: u32 = 2;

fn line(quantity: u64) -> Box<[TradeLine]> {
    [TradeLine { commodity: CommodityId(0), quantity: units(quantity), unit_price: credits(2) }]
        .into()
}

fn tax(amount: u64) -> Box<[Charge]> {
    let (payer, to) = (TraderId(BUYER), TraderId(0));
    [Charge { payer, to, amount: credits(amount), kind: ChargeKind::Tax }].into()
}

/// A hold; with a charge, if it is more than nothing.
pub(crate) fn held(quantity: u64, charge: u64) -> Event {
    let charges = if charge > 0 { tax(charge) } else { Box::default() };
    Event::TradeHeld(Box::new(TradeHeld {
        station: StationId(0),
        buyer: TraderId(BUYER),
        seller: TraderId(SELLER),
        lines: line(quantity),
        total: credits(2 * quantity),
        terms: (charge > 0).then(|| Box::new(TradeTerms { charges, offers: Box::default() })),
        expires_at: Timestamp(1_000_000_000),
        proposed_by: None,
        unreserved: None,
    }))
}

fn rest(left: u64, charge: u64) -> HoldRest {
    let goods = [GoodsLine { commodity: CommodityId(0), quantity: units(left) }];
    HoldRest {
        goods: if left > 0 { goods.into() } else { Box::default() },
        credits: credits(2 * left),
        charges: if charge > 0 { tax(charge) } else { Box::default() },
    }
}

/// A settlement of some of it; the last one says what is left and the charge.
pub(crate) fn settled(
    trade: Sequence,
    previous: Sequence,
    quantity: u64,
    ends: Option<(u64, u64)>,
) -> Event {
    Event::HoldSettled(Box::new(HoldSettled {
        trade: TransactionId(trade),
        previous,
        station: StationId(0),
        buyer: TraderId(BUYER),
        seller: TraderId(SELLER),
        unreserved: None,
        lines: line(quantity),
        total: credits(2 * quantity),
        rest: ends.map(|(left, charge)| rest(left, charge)),
    }))
}

fn released(trade: Sequence, previous: Sequence, left: u64, charge: u64) -> HoldReleased {
    HoldReleased {
        trade: TransactionId(trade),
        previous,
        station: StationId(0),
        buyer: TraderId(BUYER),
        seller: TraderId(SELLER),
        rest: rest(left, charge),
        reason: None,
    }
}

pub(crate) fn voided(trade: Sequence, previous: Sequence, left: u64, charge: u64) -> Event {
    Event::TradeVoided(Box::new(released(trade, previous, left, charge)))
}

pub(crate) fn reversed(trade: Sequence, previous: Sequence, quantity: u64, charge: u64) -> Event {
    Event::TradeReversed(Box::new(TradeReversed {
        trade: TransactionId(trade),
        previous,
        station: StationId(0),
        buyer: TraderId(BUYER),
        seller: TraderId(SELLER),
        lines: line(quantity),
        total: credits(2 * quantity),
        charges: if charge > 0 { tax(charge) } else { Box::default() },
        reason: text("wrong"),
    }))
}

/// One trade of each kind of life, oldest first: pending, settled in parts, voided, expired, settled
/// and reversed, direct, direct and reversed.
struct Lives {
    ids: [Sequence; 7],
}

const STATUSES: [TradeStatus; 7] = [
    TradeStatus::Pending,
    TradeStatus::Settled,
    TradeStatus::Voided,
    TradeStatus::Expired,
    TradeStatus::Reversed,
    TradeStatus::Settled,
    TradeStatus::Reversed,
];

fn live(world: &mut World) -> Lives {
    world.record(beginning());
    world.record([produced(0, SELLER, 0, 1_000)]);
    let ids: Vec<_> = (0..5).map(|_| world.record([held(5, 1)])).collect();
    let direct = [0, 1].map(|_| world.record([traded(0, (BUYER, SELLER), (0, 5, 2))]));
    let ids = [ids[0], ids[1], ids[2], ids[3], ids[4], direct[0], direct[1]];
    let part = world.record([settled(ids[1], ids[1], 2, None)]);
    world.record([settled(ids[1], part, 3, Some((0, 1)))]);
    let part = world.record([settled(ids[2], ids[2], 2, None)]);
    world.record([voided(ids[2], part, 3, 1)]);
    world.record([Event::TradeExpired(Box::new(released(ids[3], ids[3], 5, 1)))]);
    let last = world.record([settled(ids[4], ids[4], 4, Some((1, 1)))]);
    world.record([reversed(ids[4], last, 4, 1)]);
    world.record([reversed(ids[6], ids[6], 5, 0)]);
    Lives { ids }
}

impl Lives {
    #[track_caller]
    fn check(&self, world: &World) {
        let views = &world.views;
        for (id, status) in self.ids.iter().zip(STATUSES) {
            let found = views.trade(TransactionId(*id), SCOPE).unwrap().unwrap();
            assert_eq!((found.record.status, found.origin.envelope.sequence), (status, *id));
            let past = views.past_trade(TransactionId(*id)).unwrap().unwrap();
            assert_eq!((past.record, past.as_of), (found.record, views.read().as_of().sequence));
        }
        let all = [None].into_iter().chain(STATUSES.map(Some));
        for status in all {
            let filter = TradeFilter { status, ..TradeFilter::default() };
            let pairs = self.ids.iter().zip(STATUSES).rev();
            let wanted = pairs.filter(|(_, one)| status.is_none_or(|only| only == *one));
            let wanted: Vec<_> = wanted.map(|(id, status)| (*id, status)).collect();
            for limit in [1, 2, 100] {
                let (mut found, mut before) = (Vec::new(), None);
                loop {
                    let page =
                        world.history.find_trades(&filter, newest(before, limit), SCOPE).unwrap();
                    assert!(page.items.len() <= limit);
                    let items = page.items.iter();
                    found.extend(items.map(|it| (it.origin.envelope.sequence, it.record.status)));
                    before = page.next;
                    if before.is_none() {
                        break;
                    }
                }
                assert_eq!(found, wanted, "{status:?} by {limit}");
            }
        }
        assert!(views.audit(SCOPE).unwrap().balanced);
    }
}

#[test]
fn trades_of_every_life_are_found_in_memory_waiting_and_written() {
    let dir = tempfile::tempdir().unwrap();
    let mut world = World::open(Some(&dir.path().join("views.db")), Arc::default());
    let lives = live(&mut world);
    lives.check(&world);
    // Flushes what waits.
    world.snapshot();
    lives.check(&world);
    let mut world = World::in_memory();
    live(&mut world).check(&world);
}

#[test]
fn a_hold_holds_credits_and_reserves_goods_until_it_ends() {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([produced(0, SELLER, 0, 10)]);
    let id = world.record([held(5, 1)]);
    let check = |world: &World, buyer: (u64, u64), reserved: u64| {
        let state = world.views.read();
        let balance = state.balance(TraderId(BUYER), SCOPE).unwrap();
        assert_eq!((balance.available.get(), balance.held.get()), buyer);
        assert_eq!(balance.total().get(), buyer.0 + buyer.1);
        let filter = views::LevelFilter { owner: Some(TraderId(SELLER)), ..Default::default() };
        let levels = state.levels(StationId(0), &filter, true, SCOPE);
        assert_eq!(levels[0].reserved.get(), reserved);
    };
    check(&world, (989, 11), 5);
    let part = world.record([settled(id, id, 2, None)]);
    check(&world, (989, 7), 3);
    let record = world.views.read().open_hold(TransactionId(id), SCOPE).cloned().unwrap();
    assert_eq!((record.lines[0].settled, record.event_count), (units(2), 2));
    world.record([voided(id, part, 3, 1)]);
    check(&world, (996, 0), 0);
    assert_eq!(world.views.read().open_hold(TransactionId(id), SCOPE), None);
    let counts = world.views.read().counts();
    assert_eq!((counts.open_holds, counts.trades_settled, counts.traded_value), (0, 0, 4));
}

#[test]
fn a_snapshot_brings_holds_back_and_the_store_forgets_a_future_that_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("views.db");
    let mut world = World::open(Some(&path), Arc::default());
    let lives = live(&mut world);
    let (position, parts) = world.snapshot();
    // This future ends the pending one and reverses others; it is written, and then lost.
    let last = |world: &World, id: Sequence| {
        world.views.trade(TransactionId(id), SCOPE).unwrap().unwrap().record.last
    };
    world.record([voided(lives.ids[0], lives.ids[0], 5, 1)]);
    let settlement = last(&world, lives.ids[1]);
    world.record([
        reversed(lives.ids[1], settlement, 5, 1),
        reversed(lives.ids[5], lives.ids[5], 5, 0),
    ]);
    let later = world.record([held(5, 0)]);
    world.record([voided(later, later, 5, 0)]);
    world.snapshot();
    let journal = Arc::clone(&world.journal);
    drop(world);
    journal.events.write().truncate(usize::try_from(position.0).unwrap());
    let mut world = World::open(Some(&path), journal);
    world.fold.restore(position, &mut parts.into_iter().map(Ok)).unwrap();
    lives.check(&world);
    for _ in 0..10 {
        world.record([produced(0, SELLER, 0, 5)]);
    }
    lives.check(&world);
}

#[test]
fn what_follows_a_trade_is_of_that_trade() {
    let mut world = World::in_memory();
    let lives = live(&mut world);
    for event in 1..world.views.read().as_of().sequence.0 {
        let found = world.views.trade_at(Sequence(event), SCOPE).unwrap();
        let is_trade = event > 10;
        assert_eq!(found.is_some(), is_trade, "{event}");
    }
    let part = world.views.trade_at(Sequence(18), SCOPE).unwrap().unwrap();
    assert_eq!((part.record.id.0, part.record.status), (lives.ids[1], TradeStatus::Pending));
    assert_eq!(part.record.lines[0].settled, units(2));
}

#[test]
#[should_panic(expected = "does not follow its last one")]
fn a_follow_up_that_skips_one_is_a_broken_invariant() {
    let mut world = World::in_memory();
    world.record(beginning());
    world.record([produced(0, SELLER, 0, 10)]);
    let id = world.record([held(5, 0)]);
    world.record([settled(id, id, 2, None)]);
    world.record([voided(id, id, 3, 0)]);
}
