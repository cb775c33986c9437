//! Random events of a small network, with all that makes counting hard.

use domain::{
    Batch, BatchId, ChargesEnd, CommodityDetails, Credits, Envelope, Epoch, Event, GoodsLine,
    HoldRest, HoldSettled, Identifier, LossCause, Position, PrincipalId, Quantity, ReadError,
    Recorded, Route, Schedule, ShipmentBooked, ShipmentChange, ShipmentChanged, ShipmentId,
    StationDetails, StationKind, Text, Timestamp, Tolerance, TradeLine, TradeReversed,
    TradeSettled, TraderId, TransactionId,
};

use super::super::*;

const STATIONS: u64 = 4;
const COMMODITIES: u64 = 3;
const TRADERS: u64 = 5;
/// 2200-01-01T00:00:00Z.
const EPOCH: i64 = 7_258_118_400_000_000;

/// `SplitMix64`: the same numbers in every run.
pub(super) struct Numbers(u64);

impl Numbers {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(1);
        table::mix(self.0) % bound
    }
}

/// A journal in memory.
#[derive(Default)]
pub(super) struct Written(RwLock<Vec<Recorded>>);

impl Written {
    pub(super) fn push(&self, events: Vec<Recorded>) -> Arc<Batch> {
        self.0.write().extend(events.iter().cloned());
        let id = BatchId { journal: JournalId(7), epoch: Epoch(1), number: 1 };
        Arc::new(Batch { id, events })
    }

    pub(super) fn all(&self) -> Vec<Recorded> {
        self.0.read().clone()
    }
}

impl EventReader for Written {
    fn last(&self) -> Sequence {
        Sequence(self.0.read().len() as u64)
    }

    fn read_after(&self, after: Sequence, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        let from = usize::try_from(after.0).unwrap();
        Ok(self.0.read().iter().skip(from).take(limit).cloned().collect())
    }
}

struct Ship {
    id: ShipmentId,
    last: Sequence,
    route: Route,
    lines: Box<[GoodsLine]>,
    departed: bool,
    lost: bool,
}

pub(super) struct Play {
    pub(super) numbers: Numbers,
    sequence: u64,
    now: i64,
    ships: Vec<Ship>,
    settled: Vec<(u64, TradeSettled)>,
}

fn name(words: &str) -> Identifier {
    Identifier::new(words).unwrap()
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap()
}

