//! A panic of a handler is a bug, and costs its own request alone: it is logged, and answered as a
//! problem that tells nothing of the inside.

use std::any::Any;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use futures_util::future::CatchUnwind;
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
    S::Future: Unpin,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Caught<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // What a handler shares is behind locks that are consistent whenever they are free.
        Caught { answer: AssertUnwindSafe(self.inner.call(request)).catch_unwind() }
    }
}

/// The answer, or that there was a panic instead.
pub(crate) struct Caught<F> {
    answer: CatchUnwind<AssertUnwindSafe<F>>,
}

impl<F> Future for Caught<F>
where
    F: Future<Output = Result<Response, Infallible>> + Unpin,
{
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(Pin::new(&mut self.answer).poll(cx));
        Poll::Ready(answer.unwrap_or_else(|panic| Ok(failed(&*panic))))
    }
}

fn failed(panic: &(dyn Any + Send)) -> Response {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = words.unwrap_or("of another type"), "a handler panicked");
    Problem::plain(Code::Internal).into_response()
}
