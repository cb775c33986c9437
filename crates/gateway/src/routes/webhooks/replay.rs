//! `POST /api/webhooks/{webhookId}/replay`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::Sequence;

use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::json;
use crate::request::{AskedBeside, Subject};
use crate::wire::answer::ReplayAnswer;
use crate::wire::body::{Replay, ReplayBody};

/// Send again: everything from an event on, in order, or a single event.
///
/// The `webhook-id` of an event is the same as before. A single event is sent once and at once,
/// whatever the filter, if the webhook's key may see it; the answer says what became of that.
#[utoipa::path(
    post,
    path = "/api/webhooks/{webhookId}/replay",
    operation_id = "replayWebhook",
    tag = "webhooks",
    params(("webhookId" = String, Path, description = "As the answer to its making said.")),
    request_body = ReplayBody,
    responses((status = 200, description = "Sent, or on its way.", body = ReplayAnswer<'_>))
)]
pub(crate) async fn replay(
    State(app): State<App>,
    Subject(name): Subject,
    asked: AskedBeside<ReplayBody>,
) -> Result<Response, Problem> {
    let replay = asked.body.replay()?;
    let known = app.webhook(&asked.access, &name)?;
    let webhooks = &app.ready()?.webhooks;
    let (webhook, attempt) = match replay {
        Replay::From(from) => {
            let from = app.position(&from)?;
            let before = Sequence(from.0.saturating_sub(1));
            (webhooks.replay(known.id, before).await?, None)
        }
        Replay::Event(event) => {
            let attempt = webhooks.resend(known.id, app.position(&event)?).await?;
            (webhooks.get(known.id).unwrap_or(known), Some(attempt))
        }
    };
    app.render(|render| {
        let delivery = attempt.as_ref().map(|attempt| render.delivery(attempt));
        json(StatusCode::OK, &ReplayAnswer { webhook: render.webhook(&webhook), delivery })
    })
}
