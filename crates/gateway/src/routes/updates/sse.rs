//! The stream as Server-Sent Events: the body of a response.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use http_body::Frame;
use live::{Subscription, Update};
use tokio::time::Instant;

use super::places::Place;
use crate::auth::Caller;
use crate::gateway::App;

/// The stream, as a response.
pub(super) fn respond(updates: Updates) -> Response {
    let mut response = Response::new(Body::new(updates));
    let own = response.headers_mut();
    own.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    own.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would buffer the stream.
    own.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

/// How often a stream's key is looked at: below the pause between two heartbeats, so that each of
/// those looks.
pub(crate) const KEY_CHECK_EVERY: Duration = Duration::from_secs(10);

/// The stream, as the body of a response.
pub(super) struct Updates {
    _place: Place,
    subscription: Subscription,
    app: App,
    caller: Caller,
    /// When the caller's key was last found to be good.
    checked_at: Instant,
    state: Stage,
}

enum Stage {
    Beginning,
    Following,
    Ended,
}

impl Updates {
    pub(super) fn new(app: App, caller: Caller, place: Place, subscription: Subscription) -> Self {
        let (checked_at, state) = (Instant::now(), Stage::Beginning);
        Self { _place: place, subscription, app, caller, checked_at, state }
    }

    fn frame(&mut self, update: Update) -> Option<Bytes> {
        if !self.has_key_still() {
            return None;
        }
        match update {
            Update::Events(frames) => Some(frames),
            Update::Heartbeat => Some(Bytes::from_static(b": heartbeat\n\n")),
            Update::Progress(position) => {
                let id = self.app.identity().event_id(position);
                let frame =
                    format!("event: progress\nid: {id}\ndata: {{\"position\":\"{id}\"}}\n\n");
                Some(frame.into())
            }
            Update::Lagged { resume_after } => {
                self.state = Stage::Ended;
                let id = self.app.identity().event_id(resume_after);
                let frame = format!("event: lagged\ndata: {{\"resumeAfter\":\"{id}\"}}\n\n");
                Some(frame.into())
            }
            Update::Closed => None,
            Update::Failed(error) => {
                tracing::error!(%error, "a live reader's read failed");
                None
            }
        }
    }

    /// A stream may outlive the key that it was opened with, but not for long, busy or quiet.
    fn has_key_still(&mut self) -> bool {
        if self.checked_at.elapsed() < KEY_CHECK_EVERY {
            return true;
        }
        self.checked_at = Instant::now();
        self.app.ready().is_ok_and(|ready| self.caller.is_good(&ready.views.read()))
    }
}

impl http_body::Body for Updates {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.state {
            Stage::Beginning => {
                self.state = Stage::Following;
                let hello = Bytes::from_static(b"retry: 1000\n\n");
                return Poll::Ready(Some(Ok(Frame::data(hello))));
            }
            Stage::Ended => return Poll::Ready(None),
            Stage::Following => {}
        }
        let update = ready!(self.subscription.poll_next(cx));
        let frame = self.frame(update);
        if frame.is_none() {
            self.state = Stage::Ended;
        }
        Poll::Ready(frame.map(|bytes| Ok(Frame::data(bytes))))
    }
}
