//! `GET /api/whoami`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::json;
use crate::request::NoQuery;
use crate::wire::RoleWord;
use crate::wire::answer::WhoAmI;

/// Who asks, and what they may do.
#[utoipa::path(
    get,
    path = "/api/whoami",
    operation_id = "whoAmI",
    tag = "access",
    responses((status = 200, description = "The caller.", body = WhoAmI<'_>))
)]
pub(crate) async fn whoami(
    State(app): State<App>,
    caller: Caller,
    _query: NoQuery,
) -> Result<Response, Problem> {
    answer(&app, &caller)
}

/// Who this is, as the answer to them.
pub(crate) fn answer(app: &App, caller: &Caller) -> Result<Response, Problem> {
    app.render(|render| {
        let answer = WhoAmI {
            principal: caller.access.as_ref().map(|access| render.principal(access.principal)),
            role: RoleWord(caller.role()),
            accounts: render.traders(caller.access.as_ref().map_or(&[], |access| &access.accounts)),
            key_id: caller.access.as_ref().map(|access| access.key.0),
            anonymous: caller.access.is_none(),
        };
        json(StatusCode::OK, &answer)
    })
}
