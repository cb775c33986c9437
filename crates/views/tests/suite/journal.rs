//! A journal in memory, and a network that records into it.

use std::path::Path;
use std::sync::Arc;

use domain::{
    Batch, BatchId, ChargesEnd, CommitObserver, CommodityDetails, CommodityId, Credits, Envelope,
    Epoch, Event, EventReader, GoodsLine, Identifier, JournalId, KeyDetails, KeyId, NetworkDetails,
    Note, Position, PrincipalId, Quantity, ReadError, Recorded, Role, Route, Schedule, Scope,
    Sequence, ShipmentBooked, ShipmentChange, ShipmentChanged, ShipmentId, Source, StationDetails,
    StationId, StationKind, StockAdjusted, StockChange, Text, Timestamp, Tolerance, TradeLine,
    TradeSettled, TraderDetails, TraderId,
};
use parking_lot::RwLock;
use views::{History, HistoryFold, Order, Part, Views, ViewsFold};

pub(crate) const SCOPE: Scope<'static> = Scope::Network;

#[derive(Default)]
pub(crate) struct Journal {
    pub(crate) events: RwLock<Vec<Recorded>>,
}

impl Journal {
    pub(crate) fn last_sequence(&self) -> Sequence {
        self.last()
    }
}

impl EventReader for Journal {
    fn last(&self) -> Sequence {
        Sequence(self.events.read().len() as u64)
    }

    fn read_after(&self, after: Sequence, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        let events = self.events.read();
        let from = usize::try_from(after.0).unwrap().min(events.len());
        Ok(events[from..].iter().take(limit).cloned().collect())
    }
}

pub(crate) struct World {
    pub(crate) journal: Arc<Journal>,
    pub(crate) views: Views,
    pub(crate) fold: ViewsFold,
    pub(crate) history: History,
    pub(crate) history_fold: HistoryFold,
}

/// The journal's name.
pub(crate) const JOURNAL: JournalId = JournalId(1);

/// A part of a list, newest first.
pub(crate) fn newest(cursor: Option<Sequence>, limit: usize) -> Part {
    Part { order: Order::Newest, cursor, limit }
}

pub(crate) fn name(text: &str) -> Identifier {
    Identifier::new(text).unwrap()
}

pub(crate) fn text(words: &str) -> Text {
    Text::new(words).unwrap()
}

pub(crate) fn units(value: u64) -> Quantity {
    Quantity::new(value).unwrap()
}

pub(crate) fn credits(value: u64) -> Credits {
    Credits::new(value).unwrap()
}

impl World {
    pub(crate) fn in_memory() -> Self {
        Self::open(None, Arc::default())
    }

    /// Opens views on a journal, empty.
    pub(crate) fn open(store: Option<&Path>, journal: Arc<Journal>) -> Self {
        let events: Arc<dyn EventReader> = Arc::clone(&journal) as _;
        let (views, fold) = Views::open(store, events).unwrap();
        let (history, history_fold) = History::open_small(None, JOURNAL, &views).unwrap();
        Self { journal, views, fold, history, history_fold }
    }

    /// Records one batch and folds it; returns the last event's place.
    pub(crate) fn record(&mut self, events: impl IntoIterator<Item = Event>) -> Sequence {
        self.record_noted(events, None)
    }

    pub(crate) fn record_noted(
        &mut self,
        events: impl IntoIterator<Item = Event>,
        reference: Option<&str>,
    ) -> Sequence {
        let first = self.journal.last().next();
        let note = reference.and_then(|words| Note::new(Some(text(words)), [].into()).unwrap());
        let place = |(sequence, event)| recorded(sequence, event, note.clone());
        let recorded: Vec<Recorded> = (first.0..).zip(events).map(place).collect();
        self.journal.events.write().extend(recorded.iter().cloned());
        self.commit(recorded);
        self.journal.last()
    }

    pub(crate) fn commit(&mut self, events: Vec<Recorded>) {
        let id = BatchId { journal: JOURNAL, epoch: Epoch(1), number: 1 };
        let batch = Arc::new(Batch { id, events });
        self.fold.committed(&batch);
        self.history_fold.committed(&batch);
    }

    /// Offers the whole journal in batches, as a start does; what is known is passed over.
    pub(crate) fn replay(&mut self) {
        let events = self.journal.events.read().clone();
        for batch in events.chunks(7) {
            self.commit(batch.to_vec());
        }
    }

    /// Freezes now, and writes all parts.
    pub(crate) fn snapshot(&mut self) -> (Sequence, Vec<Vec<u8>>) {
        let frozen = self.fold.freeze().expect("there is a store");
        (self.fold.position(), written(frozen))
    }

    /// Takes a snapshot, stops, and starts from it on the same store.
    pub(crate) fn restarted(mut self, store: &Path) -> Self {
        let (position, parts) = self.snapshot();
        let journal = Arc::clone(&self.journal);
        drop(self);
        let mut world = Self::open(Some(store), journal);
        world.fold.restore(position, &mut parts.into_iter().map(Ok)).unwrap();
        world
    }
}

