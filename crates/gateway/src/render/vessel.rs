//! Answers about vessels.

use domain::{Envelope, Identifier, Quantity, Scope, Timestamp, VesselDetails, VesselId};
use views::Vessel;

use super::{NAMELESS, Render};
use crate::wire::Time;
use crate::wire::answer::{VesselAnswer, VesselData};

impl<'a> Render<'a> {
    pub(crate) fn vessel(self, id: VesselId) -> &'a str {
        self.state.vessel(id).map_or(NAMELESS, |vessel| vessel.name.as_str())
    }

    /// A vessel as it is.
    pub(crate) fn vessel_now(self, vessel: &'a Vessel, scope: Scope<'_>) -> VesselAnswer<'a> {
        let (created, changed) = (vessel.created_at, vessel.changed_at);
        let id = vessel.name.as_str();
        let data = self.vessel_as(id, &vessel.details, created, (changed, vessel.changed.0));
        self.with_cargo(vessel.id, data, scope)
    }

    /// Adds the shipment that a vessel carries now.
    pub(crate) fn with_cargo(
        self,
        id: VesselId,
        data: VesselData<'a>,
        scope: Scope<'_>,
    ) -> VesselAnswer<'a> {
        let carrying = self.state.carrying(id, scope);
        VesselAnswer { data, carrying: carrying.map(|id| id.to_string()), as_of: None }
    }

    /// A vessel as an event left it.
    pub(crate) fn vessel_then(
        self,
        envelope: &Envelope,
        id: VesselId,
        details: &'a VesselDetails,
    ) -> VesselData<'a> {
        let changed = envelope.recorded_at;
        let created = self.state.vessel(id).map_or(changed, |vessel| vessel.created_at);
        self.vessel_as(self.vessel(id), details, created, (changed, envelope.sequence.0))
    }

    /// A vessel as an event creates it: the views do not know what a dry run creates.
    pub(super) fn vessel_created(
        self,
        envelope: &Envelope,
        id: &'a Identifier,
        details: &'a VesselDetails,
    ) -> VesselData<'a> {
        let at = envelope.recorded_at;
        self.vessel_as(id.as_str(), details, at, (at, envelope.sequence.0))
    }

    fn vessel_as(
        self,
        id: &'a str,
        details: &'a VesselDetails,
        created: Timestamp,
        (changed, sequence): (Timestamp, u64),
    ) -> VesselData<'a> {
        VesselData {
            id,
            name: details.name.as_str(),
            carrier: self.trader(details.carrier),
            mass_capacity_grams: details.mass_capacity_grams.map(Quantity::get),
            volume_capacity_millilitres: details.volume_capacity_millilitres.map(Quantity::get),
            created_at: Time(created),
            changed_at: Time(changed),
            sequence,
        }
    }
}
