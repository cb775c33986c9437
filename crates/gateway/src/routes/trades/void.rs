//! `POST /api/trades/{transactionId}/void`.

use axum::extract::State;
use axum::response::Response;

use super::{answer, trade_named};
use crate::gateway::App;
use crate::problem::Problem;
use crate::request::{Asked, Subject};
use crate::wire::answer::TradeAnswer;
use crate::wire::body::VoidBody;

/// Call a hold off: what is left of it is released. What was settled of it stays settled.
#[utoipa::path(
    post,
    path = "/api/trades/{transactionId}/void",
    operation_id = "voidTrade",
    tag = "trades",
    params(("transactionId" = String, Path, description = "As the answer to the trade said.")),
    request_body = VoidBody,
    responses((status = 200, description = "The trade as this left it, durable.", body = TradeAnswer<'_>))
)]
pub(crate) async fn void(
    State(app): State<App>,
    Subject(name): Subject,
    asked: Asked<VoidBody>,
) -> Result<Response, Problem> {
    let wanted = asked.body.wanted(trade_named(&name)?);
    let done = app.write_of(&asked.caller, asked.sent, wanted).await?;
    answer(&app, done).await
}
