//! `POST /api/keys/{keyId}/rotate`.

use axum::extract::State;
use axum::response::Response;
use domain::Action;

use super::{made, number};
use crate::auth::Secret;
use crate::gateway::App;
use crate::problem::Problem;
use crate::request::{Asked, Subject};
use crate::wire::answer::KeyAnswer;
use crate::wire::body::RotationBody;

/// Make another API key in the place of one: for the same principal, with the same role and accounts.
/// Its secret is shown once.
///
/// The old key stays good for a day, or for `keepOldSeconds`, so that those who use it can change over;
/// 0 ends it at once. Both happen, or neither. A key is rotated once: then the new one is.
#[utoipa::path(
    post,
    path = "/api/keys/{keyId}/rotate",
    operation_id = "rotateKey",
    tag = "access",
    params(("keyId" = u32, Path, description = "As the answer to the old key said.")),
    request_body = RotationBody,
    responses((status = 201, description = "Made, and durable.", body = KeyAnswer<'_>))
)]
pub(crate) async fn rotate(
    State(app): State<App>,
    Subject(name): Subject,
    asked: Asked<RotationBody>,
) -> Result<Response, Problem> {
    let key = number(&name)?;
    let secret = Secret::made()?;
    // A retry brings another secret: it must be known for the same command all the same.
    let mut command = asked.sent.command(asked.body.wanted(key, [0; 32])?);
    if let Action::RotateKey(rotation) = &mut command.action {
        rotation.digest = secret.digest();
    }
    let done = app.execute(command, asked.sent.is_dry_run).await?;
    made(&app, &done, &secret)
}
