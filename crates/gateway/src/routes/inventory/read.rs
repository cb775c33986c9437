//! `GET /api/inventory/{stationId}`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use views::{LEVELS_MAX, LevelFilter, PastStock};

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::{json, snapshot_or};
use crate::request::{Lookup, Moment, Query, Subject};
use crate::wire::answer::Inventory;

/// Levels at one station: summed over owners, by owner, or one owner's; now, or as of an earlier
/// sequence or time.
#[utoipa::path(
    get,
    path = "/api/inventory/{stationId}",
    operation_id = "readInventory",
    tag = "inventory",
    params(
        ("stationId" = String, Path, description = "Where."),
        ("commodity" = Option<String>, Query, description = "Of this commodity."),
        ("owner" = Option<String>, Query, description = "Of this owner."),
        ("by" = Option<String>, Query, description = "`owner`: a level for each owner."),
        ("asOf" = Option<String>, Query, description = "A sequence, or a network time: right after it.")
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
    let moment = query.moment("asOf");
    query.finish()?;
    let past = match moment {
        None => None,
        Some(moment) => Some(stock_at(&app, name.clone(), moment).await?),
    };
    app.render(|render| {
        let station = render.state.station_id(&name).ok_or_else(unknown)?;
        let known = Lookup(render.state);
        let filter = LevelFilter {
            commodity: known.commodity("commodity", commodity.as_ref())?,
            owner: known.trader("owner", owner.as_ref())?,
            min_available: None,
        };
        let as_of = render.state.as_of();
        snapshot_or(&headers, (as_of, caller.scope()), render.identity, || {
            let (levels, shown) = match &past {
                None => (render.state.levels(station, &filter, by_owner, caller.scope()), as_of),
                Some(past) => {
                    let scope = caller.scope();
                    (render.state.past_levels(past, &filter, by_owner, scope), past.as_of)
                }
            };
            if levels.len() > LEVELS_MAX {
                return Err(too_many());
            }
            let answer = Inventory {
                station: render.station(station),
                as_of: shown.into(),
                levels: levels.iter().map(|level| render.level(level, false)).collect(),
            };
            Ok(json(StatusCode::OK, &answer))
        })
    })?
}

fn unknown() -> Problem {
    Problem::not_found(Code::UnknownStation, "there is no such station")
}

/// The stock of a station at an earlier time, if it was there.
async fn stock_at(app: &App, name: String, moment: Moment) -> Result<PastStock, Problem> {
    app.blocking(move |app, views| {
        let state = views.read();
        let station = state.station_id(&name).and_then(|id| state.station(id));
        let (id, created) = station.map(|it| (it.id, it.created)).ok_or_else(unknown)?;
        drop(state);
        let at = app.sequence_of(moment)?;
        if at < created {
            return Err(unknown());
        }
        Ok(app.ready()?.past.books.stock_at(id, at)?)
    })
    .await
}

fn too_many() -> Problem {
    let detail = format!(
        "the station has more than {LEVELS_MAX} such levels: narrow by `commodity` or `owner`, or \
         read the paged /api/inventory"
    );
    Problem::new(Code::LimitReached, detail).with("maximum", LEVELS_MAX)
}
