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

/// Trade: all lines or nothing, at once or, with `hold`, reserved now and settled later.
///
/// A line may take an open offer of one of the parties, at the offer's price. Operators may name both
/// parties. A key of the role `trader` takes open offers of the other side, or proposes a hold for the
/// other side's key to accept by settling it.
#[utoipa::path(
    post,
    path = "/api/trades",
    operation_id = "createTrade",
    tag = "trades",
    request_body = TradeBody,
    responses((status = 201, description = "Settled, or pending, and durable.", body = TradeAnswer<'_>))
)]
pub(crate) async fn create(
    State(app): State<App>,
    asked: Asked<TradeBody>,
) -> Result<Response, Problem> {
    let done = app.write(asked.sent, asked.body.wanted()?).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    let recorded = done.recorded().ok_or_else(unexpected)?;
    let envelope = &recorded.envelope;
    app.render(|render| {
        let answer = match &recorded.event {
            Event::TradeSettled(trade) => render.trade(envelope, trade),
            Event::TradeHeld(held) => render.held(envelope, held),
            _ => return Err(unexpected()),
        };
        Ok(done.created(format!("/api/trades/{}", answer.transaction_id), &answer))
    })?
}
