//! `GET /api/stations`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::Scope;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::numbered;
use crate::request::Query;
use crate::wire::answer::{List, StationAnswer};

/// All stations, in the order of creation.
#[utoipa::path(
    get,
    path = "/api/stations",
    operation_id = "listStations",
    tag = "stations",
    params(
        ("cursor" = Option<String>, Query, description = "The nextCursor of an answer."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "A part of the list.", body = List<StationAnswer<'static>>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let page = query.page();
    query.finish()?;
    app.render(|render| {
        let stations = render.state.stations_from(page.first());
        numbered(
            render,
            (&headers, Scope::Network),
            &page,
            stations,
            |station| station.id.0,
            |station| render.station_now(station),
        )
    })
}
