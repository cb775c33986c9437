//! `GET /metrics`: what Prometheus asks for.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::Response;
use axum::routing::get;

use super::health;
use crate::auth::Caller;
use crate::gateway::App;
use crate::observe::{EXPOSITION_TYPE, exposed};
use crate::problem::{Code, Problem};
use crate::request::NoQuery;

/// What the server counts and times, for Prometheus.
///
/// For keys that see the whole network, of any role: it tells how much is traded, though not by whom.
/// A listener of its own, which asks for no key, is `--metrics-listen`.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "operations",
    security(("key" = []), ("session" = [])),
    responses((status = 200, description = "The text format of Prometheus, version 0.0.4.", content_type = "text/plain"))
)]
pub(crate) async fn metrics(
    State(app): State<App>,
    caller: Caller,
    _query: NoQuery,
) -> Result<Response, Problem> {
    caller.require_network()?;
    told(app).await
}

/// What the listener of its own serves: whoever reaches it may read.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/metrics", get(async |State(app): State<App>| told(app).await))
        .route("/livez", get(health::livez))
        .route("/readyz", get(health::readyz))
        .fallback(super::unknown_route)
        .with_state(app)
}

/// Beside the runtime's threads: the machine is asked.
async fn told(app: App) -> Result<Response, Problem> {
    let text = tokio::task::spawn_blocking(move || exposed(&app)).await;
    let text = text.map_err(|error| {
        tracing::error!(%error, "the metrics could not be told");
        Problem::plain(Code::Internal)
    })?;
    let mut response = Response::new(text.into());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(EXPOSITION_TYPE));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
