//! Random questions, put to the index and to a scan.

use domain::{
    CommodityId, EventKind, PrincipalId, Scope, Sequence, ShipmentId, ShipmentStatus, StationId,
    Timestamp, TradeStatus, TraderId, TransactionId,
};
use proptest::prelude::*;
use views::{EventFilter, History, Order, Part, ShipmentFilter, TradeFilter};

use super::scan::Scan;
use crate::journal::*;
use crate::model::{COMMODITIES, STATIONS, TRADERS};

/// What is asked, the same numbers for every list.
#[derive(Debug, Clone)]
pub(super) struct Question {
    station: Option<u32>,
    commodity: Option<u32>,
    trader: Option<u32>,
    reference: Option<u8>,
    status: Option<u8>,
    flags: (Option<bool>, Option<bool>),
    kind: Option<usize>,
    thing: Option<usize>,
    actor: Option<u32>,
    between: (Option<i64>, Option<i64>),
    account: Option<u32>,
    limit: usize,
    order: Order,
}

pub(super) fn question() -> impl Strategy<Value = Question> {
    use prop::option::weighted;
    let narrow = 0.3;
    let first = (
        weighted(narrow, 0..STATIONS),
        weighted(narrow, 0..COMMODITIES),
        weighted(narrow, 0..TRADERS),
        weighted(0.2, 0..5_u8),
        weighted(0.5, 0..9_u8),
        (weighted(0.2, any::<bool>()), weighted(0.2, any::<bool>())),
    );
    let second = (
        weighted(narrow, 0..EventKind::ALL.len()),
        weighted(0.1, 0..50_usize),
        weighted(0.2, 0..5_u32),
        (weighted(0.2, 0..300_i64), weighted(0.2, 0..300_i64)),
        weighted(0.3, 0..TRADERS),
        prop_oneof![Just(1_usize), Just(2), Just(7), Just(1_000)],
        prop_oneof![Just(Order::Newest), Just(Order::Oldest)],
    );
    (first, second).prop_map(|(first, second)| {
        let (station, commodity, trader, reference, status, flags) = first;
        let (kind, thing, actor, between, account, limit, order) = second;
        Question {
            station,
            commodity,
            trader,
            reference,
            status,
            flags,
            kind,
            thing,
            actor,
            between,
            account,
            limit,
            order,
        }
    })
}

/// Pages to the end.
fn all(question: &Question, page: impl Fn(Part) -> (Vec<u64>, Option<Sequence>)) -> Vec<u64> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let part = Part { order: question.order, cursor, limit: question.limit };
        let (items, next) = page(part);
        assert!(items.len() <= question.limit);
        found.extend(items);
        if next.is_none() {
            if question.order == Order::Newest {
                found.reverse();
            }
            return found;
        }
        cursor = next;
    }
}

pub(super) fn check(history: &History, scan: &Scan, question: &Question) {
    const TRADES: [TradeStatus; 5] = [
        TradeStatus::Pending,
        TradeStatus::Settled,
        TradeStatus::Voided,
        TradeStatus::Expired,
        TradeStatus::Reversed,
    ];
    const SHIPMENTS: [ShipmentStatus; 9] = [
        ShipmentStatus::Booked,
        ShipmentStatus::Loading,
        ShipmentStatus::InTransit,
        ShipmentStatus::Arrived,
        ShipmentStatus::PartiallyReceived,
        ShipmentStatus::Received,
        ShipmentStatus::Cancelled,
        ShipmentStatus::Lost,
        ShipmentStatus::Returned,
    ];
    let accounts = question.account.map(|account| [TraderId(account)]);
    let scope = accounts.as_ref().map_or(Scope::Network, |own| Scope::Accounts(own));
    let reference = question.reference.map(|number| text(&format!("PO-{number}")));
    let (from, to) = question.between;
    let (from, to) = (from.map(|at| Timestamp(at * 1_000)), to.map(|at| Timestamp(at * 1_000)));
    let station = question.station.map(StationId);
    let commodity = question.commodity.map(CommodityId);
    let trader = question.trader.map(TraderId);
    let filter = TradeFilter {
        station,
        commodity,
        trader,
        status: question.status.map(|status| TRADES[usize::from(status) % TRADES.len()]),
        reference: reference.clone(),
        from,
        to,
    };
    let found = all(question, |part| {
        let page = history.find_trades(&filter, part, scope).unwrap();
        (page.items.iter().map(|one| one.record.id.0.0).collect(), page.next)
    });
    assert_eq!(found, scan.trades(&filter, scope), "{filter:?} {question:?}");
    let (delayed, on_hold) = question.flags;
    let filter = ShipmentFilter {
        origin: station,
        owner: trader,
        carrier: question.actor.map(TraderId),
        commodity,
        status: question.status.map(|status| SHIPMENTS[usize::from(status)]),
        delayed,
        on_hold,
        reference: reference.clone(),
        from,
        to,
        ..ShipmentFilter::default()
    };
    let found = all(question, |part| {
        let page = history.find_shipments(&filter, part, scope).unwrap();
        (page.items.iter().map(|one| one.id.0.0).collect(), page.next)
    });
    assert_eq!(found, scan.shipments(&filter, scope), "{filter:?} {question:?}");
    let nth = |ids: Vec<u64>, at: usize| ids.get(at % ids.len().max(1)).copied();
    let thing = question.thing;
    let trade = thing.and_then(|at| nth(scan.trades.keys().copied().collect(), at));
    let shipment = thing.and_then(|at| nth(scan.shipments.keys().copied().collect(), at));
    let is_trade = thing.is_some_and(|at| at % 2 == 0);
    let filter = EventFilter {
        kinds: question.kind.map(|kind| vec![EventKind::ALL[kind], EventKind::TradeSettled]),
        stations: station.map(|one| vec![one, StationId(0)]),
        commodities: commodity.map(|one| vec![one]),
        traders: trader.map(|one| vec![one]),
        trades: trade.filter(|_| is_trade).map(|id| vec![TransactionId(Sequence(id))]),
        shipments: shipment.filter(|_| !is_trade).map(|id| vec![ShipmentId(Sequence(id))]),
        actor: question.actor.map(PrincipalId),
        reference,
        from,
        to,
        ..EventFilter::default()
    };
    let found = all(question, |part| {
        let page = history.find_events(&filter, part, scope).unwrap();
        (page.items.iter().map(|one| one.envelope.sequence.0).collect(), page.next)
    });
    assert_eq!(found, scan.events(&filter, scope), "{filter:?} {question:?}");
}
