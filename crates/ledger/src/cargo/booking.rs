//! Bookings: what is to be carried is reserved at the origin, and its charges are held.

use domain::{
    Booking, BookingLine, BookingTerms, CommodityId, Event, GoodsLine, Identifier, Lines, Quantity,
    Rejection, Route, ShipmentBooked, StationId, TraderId, VesselId,
};

use crate::charges::{self, Outflows};
use crate::inventory::{check_available, unknown_commodity, unknown_station};
use crate::open::check_shipment;
use crate::state::State;
use crate::vessels;

/// Checks in the order of [`Rejection`]: parties, names, capacity, goods, credits, room.
pub(crate) fn book(state: &State, booking: &Booking) -> Result<Option<Event>, Rejection> {
    let none = BookingTerms::default();
    let terms = booking.terms.get().unwrap_or(&none);
    if booking.origin == booking.destination {
        return Err(Rejection::SameParty);
    }
    charges::check_parties(&terms.charges)?;
    let station = |name: &Identifier, field| -> Result<StationId, Rejection> {
        state.station(name).ok_or_else(|| unknown_station(name, field))
    };
    let origin = station(&booking.origin, "origin")?;
    let destination = station(&booking.destination, "destination")?;
    let owner = trader(state, &booking.owner, "owner")?;
    let consignee = booking.consignee.as_ref();
    let consignee = consignee.map_or(Ok(owner), |name| trader(state, name, "consignee"))?;
    let carrier = booking.carrier.as_ref().map(|name| trader(state, name, "carrier"));
    let carrier = carrier.transpose()?;
    let charges = charges::resolve(state, &terms.charges)?;
    let vessel = terms.vessel.as_ref().map(|name| vessels::find(state, name)).transpose()?;
    let carrier = carrier.or_else(|| vessels::carrier(state, vessel?)).unwrap_or(owner);
    let route = Route { origin, destination, owner };
    let lines = resolve(state, &booking.lines)?;
    if let Some(vessel) = vessel {
        check_capacity(state, vessel, &lines)?;
    }
    let wanted = lines.iter().enumerate().map(|(at, line)| (at, line.commodity, line.quantity));
    check_available(state, origin, owner, wanted)?;
    let mut outflows = Outflows::default();
    outflows.add_charges(&charges);
    outflows.check(state)?;
    check_shipment(state, owner, lines.len())?;
    let (schedule, tolerance) = (booking.schedule, terms.tolerance);
    let booked =
        ShipmentBooked { route, consignee, carrier, lines, schedule, vessel, charges, tolerance };
    Ok(Some(Event::ShipmentBooked(Box::new(booked))))
}

fn trader(state: &State, name: &Identifier, field: &'static str) -> Result<TraderId, Rejection> {
    let unknown = || Rejection::UnknownTrader { trader: name.clone(), field };
    state.trader(name).ok_or_else(unknown)
}

fn resolve(state: &State, lines: &Lines<BookingLine>) -> Result<Box<[GoodsLine]>, Rejection> {
    let line = |(at, line): (usize, &BookingLine)| {
        let commodity = state.commodity(&line.commodity);
        let commodity = commodity.ok_or_else(|| unknown_commodity(&line.commodity, at))?;
        Ok(GoodsLine { commodity, quantity: line.quantity })
    };
    lines.iter().enumerate().map(line).collect()
}

/// Whether the vessel can carry as much at once. Goods of no known mass or volume weigh nothing.
fn check_capacity(state: &State, vessel: VesselId, lines: &[GoodsLine]) -> Result<(), Rejection> {
    let Some(details) = vessels::details(state, vessel) else { return Ok(()) };
    let unit = |commodity: CommodityId| {
        let slot = state.commodities.slot(commodity.0)?;
        Some(&state.commodities.at(slot).details)
    };
    let mass = |commodity| unit(commodity)?.unit_mass_grams;
    let volume = |commodity| unit(commodity)?.unit_volume_millilitres;
    let sum = |of: &dyn Fn(CommodityId) -> Option<Quantity>| {
        let all = lines.iter().map(|line| {
            let unit = of(line.commodity).unwrap_or_default();
            u128::from(line.quantity.get()) * u128::from(unit.get())
        });
        all.sum::<u128>()
    };
    let measures = [
        ("mass", sum(&mass), details.mass_capacity_grams),
        ("volume", sum(&volume), details.volume_capacity_millilitres),
    ];
    for (measure, sum, capacity) in measures {
        let Some(capacity) = capacity else { continue };
        if sum > u128::from(capacity.get()) {
            let requested = u64::try_from(sum).ok().and_then(|sum| Quantity::new(sum).ok());
            let requested = requested.unwrap_or(Quantity::MAX);
            return Err(Rejection::OverCapacity { vessel, measure, requested, capacity });
        }
    }
    Ok(())
}
