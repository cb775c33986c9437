//! Requests and answers, and how often they are tried.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{
    AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LINK, RETRY_AFTER, USER_AGENT,
};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::connect::Connector;
use crate::query::{Query, address};
use crate::retry::retry_after;
use crate::{Error, Failure, Problem, Retry};

/// A whole bulk answer of 16,384 lines is about 4 MiB; this is room, not a target.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// What a slow line carries in a second: a body may take its time, a full one of bulk some minutes.
const SENT_BYTES_PER_SECOND_MIN: usize = 64 * 1024;

/// Where the server is, who asks, and how patiently.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// `http://host:port` or `https://host:port`.
    pub url: String,
    /// An API key; without one, what anybody may.
    pub key: Option<String>,
    /// How often a request is tried.
    pub retry: Retry,
    /// A host that does not even accept in this time is not there.
    pub connect_timeout: Duration,
    /// The longest wait for an answer: for its head, and for each next part of it. A body that is sent
    /// has its own time on top, a second for each 64 KiB. Well below the time of [`Retry`], or what falls
    /// silent is not tried again.
    pub answer_timeout: Duration,
    /// The name of the program, for the server's logs.
    pub user_agent: String,
}

impl ClientOptions {
    /// The usual patience, and no key.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            key: None,
            retry: Retry::default(),
            connect_timeout: Duration::from_secs(5),
            // Long enough for a slow disk, short enough for three tries within the time of `Retry`.
            answer_timeout: Duration::from_secs(20),
            user_agent: concat!("itn-client/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// A request, ready to be sent as often as it takes.
#[derive(Debug, Clone)]
pub struct Request {
    /// Of HTTP.
    pub method: &'static str,
    /// Path and query, from `/api` on.
    pub path: String,
    /// What the body is.
    pub content_type: &'static str,
    /// What makes a write that is sent twice act once.
    pub idempotency_key: Option<String>,
    /// The body; empty for none.
    pub body: Bytes,
    /// Whether sending it twice does no more than sending it once.
    pub is_repeatable: bool,
}

impl Request {
    /// Reads something.
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: "GET",
            path: path.into(),
            content_type: "application/json",
            idempotency_key: None,
            body: Bytes::new(),
            is_repeatable: true,
        }
    }

    /// Makes something happen, or be so, once: the key makes a retry safe.
    pub fn write(
        method: &'static str,
        path: impl Into<String>,
        body: Option<&(impl Serialize + ?Sized)>,
        key: Option<String>,
    ) -> Result<Self, Error> {
        let path = path.into();
        let body = body.map(serde_json::to_vec).transpose().map_err(|error| {
            Failure::BadRequest(error.to_string()).of(format!("{method} {path}"), 0)
        })?;
        Ok(Self {
            method,
            is_repeatable: key.is_some(),
            idempotency_key: key,
            body: body.unwrap_or_default().into(),
            ..Self::get(path)
        })
    }

    pub(crate) fn what(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        format!("{} {path}", self.method)
    }
}

/// What the server said, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// The head.
    pub headers: HeaderMap,
    /// All of the body.
    pub body: Bytes,
    what: String,
    attempts: u32,
}

impl Answer {
    /// Whether it was done.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Itself, or the refusal that it is.
    pub fn accepted(self) -> Result<Self, Error> {
        if self.is_success() {
            return Ok(self);
        }
        let problem = self.problem();
        Err(Failure::Refused(Box::new(problem)).of(self.what, self.attempts))
    }

    /// The refusal that it is.
    pub fn problem(&self) -> Problem {
        Problem::of(self.status, &self.body)
    }

    /// The body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| {
            Failure::NotUnderstood(error.to_string()).of(&*self.what, self.attempts)
        })
    }

    /// Where the next page is: the link with the relation `next` (RFC 8288), which has all that was
    /// asked for.
    pub fn next_page(&self) -> Option<String> {
        let links = self.headers.get_all(LINK).iter().filter_map(|link| link.to_str().ok());
        let next = links.flat_map(|links| links.split(", ")).find(|link| {
            link.split(';').skip(1).any(|parameter| parameter.trim() == "rel=\"next\"")
        })?;
        let (path, _) = next.trim_start().strip_prefix('<')?.split_once('>')?;
        path.starts_with("/api/").then(|| path.to_owned())
    }

    /// How long the server asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        asked_wait(&self.headers)
    }
}

