//! The client half of the HTTP API: what the commands that talk to a server speak to it with.
//!
//! Built on hyper-util's pooled client: hyper is already here for the server, so this adds no
//! second HTTP stack, no TLS and no cookie jar. `https` addresses are refused in words: put a
//! proxy that ends TLS in front, or speak to the server on loopback. This module knows requests,
//! answers and problems; it must not know what a trade is.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use hyper::{HeaderMap, Method, StatusCode};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::de::DeserializeOwned;

pub(crate) mod bulk;
mod error;
mod filters;
mod network;
mod pages;
mod patience;
pub(crate) mod stream;

pub(crate) use error::{ClientError, Problem};
pub(crate) use filters::{Filters, given, query};
pub(crate) use network::{NetworkClock, Position};
pub(crate) use pages::{AsOf, Page};
pub(crate) use patience::Patience;

/// A whole bulk answer of 16,384 lines is about 4 MiB; this is room, not a target.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Long enough for a full bulk chunk on a slow disk.
const ANSWER_WAIT_MAX: Duration = Duration::from_mins(1);
/// A host that does not even accept in this time is not there.
const CONNECT_WAIT_MAX: Duration = Duration::from_secs(5);

/// Where the server is and who asks; the same options on every command that talks to one.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ServerOptions {
    /// Address of the server, http only
    #[arg(long, env = "ITN_URL", default_value = "http://127.0.0.1:8080")]
    pub(crate) url: String,
    /// API key; import and simulate need one with the role operator or admin
    #[arg(long, env = "ITN_KEY", hide_env_values = true)]
    pub(crate) key: Option<String>,
}

/// A request, ready to be sent as often as it takes.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Path and query, from `/api` on.
    pub(crate) path: String,
    pub(crate) content_type: &'static str,
    pub(crate) idempotency_key: Option<String>,
    /// Whether sending it twice does no more than sending it once.
    pub(crate) repeatable: bool,
    pub(crate) body: Bytes,
}

impl Request {
    /// Reads something.
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path.into(), Bytes::new())
    }

    /// Makes something happen, once: the key makes a retry safe.
    pub(crate) fn post(path: impl Into<String>, body: &serde_json::Value, key: String) -> Self {
        Self {
            idempotency_key: Some(key),
            ..Self::new(Method::POST, path.into(), body.to_string().into())
        }
    }

    /// Makes something be so; the key makes a retry safe.
    pub(crate) fn put(path: impl Into<String>, body: &serde_json::Value, key: String) -> Self {
        Self { method: Method::PUT, ..Self::post(path, body, key) }
    }

    /// Takes something away, once.
    pub(crate) fn delete(path: impl Into<String>, key: String) -> Self {
        Self { idempotency_key: Some(key), ..Self::new(Method::DELETE, path.into(), Bytes::new()) }
    }

    fn new(method: Method, path: String, body: Bytes) -> Self {
        Self {
            method,
            path,
            content_type: "application/json",
            idempotency_key: None,
            repeatable: true,
            body,
        }
    }
}

/// What the server said, whatever its status.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        serde_json::from_slice(&self.body).map_err(ClientError::NotUnderstood)
    }

    /// How long the server asks to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let seconds = self.headers.get(RETRY_AFTER)?.to_str().ok()?;
        seconds.parse().ok().map(Duration::from_secs)
    }

    /// Only refusals that say "later" are worth another try: the state's refusals stand.
    pub(crate) fn is_worth_a_retry(&self) -> bool {
        matches!(
            self.status,
            StatusCode::TOO_MANY_REQUESTS
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT
        )
    }
}

/// A handle to one server: cheap to clone, keeps its connections alive and shares them.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pool: Pool<HttpConnector, Full<Bytes>>,
    /// `http://host:port`, with no slash at the end.
    base: String,
    key: Option<String>,
    patience: Patience,
}

