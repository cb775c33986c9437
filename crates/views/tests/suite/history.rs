//! Random histories, searched by the index and by a scan: small chunks, so that everything is sealed
//! and merged; restarts, a lost file and a damaged one; and a tail that is not indexed yet.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use domain::{
    CommitObserver, CommodityId, Event, EventKind, Facet, Note, Origin, PrincipalId, Recorded,
    Scope, Sequence, Shipment, ShipmentBooked, ShipmentChange, ShipmentId, ShipmentStatus,
    StationId, Timestamp, TradeRecord, TradeStatus, TraderId, TransactionId, facets, is_public,
    origin,
};
use proptest::collection::vec;
use proptest::prelude::*;
use views::{EventFilter, History, HistoryFold, Order, Part, ShipmentFilter, TradeFilter};

use crate::holds::{reversed, settled, voided};
use crate::journal::*;
use crate::model::{COMMODITIES, Model, STATIONS, TRADERS, Wish, beginning};

/// Something that is recorded, and how.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Wish(Wish),
    /// A hold of Zoe's goods, with a charge or without.
    Hold(bool),
    /// Ends the hold that has waited so long: settled, voided.
    EndHold(usize, bool),
    /// Moves a settled hold back.
    Reverse(usize),
    /// Stops a shipment, or has it late.
    Flag(usize, bool),
}

#[derive(Debug, Clone, Copy)]
struct Step {
    deed: Deed,
    /// The reference, if below 4.
    reference: u8,
    actor: u32,
    /// Milliseconds before its record that it happened; on time if 0.
    earlier: i64,
}

