//! The layer around all routes: has address and all pay, and tells what is left.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use pin_project_lite::pin_project;
use tower::{Layer, Service};

use super::cost::cost;
use super::{Payer, State, Visit};
use crate::client_address::ClientAddress;
use crate::gateway::App;

/// Limits the service inside.
#[derive(Clone)]
pub(crate) struct Limits(pub(crate) App);

impl<S> Layer<S> for Limits {
    type Service = Limited<S>;

    fn layer(&self, inner: S) -> Limited<S> {
        Limited { inner, app: self.0.clone() }
    }
}

#[derive(Clone)]
pub(crate) struct Limited<S> {
    inner: S,
    app: App,
}

impl<S> Service<Request> for Limited<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answering<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let cost = cost(request.method(), request.uri());
        let address = ClientAddress::in_extensions(request.extensions());
        let standings = [None; Payer::COUNT];
        let mut state = State { address, key: None, turn: None, paid_by_all: 0, standings };
        let charged = match cost {
            0 => Ok(()),
            cost => self.app.rates().charge(&mut state, &[Payer::Address, Payer::All], cost),
        };
        let visit = Visit(Arc::new(Mutex::new(state)));
        let inner = match charged {
            Ok(()) => {
                request.extensions_mut().insert((visit.clone(), cost));
                Inner::Asked { answer: self.inner.call(request) }
            }
            Err(problem) => Inner::Refused { answer: Some(problem.into_response()) },
        };
        Answering { app: self.app.clone(), visit, inner }
    }
}

pin_project! {
    /// An answer on its way.
    pub(crate) struct Answering<F> {
        app: App,
        visit: Visit,
        #[pin]
        inner: Inner<F>,
    }
}

pin_project! {
    #[project = InnerProjection]
    enum Inner<F> {
        Asked { #[pin] answer: F },
        Refused { answer: Option<Response> },
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for Answering<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut response = match this.inner.project() {
            InnerProjection::Asked { answer } => match ready!(answer.poll(cx)) {
                Ok(response) => response,
                Err(never) => match never {},
            },
            InnerProjection::Refused { answer } => {
                answer.take().expect("a future is not polled after its end")
            }
        };
        this.app.rates().tell(this.visit, &mut response);
        Poll::Ready(Ok(response))
    }
}
