//! The sender over HTTP/1.1 and TLS.
//!
//! A host's name is looked up for each connection; every address it has must be admitted, and the
//! connection goes to one of these very addresses: a name that resolves otherwise a moment later
//! changes nothing. No proxy of the environment is used, no redirect followed, and of an answer
//! nothing is kept but its status.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::{HeaderMap, Method, Request, Response};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

use super::address::Addresses;
use super::options::{
    ADDRESSES_TRIED_MAX, BODY_BYTES_MAX, BODY_TIMEOUT, HEAD_BYTES_MAX, IDLE_MAX, WebhookOptions,
};
use super::record::{Failure, Outcome, WebhookId};
use super::sender::{Message, Sender, Sending, Sent};
use super::target::Target;

const AGENT: HeaderValue = HeaderValue::from_static("itn-webhooks");

/// Sends over HTTP/1.1, and over TLS with the certificates that this machine trusts.
pub struct HttpSender {
    addresses: Addresses,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    tls: TlsConnector,
    /// Connections that wait for the next delivery, one for each subscription at most.
    idle: Mutex<HashMap<WebhookId, (Link, Instant)>>,
}

/// A connection. Dropping it closes it.
pub(crate) struct Link {
    origin: (bool, String, u16),
    pub(crate) requests: SendRequest<Full<Bytes>>,
    connection: AbortHandle,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// A request that was answered; the answer's body is not read.
struct Answered {
    link: Link,
    response: Response<Incoming>,
}

impl HttpSender {
    /// A sender that goes where these options let it. Reads the certificates that the machine trusts;
    /// `SSL_CERT_FILE` and `SSL_CERT_DIR` name others.
    pub fn new(options: &WebhookOptions) -> Result<Self, rustls::Error> {
        Self::trusting(options, trusted())
    }

    fn trusting(options: &WebhookOptions, roots: RootCertStore) -> Result<Self, rustls::Error> {
        Ok(Self {
            addresses: options.addresses.clone(),
            connect_timeout: options.connect_timeout,
            attempt_timeout: options.attempt_timeout,
            tls: connector(roots)?,
            idle: Mutex::new(HashMap::new()),
        })
    }

    /// One request and the head of its answer, on the connection that waits or on a new one.
    async fn attempt(&self, message: &Message) -> Result<Answered, Failure> {
        if let Some(link) = self.take_idle(message.webhook, &message.target) {
            // The receiver may have closed it meanwhile, or just now: that is no failure of its own.
            if let Ok(answered) = ask(link, message).await {
                return Ok(answered);
            }
        }
        ask(self.connect(&message.target).await?, message).await
    }

    /// Keeps the connection for the next delivery, if the answer ends before long.
    async fn put_idle(&self, webhook: WebhookId, answered: Answered) {
        if drained(answered.response).await {
            let mut idle = self.idle.lock();
            idle.retain(|_, (_, since)| since.elapsed() < IDLE_MAX);
            idle.insert(webhook, (answered.link, Instant::now()));
        }
    }

    fn take_idle(&self, webhook: WebhookId, target: &Target) -> Option<Link> {
        let (link, since) = self.idle.lock().remove(&webhook)?;
        let is_good = since.elapsed() < IDLE_MAX && link.origin == origin(target);
        (is_good && !link.requests.is_closed()).then_some(link)
    }

    async fn connect(&self, target: &Target) -> Result<Link, Failure> {
        let addresses = self.resolve(target).await?;
        let mut last = Failure::Connect;
        for address in addresses.into_iter().take(ADDRESSES_TRIED_MAX) {
            match timeout(self.connect_timeout, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return link(&self.tls, target, stream).await,
                Ok(Err(_)) => last = Failure::Connect,
                Err(_) => last = Failure::Timeout,
            }
        }
        Err(last)
    }

