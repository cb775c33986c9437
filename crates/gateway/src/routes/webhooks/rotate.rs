//! `POST /api/webhooks/{webhookId}/secrets`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::new_secret;
use crate::gateway::App;
use crate::problem::Problem;
use crate::request::{AskedBeside, Subject};
use crate::wire::answer::WebhookAnswer;
use crate::wire::body::SecretBody;

/// Make another secret; it is shown once.
///
/// For a time deliveries are signed with the older ones, too, so that a receiver may change over
/// when it likes.
#[utoipa::path(
    post,
    path = "/api/webhooks/{webhookId}/secrets",
    operation_id = "rotateWebhookSecret",
    tag = "webhooks",
    params(("webhookId" = String, Path, description = "As the answer to its making said.")),
    request_body = SecretBody,
    responses((status = 201, description = "Made, and durable.", body = WebhookAnswer<'_>))
)]
pub(crate) async fn rotate(
    State(app): State<App>,
    Subject(name): Subject,
    asked: AskedBeside<SecretBody>,
) -> Result<Response, Problem> {
    let keep_old = asked.body.keep_old()?;
    let known = app.webhook(&asked.access, &name)?;
    let secret = new_secret()?;
    let webhook = app.ready()?.webhooks.add_secret(known.id, secret.clone(), keep_old).await?;
    app.shown_secret(StatusCode::CREATED, &webhook, Some(&secret))
}
