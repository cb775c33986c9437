//! `PATCH /api/webhooks/{webhookId}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use live::webhooks::Change;

use crate::gateway::App;
use crate::problem::Problem;
use crate::request::{AskedBeside, Subject};
use crate::wire::answer::WebhookAnswer;
use crate::wire::body::WebhookBody;
use crate::wire::{Url, WebhookWish, WebhookWishWord, Words};

/// Change a webhook, pause it, or let it go on.
///
/// What was not accepted yet is tried again at once, with what is set now. Doing so again changes
/// nothing.
#[utoipa::path(
    patch,
    path = "/api/webhooks/{webhookId}",
    operation_id = "changeWebhook",
    tag = "webhooks",
    params(("webhookId" = String, Path, description = "As the answer to its making said.")),
    request_body = WebhookBody,
    responses((status = 200, description = "Changed, and durable.", body = WebhookAnswer<'_>))
)]
pub(crate) async fn change(
    State(app): State<App>,
    Subject(name): Subject,
    asked: AskedBeside<WebhookBody>,
) -> Result<Response, Problem> {
    let AskedBeside { access, body, .. } = asked;
    body.check()?;
    let known = app.webhook(&access, &name)?;
    let own = known.principal == access.principal;
    let change = Change {
        url: body.url.map(|Url(url)| url),
        description: body.description.map(|Words(text)| text.as_str().to_owned()),
        filter: body.filter.map(|filter| app.kept_filter(&filter)).transpose()?,
        active: body.status.map(|WebhookWishWord(wish)| wish == WebhookWish::Active),
        key: own.then_some(access.key),
    };
    let webhook = app.ready()?.webhooks.change(known.id, change).await?;
    app.shown_webhook(StatusCode::OK, &webhook)
}
