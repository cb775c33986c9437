//! `GET /api/updates/real-time`: what happens, as it is committed.

mod feed;
mod places;
mod snapshot;
mod sse;
mod wanted;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::UPGRADE;
use axum::response::Response;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::request::Query;
use crate::wire::answer::CloudEvent;
use crate::wire::{EventType, SeverityWord, SnapshotKind, Topic};
use feed::Feed;
use wanted::Wanted;

#[cfg(test)]
pub(crate) use feed::KEY_CHECK_EVERY;
pub(crate) use places::Places;

/// Events as they are committed.
///
/// Each has its `id` and, as `data`, the `CloudEvent`. With `Last-Event-ID`, which beats `after`, all
/// events behind that position come first, with nothing missed and nothing twice; without either
/// it begins now. The other parameters narrow: several values are separated by commas, and any of
/// them will do. `event: progress` has as its `id` a position up to which nothing else matches. A
/// reader that is too slow gets `event: lagged` with where to resume. Keys of accounts get what
/// is public and what these are part of.
#[utoipa::path(
    get,
    path = "/api/updates/real-time",
    operation_id = "followEvents",
    tag = "events",
    params(
        ("after" = Option<String>, Query, description = "A position: an event's id or its sequence."),
        ("snapshot" = Option<Vec<SnapshotKind>>, Query, style = Form, explode = false, description = "What of the state of now comes first, so far as it matches."),
        ("topic" = Option<Vec<Topic>>, Query, style = Form, explode = false, description = "About these topics."),
        ("type" = Option<Vec<EventType>>, Query, style = Form, explode = false, description = "Of these types."),
        ("station" = Option<Vec<String>>, Query, style = Form, explode = false, description = "At these stations; of a shipment, either end."),
        ("system" = Option<Vec<String>>, Query, style = Form, explode = false, description = "At stations that lie in these systems."),
        ("commodity" = Option<Vec<String>>, Query, style = Form, explode = false, description = "Of these goods, among others."),
        ("trader" = Option<Vec<String>>, Query, style = Form, explode = false, description = "Of these parties."),
        ("vessel" = Option<Vec<String>>, Query, style = Form, explode = false, description = "Of these vessels."),
        ("shipment" = Option<Vec<String>>, Query, style = Form, explode = false, description = "Of these shipments."),
        ("trade" = Option<Vec<String>>, Query, style = Form, explode = false, description = "Of these trades."),
        ("severity" = Option<SeverityWord>, Query, description = "Of alerts, those at least as bad; events of other topics pass."),
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
    let mut wanted = Wanted::of_query(&mut query);
    query.finish()?;
    if headers.get(UPGRADE).is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket")) {
        let detail = "WebSockets are not supported yet: ask without Upgrade for Server-Sent Events";
        return Err(Problem::not_found(Code::NotSupported, detail));
    }
    wanted.resume(&headers)?;
    let place = app.places().take(&caller)?;
    let feed = Feed::open(app.clone(), caller, &wanted).await?;
    Ok(sse::respond(feed, place, app.identity().clone()))
}
