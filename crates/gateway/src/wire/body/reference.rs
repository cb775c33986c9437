//! `PUT /api/stations/{id}`, `/api/commodities/{id}` and `/api/traders/{id}`.

use domain::{Action, Identifier, PutCommodity, PutStation, PutTrader};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{PositionBody, Tail, Wanted};
use crate::wire::{Amount, Metadata, Name, StationKindWord, Time, Words, object};

/// A station as it shall be.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PutStation)]
pub(crate) struct StationBody {
    /// For people.
    name: Words,
    kind: StationKindWord,
    /// The system it lies in.
    system: Name,
    #[serde(deserialize_with = "object")]
    position: PositionBody,
    /// Whose it is; itself if left out.
    owner: Option<Name>,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

impl StationBody {
    pub(crate) fn wanted(self, id: Identifier) -> Wanted {
        let station = PutStation {
            id,
            name: self.name.0,
            kind: self.kind.0,
            system: self.system.0,
            position: self.position.position(),
            owner: self.owner.map(|Name(owner)| owner),
        };
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        tail.with(Action::PutStation(station))
    }
}

/// A commodity as it shall be.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PutCommodity)]
pub(crate) struct CommodityBody {
    /// For people.
    name: Words,
    /// For grouping.
    category: Option<Name>,
    /// Grams a unit.
    unit_mass_grams: Option<Amount>,
    /// Millilitres a unit.
    unit_volume_millilitres: Option<Amount>,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

impl CommodityBody {
    pub(crate) fn wanted(self, id: Identifier) -> Wanted {
        let commodity = PutCommodity {
            id,
            name: self.name.0,
            category: self.category.map(|Name(category)| category),
            unit_mass_grams: self.unit_mass_grams.map(Amount::quantity),
            unit_volume_millilitres: self.unit_volume_millilitres.map(Amount::quantity),
        };
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        tail.with(Action::PutCommodity(commodity))
    }
}

/// A trader as it shall be.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PutTrader)]
pub(crate) struct TraderBody {
    /// For people.
    name: Words,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

impl TraderBody {
    pub(crate) fn wanted(self, id: Identifier) -> Wanted {
        let trader = PutTrader { id, name: self.name.0 };
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        tail.with(Action::PutTrader(trader))
    }
}
