//! `GET /api/alerts/{alertId}`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::AlertId;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::shown;
use crate::request::{NoQuery, Subject};
use crate::wire::answer::AlertAnswer;

/// An alert that is firing, or one of the last 1,000 that were resolved.
#[utoipa::path(
    get,
    path = "/api/alerts/{alertId}",
    operation_id = "readAlert",
    tag = "alerts",
    params(("alertId" = String, Path, description = "As the list of alerts said.")),
    responses((status = 200, description = "The alert.", body = AlertAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    _query: NoQuery,
    Subject(name): Subject,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found(Code::UnknownAlert, "there is no such alert");
    let id = AlertId::parse(&name).ok_or_else(unknown)?;
    app.render(|render| {
        let alert = render.state.alert(id, caller.scope()).ok_or_else(unknown)?;
        Ok(shown(render, &headers, caller.scope(), |as_of| AlertAnswer {
            as_of: Some(as_of),
            ..render.alert(alert, caller.scope())
        }))
    })?
}
