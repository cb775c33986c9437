//! The stream as Server-Sent Events: the body of a response.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use domain::meter::Gauge;
use http_body::Frame;

use super::feed::Feed;
use super::places::Place;
use super::teller::{Broken, Teller};
use crate::connections::Outlet;
use crate::observe::Held;
use crate::render::Identity;

/// The stream, as a response. With the outlet of a connection to whose client it is sent in chunks,
/// and by no other way than hyper's.
pub(super) fn respond(
    feed: Feed,
    place: (Place, Held<Arc<Gauge>>),
    identity: Identity,
    outlet: Option<Arc<Outlet>>,
) -> Response {
    let teller = Teller::new(feed, identity, outlet);
    let stream = Stream { teller, _place: place, has_begun: false };
    let mut response = Response::new(Body::new(stream));
    let own = response.headers_mut();
    own.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    own.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would buffer the stream.
    own.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

struct Stream {
    teller: Arc<Teller>,
    _place: (Place, Held<Arc<Gauge>>),
    has_begun: bool,
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if !self.has_begun {
            self.has_begun = true;
            let hello = Bytes::from_static(b"retry: 1000\n\n");
            return Poll::Ready(Some(Ok(Frame::data(hello))));
        }
        let frame = ready!(self.teller.poll(cx));
        Poll::Ready(frame.map(|frame| frame.map(Frame::data)))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.teller.end();
    }
}