pub(crate) fn asked_wait(headers: &HeaderMap) -> Option<Duration> {
    retry_after(headers.get(RETRY_AFTER)?.to_str().ok()?, SystemTime::now())
}

/// A handle to one server: cheap to clone, keeps its connections alive and shares them.
#[derive(Clone)]
pub struct Client {
    pool: Pool<Connector, Full<Bytes>>,
    /// `http://host:port`, with no slash at the end.
    base: Arc<str>,
    authorization: Option<HeaderValue>,
    user_agent: HeaderValue,
    retry: Retry,
    pub(crate) answer_timeout: Duration,
}

impl std::fmt::Debug for Client {
    // Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Checks the address and the key; connects to nothing yet.
    pub fn new(options: &ClientOptions) -> Result<Self, Error> {
        let bad = |why: String| Failure::BadAddress { url: options.url.clone(), why }.of("", 0);
        let (base, has_tls) = checked_base(&options.url).map_err(|why| bad(why.to_owned()))?;
        let header = |text: &str, what: &str| {
            let value = HeaderValue::from_str(text);
            value.map_err(|_| Failure::BadRequest(format!("the {what} is no header")).of("", 0))
        };
        let authorization = match &options.key {
            Some(key) => {
                let mut value = header(&format!("Bearer {key}"), "key")?;
                value.set_sensitive(true);
                Some(value)
            }
            None => None,
        };
        let connector = Connector::new(has_tls, options.connect_timeout).map_err(bad)?;
        Ok(Self {
            pool: Pool::builder(TokioExecutor::new()).build(connector),
            base: base.into(),
            authorization,
            user_agent: header(&options.user_agent, "user agent")?,
            retry: options.retry,
            answer_timeout: options.answer_timeout,
        })
    }

    /// The same client, more or less patient. It shares its connections with this one.
    #[must_use]
    pub fn with_retry(&self, retry: Retry) -> Self {
        Self { retry, ..self.clone() }
    }

    /// `http://host:port` of the server.
    pub fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn retry(&self) -> Retry {
        self.retry
    }

    /// Reads JSON. Any refusal is an error.
    pub async fn read<T: DeserializeOwned>(
        &self,
        path: impl AsRef<str>,
        query: &(impl Query + ?Sized),
    ) -> Result<T, Error> {
        self.send(&Request::get(address(path.as_ref(), query))).await?.accepted()?.json()
    }

    /// Sends until there is an answer that another try would not change; a refusal is an answer.
    ///
    /// The same bytes with the same key go out each time, so that a lost answer is replayed and
    /// nothing happens twice. A request that is not safe to repeat is sent again only where nothing
    /// can have reached the server.
    pub async fn send(&self, request: &Request) -> Result<Answer, Error> {
        let mut attempts = self.retry.begin();
        loop {
            let outcome = self.send_once(request).await;
            let (asked, is_unsent) = match &outcome {
                Ok(answer) if answer.is_success() || !answer.problem().is_passing() => (None, None),
                Ok(answer) => (answer.retry_after(), Some(false)),
                Err(failure) if failure.is_passing() => (None, Some(failure.is_unsent())),
                Err(_) => (None, None),
            };
            let may_repeat = is_unsent.is_some_and(|is_unsent| request.is_repeatable || is_unsent);
            let made = attempts.made;
            match may_repeat.then(|| attempts.next_wait(asked)).flatten() {
                Some(wait) => tokio::time::sleep(wait).await,
                None => {
                    return match outcome {
                        Ok(answer) => Ok(Answer { attempts: made, ..answer }),
                        Err(failure) => Err(failure.of(request.what(), made)),
                    };
                }
            }
        }
    }

