//! The figures by the book: every event is looked at for every question.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use domain::{
    CommodityId, Event, Identifier, Recorded, Route, ShipmentBooked, ShipmentChange, StationId,
    Timestamp, TradeLine, TraderId,
};

use super::super::memory::Memory;
use super::super::query::{LaneOf, RankBy};
use super::super::{Candle, Flow, Histogram, Interval, Price, Ranked, Subject};

/// One thing that happened, and what of it is counted.
#[derive(Clone)]
enum Fact {
    Trade { trades: u64, value: u128, units: u128 },
    Reversal { value: u128 },
    Booking,
    Departure { units: u128, value: u128 },
    Arrival { delay: u64, transit: Option<u64> },
}

struct Line {
    at: Timestamp,
    station: StationId,
    of: TradeLine,
}

#[derive(Default)]
pub(super) struct Naive {
    facts: Vec<(Timestamp, Subject, Fact)>,
    lanes: Vec<(Timestamp, (StationId, StationId), Fact)>,
    lines: Vec<Line>,
    system: BTreeMap<u32, Identifier>,
    category: BTreeMap<u32, Option<Identifier>>,
    systems: Vec<Identifier>,
    categories: Vec<Identifier>,
    booked: BTreeMap<u64, ShipmentBooked>,
    departed: BTreeMap<u64, Timestamp>,
}

fn late(from: Timestamp, to: Timestamp) -> u64 {
    let micros = u64::try_from((to.0 - from.0).max(0)).unwrap();
    micros / 1_000_000 + u64::from(!micros.is_multiple_of(1_000_000))
}

fn number(names: &mut Vec<Identifier>, name: &Identifier) -> u32 {
    let at = names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.clone());
        names.len() - 1
    });
    u32::try_from(at).unwrap()
}

impl Naive {
    pub(super) fn scan(events: &[Recorded]) -> Self {
        let mut naive = Self::default();
        for recorded in events {
            naive.see(recorded);
        }
        naive
    }

    fn tell(&mut self, at: Timestamp, subjects: &[Subject], fact: &Fact) {
        self.facts.extend(subjects.iter().map(|subject| (at, *subject, fact.clone())));
    }

    fn at(&mut self, station: StationId) -> Vec<Subject> {
        let name = self.system[&station.0].clone();
        let system = Subject::System(number(&mut self.systems, &name));
        vec![Subject::Network, Subject::Station(station), system]
    }

    fn of(&mut self, commodity: CommodityId) -> Vec<Subject> {
        let category = self.category[&commodity.0].clone();
        let category = category.map(|name| Subject::Category(number(&mut self.categories, &name)));
        std::iter::once(Subject::Commodity(commodity)).chain(category).collect()
    }

