//! Bodies, read whole and within bounds.

use std::io::Read;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use bytes::{Bytes, BytesMut};
use flate2::bufread::MultiGzDecoder;
use http_body_util::BodyExt;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout, timeout_at};

use super::room::Room;
use crate::gateway::App;
use crate::limit_options::LimitOptions;
use crate::limits::{
    BODY_RATE_GRACE, BODY_ROOM_WAIT, BODY_SMALL_BYTES, GZIP_RATIO_MAX, UNPACK_INLINE_BYTES_MAX,
    UNPACK_NICENESS, UNPACK_STEP_BYTES,
};
use crate::observe::{Stage, pass};
use crate::problem::{Code, Problem};
use crate::rates::{Visit, visit};

/// A body, and the room it takes until it is dropped.
pub(crate) struct Held {
    bytes: Bytes,
    _room: Option<Room>,
}

impl Held {
    /// The bytes, to be given away; the room is still held.
    pub(crate) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }
}

impl Deref for Held {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Identity,
    Gzip,
}

impl Coding {
    /// What the headers say; one of them, once.
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut given = headers.get_all(CONTENT_ENCODING).into_iter();
        let coding = match given.next().map(|coding| coding.as_bytes().trim_ascii()) {
            None => return Ok(Self::Identity),
            Some(coding) if coding.eq_ignore_ascii_case(b"identity") => Self::Identity,
            // RFC 9110, section 8.4.1.3: the older name means the same.
            Some(coding) if coding.eq_ignore_ascii_case(b"gzip") => Self::Gzip,
            Some(coding) if coding.eq_ignore_ascii_case(b"x-gzip") => Self::Gzip,
            Some(_) => return Err(unknown_coding()),
        };
        if given.next().is_some() { Err(unknown_coding()) } else { Ok(coding) }
    }
}

fn unknown_coding() -> Problem {
    let detail = "the Content-Encoding must be gzip, once, or none";
    Problem::new(Code::UnsupportedMediaType, detail).accepting("gzip")
}

/// Refuses a body that does not say it is of this media type, or is packed as we cannot unpack it.
pub(crate) fn require_media_type(headers: &HeaderMap, wanted: &str) -> Result<(), Problem> {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case(wanted) {
        let detail = format!("the Content-Type must be {wanted}");
        return Err(Problem::new(Code::UnsupportedMediaType, detail));
    }
    Coding::of(headers).map(drop)
}

/// Reads a body of at most `bytes_max`, in time, and unpacks it to as many. What is too large is not
/// read, nor unpacked, to its end. Until all of it is there, the request is not at work.
pub(crate) async fn read_body(
    app: &App,
    parts: &Parts,
    body: Body,
    bytes_max: usize,
) -> Result<Held, Problem> {
    let coding = Coding::of(&parts.headers)?;
    let declared = declared_length(&parts.headers);
    if declared.is_some_and(|length| length > bytes_max) {
        return Err(too_large(bytes_max));
    }
    // Without a length, as much as may come is taken to be coming.
    let expected = declared.unwrap_or(bytes_max);
    let unpacked_max = match coding {
        Coding::Identity => 0,
        Coding::Gzip => expected.saturating_mul(GZIP_RATIO_MAX).min(bytes_max),
    };
    // All of it at once: whoever waits for more while holding some would hold up others.
    let wanted = expected + unpacked_max;
    let visit = visit(&parts.extensions);
    let is_paused = visit.as_ref().is_some_and(Visit::pause);
    let mut room = None;
    if wanted > BODY_SMALL_BYTES {
        let key = visit.as_ref().and_then(Visit::key);
        room = Some(app.body_room().take(key, wanted).await?);
    }
    let bytes = collect(body, expected, bytes_max, &app.options().limits).await?;
    pass(Stage::Received);
    if let Some(visit) = visit.filter(|_| is_paused) {
        app.rates().resume(&visit)?;
    }
    if coding == Coding::Identity {
        return Ok(Held { bytes, _room: room });
    }
    let bytes = if unpacked_max <= UNPACK_INLINE_BYTES_MAX {
        unpack(&bytes, bytes_max)?
    } else {
        let unpacked = unpack_apart(app, (bytes, room), bytes_max).await?;
        room = unpacked.1;
        unpacked.0
    };
    // What it might have become is free again.
    if let Some(room) = &mut room {
        room.keep(bytes.len());
    }
    Ok(Held { bytes, _room: room })
}