fn deed() -> impl Strategy<Value = Deed> {
    let numbers = (0..14_u8, 0..STATIONS, 0..TRADERS, 0..TRADERS, 0..COMMODITIES, 1..10_u64);
    let wish = numbers.prop_map(|(kind, station, trader, other, commodity, quantity)| {
        Deed::Wish(Wish { kind, station, trader, other, commodity, quantity })
    });
    prop_oneof![
        6 => wish,
        2 => any::<bool>().prop_map(Deed::Hold),
        2 => (0..20_usize, any::<bool>()).prop_map(|(at, settles)| Deed::EndHold(at, settles)),
        1 => (0..20_usize).prop_map(Deed::Reverse),
        1 => (0..20_usize, any::<bool>()).prop_map(|(at, late)| Deed::Flag(at, late)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    (deed(), 0..12_u8, 1..4_u32, prop_oneof![3 => Just(0), 1 => 0..40_i64])
        .prop_map(|(deed, reference, actor, earlier)| Step { deed, reference, actor, earlier })
}

/// What may be recorded next.
struct Economy {
    world: World,
    model: Model,
    open_holds: Vec<(u64, u64)>,
    settled_holds: Vec<(u64, u64, u64)>,
}

impl Economy {
    fn new(path: &Path) -> Self {
        let mut world = World::open(Some(path), Arc::default());
        world.record(beginning());
        let mut model = Model::new();
        let stocked = [produced(0, 2, 0, 1_000_000), issued(3, 1_000_000), issued(2, 1_000_000)];
        world.record(stocked);
        model.skip(3);
        Self { world, model, open_holds: Vec::new(), settled_holds: Vec::new() }
    }

    fn event(&mut self, deed: Deed) -> Option<Event> {
        let next = self.world.journal.events.read().len() as u64 + 1;
        let event = match deed {
            Deed::Wish(wish) => return self.model.grant(wish),
            Deed::Hold(charged) => {
                let charge = u64::from(charged);
                self.open_holds.push((next, charge));
                crate::holds::held(5, charge)
            }
            Deed::EndHold(at, settles) => {
                let count = self.open_holds.len().max(1);
                self.open_holds.get(at % count)?;
                let (id, charge) = self.open_holds.remove(at % count);
                let (trade, previous) = (Sequence(id), Sequence(id));
                if settles {
                    self.settled_holds.push((id, next, charge));
                    settled(trade, previous, 5, Some((0, charge)))
                } else {
                    voided(trade, previous, 5, charge)
                }
            }
            Deed::Reverse(at) => {
                let count = self.settled_holds.len().max(1);
                self.settled_holds.get(at % count)?;
                let (id, last, charge) = self.settled_holds.remove(at % count);
                reversed(Sequence(id), Sequence(last), 5, charge)
            }
            Deed::Flag(at, late) => {
                let (id, previous, way) = self.model.flag(at)?;
                let change = if late {
                    ShipmentChange::Delayed { reason: domain::DelayReason::Overdue }
                } else {
                    ShipmentChange::Held { reason: text("papers") }
                };
                changed(id, previous, way, change)
            }
        };
        self.model.skip(1);
        Some(event)
    }

    /// Records steps as one batch.
    fn record(&mut self, steps: &[Step], folds: &mut [&mut HistoryFold]) {
        let mut batch = Vec::new();
        for step in steps {
            let Some(event) = self.event(step.deed) else { continue };
            let sequence = self.world.journal.events.read().len() as u64 + 1;
            let reference = (step.reference < 4).then(|| text(&format!("PO-{}", step.reference)));
            let note = Note::new(reference, BTreeMap::new()).unwrap();
            let mut recorded = recorded(sequence, event, note);
            recorded.envelope.actor = PrincipalId(step.actor);
            let at = recorded.envelope.recorded_at;
            recorded.envelope.occurred_at =
                (step.earlier > 0).then_some(Timestamp(at.0 - step.earlier * 1_000));
            self.world.journal.events.write().push(recorded.clone());
            batch.push(recorded);
        }
        if batch.is_empty() {
            return;
        }
        let id = domain::BatchId { journal: JOURNAL, epoch: domain::Epoch(1), number: 1 };
        let batch = Arc::new(domain::Batch { id, events: batch });
        self.world.fold.committed(&batch);
        self.world.history_fold.committed(&batch);
        for fold in &mut *folds {
            fold.committed(&batch);
        }
    }
}

/// Everything that the journal says, by a scan of it.
struct Scan {
    events: Vec<Recorded>,
    trades: BTreeMap<u64, TradeRecord>,
    shipments: BTreeMap<u64, Shipment>,
}

impl Scan {
    fn of(journal: &Journal) -> Self {
        let events = journal.events.read().clone();
        let (mut trades, mut shipments) = (BTreeMap::new(), BTreeMap::<u64, Shipment>::new());
        for Recorded { envelope, event } in &events {
            if let Some(trade) = TradeRecord::begun(envelope, event) {
                trades.insert(envelope.sequence.0, trade);
            }
            for facet in told(&events, envelope.sequence) {
                if let Facet::Trade(TransactionId(id)) = facet {
                    let trade = trades.get_mut(&id.0).unwrap();
                    trade.apply(envelope, event);
                }
            }
            match event {
                Event::ShipmentBooked(booked) => {
                    let booked: &ShipmentBooked = booked;
                    shipments.insert(envelope.sequence.0, Shipment::booked(envelope, booked));
                }
                Event::ShipmentChanged(changed) => {
                    shipments.get_mut(&changed.shipment.0.0).unwrap().apply(envelope, changed);
                }
                _ => {}
            }
        }
        Self { events, trades, shipments }
    }

    fn event(&self, sequence: u64) -> &Recorded {
        &self.events[usize::try_from(sequence).unwrap() - 1]
    }

    /// The time and the reference of a filter.
    fn envelope(
        &self,
        sequence: u64,
        (from, to): (Option<Timestamp>, Option<Timestamp>),
        reference: Option<&domain::Text>,
    ) -> bool {
        let envelope = &self.event(sequence).envelope;
        let at = envelope.occurred_at();
        let own = envelope.note.as_ref().and_then(|note| note.reference.as_ref());
        from.is_none_or(|from| at >= from)
            && to.is_none_or(|to| at < to)
            && (reference.is_none() || reference == own)
    }

    fn trades(&self, filter: &TradeFilter, scope: Scope<'_>) -> Vec<u64> {
        let passes = |trade: &&TradeRecord| {
            let charged = trade.charges().iter().flat_map(|charge| [charge.payer, charge.to]);
            let parties: Vec<_> = [trade.buyer, trade.seller].into_iter().chain(charged).collect();
            scope.sees_any(&parties)
                && filter.station.is_none_or(|only| only == trade.station)
                && filter.trader.is_none_or(|only| [trade.buyer, trade.seller].contains(&only))
                && filter.status.is_none_or(|only| only == trade.status)
                && filter
                    .commodity
                    .is_none_or(|only| trade.lines.iter().any(|line| line.commodity == only))
                && self.envelope(trade.id.0.0, (filter.from, filter.to), filter.reference.as_ref())
        };
        self.trades.values().filter(passes).map(|trade| trade.id.0.0).collect()
    }

    fn shipments(&self, filter: &ShipmentFilter, scope: Scope<'_>) -> Vec<u64> {
        let passes = |one: &&Shipment| {
            scope.sees_any(&[one.route.owner, one.consignee, one.carrier])
                && filter.origin.is_none_or(|only| only == one.route.origin)
                && filter.destination.is_none_or(|only| only == one.route.destination)
                && filter.owner.is_none_or(|only| only == one.route.owner)
                && filter.carrier.is_none_or(|only| only == one.carrier)
                && filter.status.is_none_or(|only| only == one.status)
                && filter.delayed.is_none_or(|only| only == one.delayed.is_some())
                && filter.on_hold.is_none_or(|only| only == one.on_hold.is_some())
                && filter
                    .commodity
                    .is_none_or(|only| one.lines.iter().any(|line| line.commodity == only))
                && self.envelope(one.id.0.0, (filter.from, filter.to), filter.reference.as_ref())
        };
        self.shipments.values().filter(passes).map(|one| one.id.0.0).collect()
    }

    fn events(&self, filter: &EventFilter, scope: Scope<'_>) -> Vec<u64> {
        let passes = |recorded: &&Recorded| {
            let sequence = recorded.envelope.sequence;
            let told = told(&self.events, sequence);
            let any = |facets: Option<Vec<Facet>>| {
                facets.is_none_or(|all| all.iter().any(|one| told.contains(one)))
            };
            let seen = match scope {
                Scope::Network => true,
                Scope::Accounts(own) => {
                    is_public(&recorded.event)
                        || own.iter().any(|one| told.contains(&Facet::Trader(*one)))
                }
            };
            let kind = EventKind::of(&recorded.event);
            let list = |all: &Option<Vec<_>>, facet: fn(_) -> Facet| {
                any(all.as_ref().map(|all| all.iter().copied().map(facet).collect()))
            };
            seen && filter.kinds.as_ref().is_none_or(|all| all.contains(&kind))
                && list(&filter.stations, Facet::Station)
                && any(filter
                    .commodities
                    .as_ref()
                    .map(|all| all.iter().copied().map(Facet::Commodity).collect()))
                && any(filter
                    .traders
                    .as_ref()
                    .map(|all| all.iter().copied().map(Facet::Trader).collect()))
                && any(filter
                    .shipments
                    .as_ref()
                    .map(|all| all.iter().copied().map(Facet::Shipment).collect()))
                && any(filter
                    .trades
                    .as_ref()
                    .map(|all| all.iter().copied().map(Facet::Trade).collect()))
                && filter.actor.is_none_or(|only| only == recorded.envelope.actor)
                && self.envelope(sequence.0, (filter.from, filter.to), filter.reference.as_ref())
        };
        self.events.iter().filter(passes).map(|one| one.envelope.sequence.0).collect()
    }
}

/// All facets of an event: its own and its origin's.
fn told(events: &[Recorded], sequence: Sequence) -> BTreeSet<Facet> {
    let recorded = &events[usize::try_from(sequence.0).unwrap() - 1];
    let mut all = BTreeSet::new();
    facets(recorded, &mut |facet| {
        all.insert(facet);
    });
    if let Some(Origin::Event(earlier)) = origin(&recorded.event) {
        all.append(&mut told(events, earlier));
    }
    all
}

/// What is asked, the same numbers for every list.
#[derive(Debug, Clone)]
struct Question {
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

fn question() -> impl Strategy<Value = Question> {
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

fn check(history: &History, scan: &Scan, question: &Question) {
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

const LONG: Duration = Duration::from_mins(2);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_index_finds_what_a_scan_finds(
        batches in vec(vec(step(), 1..30), 4..24),
        questions in vec(question(), 12),
        harm in 0..3_u8,
        wait in any::<bool>(),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("history.db");
        let mut economy = Economy::new(&dir.path().join("views.db"));
        let open = |economy: &Economy| {
            History::open_small(Some(&path), JOURNAL, &economy.world.views).unwrap()
        };
        let half = batches.len() / 2;
        let (history, mut fold) = open(&economy);
        for steps in &batches[..half] {
            economy.record(steps, &mut [&mut fold]);
        }
        if wait {
            prop_assert!(history.wait_for(economy.world.journal.last_sequence(), LONG));
        }
        let scan = Scan::of(&economy.world.journal);
        for question in &questions {
            check(&history, &scan, question);
        }
        drop((history, fold));
        match harm {
            0 => {}
            1 => std::fs::remove_file(&path).unwrap(),
            _ => std::fs::write(&path, vec![7; 20_000]).unwrap(),
        }
        let (history, mut fold) = open(&economy);
        for steps in &batches[half..] {
            economy.record(steps, &mut [&mut fold]);
        }
        let scan = Scan::of(&economy.world.journal);
        for question in &questions {
            check(&history, &scan, question);
        }
        // The one in memory never stopped.
        for question in &questions {
            check(&economy.world.history, &scan, question);
        }
    }
}

/// A journal that has events and gives none away.
struct Stuck;

impl domain::EventReader for Stuck {
    fn last(&self) -> Sequence {
        Sequence(10_000)
    }

    fn read_after(&self, after: Sequence, _: usize) -> Result<Vec<Recorded>, domain::ReadError> {
        Err(domain::ReadError { after, reason: "the disk is slow".to_owned() })
    }
}

#[test]
fn an_index_that_is_on_its_way_says_how_far_it_is() {
    let (views, _fold) = views::Views::open(None, Arc::new(Stuck)).unwrap();
    let (history, _fold) = History::open(None, JOURNAL, &views).unwrap();
    let found = history.find_trades(&TradeFilter::default(), newest(None, 1), SCOPE);
    match found {
        Err(views::HistoryError::Behind { position, last }) => {
            assert_eq!((position, last), (Sequence::ZERO, Sequence(10_000)));
        }
        other => panic!("{other:?}"),
    }
    let error = history.error().expect("it cannot go on");
    assert!(error.contains("the disk is slow"), "{error}");
}
