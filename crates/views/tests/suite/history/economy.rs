//! Random histories: what may be recorded next, and its recording.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use domain::{CommitObserver, Event, Note, PrincipalId, Sequence, ShipmentChange, Timestamp};
use proptest::prelude::*;
use views::HistoryFold;

use crate::holds::{reversed, settled, voided};
use crate::journal::*;
use crate::model::{COMMODITIES, Model, STATIONS, TRADERS, Wish, beginning};

/// Something that is recorded, and how.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Wish(Wish),
    /// A hold of Zoe's goods, with a charge or without.
    Hold(bool),
    /// Ends the hold that has waited so long: settled, voided.
    EndHold(usize, bool),
    /// Moves a settled hold back.
    Reverse(usize),
    /// Stops a shipment, or has it late.
    Flag(usize, bool),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    deed: Deed,
    /// The reference, if below 4.
    reference: u8,
    actor: u32,
    /// Milliseconds before its record that it happened; on time if 0.
    earlier: i64,
}

fn deed() -> impl Strategy<Value = Deed> {
    let numbers = (0..14_u8, 0..STATIONS, 0..TRADERS, 0..TRADERS, 0..COMMODITIES, 1..10_u64);
    let wish = numbers.prop_map(|(kind, station, trader, other, commodity, quantity)| {
        Deed::Wish(Wish { kind, station, trader, other, commodity, quantity })
    });
    prop_oneof![
        6 => wish,
        2 => any::<bool>().prop_map(Deed::Hold),
        2 => (0..20_usize, any::<bool>()).prop_map(|(at, settles)| Deed::EndHold(at, settles)),
        1 => (0..20_usize).prop_map(Deed::Reverse),
        1 => (0..20_usize, any::<bool>()).prop_map(|(at, late)| Deed::Flag(at, late)),
    ]
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    (deed(), 0..12_u8, 1..4_u32, prop_oneof![3 => Just(0), 1 => 0..40_i64])
        .prop_map(|(deed, reference, actor, earlier)| Step { deed, reference, actor, earlier })
}

/// What may be recorded next.
pub(super) struct Economy {
    pub(super) world: World,
    model: Model,
    open_holds: Vec<(u64, u64)>,
    settled_holds: Vec<(u64, u64, u64)>,
}

impl Economy {
    pub(super) fn new(path: &Path) -> Self {
        let mut world = World::open(Some(path), Arc::default());
        world.record(beginning());
        let mut model = Model::new();
        let stocked = [produced(0, 2, 0, 1_000_000), issued(3, 1_000_000), issued(2, 1_000_000)];
        world.record(stocked);
        model.skip(3);
        Self { world, model, open_holds: Vec::new(), settled_holds: Vec::new() }
    }

    fn event(&mut self, deed: Deed) -> Option<Event> {
        let next = self.world.journal.events.read().len() as u64 + 1;
        let event = match deed {
            Deed::Wish(wish) => return self.model.grant(wish),
            Deed::Hold(charged) => {
                let charge = u64::from(charged);
                self.open_holds.push((next, charge));
                crate::holds::held(5, charge)
            }
            Deed::EndHold(at, settles) => {
                let count = self.open_holds.len().max(1);
                self.open_holds.get(at % count)?;
                let (id, charge) = self.open_holds.remove(at % count);
                let (trade, previous) = (Sequence(id), Sequence(id));
                if settles {
                    self.settled_holds.push((id, next, charge));
                    settled(trade, previous, 5, Some((0, charge)))
                } else {
                    voided(trade, previous, 5, charge)
                }
            }
            Deed::Reverse(at) => {
                let count = self.settled_holds.len().max(1);
                self.settled_holds.get(at % count)?;
                let (id, last, charge) = self.settled_holds.remove(at % count);
                reversed(Sequence(id), Sequence(last), 5, charge)
            }
            Deed::Flag(at, late) => {
                let (id, previous, way) = self.model.flag(at)?;
                let change = if late {
                    ShipmentChange::Delayed { reason: domain::DelayReason::Overdue }
                } else {
                    ShipmentChange::Held { reason: text("papers") }
                };
                changed(id, previous, way, change)
            }
        };
        self.model.skip(1);
        Some(event)
    }

    /// Records steps as one batch.
    pub(super) fn record(&mut self, steps: &[Step], folds: &mut [&mut HistoryFold]) {
        let mut batch = Vec::new();
        for step in steps {
            let Some(event) = self.event(step.deed) else { continue };
            let sequence = self.world.journal.events.read().len() as u64 + 1;
            let reference = (step.reference < 4).then(|| text(&format!("PO-{}", step.reference)));
            let note = Note::new(reference, BTreeMap::new()).unwrap();
            let mut recorded = recorded(sequence, event, note);
            recorded.envelope.actor = PrincipalId(step.actor);
            let at = recorded.envelope.recorded_at;
            recorded.envelope.occurred_at =
                (step.earlier > 0).then_some(Timestamp(at.0 - step.earlier * 1_000));
            self.world.journal.events.write().push(recorded.clone());
            batch.push(recorded);
        }
        if batch.is_empty() {
            return;
        }
        let id = domain::BatchId { journal: JOURNAL, epoch: domain::Epoch(1), number: 1 };
        let batch = Arc::new(domain::Batch { id, events: batch });
        self.world.fold.committed(&batch);
        self.world.history_fold.committed(&batch);
        for fold in &mut *folds {
            fold.committed(&batch);
        }
    }
}
