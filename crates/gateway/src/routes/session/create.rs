//! `POST /api/session`.

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::response::Response;

use super::set_cookie;
use crate::auth::{Caller, Secret, refuse_foreign_page};
use crate::gateway::App;
use crate::limits::{SESSION_BODY_BYTES_MAX, SESSION_TOKEN_BODY_BYTES_MAX};
use crate::openapi::document;
use crate::problem::Problem;
use crate::request::{NoQuery, read_body, require_media_type};
use crate::routes::keys::whoami;
use crate::shape;
use crate::wire::answer::WhoAmI;
use crate::wire::body::SessionBody;

/// Sign in: a key, or a token of the issuer, for a cookie, with which every request and every stream
/// of this browser has its rights.
///
/// The cookie is `HttpOnly` and `SameSite=Strict`, over TLS `Secure`. It is good until it is not used
/// for 12 hours, one signs out, the key is revoked, the token ends or the server starts anew. An `Authorization`
/// header wins over it. What changes something by a cookie must come from a page of this server, as
/// the browser says by `Sec-Fetch-Site` or `Origin`; what comes from another page is refused with
/// `foreign_origin`.
#[utoipa::path(
    post,
    path = "/api/session",
    operation_id = "signIn",
    tag = "access",
    request_body = SessionBody,
    security(()),
    responses((
        status = 200,
        description = "Signed in; who that is.",
        body = WhoAmI<'_>,
        headers(("Set-Cookie" = String, description = "The cookie `itn_session`."))
    ))
)]
pub(crate) async fn create(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let headers = &parts.headers;
    refuse_foreign_page(headers)?;
    NoQuery::of(&parts.uri)?;
    require_media_type(headers, "application/json")?;
    let most = match app.oidc() {
        Some(_) => SESSION_TOKEN_BODY_BYTES_MAX,
        None => SESSION_BODY_BYTES_MAX,
    };
    let body = read_body(&app, &parts, body, most).await?;
    let body: SessionBody = shape::read(&body, &document().schemas)?;
    let caller = Caller::of_secret(&app, &parts.extensions, &body.key).await;
    let caller = app.rates().admit((&parts.extensions, true), caller)?;
    let token = Secret::made()?;
    // One cookie takes the place of another.
    app.sessions().end(headers);
    caller.with_key()?;
    app.sessions().begin(&token, &caller);
    let mut response = whoami::answer(&app, &caller)?;
    let own = response.headers_mut();
    own.insert(SET_COOKIE, set_cookie(headers, Some(&token)));
    // Nobody on the way may keep it.
    own.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
