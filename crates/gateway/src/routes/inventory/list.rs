//! `GET /api/inventory`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{CommodityId, StationId};
use views::{LevelCursor, LevelFilter};

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{ListBody, linked, snapshot};
use crate::request::{Cursor, Lookup, Query};
use crate::wire::answer::{LevelAnswer, List};

/// Levels everywhere, by station: summed over owners, or one owner's.
///
/// A page may be short, or empty, with more to come: follow `nextCursor`.
#[utoipa::path(
    get,
    path = "/api/inventory",
    operation_id = "listInventory",
    tag = "inventory",
    params(
        ("commodity" = Option<String>, Query, description = "Of this commodity."),
        ("owner" = Option<String>, Query, description = "Of this owner."),
        ("minAvailable" = Option<u64>, Query, description = "With at least this much available."),
        ("cursor" = Option<String>, Query, description = "The nextCursor of an answer."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "A part of the list.", body = List<LevelAnswer<'static>>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let (commodity, owner) = (query.name("commodity"), query.name("owner"));
    let min_available = query.quantity("minAvailable");
    let page = query.page();
    query.finish()?;
    app.render(|render| {
        let known = Lookup(render.state);
        let filter = LevelFilter {
            commodity: known.commodity("commodity", commodity.as_ref())?,
            owner: known.trader("owner", owner.as_ref())?,
            min_available,
        };
        let after = page.cursor.map(place);
        let found = render.state.levels_everywhere(&filter, after, page.limit, caller.scope());
        let next = found.next.map(|next| cursor(next).to_string());
        let as_of = render.state.as_of();
        let response = snapshot(&headers, (as_of, caller.scope()), render.identity, || {
            let mut list = ListBody::new();
            for level in &found.items {
                list.push(&render.level(level, true));
            }
            list.finish(next.as_ref(), as_of)
        });
        Ok(linked(response, &page, next.as_ref()))
    })?
}

fn cursor(place: LevelCursor) -> Cursor {
    Cursor(u64::from(place.station.0) << 32 | u64::from(place.commodity.0))
}

fn place(Cursor(number): Cursor) -> LevelCursor {
    let half = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    LevelCursor { station: StationId(half(number >> 32)), commodity: CommodityId(half(number)) }
}
