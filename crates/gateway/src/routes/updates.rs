//! `GET /api/updates/real-time`: what happens, as it is committed.

mod feed;
mod leased;
mod levels;
mod places;
mod snapshot;
mod sse;
mod teller;
mod wanted;
mod websocket;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Version};
use axum::response::{IntoResponse, Response};

use crate::auth::Caller;
use crate::connections::ConnectionPlace;
use crate::gateway::App;
use crate::observe::Held;
use crate::problem::Problem;
use crate::rates::Opener;
use crate::request::Query;
use crate::routes::Redeemed;
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
/// is public and what these are part of. `topic=levels` gives states instead of events: `event: level`
/// with stock and last price of each commodity at each station that changed, at most four a second. A request to upgrade to a WebSocket gets the same in JSON
/// messages.
#[utoipa::path(
    get,
    path = "/api/updates/real-time",
    operation_id = "followEvents",
    tag = "events",
    params(
        ("token" = Option<String>, Query, description = "A stream token, instead of a key."),
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
pub(crate) async fn follow(State(app): State<App>, request: Request) -> Result<Response, Response> {
    let (parts, _) = request.into_parts();
    let mut query = Query::of(&parts.uri);
    let token = query.raw("token");
    let wanted = Wanted::of_query(&mut query);
    let answer = match query.finish() {
        // A token is used up by a request that could be done, and by no other.
        Ok(()) => match Caller::of_stream(&app, &parts, token.as_deref()).await {
            Ok((caller, redeemed)) => {
                let answer = open(app, caller, parts, wanted).await;
                if let (Some(redeemed), Err(problem)) = (redeemed, &answer) {
                    redeemed.refused(problem);
                }
                answer
            }
            Err(problem) => Err(problem),
        },
        Err(problem) => Err(problem),
    };
    let mut answer = answer.map_err(IntoResponse::into_response);
    if token.is_some() {
        // Whoever has a token may be a page of any site.
        let (Ok(response) | Err(response)) = &mut answer;
        let any = HeaderValue::from_static("*");
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, any);
    }
    answer
}

async fn open(
    app: App,
    caller: Caller,
    mut parts: Parts,
    mut wanted: Wanted,
) -> Result<Response, Problem> {
    wanted.resume(&parts.headers)?;
    let opener = Opener::of(&parts.extensions, &caller);
    app.rates().charge_stream(&opener)?;
    let place = app.places().take(&caller)?;
    if websocket::is_wanted(&parts.headers) {
        return websocket::accept(app, (caller, opener), place, wanted, &mut parts).await;
    }
    let feed = Feed::open(app.clone(), caller, &wanted).await?;
    // An older client gets no chunks.
    let connection = parts.extensions.get::<ConnectionPlace>();
    let connection = connection.filter(|_| parts.version == Version::HTTP_11);
    let outlet = connection.map(|connection| Arc::clone(connection.outlet()));
    let counted = Held::new(Arc::clone(&app.meters().sse_readers));
    Ok(sse::respond(feed, (place, counted), app.identity().clone(), outlet))
}

impl Caller {
    /// Who opens a stream: by a token, which is in use by that, or as anywhere.
    async fn of_stream(
        app: &App,
        parts: &Parts,
        token: Option<&str>,
    ) -> Result<(Self, Option<Redeemed>), Problem> {
        let Some(token) = token else { return Ok((Self::of(app, parts).await?, None)) };
        let (found, redeemed) = app.tokens().redeem(app, token).map_or_else(
            |problem| (Err(problem), None),
            |(caller, redeemed)| (Ok(caller), Some(redeemed)),
        );
        match app.rates().admit((&parts.extensions, true), found) {
            Ok(caller) => Ok((caller, redeemed)),
            Err(problem) => {
                if let Some(redeemed) = redeemed {
                    redeemed.refused(&problem);
                }
                Err(problem)
            }
        }
    }
}
