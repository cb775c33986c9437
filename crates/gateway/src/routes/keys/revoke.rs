//! `DELETE /api/keys/{keyId}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::Action;

use super::number;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{Done, unexpected};
use crate::request::{AskedPlainly, Subject};
use crate::wire::answer::KeyItem;
use crate::wire::body::Wanted;

/// End an API key, and with it what was opened with it: sessions at once, streams within seconds, and
/// its webhooks deliver no more. Doing so again changes nothing.
#[utoipa::path(
    delete,
    path = "/api/keys/{keyId}",
    operation_id = "revokeKey",
    tag = "access",
    params(("keyId" = u32, Path, description = "As the answer to the key said.")),
    responses((status = 200, description = "Ended, and durable.", body = KeyItem<'_>))
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    Subject(name): Subject,
    asked: AskedPlainly,
) -> Result<Response, Problem> {
    let key = number(&name)?;
    let done: Done = app.write(asked.sent, Wanted::plain(Action::RevokeKey(key))).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    let now = app.ready()?.executor.now();
    app.render(|render| {
        let known = render.state.keys_from(key.index()).next().ok_or_else(unexpected)?;
        Ok(done.answer(StatusCode::OK, &render.key_item(known, app.last_uses(), now)))
    })?
}
