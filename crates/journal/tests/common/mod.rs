//! What the journal's tests share: events of every kind, batches of them, and a writer that waits.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test uses some of it; tests panic"
)]

pub mod trading;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};
use domain::*;
use journal::{Appender, Completion, IN_FLIGHT_MAX, Journal, Outcome};

/// 2200-01-01T00:00:00Z.
pub const START: i64 = 7_258_118_400_000_000;

pub fn text(value: &str) -> Text {
    Text::new(value).unwrap()
}

pub fn name(value: &str) -> Identifier {
    Identifier::new(value).unwrap()
}

pub fn quantity(value: u64) -> Quantity {
    Quantity::new(value).unwrap()
}

pub fn credits(value: u64) -> Credits {
    Credits::new(value).unwrap()
}

pub fn channel() -> (Sender<Completion>, Receiver<Completion>) {
    crossbeam_channel::bounded(IN_FLIGHT_MAX)
}

/// A plain event at its place.
pub fn recorded(sequence: u64, event: Event) -> Recorded {
    let envelope = Envelope {
        sequence: Sequence(sequence),
        recorded_at: Timestamp(START + i64::try_from(sequence).unwrap() * 1_000),
        occurred_at: None,
        actor: PrincipalId(1),
        key: None,
        trace: None,
        note: None,
    };
    Recorded { envelope, event }
}

/// A one-line trade, different for each `number`.
pub fn trade(number: u64) -> Event {
    let id = |bound: u64| u32::try_from(number * 7 % bound).unwrap();
    let line = TradeLine {
        commodity: CommodityId(id(200)),
        quantity: quantity(number % 900 + 1),
        unit_price: credits(number % 90 + 10),
    };
    Event::TradeSettled(TradeSettled {
        station: StationId(id(5_000)),
        buyer: TraderId(id(10_000)),
        seller: TraderId(id(9_999)),
        total: line.unit_price.times(line.quantity).unwrap(),
        lines: Box::new([line]),
        terms: None,
    })
}

/// A batch of events from `first` on.
pub fn batch(id: BatchId, first: u64, events: Vec<Event>) -> Arc<Batch> {
    let numbered = events.into_iter().zip(first..);
    let events = numbered.map(|(event, sequence)| recorded(sequence, event)).collect();
    Arc::new(Batch { id, events })
}

/// An event too long for two of it to share a row: 100 lines with the greatest numbers.
pub fn long_event() -> Event {
    let line = |at| TradeLine {
        commodity: CommodityId(u32::MAX - at),
        quantity: Quantity::MAX,
        unit_price: Credits::MAX,
    };
    Event::TradeSettled(TradeSettled {
        station: StationId(u32::MAX),
        buyer: TraderId(u32::MAX),
        seller: TraderId(u32::MAX),
        total: Credits::MAX,
        lines: (0..100).map(line).collect(),
        terms: None,
    })
}

/// Submits batches one after another, and waits.
pub struct Writing {
    pub appender: Box<dyn Appender>,
    pub completions: Receiver<Completion>,
    journal: JournalId,
    number: u64,
}

impl Writing {
    pub fn claim(journal: &dyn Journal) -> Self {
        let (sender, completions) = channel();
        let appender = journal.claim(sender).unwrap();
        Self { appender, completions, journal: journal.id(), number: 0 }
    }

    /// The next batch of this writer.
    pub fn next(&mut self, expected: u64, events: Vec<Event>) -> Arc<Batch> {
        self.number += 1;
        let id =
            BatchId { journal: self.journal, epoch: self.appender.epoch(), number: self.number };
        batch(id, expected + 1, events)
    }

    /// Submits without waiting.
    pub fn submit(&mut self, expected: u64, events: Vec<Event>) -> Arc<Batch> {
        let batch = self.next(expected, events);
        self.appender.submit(Sequence(expected), Arc::clone(&batch));
        batch
    }

    /// Submits behind `expected` and waits until it is committed.
    pub fn append(&mut self, expected: u64, events: Vec<Event>) -> Arc<Batch> {
        let batch = self.submit(expected, events);
        match self.outcome() {
            Outcome::Committed(last) => assert_eq!(last, batch.last()),
            other => panic!("not committed: {other:?}"),
        }
        batch
    }

    pub fn outcome(&self) -> Outcome {
        self.completions.recv_timeout(Duration::from_secs(20)).unwrap().outcome
    }
}

/// `count` different trades.
pub fn trades(count: u64) -> Vec<Event> {
    (0..count).map(trade).collect()
}

/// All batches behind `after`.
pub fn batches(journal: &dyn Journal, after: u64) -> Vec<Batch> {
    journal.batches(Sequence(after)).unwrap().collect::<Result<_, _>>().unwrap()
}

/// All events.
pub fn events(journal: &dyn Journal) -> Vec<Recorded> {
    journal.reader().read_after(Sequence::ZERO, usize::MAX).unwrap()
}

/// One of each kind of event.
pub fn samples() -> Vec<Event> {
    let mut samples = created();
    samples.extend([
        Event::CreditsIssued { trader: TraderId(1), amount: credits(1_000_000) },
        Event::CreditsRetired { trader: TraderId(1), amount: credits(250) },
        Event::StockAdjusted(StockAdjusted {
            station: StationId(0),
            owner: TraderId(1),
            lines: stock_changes()
                .into_iter()
                .zip(0..)
                .map(|(change, at)| (CommodityId(at), change))
                .collect(),
        }),
        trade(4711),
        long_event(),
    ]);
    samples.extend(shipments());
    samples.extend(trading::samples());
    samples
}

