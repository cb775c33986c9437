//! Lost shipments that are found again: an ended one is not in memory, so that the fold reads it
//! back from the journal, before it makes anybody wait for the state.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Event, EventReader, ReadError, Recorded, Sequence, Shipment, ShipmentChange};
use parking_lot::RwLock;

use crate::State;
use crate::shipment_queries::{broken, history};

/// The shipments that these events find again, each as it was before, by the event that finds it.
pub(crate) fn lost_before(
    events: &dyn EventReader,
    fresh: &[Recorded],
    state: &RwLock<State>,
) -> Result<BTreeMap<u64, Shipment>, ReadError> {
    let mut staged = BTreeMap::new();
    let mut lost = BTreeSet::new();
    for Recorded { envelope, event } in fresh {
        let Event::ShipmentChanged(changed) = event else {
            continue;
        };
        match changed.change {
            ShipmentChange::Lost { .. } => {
                lost.insert(changed.shipment);
            }
            ShipmentChange::Found { .. } => {
                let open = state.read().shipments.get(changed.shipment).is_some();
                // One that is under way may be lost, and found, in this very batch.
                if !open || lost.contains(&changed.shipment) {
                    let shipment = as_of(events, changed.previous)?;
                    staged.insert(envelope.sequence.0, shipment);
                }
            }
            _ => {}
        }
    }
    Ok(staged)
}

/// A shipment after one of its events.
fn as_of(events: &dyn EventReader, last: Sequence) -> Result<Shipment, ReadError> {
    let recorded = events.event(last)?;
    let recorded = recorded.ok_or_else(|| broken(last, "the event before is not there"))?;
    history(events, recorded).map(|history| history.shipment)
}
