//! `GET /api/webhooks/{webhookId}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::gateway::App;
use crate::problem::Problem;
use crate::request::{PlainlyBeside, Subject};
use crate::wire::answer::WebhookAnswer;

/// A webhook: what it is set to, and how far it has come.
#[utoipa::path(
    get,
    path = "/api/webhooks/{webhookId}",
    operation_id = "readWebhook",
    tag = "webhooks",
    params(("webhookId" = String, Path, description = "As the answer to its making said.")),
    responses((status = 200, description = "The webhook.", body = WebhookAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    asked: PlainlyBeside,
    Subject(name): Subject,
) -> Result<Response, Problem> {
    let webhook = app.webhook(&asked.access, &name)?;
    app.shown_webhook(StatusCode::OK, &webhook)
}
