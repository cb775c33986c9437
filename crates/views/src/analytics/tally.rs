//! Counts events. What an event does not say itself, its shipment's booking says: that is kept while
//! the shipment is under way, or read from the journal.

use std::collections::BTreeMap;

use domain::{
    CommodityId, Event, EventReader, GoodsLine, ReadError, Recorded, Sequence, ShipmentBooked,
    ShipmentChange, ShipmentChanged, StationId, Timestamp, TradeLine, TradeReversed, TraderId,
};

use super::cell::{Candle, Cell};
use super::memory::{Memory, Place, Price, Subject, pair};
use super::{Interval, Lane};

/// Shipments whose bookings are kept in memory, some 100 bytes each; of older ones they are read.
const UNDER_WAY_MAX: usize = 131_072;

/// What is needed of a shipment that has not arrived.
#[derive(Debug, Clone)]
struct UnderWay {
    planned: Timestamp,
    carrier: TraderId,
    departed: Option<Timestamp>,
    commodities: Box<[CommodityId]>,
}

impl UnderWay {
    fn booked(booked: &ShipmentBooked) -> Self {
        Self {
            planned: booked.schedule.arrival(),
            carrier: booked.carrier,
            departed: None,
            commodities: booked.lines.iter().map(|line| line.commodity).collect(),
        }
    }
}

/// Shipments under way, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Tally {
    under_way: BTreeMap<u64, UnderWay>,
}

/// Whole seconds from one time to another, rounded up; zero if it is not later.
fn seconds_between(from: Timestamp, to: Timestamp) -> u64 {
    let micros = to.0.saturating_sub(from.0);
    u64::try_from(micros).unwrap_or_default().div_ceil(1_000_000)
}

/// One trade that settled, in whole or in part.
struct Settled<'a> {
    station: StationId,
    buyer: TraderId,
    seller: TraderId,
    lines: &'a [TradeLine],
    total: u64,
    /// Whether it is a trade now: the last part of a hold is.
    is_whole: bool,
}

impl Tally {
    /// Reads what these events will need of shipments that are not in memory. Nothing is counted
    /// before this has succeeded: what is counted cannot fail.
    pub(super) fn prepare(
        &mut self,
        events: &[Recorded],
        journal: &dyn EventReader,
    ) -> Result<(), ReadError> {
        let first = events.first().map_or(0, |recorded| recorded.envelope.sequence.0);
        for recorded in events {
            let Event::ShipmentChanged(changed) = &recorded.event else { continue };
            let is_counted =
                matches!(changed.change, ShipmentChange::Departed { .. } | ShipmentChange::Arrived);
            let number = changed.shipment.0.0;
            let is_known = number >= first || self.under_way.contains_key(&number);
            let known = if is_counted && !is_known { past(changed, journal)? } else { None };
            if let Some(known) = known {
                self.under_way.insert(number, known);
            }
        }
        Ok(())
    }

    /// Counts events, which must have been prepared.
    pub(super) fn fold(&mut self, memory: &mut Memory, events: &[Recorded]) {
        for recorded in events {
            self.count(memory, recorded);
            memory.as_of.sequence = recorded.envelope.sequence;
            memory.as_of.time = recorded.envelope.recorded_at;
        }
        while self.under_way.len() > UNDER_WAY_MAX {
            self.under_way.pop_first();
        }
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.under_way.clear();
    }

