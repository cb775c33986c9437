//! Vessels: who flies them, what they can carry, and that each is in one place.

use domain::limits::VESSELS_MAX;
use domain::{
    Event, Identifier, PutVessel, Rejection, ShipmentChange, ShipmentId, ShipmentStatus, TraderId,
    VesselDetails, VesselId,
};

use crate::access::next;
use crate::state::{self, Name, State, Vessel};

/// Created or replaced whole. What it carries already it goes on to carry.
pub(crate) fn put(state: &State, put: &PutVessel) -> Result<Option<Event>, Rejection> {
    let unknown = || Rejection::UnknownTrader { trader: put.carrier.clone(), field: "carrier" };
    let details = VesselDetails {
        name: put.name.clone(),
        carrier: state.trader(&put.carrier).ok_or_else(unknown)?,
        mass_capacity_grams: put.mass_capacity_grams,
        volume_capacity_millilitres: put.volume_capacity_millilitres,
    };
    let Some(slot) = state::find(&state.vessels, &put.id) else {
        let vessel = VesselId(next(state.vessels.len(), "vessels", VESSELS_MAX)?);
        return Ok(Some(Event::VesselCreated {
            vessel,
            id: put.id.clone(),
            details: Box::new(details),
        }));
    };
    let same = state.vessels.at(slot).details == details;
    let vessel = VesselId(slot.position());
    Ok((!same).then(|| Event::VesselUpdated { vessel, details: Box::new(details) }))
}

pub(crate) fn find(state: &State, name: &Identifier) -> Result<VesselId, Rejection> {
    let unknown = || Rejection::UnknownVessel { vessel: name.clone() };
    state::find(&state.vessels, name).map(|slot| VesselId(slot.position())).ok_or_else(unknown)
}

pub(crate) fn details(state: &State, vessel: VesselId) -> Option<&VesselDetails> {
    Some(&row(state, vessel)?.details)
}

pub(crate) fn carrier(state: &State, vessel: VesselId) -> Option<TraderId> {
    Some(row(state, vessel)?.details.carrier)
}

/// Whether the vessel carries nothing but this shipment.
pub(crate) fn check_free(
    state: &State,
    vessel: VesselId,
    shipment: ShipmentId,
) -> Result<(), Rejection> {
    match row(state, vessel).and_then(|row| row.carrying) {
        Some(carried) if carried != shipment => {
            Err(Rejection::VesselBusy { vessel, shipment: carried })
        }
        _ => Ok(()),
    }
}

fn row(state: &State, vessel: VesselId) -> Option<&Vessel> {
    Some(state.vessels.at(state.vessels.slot(vessel.0)?))
}

pub(crate) fn apply_created(
    state: &mut State,
    vessel: VesselId,
    id: &Identifier,
    details: &VesselDetails,
) {
    assert_eq!(vessel.index(), state.vessels.len(), "vessels are numbered in order");
    let row = Vessel { details: details.clone(), carrying: None };
    let before = state.vessels.insert(Name(id.clone()), row);
    assert!(before.is_none(), "a vessel is created once");
}

pub(crate) fn apply_updated(state: &mut State, vessel: VesselId, details: &VesselDetails) {
    let slot = state.vessels.slot(vessel.0).expect("the vessel exists");
    state.vessels.at_mut(slot).details = details.clone();
}

/// A vessel carries a shipment from when it is loaded, or departs, until it has arrived or ended.
/// What was lost and is found again is not on it any more.
pub(crate) fn follow(
    state: &mut State,
    shipment: ShipmentId,
    vessel: Option<VesselId>,
    status: ShipmentStatus,
    change: &ShipmentChange,
) {
    let Some(vessel) = vessel else { return };
    let slot = state.vessels.slot(vessel.0).expect("the vessel of a shipment exists");
    let carrying = &mut state.vessels.at_mut(slot).carrying;
    match change {
        ShipmentChange::Loaded | ShipmentChange::Departed { .. } => *carrying = Some(shipment),
        ShipmentChange::Arrived => *carrying = carrying.filter(|carried| *carried != shipment),
        _ if status.is_terminal() => *carrying = carrying.filter(|carried| *carried != shipment),
        _ => {}
    }
}
