//! `POST /api/cargo`.

use axum::extract::State;
use axum::response::Response;
use domain::Event;

use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::unexpected;
use crate::request::Asked;
use crate::wire::answer::ShipmentAnswer;
use crate::wire::body::BookingBody;

/// Book cargo: the goods are reserved at the origin.
#[utoipa::path(
    post,
    path = "/api/cargo",
    operation_id = "bookShipment",
    tag = "cargo",
    request_body = BookingBody,
    responses((status = 201, description = "Booked, and durable.", body = ShipmentAnswer<'_>))
)]
pub(crate) async fn create(
    State(app): State<App>,
    asked: Asked<BookingBody>,
) -> Result<Response, Problem> {
    let done = app.write(asked.sent, asked.body.wanted()?).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    let recorded = done.recorded().ok_or_else(unexpected)?;
    let Event::ShipmentBooked(booked) = &recorded.event else {
        return Err(unexpected());
    };
    app.render(|render| {
        let answer = render.booked(recorded, booked);
        done.created(format!("/api/cargo/{}", answer.shipment_id), &answer)
    })
}
