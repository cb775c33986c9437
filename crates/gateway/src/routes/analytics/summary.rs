//! `GET /api/analytics/summary`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use views::analytics::{Flow, Interval};

use super::start;
use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{json, snapshot_now};
use crate::request::NoQuery;
use crate::routes::network;
use crate::wire::Time;
use crate::wire::answer::{CurrentAnswer, FlowAnswer, SummaryAnswer, WindowAnswer, delay_buckets};

/// The network at a glance: trades a second, value, cargo and its delays, open alerts.
///
/// Windows end with the last whole minute of network time. What was shipped and what is so now are
/// for keys that see the whole network.
#[utoipa::path(
    get,
    path = "/api/analytics/summary",
    operation_id = "readSummary",
    tag = "analytics",
    responses((status = 200, description = "The summary.", body = SummaryAnswer))
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    _query: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.blocking(move |app, _| {
        let ready = app.ready()?;
        ready.past.analytics.wait();
        let now = ready.executor.now();
        let shown = ready.past.analytics.windows(now)?;
        let with_cargo = caller.scope().is_network();
        let current = app.render(|render| CurrentAnswer {
            shipments: network::shipments(&render.state.shipment_counts()),
            delayed_shipments: render.state.shipment_counts().delayed,
            on_hold_shipments: render.state.shipment_counts().on_hold,
            open_alerts: render.state.alert_counts().into(),
            as_of: render.state.as_of().into(),
        })?;
        let end = Interval::Minute.bucket(now);
        let window = |flow: &Flow, minutes: i64| {
            let span = (start(Interval::Minute, end - minutes), start(Interval::Minute, end));
            WindowAnswer::of(flow, span, with_cargo)
        };
        let windows = &shown.figures;
        Ok(snapshot_now(&headers, (shown.as_of, now), caller.scope(), app.identity(), || {
            let delays = delay_buckets(&windows.ever.cargo().delays);
            let answer = SummaryAnswer {
                time: Time(now),
                minute: window(&windows.minute, 1),
                hour: window(&windows.hour, 60),
                day: window(&windows.day, 1_440),
                total: FlowAnswer::of(&windows.ever, with_cargo),
                delays: with_cargo.then_some(delays),
                current: with_cargo.then_some(current),
                as_of: shown.as_of.into(),
            };
            json(StatusCode::OK, &answer)
        }))
    })
    .await
}
