//! `POST /api/alerts/{alertId}/acknowledge`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Action, AlertId, Scope};

use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::unexpected;
use crate::request::{AskedPlainly, Subject};
use crate::wire::answer::AlertAnswer;
use crate::wire::body::Wanted;

/// Say that a firing alert has been seen. Doing so again changes nothing.
#[utoipa::path(
    post,
    path = "/api/alerts/{alertId}/acknowledge",
    operation_id = "acknowledgeAlert",
    tag = "alerts",
    params(("alertId" = String, Path, description = "As the list of alerts said.")),
    responses((status = 200, description = "Recorded, and durable; or as it was.", body = AlertAnswer<'_>))
)]
pub(crate) async fn acknowledge(
    State(app): State<App>,
    Subject(name): Subject,
    asked: AskedPlainly,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found(Code::UnknownAlert, "there is no such alert");
    let id = AlertId::parse(&name).ok_or_else(unknown)?;
    let done = app.write(asked.sent, Wanted::plain(Action::AcknowledgeAlert(id))).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    let recorded = done.recorded().map(|recorded| recorded.envelope.sequence);
    // As that event left it. Whoever may acknowledge sees the whole network.
    let now = app.render(|render| {
        let known = render.state.alert(id, Scope::Network);
        let known = known.filter(|alert| recorded.is_none_or(|last| last == alert.last));
        known.map(|alert| done.answer(StatusCode::OK, &render.alert(alert, Scope::Network)))
    })?;
    if let Some(response) = now {
        return Ok(response);
    }
    let last = recorded.ok_or_else(unknown)?;
    let response = app.blocking(move |app, views| {
        let alert = views.alert_at(last)?.ok_or_else(unexpected)?;
        app.render(|render| {
            crate::reply::json(StatusCode::OK, &render.alert(&alert, Scope::Network))
        })
    });
    Ok(done.marked(response.await?))
}