    fn see(&mut self, recorded: &Recorded) {
        let at = recorded.envelope.occurred_at();
        match &recorded.event {
            Event::StationCreated { station, details, .. }
            | Event::StationUpdated { station, details } => {
                self.system.insert(station.0, details.system.clone());
                number(&mut self.systems, &details.system);
            }
            Event::CommodityCreated { commodity, details, .. }
            | Event::CommodityUpdated { commodity, details } => {
                self.category.insert(commodity.0, details.category.clone());
                if let Some(name) = &details.category {
                    number(&mut self.categories, name);
                }
            }
            Event::TradeSettled(trade) => {
                self.trade(at, trade.station, [trade.buyer, trade.seller], &trade.lines, 1);
            }
            Event::HoldSettled(part) => {
                let trades = u64::from(part.rest.is_some());
                self.trade(at, part.station, [part.buyer, part.seller], &part.lines, trades);
            }
            Event::TradeReversed(back) => {
                let mut subjects = self.at(back.station);
                subjects.extend([back.buyer, back.seller].map(Subject::Trader));
                let value = back.total.get().into();
                self.tell(at, &subjects, &Fact::Reversal { value });
                for line in &back.lines {
                    let subjects = self.of(line.commodity);
                    let value = line.total().get().into();
                    self.tell(at, &subjects, &Fact::Reversal { value });
                }
            }
            Event::ShipmentBooked(booked) => {
                let sequence = recorded.envelope.sequence.0;
                self.booked.insert(sequence, (**booked).clone());
                self.ship(at, sequence, booked.route.origin, &Fact::Booking);
            }
            Event::ShipmentChanged(changed) => {
                let number = changed.shipment.0.0;
                match changed.change {
                    ShipmentChange::Departed { .. } => {
                        self.departed.insert(number, at);
                        let none = Fact::Departure { units: 0, value: 0 };
                        self.ship(at, number, changed.route.origin, &none);
                    }
                    ShipmentChange::Arrived => {
                        let delay = late(self.booked[&number].schedule.arrival(), at);
                        let transit = self.departed.get(&number).map(|from| late(*from, at));
                        let fact = Fact::Arrival { delay, transit };
                        self.ship(at, number, changed.route.destination, &fact);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn trade(
        &mut self,
        at: Timestamp,
        station: StationId,
        parties: [TraderId; 2],
        lines: &[TradeLine],
        trades: u64,
    ) {
        let mut subjects = self.at(station);
        subjects.extend(parties.map(Subject::Trader));
        let value = lines.iter().map(|line| u128::from(line.total().get())).sum();
        let units = lines.iter().map(|line| u128::from(line.quantity.get())).sum();
        self.tell(at, &subjects, &Fact::Trade { trades, value, units });
        for line in lines {
            let subjects = self.of(line.commodity);
            let (value, units) = (line.total().get().into(), line.quantity.get().into());
            self.tell(at, &subjects, &Fact::Trade { trades: 1, value, units });
            self.lines.push(Line { at, station, of: *line });
        }
    }

    fn ship(&mut self, at: Timestamp, shipment: u64, end: StationId, fact: &Fact) {
        let booked = self.booked[&shipment].clone();
        let Route { origin, destination, .. } = booked.route;
        let (mut units, mut value) = (0, 0);
        for line in &booked.lines {
            let quantity = u128::from(line.quantity.get());
            units += quantity;
            value +=
                quantity * self.last(origin, line.commodity).map_or(0, |last| last.price.into());
            let subjects = self.of(line.commodity);
            let own = match fact {
                Fact::Departure { .. } => Fact::Departure { units: quantity, value: 0 },
                other => other.clone(),
            };
            self.tell(at, &subjects, &own);
        }
        let all = match fact {
            Fact::Departure { .. } => Fact::Departure { units, value },
            other => other.clone(),
        };
        let mut subjects = self.at(end);
        subjects.push(Subject::Trader(booked.carrier));
        self.tell(at, &subjects, &all);
        self.lanes.push((at, (origin, destination), all));
    }

    fn last(&self, station: StationId, commodity: CommodityId) -> Option<Price> {
        let paid = |line: &&Line| line.station == station && line.of.commodity == commodity;
        let last = self.lines.iter().rev().find(paid)?;
        Some(Price { price: last.of.unit_price.get(), at: last.at })
    }

    pub(super) fn subjects(&self) -> BTreeSet<Subject> {
        self.facts.iter().map(|(_, subject, _)| *subject).collect()
    }

    pub(super) fn pairs(&self) -> BTreeSet<(StationId, CommodityId)> {
        self.lines.iter().map(|line| (line.station, line.of.commodity)).collect()
    }

    pub(super) fn check_flow(
        &self,
        subject: Subject,
        interval: Interval,
        buckets: Range<i64>,
        flow: &Flow,
    ) {
        let own = self
            .facts
            .iter()
            .filter(|(at, of, _)| *of == subject && buckets.contains(&interval.bucket(*at)));
        let sums = Sums::of(own.map(|(_, _, fact)| fact));
        assert_eq!(sums.shown(), shown(flow), "{subject:?} {interval:?} {buckets:?}");
        same_quantiles(&sums.delays, &flow.cargo().delays);
    }

    pub(super) fn check_candle(
        &self,
        (station, commodity): (StationId, CommodityId),
        interval: Interval,
        bucket: i64,
        candle: &Candle,
    ) {
        let own = self.lines.iter().filter(|line| {
            line.station == station
                && line.of.commodity == commodity
                && interval.bucket(line.at) == bucket
        });
        let lines: Vec<&TradeLine> = own.map(|line| &line.of).collect();
        let prices: Vec<u64> = lines.iter().map(|line| line.unit_price.get()).collect();
        let zero = |price: Option<&u64>| price.copied().unwrap_or_default();
        let expected = [
            lines.len() as u64,
            zero(prices.first()),
            zero(prices.iter().max()),
            zero(prices.iter().min()),
            zero(prices.last()),
            lines.iter().map(|line| line.quantity.get()).sum(),
            lines.iter().map(|line| line.total().get()).sum(),
        ];
        let (units, value) = (candle.units.try_into().unwrap(), candle.value.try_into().unwrap());
        let found =
            [candle.trades, candle.open, candle.high, candle.low, candle.close, units, value];
        assert_eq!(found, expected, "{station:?} {commodity:?} {interval:?} {bucket}");
    }

    pub(super) fn check_ranking(
        &self,
        like: Subject,
        by: RankBy,
        ranked: &Ranked<(u32, Flow)>,
        limit: usize,
    ) {
        let alike = |of: &Subject| std::mem::discriminant(of) == std::mem::discriminant(&like);
        let mut rows = Vec::new();
        for subject in self.subjects().into_iter().filter(alike) {
            let own = self.facts.iter().filter(|(at, of, _)| {
                *of == subject && ranked.hours.contains(&Interval::Hour.bucket(*at))
            });
            let sums = Sums::of(own.map(|(_, _, fact)| fact));
            let figure = match by {
                RankBy::Value => sums.value,
                RankBy::Units => sums.units,
                RankBy::Trades => sums.trades.into(),
                RankBy::Delay => sums.delays.iter().map(|delay| u128::from(*delay)).sum(),
            };
            let id = match subject {
                Subject::Network => 0,
                Subject::Station(StationId(id))
                | Subject::Commodity(CommodityId(id))
                | Subject::Trader(TraderId(id))
                | Subject::System(id)
                | Subject::Category(id) => id,
            };
            rows.push((std::cmp::Reverse(figure), id, sums.shown()));
        }
        rows.retain(|(figure, ..)| figure.0 > 0);
        rows.sort();
        rows.truncate(limit);
        let expected: Vec<_> = rows.into_iter().map(|(_, id, sums)| (id, sums)).collect();
        let found: Vec<_> = ranked.items.iter().map(|(id, flow)| (*id, shown(flow))).collect();
        assert_eq!(found, expected, "{like:?} {by:?} {:?}", ranked.hours);
    }

    pub(super) fn check_lanes(&self, by: Option<RankBy>, ranked: &Ranked<LaneOf>) {
        let within = |at: Timestamp| ranked.hours.contains(&Interval::Hour.bucket(at));
        let all: BTreeSet<_> =
            self.lanes.iter().filter(|(at, ..)| within(*at)).map(|(_, lane, _)| *lane).collect();
        let mut before = u128::MAX;
        for (origin, destination, lane) in &ranked.items {
            let own = self
                .lanes
                .iter()
                .filter(|(at, of, _)| within(*at) && *of == (*origin, *destination));
            let sums = Sums::of(own.map(|(_, _, fact)| fact));
            let flow = Flow { cargo: Some(Box::new(lane.cargo.clone())), ..Flow::default() };
            assert_eq!(sums.shown(), shown(&flow));
            assert_eq!(sums.worth, lane.value);
            same_quantiles(&sums.delays, &lane.cargo.delays);
            same_quantiles(&sums.transits, &lane.transits);
            let figure = match by {
                Some(RankBy::Value) => lane.value,
                Some(RankBy::Delay) => lane.cargo.delay_seconds,
                _ => lane.cargo.units,
            };
            assert!(figure <= before, "lanes are not in their order");
            before = figure;
        }
        if by.is_none() {
            assert_eq!(ranked.items.len(), all.len());
        }
    }

    pub(super) fn check_prices(&self, memory: &Memory) {
        for (station, commodity) in self.pairs() {
            assert_eq!(memory.prices.get(station, commodity), self.last(station, commodity));
        }
    }
}

/// Sums of facts.
#[derive(Default)]
struct Sums {
    trades: u64,
    value: u128,
    units: u128,
    reversals: u64,
    reversed_value: u128,
    bookings: u64,
    departures: u64,
    shipped: u128,
    worth: u128,
    delays: Vec<u64>,
    transits: Vec<u64>,
}

type ShownSums = (u64, u128, u128, u64, u128, [u64; 4], u128, u128);

impl Sums {
    fn of<'a>(facts: impl Iterator<Item = &'a Fact>) -> Self {
        let mut sums = Self::default();
        for fact in facts {
            match fact {
                Fact::Trade { trades, value, units } => {
                    sums.trades += trades;
                    sums.value += value;
                    sums.units += units;
                }
                Fact::Reversal { value } => {
                    sums.reversals += 1;
                    sums.reversed_value += value;
                }
                Fact::Booking => sums.bookings += 1,
                Fact::Departure { units, value } => {
                    sums.departures += 1;
                    sums.shipped += units;
                    sums.worth += value;
                }
                Fact::Arrival { delay, transit } => {
                    sums.delays.push(*delay);
                    sums.transits.extend(transit);
                }
            }
        }
        sums.delays.sort_unstable();
        sums.transits.sort_unstable();
        sums
    }

    fn shown(&self) -> ShownSums {
        let on_time = self.delays.iter().filter(|delay| **delay == 0).count() as u64;
        let counts = [self.bookings, self.departures, self.delays.len() as u64, on_time];
        let delays = self.delays.iter().map(|delay| u128::from(*delay)).sum();
        (
            self.trades,
            self.value,
            self.units,
            self.reversals,
            self.reversed_value,
            counts,
            self.shipped,
            delays,
        )
    }
}

fn shown(flow: &Flow) -> ShownSums {
    let cargo = flow.cargo();
    let counts = [cargo.bookings, cargo.departures, cargo.arrivals, cargo.on_time];
    (
        flow.trades,
        flow.value,
        flow.units,
        flow.reversals,
        flow.reversed_value,
        counts,
        cargo.units,
        cargo.delay_seconds,
    )
}

/// A quantile is the true one or at most a sixteenth above.
fn same_quantiles(sorted: &[u64], histogram: &Histogram) {
    assert_eq!(histogram.total(), sorted.len() as u64);
    for permille in [1, 500, 900, 990, 1_000] {
        let rank = (sorted.len() * usize::try_from(permille).unwrap()).div_ceil(1_000).max(1);
        match (sorted.get(rank - 1), histogram.quantile(permille)) {
            (None, found) => assert_eq!(found, None),
            (Some(exact), Some(found)) => {
                assert!(found >= *exact && found - exact <= exact / 16, "{found} for {exact}");
            }
            (Some(exact), None) => panic!("nothing for {exact}"),
        }
    }
}
