//! `GET /api/alert-rules`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{ListBody, linked, snapshot};
use crate::request::{Cursor, Query};
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
    let first = page.cursor.map_or(0, Cursor::index);
    app.render(|render| {
        let mut rules = render.state.alert_rules_from(first, caller.scope());
        let mut list = ListBody::new();
        for rule in rules.by_ref().take(page.limit) {
            list.push(&render.rule_now(rule));
        }
        let next = rules.next().map(|rule| Cursor(rule.id.0.into()).to_string());
        let as_of = render.state.as_of();
        let answer = || list.finish(next.as_ref(), as_of);
        let response = snapshot(&headers, as_of, render.identity, answer);
        linked(response, &page, next.as_ref())
    })
}
