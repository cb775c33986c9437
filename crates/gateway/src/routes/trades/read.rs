//! `GET /api/trades/{transactionId}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::TransactionId;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::json;
use crate::request::{NoQuery, Subject};
use crate::wire::answer::TradeAnswer;

/// A trade of any age, as its last event left it.
#[utoipa::path(
    get,
    path = "/api/trades/{transactionId}",
    operation_id = "readTrade",
    tag = "trades",
    params(("transactionId" = String, Path, description = "As the answer to the trade said.")),
    responses((status = 200, description = "The trade.", body = TradeAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    _query: NoQuery,
    Subject(name): Subject,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found(Code::UnknownTrade, "there is no such trade");
    let id = TransactionId::parse(&name).ok_or_else(unknown)?;
    app.blocking(move |app, views| {
        let found = views.trade(id, caller.scope())?.ok_or_else(unknown)?;
        app.render(|render| json(StatusCode::OK, &render.trade_now(&found)))
    })
    .await
}
