//! `GET /api/analytics/series`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use views::analytics::{Flow, Interval, Subject};

use super::{INTERVALS, Span, start, word};
use crate::auth::Caller;
use crate::gateway::{App, Services};
use crate::problem::Problem;
use crate::reply::{json, snapshot_now};
use crate::request::{Lookup, Query};
use crate::shape::{Fault, Flaw};
use crate::wire::Name;
use crate::wire::answer::{BucketAnswer, SeriesAnswer, Wide};

/// A figure: its name, what it is of a flow, and whether it is of cargo.
type Metric = (&'static str, fn(&Flow) -> u128, bool);

const METRICS: [Metric; 11] = [
    ("trades", |flow| flow.trades.into(), false),
    ("value", |flow| flow.value, false),
    ("units", |flow| flow.units, false),
    ("reversals", |flow| flow.reversals.into(), false),
    ("reversedValue", |flow| flow.reversed_value, false),
    ("bookings", |flow| flow.cargo().bookings.into(), true),
    ("departures", |flow| flow.cargo().departures.into(), true),
    ("shippedUnits", |flow| flow.cargo().units, true),
    ("arrivals", |flow| flow.cargo().arrivals.into(), true),
    ("onTime", |flow| flow.cargo().on_time.into(), true),
    ("delaySeconds", |flow| flow.cargo().delay_seconds, true),
];

/// What a series is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Network,
    Station,
    System,
    Commodity,
    Category,
}

const BY: [(&str, By); 5] = [
    ("network", By::Network),
    ("station", By::Station),
    ("system", By::System),
    ("commodity", By::Commodity),
    ("category", By::Category),
];

/// A figure over time, of the network or of one station, system, commodity or category.
///
/// All buckets that have a part of the span are answered, empty ones as zero. `isOpen` marks those
/// that have not ended. Buckets are of `occurredAt`: what comes late is added to its old bucket.
/// A system counts the stations that were in it when it happened, a category its commodities.
/// Minutes are kept for 7 days, hours for 90, days for ever. The figures of cargo are for keys that
/// see the whole network.
#[utoipa::path(
    get,
    path = "/api/analytics/series",
    operation_id = "readSeries",
    tag = "analytics",
    params(
        ("metric" = String, Query, description = "`trades`, `value`, `units`, `reversals`, `reversedValue`; of cargo `bookings`, `departures`, `shippedUnits`, `arrivals`, `onTime`, `delaySeconds`."),
        ("by" = Option<String>, Query, description = "`network`, `station`, `system`, `commodity` or `category`; the network if left out."),
        ("id" = Option<String>, Query, description = "Of which one."),
        ("interval" = Option<String>, Query, description = "`minute`, `hour` or `day`; hours if left out."),
        ("from" = Option<String>, Query, description = "The bucket of this time and later ones. The last 60 minutes, 24 hours or 30 days if left out."),
        ("to" = Option<String>, Query, description = "Buckets that begin before this time. Up to now if left out.")
    ),
    responses((status = 200, description = "The figure in each bucket.", body = SeriesAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let metric = query.word("metric", &METRICS.map(|metric| (metric.0, metric)));
    let by = query.word("by", &BY.map(|(name, by)| (name, (name, by))));
    let id = query.name("id");
    let interval = query.word("interval", &INTERVALS).unwrap_or(Interval::Hour);
    let span = Span::read(&mut query);
    query.finish()?;
    let missing =
        |name, detail| Problem::invalid(vec![Fault::parameter(name, Flaw::MissingField, detail)]);
    let (metric, figure, is_of_cargo) =
        metric.ok_or_else(|| missing("metric", "a metric must be named"))?;
    let (by_name, by) = by.unwrap_or(("network", By::Network));
    match (by, &id) {
        (By::Network, Some(_)) => {
            let detail = "the network is one: it has no id";
            return Err(Problem::invalid(vec![Fault::parameter("id", Flaw::InvalidValue, detail)]));
        }
        (By::Network, None) | (_, Some(_)) => {}
        (_, None) => return Err(missing("id", "it must be said of which one")),
    }
    if is_of_cargo {
        caller.require_network()?;
    }
    app.blocking(move |app, _| {
        let ready = app.ready()?;
        ready.past.analytics.wait();
        let now = ready.executor.now();
        let subject = subject(app, ready, by, id.as_ref())?;
        let buckets = span.buckets_shown(interval, now)?;
        let shown = ready.past.analytics.series(subject, interval, &buckets)?;
        Ok(snapshot_now(&headers, (shown.as_of, now), caller.scope(), app.identity(), || {
            let bucket = |(bucket, flow): (i64, &Flow)| BucketAnswer {
                at: start(interval, bucket),
                is_open: interval.start(bucket + 1) > now,
                value: Wide(figure(flow)),
            };
            let answer = SeriesAnswer {
                metric,
                by: by_name,
                id: id.as_ref().map(|Name(id)| id.as_str()),
                interval: word(interval),
                from: start(interval, buckets.start),
                to: start(interval, buckets.end),
                buckets: buckets.clone().zip(&shown.figures).map(bucket).collect(),
                as_of: shown.as_of.into(),
            };
            json(StatusCode::OK, &answer)
        }))
    })
    .await
}

fn subject(app: &App, ready: &Services, by: By, id: Option<&Name>) -> Result<Subject, Problem> {
    let unknown = |what: &str| {
        let detail = format!("there is no such {what}");
        Problem::invalid(vec![Fault::parameter("id", Flaw::InvalidValue, detail)])
    };
    let name = id.map(|Name(name)| name);
    match by {
        By::Network => Ok(Subject::Network),
        By::Station => {
            let found = app.render(|render| Lookup(render.state).station("id", id))??;
            found.map(Subject::Station).ok_or_else(|| unknown("station"))
        }
        By::Commodity => {
            let found = app.render(|render| Lookup(render.state).commodity("id", id))??;
            found.map(Subject::Commodity).ok_or_else(|| unknown("commodity"))
        }
        By::System => {
            let found = name.and_then(|name| ready.past.analytics.system(name));
            found.map(Subject::System).ok_or_else(|| unknown("system"))
        }
        By::Category => {
            let found = name.and_then(|name| ready.past.analytics.category(name));
            found.map(Subject::Category).ok_or_else(|| unknown("category"))
        }
    }
}
