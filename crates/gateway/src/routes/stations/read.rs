//! `GET /api/stations/{id}`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::Scope;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::shown;
use crate::request::{NoQuery, Subject};
use crate::wire::answer::StationAnswer;

/// A station.
#[utoipa::path(
    get,
    path = "/api/stations/{id}",
    operation_id = "readStation",
    tag = "stations",
    params(("id" = String, Path, description = "The client's name for it.")),
    responses((status = 200, description = "The station.", body = StationAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Caller,
    _query: NoQuery,
    Subject(name): Subject,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.render(|render| {
        let id = render.state.station_id(&name);
        let known = id.and_then(|id| render.state.station(id));
        let unknown = || Problem::not_found(Code::UnknownStation, "there is no such station");
        let station = known.ok_or_else(unknown)?;
        Ok(shown(render, &headers, Scope::Network, |as_of| StationAnswer {
            as_of: Some(as_of),
            ..render.station_now(station)
        }))
    })?
}
