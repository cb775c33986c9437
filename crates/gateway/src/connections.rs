//! Connections: accepted up to a bound, each with its own clock, ended in order.
//!
//! hyper's own server helper has neither a bound nor timeouts; this loop is what those take.

mod crowd;
mod outlet;
mod patient;

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tower::ServiceExt;

use crate::client_address::ClientAddress;
use crate::gateway::GatewayOptions;
use crate::headers::secure;
use crate::limits::{HEAD_BYTES_MAX, REFUSALS_MAX, REST_SPREAD};
use crate::observe::{Connections, Held, OpenOf, named_anew};
use crate::problem::{Code, Problem, Rest};
use crate::rates::costs_nothing;
use crowd::{Crowd, Member};
pub(crate) use outlet::{Outlet, chunk_of};
use patient::Patient;

/// The pause after a connection could not be accepted: mostly for want of file descriptors, which
/// only others' ending mends.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long a connection that is refused may take to hear so.
const REFUSAL_TIME: Duration = Duration::from_secs(1);
/// How long a connection that is told to leave has to close, or to complete a request.
const LEAVING_TIME: Duration = Duration::from_millis(500);
/// How long a connection waits for the place of one that leaves.
const ROOM_TIME: Duration = Duration::from_secs(1);
/// 65,536 by the golden ratio, and odd, so that every share comes once in a round.
const GOLDEN_STEP: u16 = 40_503;

/// A connection's place among all, in the extensions of its requests: what outlives the conversation
/// over HTTP keeps it.
#[derive(Clone)]
pub(crate) struct ConnectionPlace {
    place: Arc<Place>,
    outlet: Arc<Outlet>,
}

struct Place {
    _permit: OwnedSemaphorePermit,
    member: Member,
    _open: Held<OpenOf>,
    /// Until when nothing more is heard of it.
    rests_until: Mutex<Option<Instant>>,
}

impl ConnectionPlace {
    /// The way to its socket past hyper.
    pub(crate) fn outlet(&self) -> &Arc<Outlet> {
        &self.outlet
    }
}

/// What is served, and how.
pub(crate) struct Serving<'a> {
    pub(crate) router: Router,
    pub(crate) options: &'a GatewayOptions,
    pub(crate) meters: Arc<Connections>,
}

