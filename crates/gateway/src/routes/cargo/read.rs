//! `GET /api/cargo/{shipmentId}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ShipmentId;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem, unknown_shipment};
use crate::reply::json;
use crate::request::{NoQuery, Subject};
use crate::wire::answer::ShipmentAnswer;

/// A shipment of any age, with everything that happened to it.
#[utoipa::path(
    get,
    path = "/api/cargo/{shipmentId}",
    operation_id = "readShipment",
    tag = "cargo",
    params(("shipmentId" = String, Path, description = "As the answer to the booking said.")),
    responses((status = 200, description = "The shipment.", body = ShipmentAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    _query: NoQuery,
    Subject(name): Subject,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found(Code::UnknownShipment, "there is no such shipment");
    let id = ShipmentId::parse(&name).ok_or_else(unknown)?;
    app.blocking(move |app, views| {
        let history = views.shipment(id, caller.scope())?.ok_or_else(|| unknown_shipment(id))?;
        app.render(|render| json(StatusCode::OK, &render.shipment(&history)))
    })
    .await
}
