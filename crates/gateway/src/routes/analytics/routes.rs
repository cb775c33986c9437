//! `GET /api/routes`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Quantity, Timestamp};
use views::analytics::{Quote, Route, RouteFilter};

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::render::Render;
use crate::reply::json;
use crate::request::{Lookup, Query};
use crate::shape::Flaw;
use crate::wire::answer::{QuoteAnswer, RouteAnswer, RoutesAnswer};
use crate::wire::{Coordinate, TextScalar, Time};

/// Where to buy and where to sell: the pairs of stations with the most profit a unit.
///
/// A station's price to buy at is its cheapest open offer to sell, or else what was last paid there;
/// to sell at, its dearest open offer to buy, or else the same. Pairs of two offers come first, since
/// they can be traded now. Offers and prices are public.
#[utoipa::path(
    get,
    path = "/api/routes",
    operation_id = "findRoutes",
    tag = "analytics",
    params(
        ("commodity" = Option<String>, Query, description = "Of this commodity; of all if left out."),
        ("maxDistance" = Option<f64>, Query, description = "At most so many light-years, in thousandths."),
        ("maxAge" = Option<u64>, Query, description = "Of prices last paid, only those at most so many seconds of network time old. Open offers are never too old."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "The best routes.", body = RoutesAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Caller,
    mut query: Query,
) -> Result<Response, Problem> {
    let commodity = query.name("commodity");
    let distance: Option<Distance> = query.text("maxDistance", Flaw::OutOfRange);
    let age = query.quantity("maxAge");
    let limit = query.limit();
    query.finish()?;
    app.blocking(move |app, views| {
        let ready = app.ready()?;
        let commodity =
            app.render(|render| Lookup(render.state).commodity("commodity", commodity.as_ref()))??;
        ready.past.analytics.wait();
        let now = ready.executor.now();
        let filter = RouteFilter {
            commodity,
            distance_max: distance.map(|Distance(thousandths)| thousandths),
            since: age.map(|age| before(now, age)),
            limit,
        };
        let shown = ready.past.analytics.routes(views, filter)?;
        app.render(|render| {
            let items = shown.figures.items.iter();
            let answer = RoutesAnswer {
                time: Time(now),
                items: items.map(|found| route(render, found, now)).collect(),
                is_complete: shown.figures.is_complete,
                as_of: shown.as_of.into(),
            };
            json(StatusCode::OK, &answer)
        })
    })
    .await
}

/// So many seconds before.
fn before(now: Timestamp, age: Quantity) -> Timestamp {
    let micros = i64::try_from(age.get()).unwrap_or(i64::MAX).saturating_mul(1_000_000);
    Timestamp(now.0.saturating_sub(micros))
}

fn route<'a>(render: Render<'a>, route: &Route, now: Timestamp) -> RouteAnswer<'a> {
    let quantity = match (route.buy.quantity, route.sell.quantity) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    let distance = i64::try_from(route.distance_squared.isqrt()).unwrap_or(i64::MAX);
    RouteAnswer {
        commodity: render.commodity(route.commodity),
        buy: quote(render, &route.buy, now),
        sell: quote(render, &route.sell, now),
        unit_profit: route.profit(),
        quantity,
        distance: Coordinate(distance),
    }
}

fn quote<'a>(render: Render<'a>, quote: &Quote, now: Timestamp) -> QuoteAnswer<'a> {
    let age = now.0.saturating_sub(quote.at.0).max(0) / 1_000_000;
    QuoteAnswer {
        station: render.station(quote.station),
        price: quote.price,
        source: if quote.quantity.is_some() { "offer" } else { "trade" },
        quantity: quote.quantity,
        at: Time(quote.at),
        age_seconds: age.unsigned_abs(),
    }
}

/// A distance, in thousandths of a light-year.
#[derive(Debug, Clone, Copy)]
struct Distance(i64);

impl TextScalar for Distance {
    const WHAT: &'static str = "a number of light-years, not negative and in thousandths at most";

    fn read(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let light_years = text.parse().ok().filter(|_| plain)?;
        Coordinate::read(light_years).map(|Coordinate(thousandths)| Self(thousandths))
    }
}
