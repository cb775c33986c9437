//! Reading what the ring no longer holds, from the journal, one slice at a time.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use domain::{ReadError, Recorded, Sequence};

use crate::filter::Interest;
use crate::hub::Shared;
use crate::ring::Chunk;

/// Encoded events of the journal, those that the reader wants.
#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) bytes: Bytes,
    /// The last of them, if there are any.
    pub(crate) last: Sequence,
    /// The last event that was looked at.
    pub(crate) passed: Sequence,
}

/// What was read.
#[derive(Debug)]
pub(crate) enum Found {
    /// Events.
    Slice(Slice),
    /// What the events of a chunk are about, which the chunk has now.
    Subjects,
}

/// A slice that is being read. Dropping it frees the reader; a read under way ends by itself.
pub(crate) type Reading = Pin<Box<dyn Future<Output = Result<Found, ReadError>> + Send>>;

/// Finds out what the events of a chunk are about, where that takes the journal.
pub(crate) fn study(shared: &Shared, chunk: Arc<Chunk>) -> Reading {
    let study = chunk.study(shared.subjects.clone(), shared.runtime.clone());
    Box::pin(async move { study.await.map(|()| Found::Subjects) })
}

/// Reads at least one and at most `events_max` events behind `after`, where the hub has seen some
/// committed, when it is this reader's turn.
pub(crate) fn read(
    shared: &Arc<Shared>,
    interest: Option<Arc<Interest>>,
    after: Sequence,
    events_max: usize,
) -> Reading {
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
            slice(&shared, interest.as_deref(), after, events_max)
        });
        reading.await.unwrap_or_else(|lost| Err(failed(&lost))).map(Found::Slice)
    })
}

fn slice(
    shared: &Shared,
    interest: Option<&Interest>,
    after: Sequence,
    events_max: usize,
) -> Result<Slice, ReadError> {
    // The journal may be ahead of what was committed to the hub.
    let committed = usize::try_from(shared.last().0 - after.0).unwrap_or(usize::MAX);
    let events = shared.events.read_after(after, events_max.min(committed))?;
    check(after, &events)?;

    let mut out = Vec::new();
    let (mut last, mut passed) = (after, after);
    for recorded in &events {
        let sequence = recorded.envelope.sequence;
        if let Some(interest) = interest
            && !interest.admits(&shared.subjects.of(recorded)?)
        {
            passed = sequence;
            continue;
        }
        let end = out.len();
        shared.encoder.encode(recorded, &mut out);
        if out.len() > shared.options.update_bytes_max && last > after {
            out.truncate(end);
            break;
        }
        (last, passed) = (sequence, sequence);
    }
    let bytes = Bytes::from(out.into_boxed_slice());
    Ok(Slice { bytes, last, passed })
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
