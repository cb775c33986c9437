//! `GET /api/webhooks/{webhookId}/deliveries`.

use axum::extract::State;
use axum::response::Response;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{ListBody, linked};
use crate::request::{Cursor, Query, Subject};
use crate::wire::answer::{DeliveryAnswer, List};

/// The last attempts to deliver, newest first: 500 are kept.
#[utoipa::path(
    get,
    path = "/api/webhooks/{webhookId}/deliveries",
    operation_id = "listDeliveries",
    tag = "webhooks",
    params(
        ("webhookId" = String, Path, description = "As the answer to its making said."),
        ("cursor" = Option<String>, Query, description = "The nextCursor of an answer."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "A part of the list.", body = List<DeliveryAnswer>))
)]
pub(crate) async fn deliveries(
    State(app): State<App>,
    caller: Caller,
    Subject(name): Subject,
    mut query: Query,
) -> Result<Response, Problem> {
    let access = caller.with_key()?;
    let page = query.page();
    query.finish()?;
    let webhook = app.webhook(access, &name)?;
    let before = page.cursor.map(|cursor| cursor.0);
    let found = app.ready()?.webhooks.attempts(webhook.id, before, page.limit + 1).await?;
    app.render(|render| {
        let mut list = ListBody::new();
        for (_, attempt) in found.iter().take(page.limit) {
            list.push(&render.delivery(attempt));
        }
        let shown_last = found.get(page.limit - 1).filter(|_| found.len() > page.limit);
        let next = shown_last.map(|(number, _)| Cursor(*number).to_string());
        linked(list.finish(next.as_ref(), render.state.as_of()), &page, next.as_ref())
    })
}
