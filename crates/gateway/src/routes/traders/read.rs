//! `GET /api/traders/{id}`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::shown;
use crate::request::{NoQuery, Subject};
use crate::wire::answer::TraderAnswer;

/// A trader.
#[utoipa::path(
    get,
    path = "/api/traders/{id}",
    operation_id = "readTrader",
    tag = "traders",
    params(("id" = String, Path, description = "The client's name for it.")),
    responses((status = 200, description = "The trader.", body = TraderAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    _query: NoQuery,
    Subject(name): Subject,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.render(|render| {
        let id = render.state.trader_id(&name);
        let known = id.and_then(|id| render.state.trader(id));
        let unknown = || Problem::not_found(Code::UnknownTrader, "there is no such trader");
        let trader = known.ok_or_else(unknown)?;
        Ok(shown(render, &headers, |as_of| TraderAnswer {
            as_of: Some(as_of),
            ..render.trader_now(trader, caller.scope())
        }))
    })?
}