    fn count(&mut self, memory: &mut Memory, recorded: &Recorded) {
        let (at, sequence) = (recorded.envelope.occurred_at(), recorded.envelope.sequence);
        match &recorded.event {
            Event::TradeSettled(trade) => {
                let settled = Settled {
                    station: trade.station,
                    buyer: trade.buyer,
                    seller: trade.seller,
                    lines: &trade.lines,
                    total: trade.total.get(),
                    is_whole: true,
                };
                traded(memory, at, sequence, &settled);
            }
            Event::HoldSettled(part) => {
                let settled = Settled {
                    station: part.station,
                    buyer: part.buyer,
                    seller: part.seller,
                    lines: &part.lines,
                    total: part.total.get(),
                    is_whole: part.rest.is_some(),
                };
                traded(memory, at, sequence, &settled);
            }
            Event::TradeReversed(reversed) => take_back(memory, at, reversed),
            Event::ShipmentBooked(booked) => {
                self.under_way.insert(sequence.0, UnderWay::booked(booked));
                book(memory, at, booked);
            }
            Event::ShipmentChanged(changed) => self.follow(memory, at, changed),
            Event::StationCreated { station, details, .. }
            | Event::StationUpdated { station, details } => {
                memory.places.put_station(*station, &details.system);
            }
            Event::CommodityCreated { commodity, details, .. }
            | Event::CommodityUpdated { commodity, details } => {
                memory.places.put_commodity(*commodity, details.category.as_ref());
            }
            _ => {}
        }
    }

    fn follow(&mut self, memory: &mut Memory, at: Timestamp, changed: &ShipmentChanged) {
        let number = changed.shipment.0.0;
        match &changed.change {
            ShipmentChange::Departed { lines, .. } => {
                if let Some(known) = self.under_way.get_mut(&number) {
                    known.departed = Some(at);
                    depart(memory, at, changed, lines, known.carrier);
                }
            }
            ShipmentChange::Arrived => {
                if let Some(known) = self.under_way.remove(&number) {
                    arrive(memory, at, changed, &known);
                }
            }
            ShipmentChange::Cancelled { .. } | ShipmentChange::Returned { .. } => {
                self.under_way.remove(&number);
            }
            _ => {}
        }
    }
}

/// A shipment that is not in memory, as it was before this event of it.
fn past(
    changed: &ShipmentChanged,
    journal: &dyn EventReader,
) -> Result<Option<UnderWay>, ReadError> {
    let booking = journal.event(changed.shipment.0)?;
    let Some(Event::ShipmentBooked(booked)) = booking.map(|recorded| recorded.event) else {
        return Ok(None);
    };
    let mut known = UnderWay::booked(&booked);
    let mut at = changed.previous;
    while at > changed.shipment.0 && matches!(changed.change, ShipmentChange::Arrived) {
        let Some(Recorded { envelope, event: Event::ShipmentChanged(before) }) =
            journal.event(at)?
        else {
            break;
        };
        if matches!(before.change, ShipmentChange::Departed { .. }) {
            known.departed = Some(envelope.occurred_at());
            break;
        }
        at = before.previous;
    }
    Ok(Some(known))
}

fn traded(memory: &mut Memory, at: Timestamp, sequence: Sequence, settled: &Settled<'_>) {
    let (deltas, places) = (&mut memory.deltas, &memory.places);
    let (trades, value) = (u64::from(settled.is_whole), u128::from(settled.total));
    let units = settled.lines.iter().map(|line| u128::from(line.quantity.get())).sum::<u128>();
    let system = places.system(settled.station).map(Subject::System);
    let subjects = [
        Some(Subject::Network),
        Some(Subject::Station(settled.station)),
        system,
        Some(Subject::Trader(settled.buyer)),
        Some(Subject::Trader(settled.seller)),
    ];
    for subject in subjects.into_iter().flatten() {
        let flow = deltas.flow(subject, at);
        flow.trades += trades;
        flow.value += value;
        flow.units += units;
    }
    let minute = Interval::Minute.bucket(at);
    for line in settled.lines {
        let (price, quantity) = (line.unit_price.get(), line.quantity.get());
        let total = line.total().get();
        let category = places.category(line.commodity).map(Subject::Category);
        for subject in [Some(Subject::Commodity(line.commodity)), category].into_iter().flatten() {
            let flow = deltas.flow(subject, at);
            flow.trades += 1;
            flow.value += u128::from(total);
            flow.units += u128::from(quantity);
        }
        let place = Place { bucket: minute, id: pair(settled.station.0, line.commodity.0) };
        let candle = Candle::of(sequence.0, price, quantity, total);
        deltas.candles.entry(place).or_default().merge(&candle);
        memory.prices.put(settled.station, line.commodity, Price { price, at });
    }
}

