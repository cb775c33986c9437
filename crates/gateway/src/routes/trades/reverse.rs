//! `POST /api/trades/{transactionId}/reverse`.

use axum::extract::State;
use axum::response::Response;

use super::{answer, trade_named};
use crate::gateway::App;
use crate::problem::Problem;
use crate::request::{Asked, Subject};
use crate::wire::answer::TradeAnswer;
use crate::wire::body::ReversalBody;

/// Move back, once, what a trade of any age moved: its goods, its credits, and its charges if they were
/// paid. Refused if either side no longer has what it would give back.
#[utoipa::path(
    post,
    path = "/api/trades/{transactionId}/reverse",
    operation_id = "reverseTrade",
    tag = "trades",
    params(("transactionId" = String, Path, description = "As the answer to the trade said.")),
    request_body = ReversalBody,
    responses((status = 200, description = "The trade as this left it, durable.", body = TradeAnswer<'_>))
)]
pub(crate) async fn reverse(
    State(app): State<App>,
    Subject(name): Subject,
    asked: Asked<ReversalBody>,
) -> Result<Response, Problem> {
    let wanted = asked.body.wanted(trade_named(&name)?);
    let done = app.write(asked.sent, wanted).await?;
    answer(&app, done).await
}
