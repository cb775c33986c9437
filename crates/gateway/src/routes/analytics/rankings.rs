//! `GET /api/analytics/rankings`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::{CommodityId, StationId, TraderId};
use views::Analytics;
use views::analytics::{Interval, LaneOf, RankBy, Ranked, Shown, Subject};

use super::lanes::lane;
use super::{Span, start};
use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::render::Render;
use crate::reply::{json, snapshot_now};
use crate::request::Query;
use crate::shape::{Fault, Flaw};
use crate::wire::answer::{FlowAnswer, RankedItem, RankingAnswer};

/// What is ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Stations,
    Commodities,
    Traders,
    Lanes,
}

const OF: [(&str, Of); 4] = [
    ("stations", Of::Stations),
    ("commodities", Of::Commodities),
    ("traders", Of::Traders),
    ("lanes", Of::Lanes),
];

const BY: [(&str, RankBy); 4] = [
    ("value", RankBy::Value),
    ("units", RankBy::Units),
    ("trades", RankBy::Trades),
    ("delay", RankBy::Delay),
];

/// The stations, commodities, traders or lanes with the most value, units, trades or delay.
///
/// Whole hours are counted, all that have a part of the span; where hours are no longer kept, whole
/// days. The greatest comes first, of equal ones the one that was created first; those with nothing
/// are left out. By `delay` the seconds of delay of all arrivals count together. A trader's value and
/// units are those it bought and sold, its arrivals those it carried. By `trades`, lanes are ranked by
/// departures. Keys that see some accounts alone see of traders those accounts, and no cargo.
#[utoipa::path(
    get,
    path = "/api/analytics/rankings",
    operation_id = "readRankings",
    tag = "analytics",
    params(
        ("of" = String, Query, description = "`stations`, `commodities`, `traders` or `lanes`."),
        ("by" = Option<String>, Query, description = "`value`, `units`, `trades` or `delay`; by value if left out."),
        ("from" = Option<String>, Query, description = "The hour of this time and later ones. The last 24 hours if left out."),
        ("to" = Option<String>, Query, description = "Hours that begin before this time. Up to now if left out."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "The ranking.", body = RankingAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let of = query.word("of", &OF.map(|(name, of)| (name, (name, of))));
    let by = query.word("by", &BY.map(|(name, by)| (name, (name, by))));
    let span = Span::read(&mut query);
    let limit = query.limit();
    query.finish()?;
    let (of_name, of) = of.ok_or_else(|| {
        let detail = "it must be said of what";
        Problem::invalid(vec![Fault::parameter("of", Flaw::MissingField, detail)])
    })?;
    let (by_name, by) = by.unwrap_or(("value", RankBy::Value));
    let is_of_strangers = of == Of::Lanes || (of != Of::Traders && by == RankBy::Delay);
    if is_of_strangers {
        caller.require_network()?;
    }
    app.blocking(move |app, _| {
        let ready = app.ready()?;
        ready.past.analytics.wait();
        let now = ready.executor.now();
        let hours = span.hours(now)?;
        let scope = caller.scope();
        let with_cargo = scope.is_network();
        let found = found(&ready.past.analytics, (of, by), &hours, limit, scope)?;
        let (as_of, hours) = match &found {
            Found::Things(_, shown) => (shown.as_of, &shown.figures.hours),
            Found::Lanes(shown) => (shown.as_of, &shown.figures.hours),
        };
        app.render(|render| {
            snapshot_now(&headers, (as_of, now), caller.scope(), app.identity(), || {
                let answer = RankingAnswer {
                    of: of_name,
                    by: by_name,
                    from: start(Interval::Hour, hours.start),
                    to: start(Interval::Hour, hours.end),
                    items: items(render, &found, with_cargo),
                    as_of: as_of.into(),
                };
                json(StatusCode::OK, &answer)
            })
        })
    })
    .await
}

enum Found {
    Things(Of, Shown<Ranked<(u32, views::analytics::Flow)>>),
    Lanes(Shown<Ranked<LaneOf>>),
}

fn found(
    analytics: &Analytics,
    (of, by): (Of, RankBy),
    hours: &std::ops::Range<i64>,
    limit: usize,
    scope: domain::Scope<'_>,
) -> Result<Found, Problem> {
    let like = match of {
        Of::Stations => Subject::Station(StationId(0)),
        Of::Commodities => Subject::Commodity(CommodityId(0)),
        Of::Traders => Subject::Trader(TraderId(0)),
        Of::Lanes => {
            return Ok(Found::Lanes(analytics.lanes((None, None), Some(by), hours, limit)?));
        }
    };
    Ok(Found::Things(of, analytics.ranking((like, by), hours, limit, scope)?))
}

fn items<'a>(render: Render<'a>, found: &Found, with_cargo: bool) -> Vec<RankedItem<'a>> {
    match found {
        Found::Lanes(shown) => {
            let lanes = shown.figures.items.iter();
            lanes.map(|found| RankedItem::Lane(lane(render, found))).collect()
        }
        Found::Things(of, shown) => {
            let name = |number: u32| match of {
                Of::Stations => render.station(StationId(number)),
                Of::Commodities => render.commodity(CommodityId(number)),
                Of::Traders | Of::Lanes => render.trader(TraderId(number)),
            };
            // What an account carried is its own to see.
            let with_cargo = with_cargo || *of == Of::Traders;
            let thing = |(number, flow): &(u32, views::analytics::Flow)| RankedItem::Thing {
                id: name(*number),
                figures: FlowAnswer::of(flow, with_cargo),
            };
            shown.figures.items.iter().map(thing).collect()
        }
    }
}