impl Client {
    /// Checks the address; connects to nothing yet.
    pub(crate) fn new(options: &ServerOptions) -> Result<Self, ClientError> {
        let base = checked_base(&options.url)?;
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_WAIT_MAX));
        // Small requests that wait for their answer gain nothing from Nagle's algorithm.
        connector.set_nodelay(true);
        Ok(Self {
            pool: Pool::builder(TokioExecutor::new()).build(connector),
            base,
            key: options.key.clone(),
            patience: Patience::default(),
        })
    }

    /// For the first request to a server that may not be there.
    fn at_first(&self) -> Self {
        self.clone().with_patience(Patience::FIRST)
    }

    /// The same client, more or less patient.
    pub(crate) fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Reads JSON. Any refusal is an error.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: impl Into<String>,
    ) -> Result<T, ClientError> {
        self.accepted(&Request::get(path)).await?.json()
    }

    /// Sends until the server takes or refuses it. Any refusal is an error.
    pub(crate) async fn accepted(&self, request: &Request) -> Result<Answer, ClientError> {
        let answer = self.send(request).await?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        Err(ClientError::Refused(Box::new(Problem::of(&answer))))
    }

    /// Sends until there is an answer that another try would not change; a refusal is an answer.
    ///
    /// The same bytes with the same key go out each time, so that a lost answer is replayed and
    /// nothing happens twice. A request that is not safe to repeat is sent once.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, ClientError> {
        let mut tries = self.patience.tries();
        loop {
            let outcome = self.send_once(request).await;
            let asked_wait = match &outcome {
                Ok(answer) if answer.is_worth_a_retry() => answer.retry_after(),
                Err(error) if error.is_worth_a_retry() => None,
                _ => return outcome,
            };
            match tries.next_wait(asked_wait) {
                Some(wait) if request.repeatable => tokio::time::sleep(wait).await,
                _ => return outcome,
            }
        }
    }

    /// The head of a request, with what this client adds to each.
    fn head(&self, request: &Request) -> hyper::http::request::Builder {
        let mut builder = hyper::Request::builder()
            .method(request.method.clone())
            .uri(format!("{}{}", self.base, request.path));
        if !request.body.is_empty() {
            builder = builder.header(CONTENT_TYPE, request.content_type);
        }
        if let Some(key) = &self.key {
            builder = builder.header(AUTHORIZATION, format!("Bearer {key}"));
        }
        if let Some(key) = &request.idempotency_key {
            builder = builder.header("idempotency-key", key);
        }
        builder
    }

    async fn send_once(&self, request: &Request) -> Result<Answer, ClientError> {
        let message = self
            .head(request)
            .body(Full::new(request.body.clone()))
            .map_err(|source| ClientError::BadRequest(source.to_string()))?;
        let exchange = async {
            let response = self.pool.request(message).await.map_err(|e| self.unreachable(e))?;
            whole(response).await
        };
        match tokio::time::timeout(ANSWER_WAIT_MAX, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => Err(ClientError::Silent(ANSWER_WAIT_MAX)),
        }
    }

    fn unreachable(&self, error: hyper_util::client::legacy::Error) -> ClientError {
        ClientError::Unreachable { address: self.base.clone(), error }
    }
}

/// An answer with all of its body.
async fn whole(response: hyper::Response<Incoming>) -> Result<Answer, ClientError> {
    let (head, body) = response.into_parts();
    let body = Limited::new(body, ANSWER_BYTES_MAX)
        .collect()
        .await
        .map_err(|source| ClientError::CutOff(source.to_string()))?
        .to_bytes();
    Ok(Answer { status: head.status, headers: head.headers, body })
}

fn checked_base(url: &str) -> Result<String, ClientError> {
    let bad = |why: &str| ClientError::BadAddress { url: url.to_owned(), why: why.to_owned() };
    let uri: hyper::Uri = url.parse().map_err(|_| bad("it is not a URL"))?;
    match uri.scheme_str() {
        Some("http") => {}
        Some("https") => {
            return Err(bad(
                "https is not spoken here: give the http address behind the proxy that ends TLS",
            ));
        }
        _ => return Err(bad("it must begin with http://")),
    }
    let authority = uri.authority().ok_or_else(|| bad("it names no host"))?;
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return Err(bad("it must end after the port"));
    }
    Ok(format!("http://{authority}"))
}

#[cfg(test)]
pub(crate) mod tests;
