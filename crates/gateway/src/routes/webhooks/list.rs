//! `GET /api/webhooks`.

use axum::extract::State;
use axum::response::Response;

use super::is_seen;
use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{ListBody, linked};
use crate::request::{Cursor, Query};
use crate::wire::answer::{List, WebhookAnswer};

/// The caller's own webhooks, oldest first; for administrators, all of them.
#[utoipa::path(
    get,
    path = "/api/webhooks",
    operation_id = "listWebhooks",
    tag = "webhooks",
    params(
        ("cursor" = Option<String>, Query, description = "The nextCursor of an answer."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "A part of the list.", body = List<WebhookAnswer<'static>>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    mut query: Query,
) -> Result<Response, Problem> {
    let access = caller.with_key()?;
    let page = query.page();
    query.finish()?;
    let from = page.cursor.map_or(0, |cursor| cursor.0);
    let all = app.ready()?.webhooks.all();
    let mut seen = all.iter().filter(|webhook| webhook.id.0 >= from && is_seen(webhook, access));
    let mut list = ListBody::new();
    for webhook in seen.by_ref().take(page.limit) {
        // Filters may be long: one at a time, so that what is committed is not held up.
        app.render(|render| list.push(&render.webhook(webhook)))?;
    }
    let next = seen.next().map(|webhook| Cursor(webhook.id.0).to_string());
    let as_of = app.render(|render| render.state.as_of())?;
    Ok(linked(list.finish(next.as_ref(), as_of), &page, next.as_ref()))
}
