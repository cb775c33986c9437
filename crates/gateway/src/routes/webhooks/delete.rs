//! `DELETE /api/webhooks/{webhookId}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::gateway::App;
use crate::problem::Problem;
use crate::request::{PlainlyBeside, Subject};
use crate::wire::answer::WebhookAnswer;

/// Delete a webhook, its secrets and its log. A delivery that is under way may still arrive.
#[utoipa::path(
    delete,
    path = "/api/webhooks/{webhookId}",
    operation_id = "deleteWebhook",
    tag = "webhooks",
    params(("webhookId" = String, Path, description = "As the answer to its making said.")),
    responses((status = 200, description = "Deleted, and durable: the webhook as it was.", body = WebhookAnswer<'_>))
)]
pub(crate) async fn delete(
    State(app): State<App>,
    Subject(name): Subject,
    asked: PlainlyBeside,
) -> Result<Response, Problem> {
    let known = app.webhook(&asked.access, &name)?;
    let webhook = app.ready()?.webhooks.remove(known.id).await?;
    app.shown_webhook(StatusCode::OK, &webhook)
}
