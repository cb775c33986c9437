//! `GET /api/analytics/prices`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::Scope;
use views::analytics::{Candle, Interval};

use super::{INTERVALS, Span, start, word};
use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{json, snapshot_now};
use crate::request::{Lookup, Query};
use crate::shape::{Fault, Flaw};
use crate::wire::Time;
use crate::wire::answer::{CandleAnswer, LastPriceAnswer, PricesAnswer, Wide};

/// What was paid for a commodity at a station: open, high, low, close and volume over time.
///
/// Prices are public: they tell of no party. All buckets that have a part of the span are answered,
/// without prices where nothing was traded. Minutes are kept for 7 days, hours for 90, days for ever.
#[utoipa::path(
    get,
    path = "/api/analytics/prices",
    operation_id = "readPrices",
    tag = "analytics",
    params(
        ("station" = String, Query, description = "Where."),
        ("commodity" = String, Query, description = "Of what."),
        ("interval" = Option<String>, Query, description = "`minute`, `hour` or `day`; hours if left out."),
        ("from" = Option<String>, Query, description = "The bucket of this time and later ones. The last 60 minutes, 24 hours or 30 days if left out."),
        ("to" = Option<String>, Query, description = "Buckets that begin before this time. Up to now if left out.")
    ),
    responses((status = 200, description = "The prices in each bucket.", body = PricesAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let (station, commodity) = (query.name("station"), query.name("commodity"));
    let interval = query.word("interval", &INTERVALS).unwrap_or(Interval::Hour);
    let span = Span::read(&mut query);
    query.finish()?;
    app.blocking(move |app, _| {
        let ready = app.ready()?;
        let (station, commodity) = app.render(|render| {
            let known = Lookup(render.state);
            let station = known.station("station", station.as_ref())?;
            let commodity = known.commodity("commodity", commodity.as_ref())?;
            Ok::<_, Problem>((station, commodity))
        })??;
        let missing = |name, detail| {
            Problem::invalid(vec![Fault::parameter(name, Flaw::MissingField, detail)])
        };
        let station = station.ok_or_else(|| missing("station", "a station must be named"))?;
        let commodity =
            commodity.ok_or_else(|| missing("commodity", "a commodity must be named"))?;
        ready.past.analytics.wait();
        let now = ready.executor.now();
        let buckets = span.buckets_shown(interval, now)?;
        let shown = ready.past.analytics.candles((station, commodity), interval, &buckets)?;
        let (candles, last) = shown.figures;
        let last = last.map(|last| LastPriceAnswer { price: last.price, at: Time(last.at) });
        app.render(|render| {
            snapshot_now(&headers, (shown.as_of, now), Scope::Network, app.identity(), || {
                let candle = |(bucket, candle): (i64, &Candle)| {
                    let some = |price: u64| (candle.trades > 0).then_some(price);
                    CandleAnswer {
                        at: start(interval, bucket),
                        is_open: interval.start(bucket + 1) > now,
                        trades: candle.trades,
                        open: some(candle.open),
                        high: some(candle.high),
                        low: some(candle.low),
                        close: some(candle.close),
                        units: Wide(candle.units),
                        value: Wide(candle.value),
                    }
                };
                let answer = PricesAnswer {
                    station: render.station(station),
                    commodity: render.commodity(commodity),
                    interval: word(interval),
                    from: start(interval, buckets.start),
                    to: start(interval, buckets.end),
                    last,
                    candles: buckets.clone().zip(&candles).map(candle).collect(),
                    as_of: shown.as_of.into(),
                };
                json(StatusCode::OK, &answer)
            })
        })
    })
    .await
}
