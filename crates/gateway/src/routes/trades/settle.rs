//! `POST /api/trades/{transactionId}/settle`.

use axum::extract::State;
use axum::response::Response;

use super::{answer, trade_named};
use crate::gateway::App;
use crate::problem::Problem;
use crate::request::{Asked, Subject};
use crate::wire::answer::TradeAnswer;
use crate::wire::body::SettlementBody;

/// Settle a hold, in whole or in part; for the side that has yet to accept it, this accepts it.
///
/// What the hold had reserved cannot fail now. The settlement that ends the hold pays its charges and
/// releases what is left.
#[utoipa::path(
    post,
    path = "/api/trades/{transactionId}/settle",
    operation_id = "settleTrade",
    tag = "trades",
    params(("transactionId" = String, Path, description = "As the answer to the trade said.")),
    request_body = SettlementBody,
    responses((status = 200, description = "The trade as this left it, durable.", body = TradeAnswer<'_>))
)]
pub(crate) async fn settle(
    State(app): State<App>,
    Subject(name): Subject,
    asked: Asked<SettlementBody>,
) -> Result<Response, Problem> {
    let wanted = asked.body.wanted(trade_named(&name)?)?;
    let done = app.write_of(&asked.caller, asked.sent, wanted).await?;
    answer(&app, done).await
}
