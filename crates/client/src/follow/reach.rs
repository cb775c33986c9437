//! The way to a stream, as something that goes on however often the one who waits for it is dropped.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::PATH;
use super::stream::EventStream;
use crate::http::{asked_wait, whole};
use crate::query::{Pairs, Query, address};
use crate::{Client, Error, Failure, FollowEventsQuery, Network, Problem, Request};

/// What comes of it.
pub(super) enum Reached {
    /// Where the server is.
    Position(Result<Box<Network>, Error>),
    /// A connection, or none.
    Stream(Result<EventStream, Failure>),
    /// A refusal, and how long the server asks to wait.
    Refused(Problem, Option<Duration>),
}

/// A request on its way, with its own bound in time.
pub(super) struct Reaching(BoxFuture<'static, Reached>);

impl Reaching {
    /// Asks where the server is.
    pub(super) fn position(client: &Client) -> Self {
        let client = client.clone();
        let asking = async move { client.read("/api/network", &()).await.map(Box::new) };
        Self(asking.map(Reached::Position).boxed())
    }

    /// Asks for the stream behind a position, or with these parts of the state.
    pub(super) fn stream(
        client: &Client,
        filter: &FollowEventsQuery,
        parts: Option<&str>,
        at: Option<&str>,
    ) -> Self {
        let request = Request::get(address(PATH, &Asked { filter, parts }));
        let (client, at) = (client.clone(), at.map(str::to_owned));
        let opening = async move {
            match open(&client, &request, at.as_deref()).await {
                Ok(Ok(stream)) => Reached::Stream(Ok(stream)),
                Ok(Err((problem, asked))) => Reached::Refused(problem, asked),
                Err(failure) => Reached::Stream(Err(failure)),
            }
        };
        Self(opening.boxed())
    }
}

impl Future for Reaching {
    type Output = Reached;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Reached> {
        self.0.poll_unpin(context)
    }
}

impl fmt::Debug for Reaching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reaching")
    }
}

type Refusal = (Problem, Option<Duration>);

async fn open(
    client: &Client,
    request: &Request,
    at: Option<&str>,
) -> Result<Result<EventStream, Refusal>, Failure> {
    let position = at.map(|at| ("last-event-id", at));
    let headers: Vec<_> = [("accept", "text/event-stream")].into_iter().chain(position).collect();
    let response = client.answer_of(request, &headers).await?;
    if response.status().is_success() {
        return Ok(Ok(EventStream::of(response.into_body())));
    }
    let (status, asked) = (response.status().as_u16(), asked_wait(response.headers()));
    let body = whole(response.into_body(), client.answer_timeout).await?;
    Ok(Err((Problem::of(status, &body), asked)))
}

struct Asked<'a> {
    filter: &'a FollowEventsQuery,
    parts: Option<&'a str>,
}

impl Query for Asked<'_> {
    fn pairs(&self, pairs: &mut Pairs) {
        self.filter.pairs(pairs);
        pairs.one("snapshot", &self.parts);
    }
}
