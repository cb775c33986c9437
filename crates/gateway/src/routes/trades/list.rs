//! `GET /api/trades`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use views::TradeFilter;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{ITEMS_AT_ONCE, ListBody, linked, snapshot};
use crate::request::{Cursor, Lookup, Query};
use crate::shape::Flaw;
use crate::wire::answer::{List, TradeAnswer};
use crate::wire::{OrderWord, Time, TradeStatusWord, Words};

/// Trades of any age.
///
/// A page may be short, or empty, with more to come: follow `nextCursor`. Keys with accounts see the
/// trades that these are part of.
#[utoipa::path(
    get,
    path = "/api/trades",
    operation_id = "listTrades",
    tag = "trades",
    params(
        ("station" = Option<String>, Query, description = "At this station."),
        ("commodity" = Option<String>, Query, description = "Of this commodity, among others."),
        ("trader" = Option<String>, Query, description = "Bought or sold by this trader."),
        ("status" = Option<TradeStatusWord>, Query, description = "Of this status."),
        ("reference" = Option<String>, Query, description = "With this reference."),
        ("from" = Option<Time>, Query, description = "That happened at this time or after."),
        ("to" = Option<Time>, Query, description = "That happened before this time."),
        ("order" = Option<OrderWord>, Query, description = "newest or oldest first; newest if left out."),
        ("cursor" = Option<String>, Query, description = "The nextCursor of an answer."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "A part of the list.", body = List<TradeAnswer<'static>>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let (station, commodity) = (query.name("station"), query.name("commodity"));
    let trader = query.name("trader");
    let status: Option<TradeStatusWord> = query.text("status", Flaw::InvalidValue);
    let reference: Option<Words> = query.text("reference", Flaw::InvalidText);
    let from: Option<Time> = query.text("from", Flaw::InvalidTime);
    let to: Option<Time> = query.text("to", Flaw::InvalidTime);
    let order = query.order().unwrap_or_default();
    let page = query.page();
    query.finish()?;
    app.blocking(move |app, _| {
        let filter = app.render(|render| {
            let known = Lookup(render.state);
            Ok::<_, Problem>(TradeFilter {
                station: known.station("station", station.as_ref())?,
                commodity: known.commodity("commodity", commodity.as_ref())?,
                trader: known.trader("trader", trader.as_ref())?,
                status: status.map(|TradeStatusWord(status)| status),
                reference: reference.map(|Words(text)| text),
                from: from.map(|Time(at)| at),
                to: to.map(|Time(at)| at),
            })
        })??;
        let history = &app.ready()?.past.history;
        let found = history.find_trades(&filter, page.part(order), caller.scope())?;
        let next = found.next.map(|next| Cursor(next.0).to_string());
        let mut list = ListBody::new();
        for portion in found.items.chunks(ITEMS_AT_ONCE) {
            app.render(|render| {
                for trade in portion {
                    list.push(&render.trade_now(trade));
                }
            })?;
        }
        let answer = || list.finish(next.as_ref(), found.as_of);
        let response = snapshot(&headers, (found.as_of, caller.scope()), app.identity(), answer);
        Ok(linked(response, &page, next.as_ref()))
    })
    .await
}
