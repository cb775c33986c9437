//! `GET /api/alert-rules/{id}`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::shown;
use crate::request::{NoQuery, Subject};
use crate::wire::answer::AlertRuleAnswer;

/// A rule of alerts.
#[utoipa::path(
    get,
    path = "/api/alert-rules/{id}",
    operation_id = "readAlertRule",
    tag = "alerts",
    params(("id" = String, Path, description = "Its name.")),
    responses((status = 200, description = "The rule.", body = AlertRuleAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    _query: NoQuery,
    Subject(name): Subject,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.render(|render| {
        let known = render.state.alert_rule_named(&name, caller.scope());
        let unknown = || Problem::not_found(Code::UnknownAlertRule, "there is no such rule");
        let rule = known.ok_or_else(unknown)?;
        Ok(shown(render, &headers, caller.scope(), |as_of| AlertRuleAnswer {
            as_of: Some(as_of),
            ..render.rule_now(rule)
        }))
    })?
}
