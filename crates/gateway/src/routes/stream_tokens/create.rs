//! `POST /api/stream-tokens`.

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use crate::auth::{Caller, Secret};
use crate::gateway::App;
use crate::limits::STREAM_TOKEN_TIME;
use crate::problem::Problem;
use crate::reply::json;
use crate::request::NoQuery;
use crate::wire::answer::StreamTokenAnswer;

/// Make a stream token: it opens one stream, within a minute, with the rights of the key.
///
/// For browsers, which cannot send a key with `EventSource` or `WebSocket`: a server that has the key
/// makes the token, the page opens `/api/updates/real-time?token=…`, from any site.
#[utoipa::path(
    post,
    path = "/api/stream-tokens",
    operation_id = "createStreamToken",
    tag = "events",
    responses((status = 201, description = "Made.", body = StreamTokenAnswer<'_>))
)]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    _query: NoQuery,
) -> Result<Response, Problem> {
    caller.with_key()?;
    let secret = Secret::made()?;
    app.tokens().keep(&secret, &caller)?;
    let answer = StreamTokenAnswer {
        token: secret.as_str(),
        expires_in_seconds: STREAM_TOKEN_TIME.as_secs(),
    };
    let mut response = json(StatusCode::CREATED, &answer);
    // Nobody on the way may keep it.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
