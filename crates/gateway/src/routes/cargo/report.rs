//! `POST /api/cargo/{shipmentId}/events`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Scope, Sequence, ShipmentActionKind, ShipmentId};

use crate::auth::Caller;
use crate::commands::{ended, report_kind};
use crate::gateway::App;
use crate::problem::{Code, Form, Problem};
use crate::reply::{Done, json, unexpected};
use crate::request::{Asked, Subject};
use crate::wire::answer::ShipmentAnswer;
use crate::wire::body::ReportBody;

/// Report of a shipment; answers with the shipment as this leaves it, without its timeline.
///
/// What is already so is recognised as a repeat: it changes nothing, and is answered with 200.
#[utoipa::path(
    post,
    path = "/api/cargo/{shipmentId}/events",
    operation_id = "reportShipment",
    tag = "cargo",
    params(("shipmentId" = String, Path, description = "As the answer to the booking said.")),
    request_body = ReportBody,
    responses(
        (status = 201, description = "Recorded, and durable.", body = ShipmentAnswer<'_>),
        (status = 200, description = "A repeat: the shipment as it was.", body = ShipmentAnswer<'_>)
    )
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
    let kind = report_kind(&wanted.action);
    let done = match app.write_of(&asked.caller, asked.sent, wanted).await {
        Err(problem) if problem.code() == Code::UnknownShipment => {
            return Err(refused(&app, asked.caller, shipment, kind).await.unwrap_or(problem));
        }
        done => done?,
    };
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    if let Some(response) = under_way(&app, shipment, &done)? {
        return Ok(response);
    }
    let recorded = done.recorded().map(|recorded| recorded.envelope.sequence);
    let read = app.blocking(move |app, _| past(app, shipment, recorded));
    Ok(done.marked(read.await?))
}

/// The answer from memory, which has the shipment unless it has ended or gone on since. Whoever may
/// report of a shipment may see it.
fn under_way(app: &App, shipment: ShipmentId, done: &Done) -> Result<Option<Response>, Problem> {
    app.render(|render| {
        let open = render.state.open_shipment(shipment, Scope::Network)?;
        match done.recorded() {
            None => Some(json(StatusCode::OK, &render.shipment_item(open))),
            Some(recorded) if recorded.envelope.sequence == open.last => {
                let answer = render.reported(open, &recorded.envelope);
                Some(done.answer(StatusCode::CREATED, &answer))
            }
            Some(_) => None,
        }
    })
}

/// The answer from the journal: the shipment as the report left it, or as it is.
fn past(app: &App, shipment: ShipmentId, recorded: Option<Sequence>) -> Result<Response, Problem> {
    let views = &app.ready()?.views;
    let history = match recorded {
        Some(sequence) => views.shipment_at(sequence, Scope::Network)?,
        None => views.shipment(shipment, Scope::Network)?,
    };
    let history = history.ok_or_else(unexpected)?;
    let report = history.timeline.last().filter(|_| recorded.is_some());
    app.render(|render| match report {
        Some(report) => {
            json(StatusCode::CREATED, &render.reported(&history.shipment, &report.envelope))
        }
        None => json(StatusCode::OK, &render.shipment_item(&history.shipment)),
    })
}

/// Why a report of a shipment that the ledger does not know is refused, if that has ended.
async fn refused(
    app: &App,
    caller: Caller,
    shipment: ShipmentId,
    report: Option<ShipmentActionKind>,
) -> Option<Problem> {
    let report = report?;
    let found = app.blocking(move |app, views| {
        let rejection = ended(views, shipment, report, caller.scope())?;
        let rejected = |rejection| {
            app.render(|render| Problem::rejected(&rejection, Form::Report, render.state))
        };
        rejection.map(rejected).transpose()
    });
    found.await.ok().flatten()
}
