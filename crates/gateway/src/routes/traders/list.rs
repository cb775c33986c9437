//! `GET /api/traders`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::numbered;
use crate::request::Query;
use crate::wire::answer::{List, TraderAnswer};

/// All traders, in the order of creation.
#[utoipa::path(
    get,
    path = "/api/traders",
    operation_id = "listTraders",
    tag = "traders",
    params(
        ("cursor" = Option<String>, Query, description = "The nextCursor of an answer."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "A part of the list.", body = List<TraderAnswer<'static>>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let page = query.page();
    query.finish()?;
    app.render(|render| {
        let traders = render.state.traders_from(page.first());
        numbered(
            render,
            (&headers, caller.scope()),
            &page,
            traders,
            |trader| trader.id.0,
            |trader| render.trader_now(trader, caller.scope()),
        )
    })
}
