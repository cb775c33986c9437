//! How the vocabulary is laid out in a snapshot.
//!
//! [`table::Row`] cannot be implemented here for the types of `domain`, nor have they a default to
//! be read into; hence a trait of our own. A change here needs a new number in
//! [`crate::snapshot::FORMAT`].

use std::sync::Arc;

use domain::{
    AlertCause, AlertId, AlertKind, AlertRule, AlertRuleId, Severity, Timing, VesselDetails,
};
use domain::{Charge, ChargeKind, DelayCode, Tolerance, VesselId};
use domain::{
    CommodityDetails, CommodityId, Credits, DelayReason, Identifier, KeyId, NetworkDetails,
    Position, PrincipalId, Quantity, Role, Route, Schedule, Sequence, Shipment, ShipmentId,
    ShipmentLine, ShipmentStatus, StationDetails, StationId, StationKind, Text, Timestamp,
    TokenSubject, TraderDetails, TraderId,
};
use domain::{
    Offer, OfferId, OfferTaken, Side, TradeRecord, TradeRecordLine, TradeStatus, TradeTerms,
    TransactionId,
};
use table::{Archive, ArchiveError, Frozen, Key, Paged, Row, Table, through};

/// A value that a snapshot holds.
pub(crate) trait Saved: Clone {
    /// Something to be read into.
    fn blank() -> Self;

    /// Passes each field to the archive, always in the same order.
    fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError>;
}

/// Reads one value.
pub(crate) fn read<T: Saved, A: Archive>(archive: &mut A) -> Result<T, ArchiveError> {
    let mut value = T::blank();
    value.pass(archive)?;
    Ok(value)
}

/// Writes one value.
pub(crate) fn write<T: Saved, A: Archive>(
    mut value: T,
    archive: &mut A,
) -> Result<(), ArchiveError> {
    value.pass(archive)
}

/// Writes the count of the rows, then each.
pub(crate) fn write_rows<T: Saved, A: Archive>(
    rows: &Frozen<T>,
    archive: &mut A,
) -> Result<(), ArchiveError> {
    write(rows.len() as u64, archive)?;
    rows.iter().try_for_each(|row| row.clone().pass(archive))
}

/// Reads what [`write_rows`] wrote of a vector. Grows by what is there, not by what the count says.
pub(crate) fn read_paged<T: Saved, A: Archive>(archive: &mut A) -> Result<Paged<T>, ArchiveError> {
    let mut rows = Paged::new();
    for _ in 0..read::<u64, A>(archive)? {
        rows.push(read(archive)?);
    }
    Ok(rows)
}

/// Reads what [`write_rows`] wrote of a table; its rows are in the same order as before.
pub(crate) fn read_table<K: Key + Saved, V: Saved, A: Archive>(
    archive: &mut A,
) -> Result<Table<K, V>, ArchiveError> {
    let mut table = Table::new();
    for _ in 0..read::<u64, A>(archive)? {
        let (key, value) = read(archive)?;
        if table.insert(key, value).is_some() {
            return Err(ArchiveError::DuplicateKey);
        }
    }
    Ok(table)
}

macro_rules! saved_as_row {
    ($($kind:ty),*) => {
        $(impl Saved for $kind {
            fn blank() -> Self {
                Self::default()
            }

            #[inline]
            fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
                self.archive(archive)
            }
        })*
    };
}
saved_as_row!(u32, u64, u128, i64, bool);

macro_rules! saved_as_inner {
    ($($kind:ident($inner:ty)),*) => {
        $(impl Saved for $kind {
            fn blank() -> Self {
                Self(<$inner>::blank())
            }

            #[inline]
            fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
                self.0.pass(archive)
            }
        })*
    };
}
saved_as_inner!(
    Sequence(u64),
    ShipmentId(Sequence),
    AlertId(Sequence),
    AlertRuleId(u32),
    TransactionId(Sequence),
    OfferId(Sequence),
    Timestamp(i64),
    StationId(u32),
    CommodityId(u32),
    TraderId(u32),
    VesselId(u32),
    PrincipalId(u32),
    KeyId(u32)
);

macro_rules! saved_amount {
    ($($kind:ident),*) => {
        $(impl Saved for $kind {
            fn blank() -> Self {
                Self::ZERO
            }

            #[inline]
            fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
                let from = |form: u64| Self::new(form).ok();
                through(archive, self, "an amount", |amount| amount.get(), from)
            }
        })*
    };
}
saved_amount!(Quantity, Credits);