fn take_back(memory: &mut Memory, at: Timestamp, reversed: &TradeReversed) {
    let (deltas, places) = (&mut memory.deltas, &memory.places);
    let system = places.system(reversed.station).map(Subject::System);
    let subjects = [
        Some(Subject::Network),
        Some(Subject::Station(reversed.station)),
        system,
        Some(Subject::Trader(reversed.buyer)),
        Some(Subject::Trader(reversed.seller)),
    ];
    for subject in subjects.into_iter().flatten() {
        let flow = deltas.flow(subject, at);
        flow.reversals += 1;
        flow.reversed_value += u128::from(reversed.total.get());
    }
    for line in &reversed.lines {
        let category = places.category(line.commodity).map(Subject::Category);
        for subject in [Some(Subject::Commodity(line.commodity)), category].into_iter().flatten() {
            let flow = deltas.flow(subject, at);
            flow.reversals += 1;
            flow.reversed_value += u128::from(line.total().get());
        }
    }
}

/// What a shipment is counted under at one of its ends, besides its goods.
fn end(
    memory: &Memory,
    station: StationId,
    carrier: TraderId,
) -> impl Iterator<Item = Subject> + use<> {
    let system = memory.places.system(station).map(Subject::System);
    let always = [Subject::Network, Subject::Station(station), Subject::Trader(carrier)];
    always.into_iter().chain(system)
}

/// What goods are counted under.
fn goods(memory: &Memory, commodity: CommodityId) -> impl Iterator<Item = Subject> + use<> {
    let category = memory.places.category(commodity).map(Subject::Category);
    std::iter::once(Subject::Commodity(commodity)).chain(category)
}

fn book(memory: &mut Memory, at: Timestamp, booked: &ShipmentBooked) {
    let route = booked.route;
    for subject in end(memory, route.origin, booked.carrier) {
        memory.deltas.flow(subject, at).cargo_mut().bookings += 1;
    }
    for line in &booked.lines {
        for subject in goods(memory, line.commodity) {
            memory.deltas.flow(subject, at).cargo_mut().bookings += 1;
        }
    }
    memory.deltas.lane(route.origin, route.destination, at).cargo.bookings += 1;
}

fn depart(
    memory: &mut Memory,
    at: Timestamp,
    changed: &ShipmentChanged,
    lines: &[GoodsLine],
    carrier: TraderId,
) {
    let route = changed.route;
    let units = lines.iter().map(|line| u128::from(line.quantity.get())).sum::<u128>();
    for subject in end(memory, route.origin, carrier) {
        let cargo = memory.deltas.flow(subject, at).cargo_mut();
        cargo.departures += 1;
        cargo.units += units;
    }
    let mut value = 0_u128;
    for line in lines {
        let quantity = u128::from(line.quantity.get());
        for subject in goods(memory, line.commodity) {
            let cargo = memory.deltas.flow(subject, at).cargo_mut();
            cargo.departures += 1;
            cargo.units += quantity;
        }
        let last = memory.prices.get(route.origin, line.commodity);
        let worth = last.map_or(0, |last| u128::from(last.price) * quantity);
        value = value.saturating_add(worth);
    }
    let lane: &mut Lane = memory.deltas.lane(route.origin, route.destination, at);
    lane.cargo.departures += 1;
    lane.cargo.units += units;
    lane.value = lane.value.saturating_add(value);
}

fn arrive(memory: &mut Memory, at: Timestamp, changed: &ShipmentChanged, known: &UnderWay) {
    let route = changed.route;
    let delay = seconds_between(known.planned, at);
    for subject in end(memory, route.destination, known.carrier) {
        memory.deltas.flow(subject, at).cargo_mut().arrive(delay);
    }
    for commodity in &known.commodities {
        for subject in goods(memory, *commodity) {
            memory.deltas.flow(subject, at).cargo_mut().arrive(delay);
        }
    }
    let lane = memory.deltas.lane(route.origin, route.destination, at);
    lane.cargo.arrive(delay);
    if let Some(departed) = known.departed {
        lane.transits.count(seconds_between(departed, at));
    }
}
