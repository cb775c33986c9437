//! `GET /api/commodities`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::Scope;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::render::Render;
use crate::reply::numbered;
use crate::request::Query;
use crate::wire::answer::{CommodityAnswer, List};

/// All commodities, in the order of creation.
#[utoipa::path(
    get,
    path = "/api/commodities",
    operation_id = "listCommodities",
    tag = "commodities",
    params(
        ("cursor" = Option<String>, Query, description = "The nextCursor of an answer."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "A part of the list.", body = List<CommodityAnswer<'static>>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let page = query.page();
    query.finish()?;
    app.render(|render| {
        let commodities = render.state.commodities_from(page.first());
        numbered(
            render,
            (&headers, Scope::Network),
            &page,
            commodities,
            |commodity| commodity.id.0,
            Render::commodity_now,
        )
    })
}
