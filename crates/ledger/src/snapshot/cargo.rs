//! Rows of shipments and vessels, and what is derived from them.

use domain::{
    DelayCode, DelayReason, Position, Quantity, Route, Schedule, Sequence, Shipment, ShipmentId,
    ShipmentLine, ShipmentStatus, StationId, Text, Timestamp, Tolerance, TraderId, VesselDetails,
    VesselId,
};
use table::{Archive, ArchiveError, Row, through};

use super::trading::charges;
use super::{blank_text, quantity, text, time};
use crate::state::{OpenShipment, ShipmentKey, State, Vessel};

impl State {
    /// Which of the shipments are lost.
    pub(super) fn derive_lost(&mut self) {
        let lost = self.shipments.iter().map(|(_, open)| &open.shipment);
        let lost = lost.filter(|shipment| shipment.status == ShipmentStatus::Lost);
        self.lost = lost.map(|shipment| (shipment.last, shipment.id)).collect();
    }
}

impl Default for ShipmentKey {
    fn default() -> Self {
        Self(ShipmentId(Sequence::ZERO))
    }
}

impl Row for ShipmentKey {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        archive.number(&mut self.0.0.0)
    }
}

impl Default for OpenShipment {
    fn default() -> Self {
        let now = Timestamp::default();
        let (origin, destination) = (StationId(0), StationId(0));
        let shipment = Shipment {
            id: ShipmentId(Sequence::ZERO),
            route: Route { origin, destination, owner: TraderId(0) },
            consignee: TraderId(0),
            carrier: TraderId(0),
            status: ShipmentStatus::Booked,
            schedule: Schedule::new(now, now).expect("an arrival not before its departure"),
            estimated_departure: None,
            estimated_arrival: None,
            actual_departure: None,
            actual_arrival: None,
            delayed: None,
            delay_code: None,
            on_hold: None,
            estimated_at: None,
            position: None,
            vessel: None,
            charges: Box::default(),
            tolerance: Tolerance::default(),
            booked_at: now,
            heard_at: now,
            lines: Box::default(),
            last: Sequence::ZERO,
            event_count: 0,
        };
        Self { shipment, loaded_at: None, timer: None }
    }
}

/// A position and its time, in plain numbers.
type Seen = Option<((i64, i64, i64), i64)>;

impl Row for OpenShipment {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let it = &mut self.shipment;
        archive.number(&mut it.id.0.0)?;
        it.route.origin.0.archive(archive)?;
        it.route.destination.0.archive(archive)?;
        it.route.owner.0.archive(archive)?;
        it.consignee.0.archive(archive)?;
        it.carrier.0.archive(archive)?;
        through(archive, &mut it.status, "a status", |status| status_form(*status), status_of)?;
        let form = |schedule: &Schedule| (schedule.departure().0, schedule.arrival().0);
        through(archive, &mut it.schedule, "a schedule", form, |(departure, arrival)| {
            Schedule::new(Timestamp(departure), Timestamp(arrival))
        })?;
        time(archive, &mut it.estimated_departure)?;
        time(archive, &mut it.estimated_arrival)?;
        time(archive, &mut it.actual_departure)?;
        time(archive, &mut it.actual_arrival)?;
        let form = |delayed: &Option<DelayReason>| match delayed {
            None => 0_u32,
            Some(DelayReason::Estimate) => 1,
            Some(DelayReason::Overdue) => 2,
        };
        through(archive, &mut it.delayed, "a delay", form, |form| match form {
            0 => Some(None),
            1 => Some(Some(DelayReason::Estimate)),
            2 => Some(Some(DelayReason::Overdue)),
            _ => None,
        })?;
        delay_code(archive, &mut it.delay_code)?;
        some_text(archive, &mut it.on_hold)?;
        time(archive, &mut it.estimated_at)?;
        let form = |seen: &Option<(Position, Timestamp)>| {
            seen.map(|(at, time)| ((at.x, at.y, at.z), time.0))
        };
        through(archive, &mut it.position, "a position", form, |form: Seen| {
            Some(form.map(|((x, y, z), time)| (Position { x, y, z }, Timestamp(time))))
        })?;
        let form = |vessel: &Option<VesselId>| vessel.map(|vessel| vessel.0);
        through(archive, &mut it.vessel, "a vessel", form, |form: Option<u32>| {
            Some(form.map(VesselId))
        })?;
        charges(archive, &mut it.charges)?;
        let form = |tolerance: &Tolerance| u32::from(tolerance.permille());
        through(archive, &mut it.tolerance, "a tolerance", form, |form| {
            Tolerance::new(u16::try_from(form).ok()?).ok()
        })?;
        it.booked_at.0.archive(archive)?;
        it.heard_at.0.archive(archive)?;
        let mut lines = std::mem::take(&mut it.lines).into_vec();
        lines_through(archive, &mut lines)?;
        it.lines = lines.into_boxed_slice();
        archive.number(&mut it.last.0)?;
        it.event_count.archive(archive)?;
        time(archive, &mut self.loaded_at)
    }
}

