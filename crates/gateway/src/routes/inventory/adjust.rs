//! `POST /api/inventory/{stationId}/adjustments`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Event, Identifier};

use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::unexpected;
use crate::request::{Asked, Subject};
use crate::wire::answer::AdjustmentAnswer;
use crate::wire::body::AdjustmentBody;

/// Change stock outside a trade: production, consumption, damage, counts.
#[utoipa::path(
    post,
    path = "/api/inventory/{stationId}/adjustments",
    operation_id = "adjustInventory",
    tag = "inventory",
    params(("stationId" = String, Path, description = "Where.")),
    request_body = AdjustmentBody,
    responses((status = 201, description = "Done, and durable.", body = AdjustmentAnswer<'_>))
)]
pub(crate) async fn adjust(
    State(app): State<App>,
    Subject(name): Subject,
    asked: Asked<AdjustmentBody>,
) -> Result<Response, Problem> {
    let unknown = |_| Problem::not_found(Code::UnknownStation, "there is no such station");
    let station = Identifier::new(&name).map_err(unknown)?;
    let done = app.write(asked.sent, asked.body.wanted(station)?).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    let recorded = done.recorded().ok_or_else(unexpected)?;
    let Event::StockAdjusted(adjusted) = &recorded.event else {
        return Err(unexpected());
    };
    app.render(|render| {
        done.answer(StatusCode::CREATED, &render.adjustment(&recorded.envelope, adjusted))
    })
}