    async fn send_once(&self, request: &Request) -> Result<Answer, Failure> {
        let response = self.answer_of(request, &[]).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = whole(response.into_body(), self.answer_timeout).await?;
        Ok(Answer { status, headers, body, what: request.what(), attempts: 1 })
    }

    /// Sends once; the head of the answer has come in time, its body has not.
    pub(crate) async fn answer_of(
        &self,
        request: &Request,
        headers: &[(&'static str, &str)],
    ) -> Result<hyper::Response<Incoming>, Failure> {
        let timeout = self.answer_timeout.saturating_add(sending_time(request.body.len()));
        match tokio::time::timeout(timeout, self.open(request, headers)).await {
            Ok(response) => response,
            Err(_) => Err(Failure::Silent(timeout)),
        }
    }

    async fn open(
        &self,
        request: &Request,
        headers: &[(&'static str, &str)],
    ) -> Result<hyper::Response<Incoming>, Failure> {
        let mut builder = hyper::Request::builder()
            .method(request.method)
            .uri(format!("{}{}", self.base, request.path))
            .header(USER_AGENT, &self.user_agent);
        if !request.body.is_empty() {
            builder = builder.header(CONTENT_TYPE, request.content_type);
        }
        if let Some(authorization) = &self.authorization {
            builder = builder.header(AUTHORIZATION, authorization);
        }
        if let Some(key) = &request.idempotency_key {
            builder = builder.header("idempotency-key", key);
        }
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let message = builder
            .body(Full::new(request.body.clone()))
            .map_err(|source| Failure::BadRequest(source.to_string()))?;
        self.pool.request(message).await.map_err(|error| {
            let (address, why) = (self.base.to_string(), cause(&error));
            if error.is_connect() {
                Failure::Unreachable { address, why }
            } else {
                Failure::Lost { address, why }
            }
        })
    }
}

/// What a body of so many bytes may take beside the wait for its answer.
fn sending_time(bytes: usize) -> Duration {
    Duration::from_secs((bytes / SENT_BYTES_PER_SECOND_MIN) as u64)
}

/// All of a body, each part of it in time.
pub(crate) async fn whole(mut body: Incoming, timeout: Duration) -> Result<Bytes, Failure> {
    let mut bytes = BytesMut::new();
    while let Some(more) = part(&mut body, timeout).await? {
        if bytes.len() + more.len() > ANSWER_BYTES_MAX {
            return Err(Failure::CutOff(format!("it has more than {ANSWER_BYTES_MAX} bytes")));
        }
        bytes.extend_from_slice(&more);
    }
    Ok(bytes.freeze())
}

/// The next part of a body, if it comes in time; none at its end.
pub(crate) async fn part(body: &mut Incoming, timeout: Duration) -> Result<Option<Bytes>, Failure> {
    match tokio::time::timeout(timeout, body.frame()).await {
        Err(_) => Err(Failure::Silent(timeout)),
        Ok(None) => Ok(None),
        Ok(Some(Err(error))) => Err(Failure::CutOff(error.to_string())),
        // Trailers say nothing here.
        Ok(Some(Ok(frame))) => Ok(Some(frame.into_data().unwrap_or_default())),
    }
}

/// The innermost cause: "connection refused" says more than "client error (Connect)".
fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn checked_base(url: &str) -> Result<(String, bool), &'static str> {
    let uri: hyper::Uri = url.parse().map_err(|_| "it is not a URL")?;
    let has_tls = match uri.scheme_str() {
        Some("http") => false,
        Some("https") => true,
        _ => return Err("it must begin with http:// or https://"),
    };
    let authority = uri.authority().ok_or("it names no host")?;
    if authority.as_str().contains('@') {
        return Err("it must name no user: give a key instead");
    }
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return Err("it must end after the port");
    }
    let scheme = if has_tls { "https" } else { "http" };
    Ok((format!("{scheme}://{authority}"), has_tls))
}

#[cfg(test)]
mod tests;
