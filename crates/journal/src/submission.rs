//! What every journal asks of a submitted batch, before it is written.

use domain::{Batch, BatchId, Sequence};

use crate::row::{SealedRow, seal};
use crate::{ChainHash, Outcome};

/// Seals the batch, if it is the one that follows: `id` is what it must be called, `last` is the
/// journal's last event and `chain` the hash there.
pub(crate) fn accept(
    batch: &Batch,
    id: BatchId,
    expected: Sequence,
    last: Sequence,
    chain: ChainHash,
) -> Result<(Vec<SealedRow>, ChainHash), Outcome> {
    if expected != last {
        return Err(Outcome::Fenced);
    }
    let number = batch.id.number;
    let failed = |what: String| Outcome::Failed(format!("batch {number}: {what}").into());
    if batch.id != id {
        return Err(failed(format!("is called {:?} and should be {id:?}", batch.id)));
    }
    if !batch.events.is_empty() && batch.first() != expected.next() {
        let first = batch.first();
        return Err(failed(format!("begins with event {first} and should follow {expected}")));
    }
    seal(batch, chain).map_err(|error| failed(error.to_string()))
}
