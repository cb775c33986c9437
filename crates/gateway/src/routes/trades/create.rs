//! `POST /api/trades`: the hot path.

use axum::extract::State;
use axum::response::Response;
use domain::Event;

use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::unexpected;
use crate::request::Asked;
use crate::wire::answer::TradeAnswer;
use crate::wire::body::TradeBody;

/// Trade at once: all lines or nothing.
#[utoipa::path(
    post,
    path = "/api/trades",
    operation_id = "createTrade",
    tag = "trades",
    request_body = TradeBody,
    responses((status = 201, description = "Settled, and durable.", body = TradeAnswer<'_>))
)]
pub(crate) async fn create(
    State(app): State<App>,
    asked: Asked<TradeBody>,
) -> Result<Response, Problem> {
    let done = app.write(asked.sent, asked.body.wanted()?).await?;
    let recorded = done.recorded().ok_or_else(unexpected)?;
    let Event::TradeSettled(trade) = &recorded.event else {
        return Err(unexpected());
    };
    app.render(|render| {
        let answer = render.trade(&recorded.envelope, trade);
        done.created(format!("/api/trades/{}", answer.transaction_id), &answer)
    })
}