fn created() -> Vec<Event> {
    let station = Box::new(StationDetails {
        name: text("Ceres Station"),
        kind: StationKind::Station,
        system: name("sol"),
        position: Position { x: 4, y: -2_000, z: Position::COORDINATE_MAX },
        owner: TraderId(0),
    });
    let commodity = Box::new(CommodityDetails {
        name: text("Water ice"),
        category: Some(name("raw")),
        unit_mass_grams: Some(quantity(1_000)),
        unit_volume_millilitres: None,
    });
    let trader = TraderDetails { name: text("Acme Haulage «Söhne»") };
    let key = KeyDetails {
        principal: PrincipalId(1),
        name: name("admin"),
        role: Role::Admin,
        digest: [0xab; 32],
        accounts: Box::default(),
        expires_at: None,
        replaces: None,
        token: None,
    };
    vec![
        Event::NetworkCreated(NetworkDetails {
            wall: Timestamp(1_767_225_600_000_000),
            epoch: Timestamp(START),
            speed: 60,
        }),
        Event::KeyCreated { key: KeyId(0), details: Box::new(key) },
        Event::KeyRevoked { key: KeyId(300) },
        Event::StationCreated {
            station: StationId(0),
            trader: TraderId(0),
            id: name("ceres"),
            details: station.clone(),
        },
        Event::StationUpdated { station: StationId(0), details: station },
        Event::CommodityCreated {
            commodity: CommodityId(0),
            id: name("water-ice"),
            details: commodity.clone(),
        },
        Event::CommodityUpdated { commodity: CommodityId(0), details: commodity },
        Event::TraderCreated { trader: TraderId(1), id: name("acme"), details: trader.clone() },
        Event::TraderUpdated { trader: TraderId(1), details: trader },
    ]
}

fn stock_changes() -> Vec<StockChange> {
    vec![
        StockChange::In(Source::Produced, quantity(10_000)),
        StockChange::In(Source::Found, quantity(1)),
        StockChange::Out(Sink::Consumed, quantity(2)),
        StockChange::Out(Sink::Lost, quantity(3)),
        StockChange::Out(Sink::Expired, quantity(4)),
        StockChange::Out(Sink::Stolen, quantity(5)),
        StockChange::Damaged(quantity(6)),
        StockChange::Repaired(quantity(7)),
        StockChange::Counted { expected: quantity(1_000), count: quantity(990) },
    ]
}

fn shipments() -> Vec<Event> {
    let route = Route { origin: StationId(0), destination: StationId(2), owner: TraderId(1) };
    let goods = || -> Box<[GoodsLine]> {
        Box::new([GoodsLine { commodity: CommodityId(0), quantity: quantity(400) }])
    };
    let (soon, later) = (Timestamp(START + 86_400_000_000), Timestamp(START + 172_800_000_000));
    let mut events = vec![Event::ShipmentBooked(Box::new(ShipmentBooked {
        route,
        consignee: TraderId(3),
        carrier: TraderId(4),
        lines: goods(),
        schedule: Schedule::new(soon, later).unwrap(),
        vessel: None,
        charges: Box::default(),
        tolerance: Tolerance::default(),
    }))];
    let receipt = ReceiptLine {
        commodity: CommodityId(0),
        accepted: quantity(395),
        rejected: quantity(5),
        ..ReceiptLine::default()
    };
    let reports = [
        ShipmentChange::Loaded,
        ShipmentChange::Departed { lines: goods(), estimated_arrival: Some(later) },
        ShipmentChange::Position(Position { x: 1, y: 2, z: -3 }),
        ShipmentChange::Estimated {
            departure: Some(soon),
            arrival: None,
            reason: Some(text("ion storm")),
            code: None,
        },
        ShipmentChange::Delayed { reason: DelayReason::Overdue },
        ShipmentChange::Arrived,
        ShipmentChange::Received { lines: Box::new([receipt]), complete: true },
        ShipmentChange::Lost {
            lines: goods(),
            cause: LossCause::Lost,
            reason: Some(text("pirates")),
        },
        ShipmentChange::Cancelled { lines: goods(), reason: None },
    ];
    events.extend(reports.into_iter().map(|change| {
        let shipment = ShipmentId(Sequence(15));
        let previous = Sequence(20);
        let charges = ChargesEnd::None;
        let changed = ShipmentChanged { shipment, previous, route, change, charges };
        Event::ShipmentChanged(Box::new(changed))
    }));
    events
}

/// An event with everything in its envelope.
pub fn fully_annotated(sequence: u64, event: Event) -> Recorded {
    let mut full = recorded(sequence, event);
    let metadata = BTreeMap::from([(text("run"), text("7")), (text("agent"), text("Żółw"))]);
    full.envelope.occurred_at = Some(Timestamp(full.envelope.recorded_at.0 - 3_600_000_000));
    full.envelope.key = Some(KeyBinding { hash: u128::MAX / 3, fingerprint: u64::MAX / 7 });
    full.envelope.trace = Some(TraceId(0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c));
    full.envelope.note = Some(Box::new(Note { reference: Some(text("PO-1234")), metadata }));
    full
}
