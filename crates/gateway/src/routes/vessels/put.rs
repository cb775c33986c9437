//! `PUT /api/vessels/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::Event;

use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::{json, unexpected};
use crate::request::{Asked, Subject};
use crate::wire::answer::VesselAnswer;
use crate::wire::body::VesselBody;

/// Create or replace a vessel. What it carries already it goes on to carry.
#[utoipa::path(
    put,
    path = "/api/vessels/{id}",
    operation_id = "putVessel",
    tag = "vessels",
    params(("id" = String, Path, description = "The client's name for it.")),
    request_body = VesselBody,
    responses(
        (status = 201, description = "Created, and durable.", body = VesselAnswer<'_>),
        (status = 200, description = "Replaced, or as it was.", body = VesselAnswer<'_>)
    )
)]
pub(crate) async fn put(
    State(app): State<App>,
    subject: Subject,
    asked: Asked<VesselBody>,
) -> Result<Response, Problem> {
    let id = subject.name()?;
    let scope = asked.caller.scope();
    let done = app.write(asked.sent, asked.body.wanted(id)).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    let Some(recorded) = done.recorded() else {
        return app.render(|render| {
            let id = render.state.vessel_id(&subject.0);
            let known = id.and_then(|id| render.state.vessel(id));
            let vessel = known.ok_or_else(|| Problem::plain(Code::Internal))?;
            Ok(json(StatusCode::OK, &render.vessel_now(vessel, scope)))
        })?;
    };
    let (status, vessel, details) = match &recorded.event {
        Event::VesselCreated { vessel, details, .. } => (StatusCode::CREATED, *vessel, details),
        Event::VesselUpdated { vessel, details } => (StatusCode::OK, *vessel, details),
        _ => return Err(unexpected()),
    };
    app.render(|render| {
        let data = render.vessel_then(&recorded.envelope, vessel, details);
        done.answer(status, &render.with_cargo(vessel, data, scope))
    })
}
