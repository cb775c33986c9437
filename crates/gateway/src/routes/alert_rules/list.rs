//! `GET /api/alert-rules`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::numbered;
use crate::request::Query;
use crate::wire::answer::{AlertRuleAnswer, List};

/// The rules that say when alerts fire: those of timing first, then in the order of creation.
#[utoipa::path(
    get,
    path = "/api/alert-rules",
    operation_id = "listAlertRules",
    tag = "alerts",
    params(
        ("cursor" = Option<String>, Query, description = "The nextCursor of an answer."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "A part of the list.", body = List<AlertRuleAnswer<'static>>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let page = query.page();
    query.finish()?;
    app.render(|render| {
        let rules = render.state.alert_rules_from(page.first(), caller.scope());
        numbered(
            render,
            (&headers, caller.scope()),
            &page,
            rules,
            |rule| rule.id.0,
            |rule| render.rule_now(rule),
        )
    })
}
