//! What is counted of one thing in one bucket. Cells of the same thing and bucket add up, in any
//! order: a delta and a row on disk, rows of different saves, hours of a day.

use domain::Timestamp;

use super::Histogram;
use super::varint::{read_u64, read_varint, unzigzag, write_varint, zigzag};

/// A cell that is kept.
pub(super) trait Cell: Clone + Default + Sized {
    /// The number by which the store knows its kind; must never change.
    const KIND: i64;

    /// Adds another cell of the same thing.
    fn merge(&mut self, other: &Self);

    /// Writes it behind what is there.
    fn write(&self, out: &mut Vec<u8>);

    /// Takes one from the front; `None` if the bytes are none of ours.
    fn read(bytes: &mut &[u8]) -> Option<Self>;
}

/// What was traded and shipped: of a station, a system, a commodity, a category, a trader, or all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flow {
    /// Trades that settled; of a commodity or a category, lines that did.
    pub trades: u64,
    /// Credits paid for goods.
    pub value: u128,
    /// Units that changed owner.
    pub units: u128,
    /// Trades that were reversed; of a commodity or a category, their lines. Not taken off `trades`.
    pub reversals: u64,
    /// Credits paid back for them. Not taken off `value`.
    pub reversed_value: u128,
    /// What was shipped; most things have none.
    pub(super) cargo: Option<Box<Cargo>>,
}

impl Flow {
    /// What was shipped.
    pub fn cargo(&self) -> &Cargo {
        const NONE: &Cargo = &Cargo::NONE;
        self.cargo.as_deref().unwrap_or(NONE)
    }

    pub(super) fn cargo_mut(&mut self) -> &mut Cargo {
        self.cargo.get_or_insert_default()
    }
}

/// What was shipped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cargo {
    /// Shipments booked from here.
    pub bookings: u64,
    /// Shipments that left here.
    pub departures: u64,
    /// Units that left here.
    pub units: u128,
    /// Shipments that arrived here.
    pub arrivals: u64,
    /// Of those, how many were not after the planned arrival.
    pub on_time: u64,
    /// Seconds after the planned arrival, of all that arrived.
    pub delay_seconds: u128,
    /// The same of each: 0 of what was on time.
    pub delays: Histogram,
}

impl Cargo {
    const NONE: Self = Self {
        bookings: 0,
        departures: 0,
        units: 0,
        arrivals: 0,
        on_time: 0,
        delay_seconds: 0,
        delays: Histogram::NONE,
    };

    /// Counts an arrival that was so late.
    pub(super) fn arrive(&mut self, delay_seconds: u64) {
        self.arrivals += 1;
        self.on_time += u64::from(delay_seconds == 0);
        self.delay_seconds += u128::from(delay_seconds);
        self.delays.count(delay_seconds);
    }

    fn merge(&mut self, other: &Self) {
        self.bookings += other.bookings;
        self.departures += other.departures;
        self.units += other.units;
        self.arrivals += other.arrivals;
        self.on_time += other.on_time;
        self.delay_seconds += other.delay_seconds;
        self.delays.merge(&other.delays);
    }

    fn write(&self, out: &mut Vec<u8>) {
        for count in [self.bookings, self.departures, self.arrivals, self.on_time] {
            write_varint(out, u128::from(count));
        }
        write_varint(out, self.units);
        write_varint(out, self.delay_seconds);
        self.delays.write(out);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self {
            bookings: read_u64(bytes)?,
            departures: read_u64(bytes)?,
            arrivals: read_u64(bytes)?,
            on_time: read_u64(bytes)?,
            units: read_varint(bytes)?,
            delay_seconds: read_varint(bytes)?,
            delays: Histogram::read(bytes)?,
        })
    }
}

/// What follows the three usual numbers of a flow.
const HAS_REVERSALS: u128 = 1;
const HAS_CARGO: u128 = 2;

impl Cell for Flow {
    const KIND: i64 = 0;

