//! `GET /api/vessels`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::numbered;
use crate::request::Query;
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
    app.render(|render| {
        let vessels = render.state.vessels_from(page.first());
        numbered(
            render,
            (&headers, caller.scope()),
            &page,
            vessels,
            |vessel| vessel.id.0,
            |vessel| render.vessel_now(vessel, caller.scope()),
        )
    })
}
