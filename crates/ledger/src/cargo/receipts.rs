//! Receipts: what was counted at the destination, line by line.

use domain::{
    Lines, Quantity, ReceiptLine, ReceiptLineWanted, Rejection, Shipment, ShipmentChange,
    ShipmentLine, Tolerance,
};

use super::lines_of;
use crate::state::State;

/// How a line of a receipt compares with what is outstanding of it.
struct Count {
    line: ReceiptLine,
    sum: Quantity,
    outstanding: Quantity,
    /// How much of it is beyond what is outstanding.
    excess: Quantity,
    /// How much beyond it may be: over all receipts together never more than the tolerance.
    room: Quantity,
}

pub(super) fn receive(
    state: &State,
    shipment: &Shipment,
    wanted: &Lines<ReceiptLineWanted>,
) -> Result<ShipmentChange, Rejection> {
    let lines = lines_of(state, shipment, wanted.iter(), |line| &line.commodity)?;
    let count = |(line, (wanted, shipped)): (usize, (&ReceiptLineWanted, &ShipmentLine))| {
        let count = Count::of(wanted, shipped, shipment.tolerance);
        let count = count.filter(|count| {
            let found = if count.is_tolerable() { count.excess } else { Quantity::ZERO };
            state.sourced(shipped.commodity).checked_add(found).is_some()
        });
        count.ok_or(Rejection::AmountOverflow { line: Some(line) })
    };
    let counts = lines.into_iter().enumerate().map(count);
    let counts = counts.collect::<Result<Vec<_>, Rejection>>()?;
    let lines = counts.iter().enumerate().map(|(line, count)| count.receipt(line));
    let lines = lines.collect::<Result<Box<[_]>, Rejection>>()?;
    let counted = lines.iter().map(|line| line.accepted.get() + line.rejected.get()).sum::<u64>();
    let outstanding = shipment.outstanding();
    let outstanding = outstanding.iter().map(|line| line.quantity.get()).sum::<u64>();
    Ok(ShipmentChange::Received { lines, complete: counted == outstanding })
}

impl Count {
    /// `None` where the sum would pass 2^53-1.
    fn of(
        wanted: &ReceiptLineWanted,
        shipped: &ShipmentLine,
        tolerance: Tolerance,
    ) -> Option<Self> {
        let (commodity, outstanding) = (shipped.commodity, shipped.outstanding());
        let (accepted, rejected) = (wanted.accepted, wanted.rejected);
        let short = wanted.short.get().copied().unwrap_or_default();
        let sum = accepted.checked_add(rejected)?;
        let excess = sum.checked_sub(outstanding).unwrap_or_default();
        let room = tolerance.of(shipped.shipped).checked_sub(shipped.found).unwrap_or_default();
        let line = ReceiptLine { commodity, accepted, rejected, found: Quantity::ZERO, short };
        Some(Self { line, sum, outstanding, excess, room })
    }

    /// Only good units are found: what is beyond the outstanding is taken from those accepted.
    fn is_tolerable(&self) -> bool {
        self.excess <= self.room && self.excess <= self.line.accepted
    }

    fn receipt(&self, line: usize) -> Result<ReceiptLine, Rejection> {
        let commodity = self.line.commodity;
        let over = |outstanding, received| {
            Err(Rejection::OverReceipt { commodity, line, outstanding, received })
        };
        if self.excess > self.room {
            let most = self.outstanding.checked_add(self.room).unwrap_or(Quantity::MAX);
            return over(most, self.sum);
        }
        let Some(accepted) = self.line.accepted.checked_sub(self.excess) else {
            return over(self.outstanding, self.line.rejected);
        };
        // What was missed is of what stays outstanding.
        let left = self.outstanding.checked_sub(self.sum).unwrap_or_default();
        if self.line.short > left {
            return over(left, self.line.short);
        }
        Ok(ReceiptLine { accepted, found: self.excess, ..self.line })
    }
}