impl Play {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            numbers: Numbers(seed << 32),
            sequence: 0,
            now: EPOCH + i64::try_from(seed).unwrap() * 77_777_777,
            ships: Vec::new(),
            settled: Vec::new(),
        }
    }

    fn record(&mut self, event: Event) -> Recorded {
        self.sequence += 1;
        // Usually soon after the last one; sometimes days later.
        let pause = match self.numbers.below(60) {
            0 => 90_000_000_000 * 7,
            1..5 => 3_600_000_000,
            _ => 20_000_000,
        };
        self.now += 1 + i64::try_from(self.numbers.below(pause)).unwrap();
        let late = match self.numbers.below(12) {
            0 => Some(200 * 86_400_000_000),
            1 => Some(86_400_000_000),
            2..5 => Some(600_000_000),
            _ => None,
        };
        let late = late.map(|most| i64::try_from(self.numbers.below(most)).unwrap());
        let envelope = Envelope {
            sequence: Sequence(self.sequence),
            recorded_at: Timestamp(self.now),
            occurred_at: late.map(|late| Timestamp(self.now - late)),
            actor: PrincipalId(0),
            key: None,
            trace: None,
            note: None,
        };
        Recorded { envelope, event }
    }

    pub(super) fn founding(&mut self) -> Vec<Recorded> {
        let mut events = Vec::new();
        for number in 0..STATIONS {
            let (station, trader) = (StationId(small(number)), TraderId(small(number)));
            let details = Box::new(self.station(trader));
            let id = name(&format!("station-{number}"));
            events.push(self.record(Event::StationCreated { station, trader, id, details }));
        }
        for number in 0..COMMODITIES {
            let commodity = CommodityId(small(number));
            let (details, id) = (Box::new(self.commodity()), name(&format!("commodity-{number}")));
            events.push(self.record(Event::CommodityCreated { commodity, id, details }));
        }
        events
    }

    fn station(&mut self, owner: TraderId) -> StationDetails {
        let system = name(&format!("system-{}", self.numbers.below(3)));
        let (name, kind) = (Text::new("a station").unwrap(), StationKind::Station);
        StationDetails { name, kind, system, position: Position::default(), owner }
    }

    fn commodity(&mut self) -> CommodityDetails {
        let category = match self.numbers.below(4) {
            0 => None,
            number => Some(name(&format!("category-{number}"))),
        };
        CommodityDetails {
            name: Text::new("a commodity").unwrap(),
            category,
            unit_mass_grams: None,
            unit_volume_millilitres: None,
        }
    }

    pub(super) fn events(&mut self, count: u64) -> Vec<Recorded> {
        (0..count).map(|_| self.event()).collect()
    }

    fn event(&mut self) -> Recorded {
        let event = match self.numbers.below(40) {
            0 => {
                let station = StationId(small(self.numbers.below(STATIONS)));
                Event::StationUpdated {
                    station,
                    details: Box::new(self.station(TraderId(station.0))),
                }
            }
            1 => {
                let commodity = CommodityId(small(self.numbers.below(COMMODITIES)));
                Event::CommodityUpdated { commodity, details: Box::new(self.commodity()) }
            }
            2 | 3 => return self.settle_hold(),
            4 if !self.settled.is_empty() => self.reverse(),
            5..9 => return self.book(),
            9..22 if !self.ships.is_empty() => return self.sail(),
            _ => return self.trade(),
        };
        self.record(event)
    }

    fn lines(&mut self) -> Box<[TradeLine]> {
        let first = self.numbers.below(COMMODITIES);
        let count = 1 + self.numbers.below(COMMODITIES);
        let line = |offset| TradeLine {
            commodity: CommodityId(small((first + offset) % COMMODITIES)),
            quantity: Quantity::new(1 + self.numbers.below(1_000)).unwrap(),
            unit_price: Credits::new(self.numbers.below(50)).unwrap(),
        };
        (0..count).map(line).collect()
    }

    fn settlement(&mut self) -> TradeSettled {
        let lines = self.lines();
        let total = lines.iter().map(|line| line.total().get()).sum();
        let seller = self.numbers.below(TRADERS);
        TradeSettled {
            station: StationId(small(self.numbers.below(STATIONS))),
            buyer: TraderId(small((seller + 1) % TRADERS)),
            seller: TraderId(small(seller)),
            lines,
            total: Credits::new(total).unwrap(),
            terms: None,
        }
    }

    fn trade(&mut self) -> Recorded {
        let trade = self.settlement();
        let recorded = self.record(Event::TradeSettled(trade.clone()));
        self.settled.push((self.sequence, trade));
        recorded
    }

    fn settle_hold(&mut self) -> Recorded {
        let TradeSettled { station, buyer, seller, lines, total, .. } = self.settlement();
        let before = Sequence(self.sequence);
        let rest = (self.numbers.below(2) == 0).then(HoldRest::default);
        self.record(Event::HoldSettled(Box::new(HoldSettled {
            trade: TransactionId(before),
            previous: before,
            station,
            buyer,
            seller,
            unreserved: None,
            lines,
            total,
            rest,
        })))
    }

    fn reverse(&mut self) -> Event {
        let at = usize::try_from(self.numbers.below(self.settled.len() as u64)).unwrap();
        let (sequence, trade) = self.settled.swap_remove(at);
        Event::TradeReversed(Box::new(TradeReversed {
            trade: TransactionId(Sequence(sequence)),
            previous: Sequence(sequence),
            station: trade.station,
            buyer: trade.buyer,
            seller: trade.seller,
            lines: trade.lines,
            total: trade.total,
            charges: Box::default(),
            reason: Text::new("a mistake").unwrap(),
        }))
    }

    fn book(&mut self) -> Recorded {
        let origin = self.numbers.below(STATIONS);
        let route = Route {
            origin: StationId(small(origin)),
            destination: StationId(small((origin + 1) % STATIONS)),
            owner: TraderId(0),
        };
        let goods =
            |line: &TradeLine| GoodsLine { commodity: line.commodity, quantity: line.quantity };
        let lines: Box<[GoodsLine]> = self.lines().iter().map(goods).collect();
        let planned = self.now + i64::try_from(self.numbers.below(7_200_000_000)).unwrap();
        let schedule = Schedule::new(Timestamp(self.now), Timestamp(planned)).unwrap();
        let recorded = self.record(Event::ShipmentBooked(Box::new(ShipmentBooked {
            route,
            consignee: TraderId(1),
            carrier: TraderId(small(self.numbers.0 % TRADERS)),
            lines: lines.clone(),
            schedule,
            vessel: None,
            charges: Box::default(),
            tolerance: Tolerance::default(),
        })));
        let last = recorded.envelope.sequence;
        let id = ShipmentId(last);
        self.ships.push(Ship { id, last, route, lines, departed: false, lost: false });
        recorded
    }

    fn sail(&mut self) -> Recorded {
        let at = usize::try_from(self.numbers.below(self.ships.len() as u64)).unwrap();
        let mut ship = self.ships.swap_remove(at);
        let luck = self.numbers.below(10);
        let lines = ship.lines.clone();
        let (change, ends) = match (ship.departed, ship.lost, luck) {
            (false, _, 0) => (ShipmentChange::Cancelled { lines, reason: None }, true),
            (false, ..) => (ShipmentChange::Departed { lines, estimated_arrival: None }, false),
            (true, true, _) => (ShipmentChange::Found { lines, reason: None }, false),
            (_, _, 0) => {
                (ShipmentChange::Lost { lines, cause: LossCause::Lost, reason: None }, false)
            }
            (_, _, 1) => (ShipmentChange::Returned { lines, reason: None }, true),
            (_, _, 2..5) => (ShipmentChange::Position(Position::default()), false),
            _ => (ShipmentChange::Arrived, true),
        };
        ship.departed = true;
        ship.lost = matches!(change, ShipmentChange::Lost { .. });
        let recorded = self.record(Event::ShipmentChanged(Box::new(ShipmentChanged {
            shipment: ship.id,
            previous: ship.last,
            route: ship.route,
            change,
            charges: ChargesEnd::None,
        })));
        ship.last = recorded.envelope.sequence;
        if !ends {
            self.ships.push(ship);
        }
        recorded
    }
}
