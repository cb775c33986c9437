//! `POST /api/transfers`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::Event;

use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::unexpected;
use crate::request::Asked;
use crate::wire::answer::TransferAnswer;
use crate::wire::body::TransferBody;

/// Give credits, or goods at a station.
#[utoipa::path(
    post,
    path = "/api/transfers",
    operation_id = "transfer",
    tag = "traders",
    request_body = TransferBody,
    responses((status = 201, description = "Done, and durable.", body = TransferAnswer<'_>))
)]
pub(crate) async fn create(
    State(app): State<App>,
    asked: Asked<TransferBody>,
) -> Result<Response, Problem> {
    let done = app.write(asked.sent, asked.body.wanted()?).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    let recorded = done.recorded().ok_or_else(unexpected)?;
    let envelope = &recorded.envelope;
    app.render(|render| {
        let answer = match &recorded.event {
            Event::CreditsTransferred(given) => render.credits_given(envelope, given),
            Event::StockTransferred(given) => render.goods_given(envelope, given),
            _ => return Err(unexpected()),
        };
        Ok(done.answer(StatusCode::CREATED, &answer))
    })?
}
