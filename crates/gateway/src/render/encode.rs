//! Events as frames of Server-Sent Events, for the live readers.

use std::sync::Arc;

use bytes::Bytes;
use domain::{Lineage, Recorded};
use live::Encode;
use views::Views;

use super::{Identity, Render};
use crate::connections::chunk_of;

/// What the live readers get of each event: frames of Server-Sent Events, with the names that the
/// views have. The views must have folded an event before it is encoded.
pub fn stream_encoder(views: &Views, journal: impl Into<Lineage>) -> Arc<dyn Encode> {
    Arc::new(SseFrames { views: views.clone(), identity: Identity::of(&journal.into()) })
}

/// One frame per event: its identifier and the `CloudEvent`, without an `event:` field, so that a
/// browser's `onmessage` sees it.
struct SseFrames {
    views: Views,
    identity: Identity,
}

impl Encode for SseFrames {
    fn encode(&self, recorded: &Recorded, out: &mut Vec<u8>) {
        let state = self.views.read();
        let render = Render { state: &state, identity: &self.identity };
        let event = render.cloud_event(recorded);
        out.extend_from_slice(b"id: ");
        out.extend_from_slice(event.id.as_bytes());
        out.extend_from_slice(b"\ndata: ");
        // Writing to memory does not fail; JSON has no line breaks of its own.
        let _ = serde_json::to_writer(&mut *out, &event);
        out.extend_from_slice(b"\n\n");
    }

    /// A chunk of a response's body.
    fn enclose(&self, frames: &[Bytes]) -> Bytes {
        chunk_of(frames)
    }
}
