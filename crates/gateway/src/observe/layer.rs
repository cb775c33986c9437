//! The outermost layer: names each request, counts it when it is answered, and tells the log.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use tower::{Layer, Service};
use tracing::Level;

use super::current::{Current, Scope};
use super::meters::{RowId, UNMATCHED};
use super::request_id::{RequestId, X_REQUEST_ID};
use crate::gateway::App;
use crate::problem::Code;

/// Observes the service inside.
#[derive(Clone)]
pub(crate) struct Observe(pub(crate) App);

impl<S> Layer<S> for Observe {
    type Service = Observing<S>;

    fn layer(&self, inner: S) -> Observing<S> {
        Observing { inner, app: self.0.clone() }
    }
}

#[derive(Clone)]
pub(crate) struct Observing<S> {
    inner: S,
    app: App,
}

impl<S> Service<Request> for Observing<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Unpin,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Observed<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Observed<S::Future> {
        let meters = self.app.meters();
        let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
        let row = meters.routes.find(matched, request.method());
        meters.in_flight.rise();
        let told = tracing::enabled!(Level::DEBUG).then(|| without_secrets(request.uri().path()));
        let mut current = Some(Current::new(RequestId::of(request.headers())));
        let method = request.method().clone();
        let inner = {
            let _scope = Scope::enter(&mut current);
            self.inner.call(request)
        };
        Observed { inner, app: self.app.clone(), row, method, told, current }
    }
}

/// The answer to a request, and what is known of that.
pub(crate) struct Observed<F> {
    inner: F,
    app: App,
    row: RowId,
    method: Method,
    /// The path, where the log is told of each request.
    told: Option<Box<str>>,
    /// `None` once it is answered.
    current: Option<Current>,
}

impl<F> Future for Observed<F>
where
    F: Future<Output = Result<Response, Infallible>> + Unpin,
{
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let answered = {
            let _scope = Scope::enter(&mut this.current);
            ready!(Pin::new(&mut this.inner).poll(cx))
        };
        Poll::Ready(answered.map(|response| this.finish(response)))
    }
}

impl<F> Observed<F> {
    fn finish(&mut self, mut response: Response) -> Response {
        let Some(request) = &self.current else { return response };
        let (now, meters) = (Instant::now(), self.app.meters());
        let took = now.duration_since(request.began);
        meters.in_flight.fall();
        meters.routes.answered(self.row, response.status().as_u16(), took);
        meters.staged(request, now);
        let code = response.extensions_mut().remove::<Code>();
        if let Some(code) = code {
            meters.problems.count(code);
        }
        let headers = response.headers_mut();
        headers.insert(X_REQUEST_ID, request.id.value());
        if self.app.is_leaving() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
            // Whoever asks again does so elsewhere, or is told that nobody listens.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        let is_slow = self.app.options().observe.slow.is_some_and(|slow| took >= slow);
        if is_slow || self.told.is_some() || response.status().is_server_error() {
            self.tell(response.status(), code, took, is_slow);
        }
        self.current = None;
        response
    }

    /// Tells the log, each kind of line so often a second at most, but for those of single requests.
    fn tell(&mut self, status: StatusCode, code: Option<Code>, took: Duration, is_slow: bool) {
        let (app, row) = (&self.app, self.row);
        let _scope = Scope::enter(&mut self.current);
        let (method, route) = (self.method.as_str(), app.meters().routes.path(row));
        let code = code.map_or("", |code| code.row().code);
        let (status, took_us) = (status.as_u16(), took.as_micros());
        if let Some(path) = &self.told {
            // What is no route of ours may be anything.
            let path = if route == UNMATCHED { "" } else { path };
            tracing::debug!(method, path, route, status, code, took_us, "answered");
        }
        let gates = app.gates();
        if matches!(status, 500 | 504) {
            if let Some(omitted) = gates.failed.pass() {
                tracing::error!(method, route, status, code, took_us, omitted, "a request failed");
            }
        } else if status >= 500
            // What asks for health is told, and not turned away.
            && !code.is_empty()
            && let Some(omitted) = gates.turned_away.pass()
        {
            tracing::warn!(
                method,
                route,
                status,
                code,
                took_us,
                omitted,
                "a request was turned away"
            );
        }
        if is_slow && let Some(omitted) = gates.slow.pass() {
            tracing::warn!(method, route, status, code, took_us, omitted, "a request took long");
        }
    }
}

impl<F> Drop for Observed<F> {
    fn drop(&mut self) {
        if self.current.is_some() {
            self.app.meters().in_flight.fall();
            self.app.meters().abandoned.add(1);
        }
    }
}

/// The path, but for what looks like a secret that somebody put there by mistake.
fn without_secrets(path: &str) -> Box<str> {
    let is_secret = |part: &str| ["itn_", "whsec_"].iter().any(|prefix| part.contains(prefix));
    let parts: Vec<_> =
        path.split('/').map(|part| if is_secret(part) { "…" } else { part }).collect();
    parts.join("/").into()
}
