//! `GET /api/updates/real-time`: Server-Sent Events.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, UPGRADE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use http_body::Frame;
use live::{Subscription, Update};
use tokio::time::Instant;

use super::events::list::{position, unknown_position};
use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::request::Query;
use crate::wire::answer::CloudEvent;

/// Events as they are committed.
///
/// Each has its `id` and, as `data`, the `CloudEvent`. With `Last-Event-ID`, which beats `after`, all
/// events behind that position come first, with nothing missed and nothing twice; without either
/// it begins now. A reader that is too slow gets `event: lagged` with where to resume. For keys that
/// see the whole network.
#[utoipa::path(
    get,
    path = "/api/updates/real-time",
    operation_id = "followEvents",
    tag = "events",
    params(
        ("after" = Option<String>, Query, description = "A position: an event's id or its sequence."),
        ("Last-Event-ID" = Option<String>, Header, description = "The last event that the reader has.")
    ),
    responses((status = 200, description = "The stream.", body = CloudEvent<'_>, content_type = "text/event-stream"))
)]
pub(crate) async fn follow(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    caller.require_network()?;
    let after = query.raw("after");
    query.finish()?;
    if headers.get(UPGRADE).is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket")) {
        let detail = "WebSockets are not supported yet: ask without Upgrade for Server-Sent Events";
        return Err(Problem::not_found(Code::NotSupported, detail));
    }
    let hub = &app.ready()?.hub;
    // A browser sends an empty one when it has none.
    let asked = match headers.get("last-event-id").filter(|id| !id.is_empty()) {
        Some(id) => Some(id.to_str().map_err(|_| unknown_position())?),
        None => after.as_deref(),
    };
    let after = match asked {
        Some(text) => position(text, app.identity()).ok_or_else(unknown_position)?,
        None => hub.last(),
    };
    let updates = Updates {
        subscription: hub.subscribe(after)?,
        app,
        caller,
        checked_at: Instant::now(),
        state: Stage::Beginning,
    };
    let mut response = Response::new(Body::new(updates));
    let own = response.headers_mut();
    own.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    own.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would buffer the stream.
    own.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// How often a stream's key is looked at: below the pause between two heartbeats, so that each of
/// those looks.
pub(crate) const KEY_CHECK_EVERY: Duration = Duration::from_secs(10);

/// The stream, as the body of a response.
struct Updates {
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
    fn frame(&mut self, update: Update) -> Option<Bytes> {
        if !self.has_key_still() {
            return None;
        }
        match update {
            Update::Events(frames) => Some(frames),
            Update::Heartbeat => Some(Bytes::from_static(b": heartbeat\n\n")),
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
