//! `GET /api/alerts`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use views::AlertFilter;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{ITEMS_AT_ONCE, ListBody, linked, snapshot};
use crate::request::{Cursor, Lookup, Query};
use crate::shape::Flaw;
use crate::wire::answer::{AlertAnswer, List};
use crate::wire::{AlertKindWord, AlertStatus, AlertStatusWord, OrderWord, SeverityWord, Time};

/// Alerts that are firing, by when they fired, or those ever resolved, by when they were.
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
        ("commodity" = Option<String>, Query, description = "Of stock of this commodity."),
        ("trader" = Option<String>, Query, description = "About this party's shipment, stock or hold."),
        ("from" = Option<Time>, Query, description = "That fired, or were resolved, at this time or after."),
        ("to" = Option<Time>, Query, description = "That fired, or were resolved, before this time."),
        ("order" = Option<OrderWord>, Query, description = "newest or oldest first; newest if left out."),
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
    let (commodity, trader) = (query.name("commodity"), query.name("trader"));
    let from: Option<Time> = query.text("from", Flaw::InvalidTime);
    let to: Option<Time> = query.text("to", Flaw::InvalidTime);
    let order = query.order().unwrap_or_default();
    let page = query.page();
    query.finish()?;
    app.blocking(move |app, views| {
        let filter = app.render(|render| {
            let known = Lookup(render.state);
            Ok::<_, Problem>(AlertFilter {
                kind: kind.map(|AlertKindWord(kind)| kind),
                severity: severity.map(|SeverityWord(severity)| severity),
                station: known.station("station", station.as_ref())?,
                commodity: known.commodity("commodity", commodity.as_ref())?,
                trader: known.trader("trader", trader.as_ref())?,
                from: from.map(|Time(at)| at),
                to: to.map(|Time(at)| at),
            })
        })??;
        let (part, scope) = (page.part(order), caller.scope());
        let found = match status {
            Some(AlertStatusWord(AlertStatus::Resolved)) => {
                app.ready()?.past.history.find_resolved_alerts(&filter, part, scope)?
            }
            Some(AlertStatusWord(AlertStatus::Firing)) | None => {
                views.read().find_alerts(&filter, part, scope)
            }
        };
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
        let response = snapshot(&headers, (found.as_of, caller.scope()), app.identity(), answer);
        Ok(linked(response, &page, next.as_ref()))
    })
    .await
}
