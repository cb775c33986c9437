//! Bodies, read whole and within bounds.

use std::ops::Deref;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use tokio::sync::SemaphorePermit;
use tokio::time::timeout;

use crate::gateway::App;
use crate::limits::{BODY_ROOM_WAIT, BODY_SMALL_BYTES};
use crate::observe::{Stage, pass};
use crate::problem::{Code, Problem};

/// A body, and the room it takes until it is dropped.
pub(crate) struct Held<'a> {
    bytes: Bytes,
    _room: Option<SemaphorePermit<'a>>,
}

impl Held<'_> {
    /// The bytes, to be given away; the room is still held.
    pub(crate) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }
}

impl Deref for Held<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Refuses a body that does not say it is of this media type, or is compressed.
pub(crate) fn require_media_type(headers: &HeaderMap, wanted: &str) -> Result<(), Problem> {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case(wanted) {
        let detail = format!("the Content-Type must be {wanted}");
        return Err(Problem::new(Code::UnsupportedMediaType, detail));
    }
    match headers.get(CONTENT_ENCODING) {
        None => Ok(()),
        Some(encoding) if encoding.as_bytes().eq_ignore_ascii_case(b"identity") => Ok(()),
        Some(_) => {
            let detail = "the body must not be compressed";
            Err(Problem::new(Code::UnsupportedMediaType, detail))
        }
    }
}

/// Reads a body of at most `bytes_max`, in time. What is too large is not read to its end.
pub(crate) async fn read_body<'a>(
    app: &'a App,
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
) -> Result<Held<'a>, Problem> {
    let declared = declared_length(headers);
    if declared.is_some_and(|length| length > bytes_max) {
        return Err(too_large(bytes_max));
    }
    // Without a length, as much as may come is taken to be coming.
    let expected = declared.unwrap_or(bytes_max);
    let room =
        if expected > BODY_SMALL_BYTES { Some(room_for(app, expected).await?) } else { None };
    let reading = collect(body, expected, bytes_max);
    let bytes = timeout(app.options().body_read_timeout, reading).await;
    let bytes = bytes.map_err(|_| Problem::plain(Code::RequestTimeout).closing())??;
    pass(Stage::Received);
    Ok(Held { bytes, _room: room })
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(bytes_max: usize) -> Problem {
    Problem::new(Code::BodyTooLarge, format!("the body must have at most {bytes_max} bytes"))
        .with("maximum", bytes_max)
        .closing()
}

async fn room_for(app: &App, bytes: usize) -> Result<SemaphorePermit<'_>, Problem> {
    let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
    let room = timeout(BODY_ROOM_WAIT, app.body_room().acquire_many(kib)).await;
    let room = room.ok().and_then(Result::ok);
    let full = || Problem::new(Code::Overloaded, "too many large bodies are being read");
    room.ok_or_else(|| full().closing())
}

async fn collect(mut body: Body, expected: usize, bytes_max: usize) -> Result<Bytes, Problem> {
    let mut first = Bytes::new();
    let mut rest: Option<BytesMut> = None;
    while let Some(frame) = body.frame().await {
        let broken = |_| {
            let detail = "the body ended before it was complete";
            Problem::new(Code::MalformedJson, detail).closing()
        };
        let Ok(chunk) = frame.map_err(broken)?.into_data() else {
            continue;
        };
        let length = rest.as_ref().map_or(first.len(), BytesMut::len);
        if length + chunk.len() > bytes_max {
            return Err(too_large(bytes_max));
        }
        if length == 0 {
            // Nearly every body is one chunk, and needs no copy.
            first = chunk;
            continue;
        }
        let rest = rest.get_or_insert_with(|| {
            let mut whole = BytesMut::with_capacity(expected.min(bytes_max));
            whole.extend_from_slice(&first);
            whole
        });
        rest.extend_from_slice(&chunk);
    }
    Ok(rest.map_or(first, BytesMut::freeze))
}
