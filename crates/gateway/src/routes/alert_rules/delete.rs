//! `DELETE /api/alert-rules/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Action, Event, Identifier};

use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::unexpected;
use crate::request::{AskedPlainly, Subject};
use crate::wire::answer::AlertRuleAnswer;
use crate::wire::body::Wanted;

/// Delete a rule of alerts: its alerts resolve. A rule of timing that is deleted fires no more until
/// it is put again.
#[utoipa::path(
    delete,
    path = "/api/alert-rules/{id}",
    operation_id = "deleteAlertRule",
    tag = "alerts",
    params(("id" = String, Path, description = "Its name.")),
    responses((status = 200, description = "Deleted, and durable: the rule as it was.", body = AlertRuleAnswer<'_>))
)]
pub(crate) async fn delete(
    State(app): State<App>,
    Subject(name): Subject,
    asked: AskedPlainly,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found(Code::UnknownAlertRule, "there is no such rule");
    let id = Identifier::new(&name).map_err(|_| unknown())?;
    let done = app.write(asked.sent, Wanted::plain(Action::DeleteAlertRule(id))).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    let recorded = done.recorded().ok_or_else(unexpected)?;
    let Event::AlertRuleDeleted { rule } = recorded.event else {
        return Err(unexpected());
    };
    app.render(|render| {
        let rule = render.state.alert_rule(rule).ok_or_else(unknown)?;
        Ok(done.answer(StatusCode::OK, &render.rule_now(rule)))
    })?
}