macro_rules! saved_text {
    ($($kind:ident),*) => {
        $(impl Saved for $kind {
            fn blank() -> Self {
                Self::new("-").expect("a plain text")
            }

            fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
                let from = |form: String| Self::new(&form).ok();
                through(archive, self, "a text", |text| text.as_str().to_owned(), from)
            }
        })*
    };
}
saved_text!(Identifier, Text);

/// A value that is one of a few is its place among them, which must never change.
macro_rules! saved_choice {
    ($($kind:ident[$first:ident $(, $other:ident)*]),* $(,)?) => {
        $(impl Saved for $kind {
            fn blank() -> Self {
                Self::$first
            }

            fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
                const ALL: &[$kind] = &[$kind::$first $(, $kind::$other)*];
                let to = |value: &Self| (0..).zip(ALL).find(|(_, one)| *one == value);
                let form = |value: &Self| to(value).map_or(u32::MAX, |(place, _)| place);
                let from = |place: u32| ALL.get(place as usize).copied();
                through(archive, self, stringify!($kind), form, from)
            }
        })*
    };
}
saved_choice! {
    Role[Admin, Operator, Viewer, Trader, Carrier],
    StationKind[Planet, Station, Outpost, Gate],
    DelayReason[Estimate, Overdue],
    AlertKind[ShipmentOverdue, ShipmentLate, ShipmentSilent, StockLow, StockOut, HoldExpired],
    Severity[Info, Warning, Critical],
    Timing[ShipmentOverdue, ShipmentLate, ShipmentSilent, HoldExpired],
    DelayCode[Congestion, Weather, Mechanical, Customs, Security, Crew, Loading, Other],
    ChargeKind[Tax, Docking, Freight, Insurance, Other],
    Side[Sell, Buy],
    TradeStatus[Pending, Settled, Voided, Expired, Reversed],
    ShipmentStatus[
        Booked, Loading, InTransit, Arrived, PartiallyReceived, Received, Cancelled, Lost,
        Returned
    ],
}

/// A value that is its public fields, in this order.
macro_rules! saved_fields {
    ($($kind:ty { $($field:ident),* $(,)? })*) => {
        $(impl $crate::saved::Saved for $kind {
            fn blank() -> Self {
                Self { $($field: $crate::saved::Saved::blank()),* }
            }

            #[inline]
            fn pass<A: table::Archive>(
                &mut self,
                archive: &mut A,
            ) -> Result<(), table::ArchiveError> {
                $($crate::saved::Saved::pass(&mut self.$field, archive)?;)*
                Ok(())
            }
        })*
    };
}
pub(crate) use saved_fields;

saved_fields! {
    Position { x, y, z }
    Route { origin, destination, owner }
    NetworkDetails { wall, epoch, speed }
    StationDetails { name, kind, system, position, owner }
    CommodityDetails { name, category, unit_mass_grams, unit_volume_millilitres }
    TraderDetails { name }
    TokenSubject { issuer, subject, issued_at }
    VesselDetails { name, carrier, mass_capacity_grams, volume_capacity_millilitres }
    ShipmentLine { commodity, shipped, accepted, rejected, written_off, found, short }
    Charge { payer, to, amount, kind }
    OfferTaken { line, offer, side, previous }
    TradeTerms { offers, charges }
    TradeRecordLine { commodity, quantity, unit_price, settled }
    TradeRecord {
        id, station, buyer, seller, status, lines, total, terms, charges_paid, proposed_by, unreserved,
        expires_at, settled_at, reason, last, event_count,
    }
    Offer {
        id, station, trader, side, commodity, unit_price, quantity, remaining, expires_at, opened_at, last,
    }
    Shipment {
        id, route, consignee, carrier, status, schedule, estimated_departure, estimated_arrival,
        actual_departure, actual_arrival, delayed, delay_code, on_hold, estimated_at, position, vessel,
        charges, tolerance, booked_at, heard_at, lines, last, event_count,
    }
}

impl Saved for Tolerance {
    fn blank() -> Self {
        Self::default()
    }

    fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let to = |tolerance: &Self| u32::from(tolerance.permille());
        let from = |form: u32| Self::new(u16::try_from(form).ok()?).ok();
        through(archive, self, "a tolerance", to, from)
    }
}

impl Saved for AlertCause {
    fn blank() -> Self {
        Self::Stock(AlertRuleId::blank())
    }

    fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let to = |cause: &Self| match *cause {
            Self::Overdue(shipment) => (0, shipment.0.0),
            Self::Late(shipment) => (1, shipment.0.0),
            Self::Silent(shipment) => (2, shipment.0.0),
            Self::Stock(rule) => (3, u64::from(rule.0)),
            Self::Hold(trade) => (4, trade.0.0),
        };
        let from = |(kind, number): (u32, u64)| {
            let shipment = ShipmentId(Sequence(number));
            Some(match kind {
                0 => Self::Overdue(shipment),
                1 => Self::Late(shipment),
                2 => Self::Silent(shipment),
                3 => Self::Stock(AlertRuleId(u32::try_from(number).ok()?)),
                4 => Self::Hold(TransactionId(Sequence(number))),
                _ => return None,
            })
        };
        through(archive, self, "the cause of an alert", to, from)
    }
}

impl Saved for AlertRule {
    fn blank() -> Self {
        let timing = Timing::blank();
        Self::Timing { timing, after_seconds: 0, critical_after_seconds: 0 }
    }

    fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let mut is_stock = matches!(self, Self::Stock { .. });
        is_stock.pass(archive)?;
        if archive.reading() && is_stock {
            let (station, owner) = (StationId::blank(), TraderId::blank());
            let (commodity, low, clear) = (CommodityId::blank(), Quantity::ZERO, Quantity::ZERO);
            *self = Self::Stock { station, owner, commodity, low, clear };
        }
        match self {
            Self::Timing { timing, after_seconds, critical_after_seconds } => {
                timing.pass(archive)?;
                after_seconds.pass(archive)?;
                critical_after_seconds.pass(archive)
            }
            Self::Stock { station, owner, commodity, low, clear } => {
                station.pass(archive)?;
                owner.pass(archive)?;
                commodity.pass(archive)?;
                low.pass(archive)?;
                clear.pass(archive)
            }
        }
    }
}

impl Saved for Schedule {
    fn blank() -> Self {
        let never = Timestamp::default();
        Self::new(never, never).expect("an arrival that is not before the departure")
    }

    fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let to = |schedule: &Self| (schedule.departure().0, schedule.arrival().0);
        let from = |(departure, arrival)| Self::new(Timestamp(departure), Timestamp(arrival));
        through(archive, self, "a schedule", to, from)
    }
}

impl Saved for [u8; 32] {
    fn blank() -> Self {
        [0; 32]
    }

    fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let mut bytes = self.to_vec();
        archive.bytes(&mut bytes)?;
        *self = Self::try_from(bytes).map_err(|_| ArchiveError::Invalid { wanted: "a digest" })?;
        Ok(())
    }
}

impl<T: Saved> Saved for Option<T> {
    fn blank() -> Self {
        None
    }

    #[inline]
    fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let mut is_some = self.is_some();
        is_some.pass(archive)?;
        if archive.reading() {
            *self = is_some.then(T::blank);
        }
        self.as_mut().map_or(Ok(()), |value| value.pass(archive))
    }
}

impl<T: Saved> Saved for Box<T> {
    fn blank() -> Self {
        Self::new(T::blank())
    }

    fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        self.as_mut().pass(archive)
    }
}

impl<T: Saved> Saved for Arc<T> {
    fn blank() -> Self {
        Self::new(T::blank())
    }

    fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let mut value = T::clone(self);
        value.pass(archive)?;
        *self = Self::new(value);
        Ok(())
    }
}

impl<T: Saved> Saved for Arc<[T]> {
    fn blank() -> Self {
        Self::from([])
    }

    fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let mut items: Box<[T]> = self.iter().cloned().collect();
        items.pass(archive)?;
        *self = items.into();
        Ok(())
    }
}

impl<T: Saved> Saved for Box<[T]> {
    fn blank() -> Self {
        Self::default()
    }

    fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let mut count = self.len() as u64;
        count.pass(archive)?;
        if archive.reading() {
            let items: Result<_, _> = (0..count).map(|_| read(archive)).collect();
            *self = items?;
            return Ok(());
        }
        self.iter_mut().try_for_each(|item| item.pass(archive))
    }
}

macro_rules! saved_tuple {
    ($($part:ident $place:tt),*) => {
        impl<$($part: Saved),*> Saved for ($($part,)*) {
            fn blank() -> Self {
                ($($part::blank(),)*)
            }

            #[inline]
            fn pass<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
                $(self.$place.pass(archive)?;)*
                Ok(())
            }
        }
    };
}
saved_tuple!(T 0, U 1);
saved_tuple!(T 0, U 1, V 2);
