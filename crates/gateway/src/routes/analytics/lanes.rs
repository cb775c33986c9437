//! `GET /api/analytics/lanes`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use views::analytics::{Interval, LaneOf};

use super::{Span, start};
use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::render::Render;
use crate::reply::{json, snapshot_now};
use crate::request::{Lookup, Query};
use crate::wire::answer::{LaneAnswer, LanesAnswer, Wide};

/// What goes from where to where: volume, transit times and how much is on time.
///
/// Whole hours are counted, all that have a part of the span; where hours are no longer kept, whole
/// days. What left counts when it left, what arrived when it arrived. For keys that see the whole
/// network.
#[utoipa::path(
    get,
    path = "/api/analytics/lanes",
    operation_id = "readLanes",
    tag = "analytics",
    params(
        ("origin" = Option<String>, Query, description = "From this station."),
        ("destination" = Option<String>, Query, description = "To this station."),
        ("from" = Option<String>, Query, description = "The hour of this time and later ones. The last 24 hours if left out."),
        ("to" = Option<String>, Query, description = "Hours that begin before this time. Up to now if left out."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "The lanes, those with the most units first.", body = LanesAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let (origin, destination) = (query.name("origin"), query.name("destination"));
    let span = Span::read(&mut query);
    let limit = query.limit();
    query.finish()?;
    caller.require_network()?;
    app.blocking(move |app, _| {
        let ready = app.ready()?;
        let ends = app.render(|render| {
            let known = Lookup(render.state);
            let origin = known.station("origin", origin.as_ref())?;
            Ok::<_, Problem>((origin, known.station("destination", destination.as_ref())?))
        })??;
        ready.past.analytics.wait();
        let now = ready.executor.now();
        let hours = span.hours(now)?;
        let shown = ready.past.analytics.lanes(ends, None, &hours, limit)?;
        let hours = &shown.figures.hours;
        app.render(|render| {
            snapshot_now(&headers, (shown.as_of, now), caller.scope(), app.identity(), || {
                let items = shown.figures.items.iter();
                let answer = LanesAnswer {
                    from: start(Interval::Hour, hours.start),
                    to: start(Interval::Hour, hours.end),
                    items: items.map(|found| lane(render, found)).collect(),
                    as_of: shown.as_of.into(),
                };
                json(StatusCode::OK, &answer)
            })
        })
    })
    .await
}

pub(super) fn lane<'a>(render: Render<'a>, (origin, destination, lane): &LaneOf) -> LaneAnswer<'a> {
    LaneAnswer {
        origin: render.station(*origin),
        destination: render.station(*destination),
        value: Wide(lane.value),
        transit: (&lane.transits).into(),
        cargo: (&lane.cargo).into(),
    }
}
