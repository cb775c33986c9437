//! What needs no key: whether the process lives, whether it is ready, and the document.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::gateway::App;
use crate::openapi::document;
use crate::reply::json;

/// How the server is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `alive`, `ready`, `recovering` or `stopping`.
    status: &'static str,
    /// While recovering: `checking` the journal, then `replaying` what is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'static str>,
    /// Events checked or replayed so far, while recovering.
    #[serde(skip_serializing_if = "Option::is_none")]
    replayed: Option<u64>,
    /// The last event to be checked or replayed, while recovering.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
}

impl Health {
    const fn plain(status: &'static str) -> Self {
        Self { status, phase: None, replayed: None, total: None }
    }
}

/// Whether the process lives.
#[utoipa::path(
    get,
    path = "/livez",
    operation_id = "livez",
    tag = "operations",
    responses((status = 200, description = "It does.", body = Health))
)]
pub(crate) async fn livez() -> Response {
    json(StatusCode::OK, &Health::plain("alive"))
}

/// Whether requests are answered.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "operations",
    responses(
        (status = 200, description = "They are.", body = Health),
        (status = 503, description = "Not yet, or no more.", body = Health)
    )
)]
pub(crate) async fn readyz(State(app): State<App>) -> Response {
    if app.is_leaving() {
        return json(StatusCode::SERVICE_UNAVAILABLE, &Health::plain("stopping"));
    }
    if app.ready().is_ok() {
        return json(StatusCode::OK, &Health::plain("ready"));
    }
    let (replayed, total) = app.recovery();
    let health = Health {
        status: "recovering",
        phase: Some(app.recovery_phase()),
        replayed: Some(replayed),
        total: Some(total),
    };
    json(StatusCode::SERVICE_UNAVAILABLE, &health)
}

/// This document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "openapi",
    tag = "operations",
    responses((status = 200, description = "OpenAPI 3.1.", content_type = "application/json"))
)]
pub(crate) async fn openapi() -> Response {
    let mut response = Response::new(document().json.clone().into());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
