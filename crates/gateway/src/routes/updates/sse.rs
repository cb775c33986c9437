//! The stream as Server-Sent Events: the body of a response.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use http_body::Frame;

use super::feed::{Feed, Item};
use super::places::Place;
use crate::render::Identity;

/// The stream, as a response.
pub(super) fn respond(feed: Feed, place: Place, identity: Identity) -> Response {
    let stream = Stream { feed, _place: place, identity, has_begun: false };
    let mut response = Response::new(Body::new(stream));
    let own = response.headers_mut();
    own.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    own.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would buffer the stream.
    own.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

struct Stream {
    feed: Feed,
    _place: Place,
    identity: Identity,
    has_begun: bool,
}

impl Stream {
    fn frame(&self, item: Item) -> Bytes {
        match item {
            Item::Events(frames) | Item::Levels(frames) => frames,
            Item::Heartbeat => Bytes::from_static(b": heartbeat\n\n"),
            Item::Snapshot(part) => {
                // JSON has no line breaks of its own.
                let mut frame = b"event: snapshot\ndata: ".to_vec();
                frame.extend_from_slice(&part);
                frame.extend_from_slice(b"\n\n");
                frame.into()
            }
            Item::Progress(position) => {
                let id = self.identity.event_id(position);
                let data = format!("{{\"position\":\"{id}\"}}");
                format!("event: progress\nid: {id}\ndata: {data}\n\n").into()
            }
            Item::Lagged(position) => {
                let id = self.identity.event_id(position);
                format!("event: lagged\ndata: {{\"resumeAfter\":\"{id}\"}}\n\n").into()
            }
        }
    }
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if !self.has_begun {
            self.has_begun = true;
            let hello = Bytes::from_static(b"retry: 1000\n\n");
            return Poll::Ready(Some(Ok(Frame::data(hello))));
        }
        let item = ready!(self.feed.poll_next(cx));
        Poll::Ready(item.map(|item| Ok(Frame::data(self.frame(item)))))
    }
}
