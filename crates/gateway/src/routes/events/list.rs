//! `GET /api/events`.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use domain::Sequence;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::render::Identity;
use crate::reply::{ITEMS_AT_ONCE, ListBody, set, snapshot};
use crate::request::{Page, Query};
use crate::wire::answer::{CloudEvent, List};

/// Events by position, oldest first: the same that live readers get.
///
/// `nextCursor` is the position to go on after, and null when there is nothing more now. For keys
/// that see the whole network.
#[utoipa::path(
    get,
    path = "/api/events",
    operation_id = "listEvents",
    tag = "events",
    params(
        ("after" = Option<String>, Query, description = "A position: an event's id or its sequence. From the first event if left out."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "A part of the events.", body = List<CloudEvent<'static>>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    uri: Uri,
    mut query: Query,
) -> Result<Response, Problem> {
    caller.require_network()?;
    let (after, limit) = (query.raw("after"), query.limit());
    query.finish()?;
    app.blocking(move |app, views| {
        let as_of = app.render(|render| render.state.as_of())?;
        let after = match after {
            None => Sequence::ZERO,
            Some(text) => position(&text, app.identity()).ok_or_else(unknown_position)?,
        };
        if after > as_of.sequence {
            return Err(unknown_position().with("last", as_of.sequence.0));
        }
        let found = views.events(after, limit, caller.scope())?;
        let last = found.last().map_or(after, |recorded| recorded.envelope.sequence);
        let next = (last < as_of.sequence).then(|| app.identity().event_id(last));
        let mut body = ListBody::new();
        for portion in found.chunks(ITEMS_AT_ONCE) {
            app.render(|render| {
                for recorded in portion {
                    body.push(&render.cloud_event(recorded));
                }
            })?;
        }
        let answer = || body.finish(next.as_ref(), as_of);
        let mut response = snapshot(&headers, as_of, app.identity(), answer);
        if let Some(next) = &next {
            let link = Page::of(&uri, limit).link("after", next);
            set(&mut response, axum::http::header::LINK, link);
        }
        Ok(response)
    })
    .await
}

/// The sequence of a position: plain digits, or an event's identifier in this journal.
pub(in crate::routes) fn position(text: &str, identity: &Identity) -> Option<Sequence> {
    let digits = match text.split_once('-') {
        None => text,
        Some((digits, tag)) => (tag == identity.tag).then_some(digits)?,
    };
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten().map(Sequence)
}

pub(in crate::routes) fn unknown_position() -> Problem {
    Problem::plain(Code::UnknownPosition)
}
