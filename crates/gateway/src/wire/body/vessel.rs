//! `PUT /api/vessels/{id}`.

use domain::{Action, Identifier, PutVessel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Tail, Wanted};
use crate::wire::{Amount, Metadata, Name, Time, Words};

/// A vessel as it shall be.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PutVessel)]
pub(crate) struct VesselBody {
    /// For people.
    name: Words,
    /// Who flies it: the carrier of its shipments where they name none.
    carrier: Name,
    /// Grams it can carry; without a bound if left out.
    mass_capacity_grams: Option<Amount>,
    /// Millilitres it can carry; without a bound if left out.
    volume_capacity_millilitres: Option<Amount>,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

impl VesselBody {
    pub(crate) fn wanted(self, id: Identifier) -> Wanted {
        let vessel = PutVessel {
            id,
            name: self.name.0,
            carrier: self.carrier.0,
            mass_capacity_grams: self.mass_capacity_grams.map(Amount::quantity),
            volume_capacity_millilitres: self.volume_capacity_millilitres.map(Amount::quantity),
        };
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        tail.with(Action::PutVessel(vessel))
    }
}
