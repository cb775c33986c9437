//! Reading what the ring no longer holds, from the journal, one slice at a time.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use domain::{ReadError, Recorded, Sequence};

use crate::hub::Shared;

/// Encoded events of the journal.
#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) bytes: Bytes,
    /// The last of them.
    pub(crate) last: Sequence,
}

/// A slice that is being read. Dropping it frees the reader; a read under way ends by itself.
pub(crate) type Reading = Pin<Box<dyn Future<Output = Result<Slice, ReadError>> + Send>>;

/// Reads at least one and at most `events_max` events behind `after`, where the hub has seen some
/// committed, when it is this reader's turn.
pub(crate) fn read(shared: &Arc<Shared>, after: Sequence, events_max: usize) -> Reading {
    let shared = Arc::clone(shared);
    Box::pin(async move {
        let failed =
            |reason: &dyn std::fmt::Display| ReadError { after, reason: reason.to_string() };
        let turn = Arc::clone(&shared.catch_ups)
            .acquire_owned()
            .await
            .map_err(|closed| failed(&closed))?;
        let runtime = shared.runtime.clone();
        let reading = runtime.spawn_blocking(move || {
            // Held by the read and not by its reader, who may go away in the midst of it.
            let _turn = turn;
            slice(&shared, after, events_max)
        });
        reading.await.unwrap_or_else(|lost| Err(failed(&lost)))
    })
}

fn slice(shared: &Shared, after: Sequence, events_max: usize) -> Result<Slice, ReadError> {
    // The journal may be ahead of what was committed to the hub.
    let committed = usize::try_from(shared.last().0 - after.0).unwrap_or(usize::MAX);
    let events = shared.events.read_after(after, events_max.min(committed))?;
    check(after, &events)?;

    let mut out = Vec::new();
    let mut last = after;
    for recorded in &events {
        let end = out.len();
        shared.encoder.encode(recorded, &mut out);
        if out.len() > shared.options.update_bytes_max && last > after {
            out.truncate(end);
            break;
        }
        last = recorded.envelope.sequence;
    }
    let bytes = Bytes::from(out.into_boxed_slice());
    Ok(Slice { bytes, last })
}

/// A reader trusts that it gets every event, and each once.
fn check(after: Sequence, events: &[Recorded]) -> Result<(), ReadError> {
    let found = events.iter().map(|recorded| recorded.envelope.sequence.0);
    if !events.is_empty() && found.eq((after.0 + 1..).take(events.len())) {
        return Ok(());
    }
    let reason = format!("{} events were read, and not those that follow", events.len());
    Err(ReadError { after, reason })
}
