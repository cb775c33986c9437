//! Answers as responses.

use std::convert::Infallible;
use std::fmt::Write;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LINK, LOCATION, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use domain::{Recorded, Scope, Timestamp};
use engine::Accepted;
use serde::Serialize;
use views::AsOf;
use views::analytics::Interval;

use crate::idempotency::REPLAYED;
use crate::problem::{Code, Problem};
use crate::render::{Identity, Render};
use crate::request::{Cursor, Page};
use crate::wire::answer::AsOfAnswer;

/// What most answers fit into: saves growing the buffer.
const ANSWER_BYTES_USUAL: usize = 640;

/// A JSON answer.
pub(crate) fn json(status: StatusCode, answer: &impl Serialize) -> Response {
    let mut body = Vec::with_capacity(ANSWER_BYTES_USUAL);
    // Writing to memory fails for no answer of ours.
    let _ = serde_json::to_writer(&mut body, answer);
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Sets a header whose value we made ourselves of plain characters.
pub(crate) fn set(response: &mut Response, name: HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}

/// What became of a write that was not refused.
pub(crate) enum Done {
    /// It is done now.
    Accepted(Accepted),
    /// It was done before: this was recorded.
    Replayed(Box<Recorded>),
    /// It asked for what is so already.
    Unchanged,
    /// It was only asked what would happen: this would be recorded.
    Rehearsed(Box<[Recorded]>),
}

impl Done {
    /// The command's first event, of which the answer is made.
    pub(crate) fn recorded(&self) -> Option<&Recorded> {
        match self {
            Self::Accepted(accepted) => accepted.events().first(),
            Self::Replayed(recorded) => Some(recorded),
            Self::Unchanged | Self::Rehearsed(_) => None,
        }
    }

    /// The answer, marked if it was given before.
    pub(crate) fn answer(&self, status: StatusCode, answer: &impl Serialize) -> Response {
        self.marked(json(status, answer))
    }

    /// The answer for a thing that has a place of its own now.
    pub(crate) fn created(&self, location: String, answer: &impl Serialize) -> Response {
        let mut response = self.answer(StatusCode::CREATED, answer);
        set(&mut response, LOCATION, location);
        response
    }

    /// Marks the response if it was given before.
    pub(crate) fn marked(&self, mut response: Response) -> Response {
        if matches!(self, Self::Replayed(_)) {
            let name = HeaderName::from_static(REPLAYED);
            response.headers_mut().insert(name, HeaderValue::from_static("true"));
        }
        response
    }
}

/// The ledger answered with an event of another kind than the command makes.
pub(crate) fn unexpected() -> Problem {
    tracing::error!("a command was answered with an event that it cannot make");
    Problem::plain(Code::Internal)
}

/// What a read shows, of how much: its tag without quotes. A cache that has the answer that another
/// caller got asks with its tag (RFC 9111, section 4.3.1), and must not be told that it is good.
fn tag(as_of: AsOf, scope: Scope<'_>, identity: &Identity) -> String {
    let mut tag = identity.event_id(as_of.sequence);
    if let Scope::Accounts(accounts) = scope {
        let mut hasher = blake3::Hasher::new();
        for account in accounts {
            hasher.update(&account.0.to_le_bytes());
        }
        let digest = hasher.finalize();
        let (part, _) = digest.as_bytes().split_first_chunk().unwrap_or((&[0; 8], &[]));
        // Writing to memory does not fail.
        let _ = write!(tag, "-{:016x}", u64::from_le_bytes(*part));
    }
    tag
}

/// The answer of a read that shows the state at one sequence, as far as it is in scope; `304` if the
/// client has that.
pub(crate) fn snapshot(
    headers: &HeaderMap,
    (as_of, scope): (AsOf, Scope<'_>),
    identity: &Identity,
    answer: impl FnOnce() -> Response,
) -> Response {
    match snapshot_or(headers, (as_of, scope), identity, || Ok::<_, Infallible>(answer())) {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The answer of a read of one thing, which says how far what it shows has come.
pub(crate) fn shown<A: Serialize>(
    render: Render<'_>,
    headers: &HeaderMap,
    scope: Scope<'_>,
    answer: impl FnOnce(AsOfAnswer) -> A,
) -> Response {
    let as_of = render.state.as_of();
    snapshot(headers, (as_of, scope), render.identity, || {
        json(StatusCode::OK, &answer(as_of.into()))
    })
}

/// The same as [`snapshot`] for an answer that may be refused.
pub(crate) fn snapshot_or<E>(
    headers: &HeaderMap,
    (as_of, scope): (AsOf, Scope<'_>),
    identity: &Identity,
    answer: impl FnOnce() -> Result<Response, E>,
) -> Result<Response, E> {
    tagged_or(headers, format!("\"{}\"", tag(as_of, scope, identity)), answer)
}

/// The answer of a read that also depends on the minute it is asked in.
pub(crate) fn snapshot_now(
    headers: &HeaderMap,
    (as_of, now): (AsOf, Timestamp),
    scope: Scope<'_>,
    identity: &Identity,
    answer: impl FnOnce() -> Response,
) -> Response {
    let minute = Interval::Minute.bucket(now);
    let tag = format!("\"{}.{minute}\"", tag(as_of, scope, identity));
    match tagged_or(headers, tag, || Ok::<_, Infallible>(answer())) {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

fn tagged_or<E>(
    headers: &HeaderMap,
    tag: String,
    answer: impl FnOnce() -> Result<Response, E>,
) -> Result<Response, E> {
    let mut response = if is_known(headers, &tag) {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        answer()?
    };
    set(&mut response, ETAG, tag);
    let own = response.headers_mut();
    // What one reader sees another may not; of a request with a cookie, caches on the way do not know.
    own.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    own.insert(VARY, HeaderValue::from_static("Authorization, Cookie"));
    Ok(response)
}

/// Whether the client has what bears this tag (RFC 9110, section 13.1.2).
pub(crate) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let same = |one: &str| matches!(one.trim(), "*") || one.trim().trim_start_matches("W/") == tag;
    known.is_some_and(|known| known.split(',').any(same))
}

/// Adds the link to the next page.
pub(crate) fn linked(mut response: Response, page: &Page, next: Option<&String>) -> Response {
    if let Some(cursor) = next {
        set(&mut response, LINK, page.link("cursor", cursor));
    }
    response
}

/// Items that are rendered while the views' lock is held once: some ten microseconds.
pub(crate) const ITEMS_AT_ONCE: usize = 64;

/// A list on its way into bytes: items are rendered in portions, so that nobody waits long for the
/// views. What it writes is a [`crate::wire::answer::List`].
pub(crate) struct ListBody {
    body: Vec<u8>,
}

impl ListBody {
    pub(crate) fn new() -> Self {
        Self { body: b"{\"items\":[".to_vec() }
    }

    /// Adds an item.
    pub(crate) fn push(&mut self, item: &impl Serialize) {
        if self.body.last() != Some(&b'[') {
            self.body.push(b',');
        }
        // Writing to memory fails for no answer of ours.
        let _ = serde_json::to_writer(&mut self.body, item);
    }

    /// Ends the list.
    pub(crate) fn finish(mut self, next: Option<&String>, as_of: AsOf) -> Response {
        let tail = Tail { next_cursor: next, as_of: as_of.into() };
        let mut rest = serde_json::to_vec(&tail).unwrap_or_default();
        if let Some(brace) = rest.first_mut() {
            *brace = b',';
        }
        self.body.push(b']');
        self.body.append(&mut rest);
        let mut response = Response::new(self.body.into());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

/// A page of things that are numbered from 0 in the order of creation: `things` are those from
/// [`Page::first`] on, and the first one that is left over is where the next page begins.
pub(crate) fn numbered<'a, T: 'a, A: Serialize>(
    render: Render<'a>,
    (headers, scope): (&HeaderMap, Scope<'_>),
    page: &Page,
    mut things: impl Iterator<Item = &'a T>,
    number: impl Fn(&T) -> u32,
    item: impl Fn(&'a T) -> A,
) -> Response {
    let mut list = ListBody::new();
    for thing in things.by_ref().take(page.limit) {
        list.push(&item(thing));
    }
    let next = things.next().map(|thing| Cursor(number(thing).into()).to_string());
    let as_of = render.state.as_of();
    let answer = || list.finish(next.as_ref(), as_of);
    let response = snapshot(headers, (as_of, scope), render.identity, answer);
    linked(response, page, next.as_ref())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tail<'a> {
    next_cursor: Option<&'a String>,
    as_of: AsOfAnswer,
}
