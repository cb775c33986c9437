//! `POST /api/cargo/{shipmentId}/events`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Rejection, Scope, ShipmentId};

use crate::gateway::App;
use crate::problem::{Code, Form, Problem, unknown_shipment};
use crate::reply::unexpected;
use crate::request::{Asked, Subject};
use crate::wire::answer::ShipmentAnswer;
use crate::wire::body::ReportBody;

/// Report of a shipment; answers with the shipment as this leaves it.
#[utoipa::path(
    post,
    path = "/api/cargo/{shipmentId}/events",
    operation_id = "reportShipment",
    tag = "cargo",
    params(("shipmentId" = String, Path, description = "As the answer to the booking said.")),
    request_body = ReportBody,
    responses((status = 201, description = "Recorded, and durable.", body = ShipmentAnswer<'_>))
)]
pub(crate) async fn report(
    State(app): State<App>,
    Subject(name): Subject,
    asked: Asked<ReportBody>,
) -> Result<Response, Problem> {
    let named = ShipmentId::parse(&name);
    let unknown = || Problem::not_found(Code::UnknownShipment, "there is no such shipment");
    let shipment = named.ok_or_else(unknown)?;
    let wanted = asked.body.wanted(shipment)?;
    let kind = crate::commands::report_kind(&wanted.action);
    let done = match app.write(asked.sent, wanted).await {
        Err(problem) if problem.code() == Code::UnknownShipment => {
            return Err(ended(&app, shipment, kind).await.unwrap_or(problem));
        }
        done => done?,
    };
    let recorded = done.recorded().ok_or_else(unexpected)?;
    let sequence = recorded.envelope.sequence;
    let response = app
        .blocking(move |app, views| {
            let history = views.shipment_at(sequence, Scope::Network)?.ok_or_else(unexpected)?;
            app.render(|render| crate::reply::json(StatusCode::CREATED, &render.shipment(&history)))
        })
        .await?;
    Ok(done.marked(response))
}

/// The ledger forgets shipments that have ended; their reports are refused for that reason.
async fn ended(
    app: &App,
    shipment: ShipmentId,
    report: Option<domain::ShipmentActionKind>,
) -> Option<Problem> {
    let report = report?;
    let found = app.blocking(move |app, views| {
        let history = views.shipment(shipment, Scope::Network)?;
        let history = history.ok_or_else(|| unknown_shipment(shipment))?;
        let rejection = Rejection::InvalidTransition { from: history.shipment.status, report };
        app.render(|render| Problem::rejected(&rejection, Form::Report, render.state))
    });
    found.await.ok()
}
