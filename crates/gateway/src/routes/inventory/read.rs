//! `GET /api/inventory/{stationId}`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use views::{LEVELS_MAX, LevelFilter};

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::{json, snapshot_or};
use crate::request::{Lookup, Query, Subject};
use crate::wire::answer::Inventory;

/// Levels at one station: summed over owners, by owner, or one owner's.
#[utoipa::path(
    get,
    path = "/api/inventory/{stationId}",
    operation_id = "readInventory",
    tag = "inventory",
    params(
        ("stationId" = String, Path, description = "Where."),
        ("commodity" = Option<String>, Query, description = "Of this commodity."),
        ("owner" = Option<String>, Query, description = "Of this owner."),
        ("by" = Option<String>, Query, description = "`owner`: a level for each owner.")
    ),
    responses((status = 200, description = "The levels.", body = Inventory<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    Subject(name): Subject,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let (commodity, owner) = (query.name("commodity"), query.name("owner"));
    let by_owner = query.word("by", &[("owner", true)]).unwrap_or(false);
    query.finish()?;
    app.render(|render| {
        let unknown = || {
            let detail = "there is no such station";
            Problem::not_found(Code::UnknownStation, detail)
        };
        let station = render.state.station_id(&name).ok_or_else(unknown)?;
        let known = Lookup(render.state);
        let filter = LevelFilter {
            commodity: known.commodity("commodity", commodity.as_ref())?,
            owner: known.trader("owner", owner.as_ref())?,
            min_available: None,
        };
        let as_of = render.state.as_of();
        snapshot_or(&headers, as_of, render.identity, || {
            let levels = render.state.levels(station, &filter, by_owner, caller.scope());
            if levels.len() > LEVELS_MAX {
                return Err(too_many());
            }
            let answer = Inventory {
                station: render.station(station),
                as_of: as_of.into(),
                levels: levels.iter().map(|level| render.level(level, false)).collect(),
            };
            Ok(json(StatusCode::OK, &answer))
        })
    })?
}

fn too_many() -> Problem {
    let detail = format!(
        "the station has more than {LEVELS_MAX} such levels: narrow by `commodity` or `owner`, or \
         read the paged /api/inventory"
    );
    Problem::new(Code::LimitReached, detail).with("maximum", LEVELS_MAX)
}