/// Unpacks on a thread of its own, one body at a time, and after whatever else there is to do.
async fn unpack_apart(
    app: &App,
    (packed, room): (Bytes, Option<Room>),
    bytes_max: usize,
) -> Result<(Bytes, Option<Room>), Problem> {
    let turn = timeout(BODY_ROOM_WAIT, Arc::clone(app.unpacking()).acquire_owned()).await;
    let busy = |_| Problem::new(Code::Overloaded, "too many large bodies are being unpacked");
    // Only fails when closed, which it never is.
    let turn = turn.map_err(busy)?;
    let (tell, told) = oneshot::channel();
    let unpacker = std::thread::Builder::new().name("unpacker".to_owned()).spawn(move || {
        // Held by the work and not by its client, who may go away in the midst of it, as is the room.
        let _turn = turn;
        // Of this thread alone, which is so on Linux. Where it is not allowed, bombs cost others more.
        if cfg!(target_os = "linux") {
            let _ = rustix::process::nice(UNPACK_NICENESS);
        }
        let _ = tell.send(unpack(&packed, bytes_max).map(|bytes| (bytes, room)));
    });
    let failed = |error: &dyn std::error::Error| {
        tracing::error!(%error, "unpacking a body failed");
        Problem::plain(Code::Internal)
    };
    unpacker.map_err(|error| failed(&error))?;
    told.await.map_err(|error| failed(&error))?
}

/// Unpacks gzip (RFC 1952) to at most so many bytes.
fn unpack(packed: &[u8], bytes_max: usize) -> Result<Bytes, Problem> {
    // Its last bytes say how long it is, if it is honest: to begin with, no more is taken.
    let said = packed.last_chunk().map_or(0, |said| u32::from_le_bytes(*said));
    let said = usize::try_from(said).unwrap_or(usize::MAX);
    let mut unpacked = Vec::with_capacity(said.min(bytes_max).min(packed.len() * GZIP_RATIO_MAX));
    let most = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let mut reader = MultiGzDecoder::new(packed).take(most);
    let failed = |error| {
        let detail = format!("the body is not gzip, as its Content-Encoding says: {error}");
        Problem::new(Code::MalformedEncoding, detail)
    };
    let mut step = || (&mut reader).take(UNPACK_STEP_BYTES).read_to_end(&mut unpacked);
    while step().map_err(failed)? > 0 {
        // Whoever waits for this processor has its turn now, and not at the end of a slice of time.
        std::thread::yield_now();
    }
    if unpacked.len() > bytes_max {
        return Err(too_large(bytes_max));
    }
    // No more is kept than room is held for: what it grew by may be as much again.
    unpacked.shrink_to_fit();
    Ok(unpacked.into())
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(bytes_max: usize) -> Problem {
    Problem::new(Code::BodyTooLarge, format!("the body must have at most {bytes_max} bytes"))
        .with("maximum", bytes_max)
        .closing()
}

/// Reads all of it. It must come within the time for bodies and, after a grace, at the least rate.
async fn collect(
    mut body: Body,
    expected: usize,
    bytes_max: usize,
    limits: &LimitOptions,
) -> Result<Bytes, Problem> {
    let began = Instant::now();
    let mut first = Bytes::new();
    let mut rest: Option<BytesMut> = None;
    loop {
        let length = rest.as_ref().map_or(first.len(), BytesMut::len);
        let due = BODY_RATE_GRACE + time_for(length, limits.body_rate_min);
        let due = began + due.min(limits.body_read_timeout);
        let frame = timeout_at(due, body.frame()).await;
        let late = |_| Problem::plain(Code::RequestTimeout).closing();
        let Some(frame) = frame.map_err(late)? else {
            return Ok(rest.map_or(first, BytesMut::freeze));
        };
        let broken = |_| {
            let detail = "the body ended before it was complete";
            Problem::new(Code::MalformedJson, detail).closing()
        };
        let Ok(chunk) = frame.map_err(broken)?.into_data() else {
            continue;
        };
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
}

/// How long so many bytes take at the least rate.
fn time_for(bytes: usize, rate: u32) -> Duration {
    let milliseconds = (bytes as u64).saturating_mul(1_000) / u64::from(rate.max(1));
    Duration::from_millis(milliseconds)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn an_unpacked_body_holds_no_more_than_it_has() {
        let member = |bytes: usize| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&vec![b' '; bytes]).unwrap();
            encoder.finish().unwrap()
        };
        // The last member says only how long it is itself, so that the buffer grows.
        let packed = [member(100_000), member(1)].concat();
        let unpacked = Vec::from(unpack(&packed, 256 * 1024).unwrap());
        assert_eq!((unpacked.len(), unpacked.capacity()), (100_001, 100_001));
    }
}