    fn merge(&mut self, other: &Self) {
        self.trades += other.trades;
        self.value += other.value;
        self.units += other.units;
        self.reversals += other.reversals;
        self.reversed_value += other.reversed_value;
        if let Some(cargo) = &other.cargo {
            self.cargo_mut().merge(cargo);
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let reversals = if self.reversals > 0 { HAS_REVERSALS } else { 0 };
        let cargo = if self.cargo.is_some() { HAS_CARGO } else { 0 };
        write_varint(out, u128::from(self.trades) << 2 | reversals | cargo);
        write_varint(out, self.value);
        write_varint(out, self.units);
        if self.reversals > 0 {
            write_varint(out, u128::from(self.reversals));
            write_varint(out, self.reversed_value);
        }
        if let Some(cargo) = &self.cargo {
            cargo.write(out);
        }
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let head = read_varint(bytes)?;
        let mut flow = Self {
            trades: u64::try_from(head >> 2).ok()?,
            value: read_varint(bytes)?,
            units: read_varint(bytes)?,
            ..Self::default()
        };
        if head & HAS_REVERSALS != 0 {
            flow.reversals = read_u64(bytes)?;
            flow.reversed_value = read_varint(bytes)?;
        }
        if head & HAS_CARGO != 0 {
            flow.cargo = Some(Box::new(Cargo::read(bytes)?));
        }
        Some(flow)
    }
}

/// What went from one station to another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lane {
    /// Bookings, departures and arrivals of this lane's shipments.
    pub cargo: Cargo,
    /// What left, at the last price of each commodity at the origin when it left.
    pub value: u128,
    /// Seconds from departure to arrival, of what arrived.
    pub transits: Histogram,
}

impl Cell for Lane {
    const KIND: i64 = 2;

    fn merge(&mut self, other: &Self) {
        self.cargo.merge(&other.cargo);
        // Worth is no payment: nothing bounds the sum of it.
        self.value = self.value.saturating_add(other.value);
        self.transits.merge(&other.transits);
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.cargo.write(out);
        write_varint(out, self.value);
        self.transits.write(out);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self {
            cargo: Cargo::read(bytes)?,
            value: read_varint(bytes)?,
            transits: Histogram::read(bytes)?,
        })
    }
}

/// The prices of one commodity at one station. First and last are by sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Candle {
    /// Lines that settled; a candle of none shows nothing.
    pub trades: u64,
    /// Credits a unit, of the first line.
    pub open: u64,
    /// The greatest.
    pub high: u64,
    /// The least.
    pub low: u64,
    /// Of the last line.
    pub close: u64,
    /// Units that changed owner.
    pub units: u128,
    /// Credits paid for them.
    pub value: u128,
    /// The events of the first and the last line.
    pub(super) first: u64,
    pub(super) last: u64,
}

impl Candle {
    /// The candle of one line.
    pub(super) fn of(sequence: u64, price: u64, units: u64, value: u64) -> Self {
        Self {
            trades: 1,
            open: price,
            high: price,
            low: price,
            close: price,
            units: units.into(),
            value: value.into(),
            first: sequence,
            last: sequence,
        }
    }
}

impl Cell for Candle {
    const KIND: i64 = 1;

    fn merge(&mut self, other: &Self) {
        if other.trades == 0 {
            return;
        }
        if self.trades == 0 {
            *self = *other;
            return;
        }
        if other.first < self.first {
            (self.first, self.open) = (other.first, other.open);
        }
        if other.last > self.last {
            (self.last, self.close) = (other.last, other.close);
        }
        self.high = self.high.max(other.high);
        self.low = self.low.min(other.low);
        self.trades += other.trades;
        self.units += other.units;
        self.value += other.value;
    }

    fn write(&self, out: &mut Vec<u8>) {
        let open = i64::try_from(self.open).unwrap_or(i64::MAX);
        let near = |price: u64| u128::from(zigzag(i64::try_from(price).unwrap_or(i64::MAX) - open));
        let numbers = [
            self.trades.into(),
            self.open.into(),
            near(self.high),
            near(self.low),
            near(self.close),
            self.units,
            self.value,
            self.first.into(),
            u128::from(self.last.saturating_sub(self.first)),
        ];
        for number in numbers {
            write_varint(out, number);
        }
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let (trades, open) = (read_u64(bytes)?, read_u64(bytes)?);
        let mut near = || -> Option<u64> { open.checked_add_signed(unzigzag(read_u64(bytes)?)) };
        let (high, low, close) = (near()?, near()?, near()?);
        let (units, value) = (read_varint(bytes)?, read_varint(bytes)?);
        let first = read_u64(bytes)?;
        let last = first.checked_add(read_u64(bytes)?)?;
        Some(Self { trades, open, high, low, close, units, value, first, last })
    }
}

/// The last price of a commodity at a station, by sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct LastPrice {
    pub(super) sequence: u64,
    pub(super) price: u64,
    /// When it was paid.
    pub(super) at: Timestamp,
}

impl Cell for LastPrice {
    const KIND: i64 = 3;

    fn merge(&mut self, other: &Self) {
        if other.sequence > self.sequence {
            *self = *other;
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        write_varint(out, self.sequence.into());
        write_varint(out, self.price.into());
        write_varint(out, zigzag(self.at.0).into());
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self {
            sequence: read_u64(bytes)?,
            price: read_u64(bytes)?,
            at: Timestamp(unzigzag(read_u64(bytes)?)),
        })
    }
}
