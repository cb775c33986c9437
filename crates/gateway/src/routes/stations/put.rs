//! `PUT /api/stations/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::Event;

use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::{json, unexpected};
use crate::request::{Asked, Subject};
use crate::wire::answer::StationAnswer;
use crate::wire::body::StationBody;

/// Create or replace a station.
#[utoipa::path(
    put,
    path = "/api/stations/{id}",
    operation_id = "putStation",
    tag = "stations",
    params(("id" = String, Path, description = "The client's name for it.")),
    request_body = StationBody,
    responses(
        (status = 201, description = "Created, and durable.", body = StationAnswer<'_>),
        (status = 200, description = "Replaced, or as it was.", body = StationAnswer<'_>)
    )
)]
pub(crate) async fn put(
    State(app): State<App>,
    subject: Subject,
    asked: Asked<StationBody>,
) -> Result<Response, Problem> {
    let id = subject.name()?;
    let done = app.write(asked.sent, asked.body.wanted(id)).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    let Some(recorded) = done.recorded() else {
        return as_it_was(&app, &subject.0);
    };
    let status = match recorded.event {
        Event::StationCreated { .. } => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    match &recorded.event {
        Event::StationCreated { station, details, .. }
        | Event::StationUpdated { station, details } => app.render(|render| {
            done.answer(status, &render.station_then(&recorded.envelope, *station, details))
        }),
        _ => Err(unexpected()),
    }
}

fn as_it_was(app: &App, name: &str) -> Result<Response, Problem> {
    app.render(|render| {
        let id = render.state.station_id(name);
        let known = id.and_then(|id| render.state.station(id));
        let station = known.ok_or_else(|| Problem::plain(Code::Internal))?;
        Ok(json(StatusCode::OK, &render.station_now(station)))
    })?
}
