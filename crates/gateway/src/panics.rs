//! A panic of a handler is a bug, and costs its own request alone: it is logged, and answered as a
//! problem that tells nothing of the inside.

use std::any::Any;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tower::{Layer, Service};

use crate::problem::{Code, Problem};

/// Catches panics of the service inside.
#[derive(Clone, Copy)]
pub(crate) struct CatchPanics;

impl<S> Layer<S> for CatchPanics {
    type Service = Catching<S>;

    fn layer(&self, inner: S) -> Catching<S> {
        Catching { inner }
    }
}

#[derive(Clone)]
pub(crate) struct Catching<S> {
    inner: S,
}

impl<S> Service<Request> for Catching<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let answer = self.inner.call(request);
        // What a handler shares is behind locks that are consistent whenever they are free.
        let answer = AssertUnwindSafe(answer).catch_unwind();
        Box::pin(async move { answer.await.unwrap_or_else(|panic| Ok(failed(&*panic))) })
    }
}

fn failed(panic: &(dyn Any + Send)) -> Response {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = words.unwrap_or("of another type"), "a handler panicked");
    Problem::plain(Code::Internal).into_response()
}
