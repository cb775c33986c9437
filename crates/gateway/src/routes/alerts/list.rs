//! `GET /api/alerts`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{AlertId, Sequence};
use views::AlertFilter;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{ITEMS_AT_ONCE, ListBody, linked, snapshot};
use crate::request::{Cursor, Lookup, Query};
use crate::shape::Flaw;
use crate::wire::answer::{AlertAnswer, List};
use crate::wire::{AlertKindWord, AlertStatus, AlertStatusWord, SeverityWord};

/// Alerts that are firing, or the last 1,000 that were resolved, newest first.
///
/// A page may be short, or empty, with more to come: follow `nextCursor`.
#[utoipa::path(
    get,
    path = "/api/alerts",
    operation_id = "listAlerts",
    tag = "alerts",
    params(
        ("status" = Option<AlertStatusWord>, Query, description = "Of this status; firing if left out."),
        ("kind" = Option<AlertKindWord>, Query, description = "That say this."),
        ("severity" = Option<SeverityWord>, Query, description = "That are as bad."),
        ("station" = Option<String>, Query, description = "About this station."),
        ("cursor" = Option<String>, Query, description = "The nextCursor of an answer."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "A part of the list.", body = List<AlertAnswer<'static>>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let status: Option<AlertStatusWord> = query.text("status", Flaw::InvalidValue);
    let kind: Option<AlertKindWord> = query.text("kind", Flaw::InvalidValue);
    let severity: Option<SeverityWord> = query.text("severity", Flaw::InvalidValue);
    let station = query.name("station");
    let page = query.page();
    query.finish()?;
    let before = page.cursor.map(|Cursor(sequence)| AlertId(Sequence(sequence)));
    let found = app.render(|render| {
        let filter = AlertFilter {
            resolved: status == Some(AlertStatusWord(AlertStatus::Resolved)),
            kind: kind.map(|AlertKindWord(kind)| kind),
            severity: severity.map(|SeverityWord(severity)| severity),
            station: Lookup(render.state).station("station", station.as_ref())?,
        };
        Ok::<_, Problem>(render.state.find_alerts(&filter, before, page.limit, caller.scope()))
    })??;
    let next = found.next.map(|next| Cursor(next.0).to_string());
    let mut list = ListBody::new();
    for portion in found.items.chunks(ITEMS_AT_ONCE) {
        app.render(|render| {
            for alert in portion {
                list.push(&render.alert(alert, caller.scope()));
            }
        })?;
    }
    let answer = || list.finish(next.as_ref(), found.as_of);
    let response = snapshot(&headers, found.as_of, app.identity(), answer);
    Ok(linked(response, &page, next.as_ref()))
}