fn status_form(status: ShipmentStatus) -> u32 {
    match status {
        ShipmentStatus::Booked => 0,
        ShipmentStatus::Loading => 1,
        ShipmentStatus::InTransit => 2,
        ShipmentStatus::Arrived => 3,
        ShipmentStatus::PartiallyReceived => 4,
        ShipmentStatus::Received => 5,
        ShipmentStatus::Cancelled => 6,
        ShipmentStatus::Lost => 7,
        ShipmentStatus::Returned => 8,
    }
}

fn status_of(form: u32) -> Option<ShipmentStatus> {
    Some(match form {
        0 => ShipmentStatus::Booked,
        1 => ShipmentStatus::Loading,
        2 => ShipmentStatus::InTransit,
        3 => ShipmentStatus::Arrived,
        4 => ShipmentStatus::PartiallyReceived,
        5 => ShipmentStatus::Received,
        6 => ShipmentStatus::Cancelled,
        7 => ShipmentStatus::Lost,
        8 => ShipmentStatus::Returned,
        _ => return None,
    })
}

/// A shipment's line, for it is of another crate.
#[derive(Clone, Default)]
struct LineRow(ShipmentLine);

impl Row for LineRow {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        self.0.commodity.0.archive(archive)?;
        quantity(archive, &mut self.0.shipped)?;
        quantity(archive, &mut self.0.accepted)?;
        quantity(archive, &mut self.0.rejected)?;
        quantity(archive, &mut self.0.written_off)?;
        quantity(archive, &mut self.0.found)?;
        quantity(archive, &mut self.0.short)
    }
}

fn lines_through<A: Archive>(
    archive: &mut A,
    lines: &mut Vec<ShipmentLine>,
) -> Result<(), ArchiveError> {
    let mut rows = std::mem::take(lines).into_iter().map(LineRow).collect::<Vec<_>>();
    rows.archive(archive)?;
    lines.extend(rows.into_iter().map(|row| row.0));
    Ok(())
}

impl Default for Vessel {
    fn default() -> Self {
        let details = VesselDetails {
            name: blank_text(),
            carrier: TraderId(0),
            mass_capacity_grams: None,
            volume_capacity_millilitres: None,
        };
        Self { details, carrying: None }
    }
}

impl Row for Vessel {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let details = &mut self.details;
        text(archive, &mut details.name)?;
        details.carrier.0.archive(archive)?;
        some_quantity(archive, &mut details.mass_capacity_grams)?;
        some_quantity(archive, &mut details.volume_capacity_millilitres)?;
        let form = |carrying: &Option<ShipmentId>| carrying.map(|shipment| shipment.0.0);
        through(archive, &mut self.carrying, "a shipment", form, |form: Option<u64>| {
            Some(form.map(|sequence| ShipmentId(Sequence(sequence))))
        })
    }
}

fn some_quantity<A: Archive>(
    archive: &mut A,
    value: &mut Option<Quantity>,
) -> Result<(), ArchiveError> {
    let form = |value: &Option<Quantity>| value.map(Quantity::get);
    through(archive, value, "a quantity", form, |form: Option<u64>| match form {
        None => Some(None),
        Some(form) => Some(Some(Quantity::new(form).ok()?)),
    })
}

fn some_text<A: Archive>(archive: &mut A, value: &mut Option<Text>) -> Result<(), ArchiveError> {
    let form = |value: &Option<Text>| value.as_ref().map(|text| text.as_str().to_owned());
    through(archive, value, "a text", form, |form: Option<String>| match form {
        None => Some(None),
        Some(form) => Some(Some(Text::new(&form).ok()?)),
    })
}

const DELAY_CODES: [DelayCode; 8] = [
    DelayCode::Congestion,
    DelayCode::Weather,
    DelayCode::Mechanical,
    DelayCode::Customs,
    DelayCode::Security,
    DelayCode::Crew,
    DelayCode::Loading,
    DelayCode::Other,
];

fn delay_code<A: Archive>(
    archive: &mut A,
    value: &mut Option<DelayCode>,
) -> Result<(), ArchiveError> {
    let form = |value: &Option<DelayCode>| value.map(|code| code as u32);
    through(archive, value, "a code of a delay", form, |form: Option<u32>| match form {
        None => Some(None),
        Some(form) => Some(Some(*DELAY_CODES.get(form as usize)?)),
    })
}
