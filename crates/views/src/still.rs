//! Parts of the state at one sequence, for readers who take their time: the fold goes on meanwhile.

use domain::{CommodityId, Shipment, StationId, TraderId};
use table::Frozen;

use crate::alerts::Alert;
use crate::inventory::{EntryKey, Stock, TotalKey};
use crate::{AsOf, Level, State};

/// Which parts of the state are to be kept still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StillParts {
    /// Stock, summed over owners.
    pub totals: bool,
    /// Stock, by owner.
    pub entries: bool,
    /// Shipments that have not ended.
    pub shipments: bool,
    /// Alerts that are open.
    pub alerts: bool,
}

/// Parts of the state as they were at one sequence. While it is held, the fold copies each page of
/// rows that it changes: hold few, and not for long.
pub struct Still {
    /// When it was so.
    pub as_of: AsOf,
    totals: Option<Frozen<(TotalKey, Stock)>>,
    entries: Option<Frozen<(EntryKey, Stock)>>,
    shipments: Option<Frozen<(u64, Shipment)>>,
    alerts: Option<Frozen<(u64, Alert)>>,
}

impl State {
    /// Keeps parts of the state still. Costs a pointer per page: about a millisecond for 2 million
    /// stock entries.
    pub fn still(&self, parts: StillParts) -> Still {
        Still {
            as_of: self.as_of,
            totals: parts.totals.then(|| self.inventory.freeze_totals()),
            entries: parts.entries.then(|| self.inventory.freeze_entries()),
            shipments: parts.shipments.then(|| self.shipments.freeze().0),
            alerts: parts.alerts.then(|| self.alerts.freeze_open()),
        }
    }
}

/// Rows by their place, in no order that means anything; `None` at the end.
impl Still {
    /// Stock of a commodity at a station, summed over owners.
    pub fn total(&self, index: usize) -> Option<Level> {
        let ((station, commodity), stock) = self.totals.as_ref()?.get(index)?;
        Some(Level::of(StationId(*station), CommodityId(*commodity), None, stock))
    }

    /// Stock of one owner.
    pub fn entry(&self, index: usize) -> Option<Level> {
        let ((station, owner, commodity), stock) = self.entries.as_ref()?.get(index)?;
        let owner = Some(TraderId(*owner));
        Some(Level::of(StationId(*station), CommodityId(*commodity), owner, stock))
    }

    /// A shipment that has not ended.
    pub fn shipment(&self, index: usize) -> Option<&Shipment> {
        self.shipments.as_ref()?.get(index).map(|(_, shipment)| shipment)
    }

    /// An open alert.
    pub fn alert(&self, index: usize) -> Option<&Alert> {
        self.alerts.as_ref()?.get(index).map(|(_, alert)| alert)
    }
}
