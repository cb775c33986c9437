//! `POST /api/keys`.

use axum::extract::State;
use axum::response::Response;
use domain::Action;

use super::made;
use crate::auth::Secret;
use crate::gateway::App;
use crate::problem::Problem;
use crate::request::Asked;
use crate::wire::answer::KeyAnswer;
use crate::wire::body::KeyBody;

/// Make an API key. Its secret is shown once.
///
/// A key of the role `trader` or `carrier` acts for its accounts, and sees what they are part of. With
/// `expiresInSeconds` it ends by itself after so much network time, and its open streams with it.
#[utoipa::path(
    post,
    path = "/api/keys",
    operation_id = "createKey",
    tag = "access",
    request_body = KeyBody,
    responses((status = 201, description = "Made, and durable.", body = KeyAnswer<'_>))
)]
pub(crate) async fn create(
    State(app): State<App>,
    asked: Asked<KeyBody>,
) -> Result<Response, Problem> {
    let secret = Secret::made()?;
    // A retry brings another secret: it must be known for the same command all the same.
    let mut command = asked.sent.command(asked.body.wanted([0; 32])?);
    if let Action::CreateKey(key) = &mut command.action {
        key.digest = secret.digest();
    }
    let done = app.execute(command, asked.sent.is_dry_run).await?;
    made(&app, &done, &secret)
}
