//! `DELETE /api/session`.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::{has_cookie, set_cookie};
use crate::auth::{refuse_foreign_page, require_own_page};
use crate::gateway::App;
use crate::problem::Problem;
use crate::request::NoQuery;

/// Sign out: the cookie is good for nothing, and the streams that it opened end soon. Doing so again
/// changes nothing.
#[utoipa::path(
    delete,
    path = "/api/session",
    operation_id = "signOut",
    tag = "access",
    security(()),
    responses((status = 204, description = "Signed out."))
)]
pub(crate) async fn delete(
    State(app): State<App>,
    headers: HeaderMap,
    _query: NoQuery,
) -> Result<Response, Problem> {
    if has_cookie(&headers) {
        require_own_page(&headers)?;
    } else {
        refuse_foreign_page(&headers)?;
    }
    app.sessions().end(&headers);
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(SET_COOKIE, set_cookie(&headers, None));
    Ok(response)
}
