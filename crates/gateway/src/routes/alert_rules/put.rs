//! `PUT /api/alert-rules/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Event, Scope};

use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::{json, unexpected};
use crate::request::{Asked, Subject};
use crate::wire::answer::AlertRuleAnswer;
use crate::wire::body::AlertRuleBody;

/// Create or replace a rule of alerts. What it says holds at once, also for what is under way.
#[utoipa::path(
    put,
    path = "/api/alert-rules/{id}",
    operation_id = "putAlertRule",
    tag = "alerts",
    params(("id" = String, Path, description = "Its name: of timing as the list has it, of stock the client's.")),
    request_body = AlertRuleBody,
    responses(
        (status = 201, description = "Created, and durable.", body = AlertRuleAnswer<'_>),
        (status = 200, description = "Replaced, or as it was.", body = AlertRuleAnswer<'_>)
    )
)]
pub(crate) async fn put(
    State(app): State<App>,
    subject: Subject,
    asked: Asked<AlertRuleBody>,
) -> Result<Response, Problem> {
    let id = subject.name()?;
    let done = app.write(asked.sent, asked.body.wanted(id)?).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    let Some(recorded) = done.recorded() else {
        return app.render(|render| {
            // Whoever may set rules sees the whole network.
            let known = render.state.alert_rule_named(&subject.0, Scope::Network);
            let rule = known.ok_or_else(|| Problem::plain(Code::Internal))?;
            Ok(json(StatusCode::OK, &render.rule_now(rule)))
        })?;
    };
    let Event::AlertRuleSet(set) = &recorded.event else {
        return Err(unexpected());
    };
    let status = if set.created { StatusCode::CREATED } else { StatusCode::OK };
    app.render(|render| done.answer(status, &render.rule_then(&recorded.envelope, set)))
}