/// Serves until `shutdown` completes and the answers under way are given, for which they have as long as
/// it says.
pub(crate) async fn serve(
    listener: TcpListener,
    Serving { router, options, meters }: Serving<'_>,
    shutdown: impl Future<Output = Duration>,
) {
    let places = u32::try_from(options.connections_max).unwrap_or(u32::MAX);
    let connections = Arc::new(Semaphore::new(options.connections_max));
    let options = &Arc::new(options.clone());
    let crowd = Crowd::new(options.limits.connections_of_address(options.connections_max));
    let refusals = Arc::new(Semaphore::new(REFUSALS_MAX));
    let (stop, stopping) = watch::channel(());
    let mut shutdown = pin!(shutdown);
    let grace = loop {
        let accepted = tokio::select! {
            grace = &mut shutdown => break grace,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok((stream, peer)) => (stream, peer.ip()),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        // Answers are small and whole: waiting for more to send would only delay them.
        let _ = stream.set_nodelay(true);
        let member = crowd.join(peer, &options.limits.proxies);
        let permit = Arc::clone(&connections).try_acquire_owned().ok();
        let entering = Entering {
            connections: Arc::clone(&connections),
            router: router.clone(),
            options: Arc::clone(options),
            meters: Arc::clone(&meters),
            stopping: stopping.clone(),
        };
        match (member, permit) {
            (Some(member), Some(permit)) => {
                tokio::spawn(entering.converse((stream, peer), (permit, member)));
            }
            (member, _) => {
                // Past so many that wait for room or are told that there is none, they are closed.
                let waiting = REFUSALS_MAX - refusals.available_permits();
                if let Ok(turn) = Arc::clone(&refusals).try_acquire_owned() {
                    let member = member.filter(|member| crowd.make_room(member, waiting));
                    tokio::spawn(entering.wait((stream, peer), member, turn));
                } else {
                    meters.refused.add(1);
                }
            }
        }
    };
    drop(listener);
    drop(stopping);
    let _ = stop.send(());
    if timeout(grace, connections.acquire_many(places)).await.is_err() {
        tracing::warn!("connections that did not end in time are closed");
    }
}

/// What a connection that comes needs.
struct Entering {
    connections: Arc<Semaphore>,
    router: Router,
    options: Arc<GatewayOptions>,
    meters: Arc<Connections>,
    stopping: watch::Receiver<()>,
}

impl Entering {
    /// Serves a connection that has a place.
    async fn converse(
        self,
        client: (TcpStream, IpAddr),
        (permit, member): (OwnedSemaphorePermit, Member),
    ) {
        self.meters.accepted.add(1);
        let open = Held::new(OpenOf(self.meters));
        let rests_until = Mutex::default();
        let place = Arc::new(Place { _permit: permit, member, _open: open, rests_until });
        let place = ConnectionPlace { place, outlet: Arc::default() };
        converse(client, self.router, &self.options, (place, self.stopping)).await;
    }

    /// Waits for the place of one that is leaving, if one is, or says that there is none.
    async fn wait(
        self,
        (stream, peer): (TcpStream, IpAddr),
        member: Option<Member>,
        turn: OwnedSemaphorePermit,
    ) {
        if let Some(member) = member {
            let permit = timeout(ROOM_TIME, Arc::clone(&self.connections).acquire_owned()).await;
            if let Ok(Ok(permit)) = permit {
                drop(turn);
                return self.converse((stream, peer), (permit, member)).await;
            }
        }
        self.meters.refused.add(1);
        // A client that does not listen is closed all the same.
        let _ = timeout(REFUSAL_TIME, refuse(stream)).await;
        drop(turn);
    }
}

/// Serves one connection to its end.
async fn converse(
    (stream, peer): (TcpStream, IpAddr),
    router: Router,
    options: &GatewayOptions,
    (place, mut stopping): (ConnectionPlace, watch::Receiver<()>),
) {
    let told = (Arc::clone(&place.outlet), Some(Arc::clone(&place.place)));
    let stream = Patient::new(stream, told, options.limits.write_timeout);
    let proxies = &options.limits.proxies;
    // Behind a proxy others share the connection, and would rest with whoever asked too much.
    let may_rest = !proxies.has(peer);
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let (router, mut request) = (router.clone(), request.map(Body::new));
        let address = ClientAddress::of(peer, request.headers(), proxies);
        request.extensions_mut().insert(place.clone());
        request.extensions_mut().insert(address);
        let place = Arc::clone(&place.place);
        async move { Ok::<Response, Infallible>(answer(router, request, &place, may_rest).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(options.limits.header_read_timeout)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        _ = stopping.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        () = place.place.member.told_to_leave() => {
            connection.as_mut().graceful_shutdown();
            match timeout(LEAVING_TIME, connection.as_mut()).await {
                Ok(ended) => ended,
                // What it was sending slowly is no request yet.
                Err(_) if place.place.member.is_leaving() => Ok(()),
                Err(_) => connection.await,
            }
        }
    };
    if let Err(error) = ended {
        // Clients that go away, stay silent or speak no HTTP: theirs, not ours.
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn answer(
    router: Router,
    request: axum::extract::Request,
    place: &Place,
    may_rest: bool,
) -> Response {
    let rested_since = place.member.works();
    let is_free = costs_nothing(&request);
    let rests_until = place.rests_until.lock().take();
    if let Some(until) = rests_until.filter(|until| Instant::now() < *until) {
        sleep_until(until + REST_SPREAD.mul_f32(next_share())).await;
    }
    let response = match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    if let Some(Rest(time)) = response.extensions().get().filter(|_| may_rest) {
        *place.rests_until.lock() = Some(Instant::now() + *time);
    }
    // What has no length yet is a stream, which goes on, as does what is another protocol now.
    let is_whole = response.body().size_hint().exact().is_some();
    match response.status() {
        StatusCode::SWITCHING_PROTOCOLS => {}
        _ if !is_whole => {}
        // What anybody may ask as often as they like keeps nobody a place.
        StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS => {
            place.member.answered(rested_since);
        }
        _ => place.member.answered(rested_since.filter(|_| is_free)),
    }
    response
}

/// A share of 1, each far from those before it: a crowd that was refused together comes back spread
/// out, and not as one burst that everybody else stands behind.
fn next_share() -> f32 {
    static COUNT: AtomicU16 = AtomicU16::new(0);
    // Steps of the golden ratio divide what they walk around most evenly.
    let step = COUNT.fetch_add(GOLDEN_STEP, Ordering::Relaxed);
    f32::from(step) / 65_536.0
}

/// Says that there are too many connections, to whoever still listens.
async fn refuse(mut stream: TcpStream) -> io::Result<()> {
    let mut response =
        named_anew(|| Problem::plain(Code::TooManyConnections).closing().into_response());
    secure(&mut response);
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let mut head = format!("HTTP/1.1 {}\r\ncontent-length: {}\r\n", parts.status, body.len());
    for (name, value) in &parts.headers {
        head.push_str(name.as_str());
        head.push_str(": ");
        head.push_str(value.to_str().unwrap_or_default());
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await?;
    stream.shutdown().await?;
    // Closing with a request unread would reset the connection, and take the answer with it.
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
