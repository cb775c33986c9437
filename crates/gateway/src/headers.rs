//! What every answer says to browsers: not to guess what it is, not to show it in a frame, not to tell
//! other sites where it came from; which other pages may read it; and whether it may be kept.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::Response;
use pin_project_lite::pin_project;
use tower::{Layer, Service};

use crate::cors::Page;
use crate::gateway::App;

/// What every answer has, unless it says something else itself.
const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// What caches may do with an answer to a read that says nothing of it itself. What one reader sees
/// another may not, and without this a cache may keep what it likes (RFC 9111, section 4.2.2).
const CACHING: HeaderValue = HeaderValue::from_static("private, no-cache");

/// Adds what every answer has.
pub(crate) fn secure(response: &mut Response) {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
}

/// Adds the headers to what the service inside answers.
#[derive(Clone)]
pub(crate) struct Headers(pub(crate) App);

impl<S> Layer<S> for Headers {
    type Service = Headed<S>;

    fn layer(&self, inner: S) -> Headed<S> {
        Headed { inner, app: self.0.clone() }
    }
}

#[derive(Clone)]
pub(crate) struct Headed<S> {
    inner: S,
    app: App,
}

impl<S> Service<Request> for Headed<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Heading<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD)
            && request.uri().path().starts_with("/api/");
        let page = Page::of(&self.app.options().limits.cors_origins, request.headers());
        if let Some(response) = page.as_ref().and_then(|page| page.preflight(&request)) {
            return Heading { page: None, is_read, inner: Inner::Known { answer: Some(response) } };
        }
        let answer = self.inner.call(request);
        Heading { page, is_read, inner: Inner::Asked { answer } }
    }
}

pin_project! {
    /// An answer on its way.
    pub(crate) struct Heading<F> {
        page: Option<Page>,
        // Whether it is of a read of the API.
        is_read: bool,
        #[pin]
        inner: Inner<F>,
    }
}

pin_project! {
    #[project = InnerProjection]
    enum Inner<F> {
        Asked { #[pin] answer: F },
        Known { answer: Option<Response> },
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for Heading<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut response = match this.inner.project() {
            InnerProjection::Asked { answer } => match ready!(answer.poll(cx)) {
                Ok(response) => response,
                Err(never) => match never {},
            },
            InnerProjection::Known { answer } => {
                answer.take().expect("a future is not polled after its end")
            }
        };
        secure(&mut response);
        if *this.is_read {
            response.headers_mut().entry(CACHE_CONTROL).or_insert(CACHING);
        }
        if let Some(page) = this.page {
            page.mark(&mut response);
        }
        Poll::Ready(Ok(response))
    }
}
