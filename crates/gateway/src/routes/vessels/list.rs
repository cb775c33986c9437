//! `GET /api/vessels`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{ListBody, linked, snapshot};
use crate::request::{Cursor, Query};
use crate::wire::answer::{List, VesselAnswer};

/// All vessels, in the order of creation.
#[utoipa::path(
    get,
    path = "/api/vessels",
    operation_id = "listVessels",
    tag = "vessels",
    params(
        ("cursor" = Option<String>, Query, description = "The nextCursor of an answer."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "A part of the list.", body = List<VesselAnswer<'static>>))
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
        let mut vessels = render.state.vessels_from(first);
        let mut list = ListBody::new();
        for vessel in vessels.by_ref().take(page.limit) {
            list.push(&render.vessel_now(vessel, caller.scope()));
        }
        let next = vessels.next().map(|vessel| Cursor(vessel.id.0.into()).to_string());
        let as_of = render.state.as_of();
        let answer = || list.finish(next.as_ref(), as_of);
        let response = snapshot(&headers, as_of, render.identity, answer);
        linked(response, &page, next.as_ref())
    })
}