pub(crate) fn written(frozen: domain::FrozenState) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    frozen(&mut |part: &[u8]| {
        assert!(part.len() <= domain::limits::SNAPSHOT_PART_BYTES_MAX);
        parts.push(part.to_vec());
        Ok(())
    })
    .unwrap();
    parts
}

/// An event in its place; its time follows from that: a millisecond each.
pub(crate) fn recorded(sequence: u64, event: Event, note: Option<Box<Note>>) -> Recorded {
    Recorded {
        envelope: Envelope {
            sequence: Sequence(sequence),
            recorded_at: at(sequence),
            occurred_at: None,
            actor: PrincipalId(1),
            key: None,
            trace: None,
            note,
        },
        event,
    }
}

/// When the event in this place is recorded.
pub(crate) fn at(sequence: u64) -> Timestamp {
    Timestamp(i64::try_from(sequence).unwrap() * 1_000)
}

pub(crate) fn network() -> Event {
    Event::NetworkCreated(NetworkDetails { wall: Timestamp(0), epoch: Timestamp(0), speed: 1 })
}

pub(crate) fn station_details(words: &str, owner: u32) -> StationDetails {
    StationDetails {
        name: text(words),
        kind: StationKind::Outpost,
        system: name("sol"),
        position: Position { x: 1, y: -2, z: 3 },
        owner: TraderId(owner),
    }
}

pub(crate) fn station(station: u32, trader: u32, id: &str) -> Event {
    Event::StationCreated {
        station: StationId(station),
        trader: TraderId(trader),
        id: name(id),
        details: Box::new(station_details(id, trader)),
    }
}

pub(crate) fn trader(trader: u32, id: &str) -> Event {
    Event::TraderCreated {
        trader: TraderId(trader),
        id: name(id),
        details: TraderDetails { name: text(id) },
    }
}

pub(crate) fn commodity(commodity: u32, id: &str) -> Event {
    Event::CommodityCreated {
        commodity: CommodityId(commodity),
        id: name(id),
        details: Box::new(CommodityDetails {
            name: text(id),
            category: Some(name("raw")),
            unit_mass_grams: Some(units(5)),
            unit_volume_millilitres: None,
        }),
    }
}

pub(crate) fn key(key: u32, principal: u32, id: &str, digest: u8) -> Event {
    Event::KeyCreated {
        key: KeyId(key),
        details: Box::new(KeyDetails {
            principal: PrincipalId(principal),
            name: name(id),
            role: Role::Operator,
            digest: [digest; 32],
            expires_at: None,
            replaces: None,
            token: None,
            accounts: Box::default(),
        }),
    }
}

pub(crate) fn issued(trader: u32, amount: u64) -> Event {
    Event::CreditsIssued { trader: TraderId(trader), amount: credits(amount) }
}

pub(crate) fn adjusted(station: u32, owner: u32, commodity: u32, change: StockChange) -> Event {
    Event::StockAdjusted(StockAdjusted {
        station: StationId(station),
        owner: TraderId(owner),
        lines: [(CommodityId(commodity), change)].into(),
    })
}

pub(crate) fn produced(station: u32, owner: u32, commodity: u32, quantity: u64) -> Event {
    let change = StockChange::In(Source::Produced, units(quantity));
    adjusted(station, owner, commodity, change)
}

/// Station; buyer, seller; commodity, quantity, unit price.
pub(crate) fn traded(
    station: u32,
    (buyer, seller): (u32, u32),
    (commodity, quantity, price): (u32, u64, u64),
) -> Event {
    Event::TradeSettled(TradeSettled {
        station: StationId(station),
        buyer: TraderId(buyer),
        seller: TraderId(seller),
        lines: [TradeLine {
            commodity: CommodityId(commodity),
            quantity: units(quantity),
            unit_price: credits(price),
        }]
        .into(),
        total: credits(quantity * price),
        terms: None,
    })
}

pub(crate) fn route(origin: u32, destination: u32, owner: u32) -> Route {
    Route { origin: StationId(origin), destination: StationId(destination), owner: TraderId(owner) }
}

pub(crate) fn goods(commodity: u32, quantity: u64) -> Box<[GoodsLine]> {
    [GoodsLine { commodity: CommodityId(commodity), quantity: units(quantity) }].into()
}

pub(crate) fn booked(route: Route, carrier: u32, lines: Box<[GoodsLine]>) -> Event {
    Event::ShipmentBooked(Box::new(ShipmentBooked {
        route,
        consignee: route.owner,
        carrier: TraderId(carrier),
        lines,
        schedule: Schedule::new(Timestamp(10), Timestamp(1_000_000)).unwrap(),
        vessel: None,
        charges: Box::default(),
        tolerance: Tolerance::default(),
    }))
}

pub(crate) fn changed(
    shipment: Sequence,
    previous: Sequence,
    route: Route,
    change: ShipmentChange,
) -> Event {
    Event::ShipmentChanged(Box::new(ShipmentChanged {
        shipment: ShipmentId(shipment),
        previous,
        route,
        change,
        charges: ChargesEnd::None,
    }))
}

pub(crate) fn departed(lines: Box<[GoodsLine]>) -> ShipmentChange {
    ShipmentChange::Departed { lines, estimated_arrival: None }
}
