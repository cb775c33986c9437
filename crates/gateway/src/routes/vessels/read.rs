//! `GET /api/vessels/{id}`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::shown;
use crate::request::{NoQuery, Subject};
use crate::wire::answer::VesselAnswer;

/// A vessel, and what it carries now.
#[utoipa::path(
    get,
    path = "/api/vessels/{id}",
    operation_id = "readVessel",
    tag = "vessels",
    params(("id" = String, Path, description = "The client's name for it.")),
    responses((status = 200, description = "The vessel.", body = VesselAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    _query: NoQuery,
    Subject(name): Subject,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.render(|render| {
        let id = render.state.vessel_id(&name);
        let known = id.and_then(|id| render.state.vessel(id));
        let unknown = || Problem::not_found(Code::UnknownVessel, "there is no such vessel");
        let vessel = known.ok_or_else(unknown)?;
        Ok(shown(render, &headers, caller.scope(), |as_of| VesselAnswer {
            as_of: Some(as_of),
            ..render.vessel_now(vessel, caller.scope())
        }))
    })?
}
