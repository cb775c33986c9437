//! `POST /api/webhooks/{webhookId}/test`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply;
use crate::request::{PlainlyBeside, Subject};
use crate::wire::Time;
use crate::wire::answer::DeliveryAnswer;

/// The type of a test's event.
const TEST: &str = "webhook.test";

/// Send a signed `webhook.test` event, once and at once; the answer says what became of it.
#[utoipa::path(
    post,
    path = "/api/webhooks/{webhookId}/test",
    operation_id = "testWebhook",
    tag = "webhooks",
    params(("webhookId" = String, Path, description = "As the answer to its making said.")),
    responses((status = 200, description = "Sent, or not: see `accepted`.", body = DeliveryAnswer))
)]
pub(crate) async fn test(
    State(app): State<App>,
    Subject(name): Subject,
    asked: PlainlyBeside,
) -> Result<Response, Problem> {
    let webhook = app.webhook(&asked.access, &name)?;
    let ready = app.ready()?;
    let nonce = getrandom::u64().map_err(|error| {
        tracing::error!(%error, "the system gives no random bytes");
        Problem::plain(Code::Internal)
    })?;
    let nonce = format!("test-{nonce:016x}");
    let body = json!({
        "specversion": "1.0",
        "id": nonce,
        "source": app.identity().source,
        "type": TEST,
        "subject": webhook.id.to_string(),
        "time": Time(ready.executor.now()),
        "datacontenttype": "application/json",
        "data": { "webhookId": webhook.id.to_string() },
    });
    let body = body.to_string().into();
    let attempt = ready.webhooks.send_test(webhook.id, TEST, &nonce, body).await?;
    app.render(|render| reply::json(StatusCode::OK, &render.delivery(&attempt)))
}
