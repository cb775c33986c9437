//! Trades that are pending. One that has ended leaves memory; where its last event is goes to the
//! store, and so it does of a reversal. A direct trade that nothing followed is kept nowhere.

use std::collections::BTreeSet;

use domain::{
    Envelope, Event, Sequence, TradeHeld, TradeRecord, TradeReversed, TradeStatus, TransactionId,
};
use table::{Frozen, Table};

use crate::Part;
use crate::ended::{Followed, TradeEnd};

/// All holds that are pending.
#[derive(Debug, Default)]
pub(crate) struct Holds {
    open: Table<u64, TradeRecord>,
    /// Their identifiers, to list them newest first.
    order: BTreeSet<u64>,
    /// What ended in the batch that is being folded, on its way to the store.
    ended: Vec<Followed>,
}

impl Holds {
    pub(crate) fn restored(open: Table<u64, TradeRecord>) -> Self {
        Self { order: open.iter().map(|(id, _)| *id).collect(), open, ended: Vec::new() }
    }

    pub(crate) fn freeze(&self) -> Frozen<(u64, TradeRecord)> {
        self.open.freeze()
    }

    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn get(&self, id: TransactionId) -> Option<&TradeRecord> {
        self.open.get(&id.0.0)
    }

    /// The identifiers of all of them, ascending.
    pub(crate) fn ids(&self) -> impl Iterator<Item = u64> {
        self.order.iter().copied()
    }

    /// All of them, newest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &TradeRecord> {
        self.order.iter().rev().filter_map(|id| self.open.get(id))
    }

    /// Those of a part of the list.
    pub(crate) fn part(&self, part: Part) -> impl Iterator<Item = &TradeRecord> {
        crate::page::ids(&self.order, part).filter_map(|id| self.open.get(&id))
    }

    pub(crate) fn hold(&mut self, envelope: &Envelope, held: &TradeHeld) {
        let id = envelope.sequence.0;
        self.open.insert(id, TradeRecord::held(envelope, held));
        self.order.insert(id);
    }

    /// Follows a hold by one event, which may be its last.
    pub(crate) fn follow(
        &mut self,
        envelope: &Envelope,
        event: &Event,
        (id, previous): (TransactionId, Sequence),
    ) {
        let at = envelope.sequence;
        let hold = self.open.get_mut(&id.0.0);
        let hold = hold.unwrap_or_else(|| panic!("event {at} is of {id}, which is not pending"));
        assert_eq!(previous, hold.last, "event {at} of {id} does not follow its last one");
        hold.apply(envelope, event);
        if hold.status == TradeStatus::Pending {
            return;
        }
        let status = hold.status;
        self.open.remove(&id.0.0);
        self.order.remove(&id.0.0);
        self.ended.push(Followed { end: TradeEnd::Hold, trade: id, last: at, status });
    }

    /// Notes that a trade was moved back, whether it was a hold or direct.
    pub(crate) fn reverse(&mut self, envelope: &Envelope, reversed: &TradeReversed) {
        let (end, status) = (TradeEnd::Reversal, TradeStatus::Reversed);
        let (trade, last) = (reversed.trade, envelope.sequence);
        self.ended.push(Followed { end, trade, last, status });
    }

    /// What ended since this was last asked.
    pub(crate) fn take_ended(&mut self) -> Vec<Followed> {
        std::mem::take(&mut self.ended)
    }
}
