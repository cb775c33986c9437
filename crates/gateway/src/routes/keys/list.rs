//! `GET /api/keys`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ETAG;
use axum::response::Response;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::numbered;
use crate::request::Query;
use crate::wire::answer::{KeyItem, List};

/// All keys, those that have ended included, without their secrets. For administrators.
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
    mut query: Query,
) -> Result<Response, Problem> {
    caller.require_admin()?;
    let page = query.page();
    query.finish()?;
    let now = app.ready()?.executor.now();
    app.last_uses().gather(now);
    app.render(|render| {
        let keys = render.state.keys_from(page.first());
        let item = |key| render.key_item(key, app.last_uses(), now);
        let unconditional = HeaderMap::new();
        let conditions = (&unconditional, caller.scope());
        let mut answer = numbered(render, conditions, &page, keys, |key| key.id.0, item);
        // What was last used when changes without an event: no tag may say that it is as it was.
        answer.headers_mut().remove(ETAG);
        answer
    })
}
