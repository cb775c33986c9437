//! `GET /api/traders/{id}/entries`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::Sequence;
use views::{EntryFilter, Order};

use super::read::unknown;
use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{ITEMS_AT_ONCE, ListBody, linked, snapshot};
use crate::request::{Cursor, Query, Subject};
use crate::shape::Flaw;
use crate::wire::answer::{EntryAnswer, List};
use crate::wire::{OrderWord, Time};

/// A trader's statement: everything that moved its credits, each with what it had after it.
///
/// Of any age, the newest first unless `order=oldest`. A page may be short, or empty, with more to
/// come: follow `nextCursor`. Of a trader that the caller may not see there is none.
#[utoipa::path(
    get,
    path = "/api/traders/{id}/entries",
    operation_id = "listEntries",
    tag = "traders",
    params(
        ("id" = String, Path, description = "Whose."),
        ("type" = Option<String>, Query, description = "By events of these types, parted by commas."),
        ("from" = Option<Time>, Query, description = "That happened at this time or after."),
        ("to" = Option<Time>, Query, description = "That happened before this time."),
        ("order" = Option<OrderWord>, Query, description = "The newest first, if left out."),
        ("cursor" = Option<String>, Query, description = "The nextCursor of an answer."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "A part of the list.", body = List<EntryAnswer<'static>>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Subject(name): Subject,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let kinds = query.kinds("type");
    let from: Option<Time> = query.text("from", Flaw::InvalidTime);
    let to: Option<Time> = query.text("to", Flaw::InvalidTime);
    let order = query.order().unwrap_or(Order::Newest);
    let page = query.page();
    query.finish()?;
    let filter = EntryFilter { from: from.map(|Time(at)| at), to: to.map(|Time(at)| at), kinds };
    app.blocking(move |app, views| {
        let state = views.read();
        let trader = state.trader_id(&name).filter(|id| caller.scope().sees(*id));
        drop(state);
        let trader = trader.ok_or_else(unknown)?;
        let cursor = page.cursor.map(|Cursor(sequence)| Sequence(sequence));
        let books = &app.ready()?.past.books;
        let found = books.entries(trader, &filter, (order, cursor), page.limit)?;
        let next = found.next.map(|next| Cursor(next.0).to_string());
        let mut list = ListBody::new();
        for portion in found.items.chunks(ITEMS_AT_ONCE) {
            app.render(|render| {
                for entry in portion {
                    list.push(&render.statement_entry(entry));
                }
            })?;
        }
        let answer = || list.finish(next.as_ref(), found.as_of);
        let response = snapshot(&headers, (found.as_of, caller.scope()), app.identity(), answer);
        Ok(linked(response, &page, next.as_ref()))
    })
    .await
}
