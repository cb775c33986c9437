//! `DELETE /api/keys/{keyId}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Action, KeyId};

use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::Done;
use crate::request::{AskedPlainly, Subject};
use crate::wire::answer::KeyItem;
use crate::wire::body::Wanted;

/// End an API key. Doing so again changes nothing.
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
    let unknown = || Problem::not_found(Code::UnknownKey, "there is no such key");
    let number: u32 = name.parse().map_err(|_| unknown())?;
    let key = KeyId(number);
    let done: Done = app.write(asked.sent, Wanted::plain(Action::RevokeKey(key))).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    app.render(|render| {
        let known = render.state.keys_from(key.index()).next().ok_or_else(unknown)?;
        Ok(done.answer(StatusCode::OK, &render.key_item(known)))
    })?
}