    /// The addresses of the host, all of which are admitted.
    async fn resolve(&self, target: &Target) -> Result<Vec<SocketAddr>, Failure> {
        let found = tokio::net::lookup_host((target.host(), target.port())).await;
        let found: Vec<_> = found.map_err(|_| Failure::Resolve)?.collect();
        if found.is_empty() {
            return Err(Failure::Resolve);
        }
        let admitted = |at: &SocketAddr| self.addresses.admit(at.ip(), target.has_tls());
        if found.iter().all(admitted) { Ok(found) } else { Err(Failure::AddressRefused) }
    }
}

/// A connection that speaks HTTP, over TLS if the target asks for that.
pub(crate) async fn link(
    tls: &TlsConnector,
    target: &Target,
    stream: TcpStream,
) -> Result<Link, Failure> {
    // Requests are small and written at once; without this the last packet may wait for nothing.
    let _ = stream.set_nodelay(true);
    if !target.has_tls() {
        return speak(target, stream).await;
    }
    let name = ServerName::try_from(target.host().to_owned()).map_err(|_| Failure::Tls)?;
    let stream = tls.connect(name, stream).await.map_err(|_| Failure::Tls)?;
    speak(target, stream).await
}

/// The certificates that the machine trusts.
pub(crate) fn trusted() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "certificates that would be trusted could not be read");
    }
    let (trusted, _) = roots.add_parsable_certificates(found.certs);
    if trusted == 0 {
        tracing::warn!("no trusted certificates were found: what is asked over TLS will fail");
    }
    roots
}

/// Speaks TLS with whoever has a certificate of these.
pub(crate) fn connector(roots: RootCertStore) -> Result<TlsConnector, rustls::Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

impl Sender for HttpSender {
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(async move {
            match timeout(self.attempt_timeout, self.attempt(message)).await {
                Ok(Ok(answered)) => {
                    let response = &answered.response;
                    let outcome = Outcome::Answered(response.status().as_u16());
                    let retry_after = retry_after(response.headers(), SystemTime::now());
                    self.put_idle(message.webhook, answered).await;
                    Sent { outcome, retry_after }
                }
                Ok(Err(failure)) => failure.into(),
                Err(_) => Failure::Timeout.into(),
            }
        })
    }
}

fn origin(target: &Target) -> (bool, String, u16) {
    (target.has_tls(), target.host().to_owned(), target.port())
}

async fn speak<S>(target: &Target, stream: S) -> Result<Link, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = Builder::new();
    builder.max_buf_size(HEAD_BYTES_MAX);
    let spoken = builder.handshake(TokioIo::new(stream)).await;
    let (requests, connection) = spoken.map_err(|_| Failure::Interrupted)?;
    let connection = tokio::spawn(async move {
        // What goes wrong, the request is told.
        let _ = connection.await;
    });
    Ok(Link { origin: origin(target), requests, connection: connection.abort_handle() })
}

async fn ask(mut link: Link, message: &Message) -> Result<Answered, Failure> {
    let request = request(message).map_err(|_| Failure::Interrupted)?;
    link.requests.ready().await.map_err(|_| Failure::Interrupted)?;
    let response = link.requests.send_request(request).await;
    Ok(Answered { response: response.map_err(|_| Failure::Interrupted)?, link })
}

fn request(message: &Message) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    Request::builder()
        .method(Method::POST)
        .uri(message.target.path())
        .header(HOST, message.target.host_header())
        .header(USER_AGENT, AGENT)
        .header(CONTENT_TYPE, message.content_type)
        .header("webhook-id", &message.id)
        .header("webhook-timestamp", message.at)
        .header("webhook-signature", &message.signature)
        .body(Full::new(message.body.clone()))
}

/// Reads the rest of an answer and forgets it; whether that was all of it.
async fn drained(response: Response<Incoming>) -> bool {
    let mut body = response.into_body();
    let reading = async {
        let mut count = 0;
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else { return false };
            count += frame.data_ref().map_or(0, Bytes::len);
            if count > BODY_BYTES_MAX {
                return false;
            }
        }
        true
    };
    timeout(BODY_TIMEOUT, reading).await.unwrap_or(false)
}

/// `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
