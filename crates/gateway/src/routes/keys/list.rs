//! `GET /api/keys`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{ListBody, linked, snapshot};
use crate::request::{Cursor, Query};
use crate::wire::answer::{KeyItem, List};

/// All keys, revoked ones included, without their secrets. For administrators.
#[utoipa::path(
    get,
    path = "/api/keys",
    operation_id = "listKeys",
    tag = "access",
    params(
        ("cursor" = Option<String>, Query, description = "The nextCursor of an answer."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "A part of the list.", body = List<KeyItem<'static>>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    caller.require_admin()?;
    let page = query.page();
    query.finish()?;
    let first = page.cursor.map_or(0, Cursor::index);
    app.render(|render| {
        let mut keys = render.state.keys_from(first);
        let mut list = ListBody::new();
        for key in keys.by_ref().take(page.limit) {
            list.push(&render.key_item(key));
        }
        let next = keys.next().map(|key| Cursor(key.id.0.into()).to_string());
        let as_of = render.state.as_of();
        let answer = || list.finish(next.as_ref(), as_of);
        let response = snapshot(&headers, as_of, render.identity, answer);
        linked(response, &page, next.as_ref())
    })
}
