//! `GET /api/commodities/{id}`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::Scope;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::render::Render;
use crate::reply::shown;
use crate::request::{NoQuery, Subject};
use crate::wire::answer::CommodityAnswer;

/// A commodity.
#[utoipa::path(
    get,
    path = "/api/commodities/{id}",
    operation_id = "readCommodity",
    tag = "commodities",
    params(("id" = String, Path, description = "The client's name for it.")),
    responses((status = 200, description = "The commodity.", body = CommodityAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Caller,
    _query: NoQuery,
    Subject(name): Subject,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.render(|render| {
        let id = render.state.commodity_id(&name);
        let known = id.and_then(|id| render.state.commodity(id));
        let unknown = || Problem::not_found(Code::UnknownCommodity, "there is no such commodity");
        let commodity = known.ok_or_else(unknown)?;
        Ok(shown(render, &headers, Scope::Network, |as_of| CommodityAnswer {
            as_of: Some(as_of),
            ..Render::commodity_now(commodity)
        }))
    })?
}
