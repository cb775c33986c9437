//! Reads a small document at a URL that the operator named: over TLS, or of this machine.
//!
//! Unlike where webhooks go, the address may be private: nobody but the operator says which. One
//! request on a connection of its own; no redirect is followed, no proxy of the environment used.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::header::{ACCEPT, HOST, HeaderValue, USER_AGENT};
use hyper::{Method, Request, StatusCode};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::webhooks::http::{Link, connector, link, trusted};
use crate::webhooks::target::Target;
use crate::webhooks::{Failure, TargetError};

const AGENT: HeaderValue = HeaderValue::from_static("itn");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Where a document is: `https`, or `http` on a loopback address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentUrl(Target);

impl FromStr for DocumentUrl {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let target = Target::parse(text)?;
        // Another name may lead elsewhere by the time it is asked for; then the address is refused.
        let host = target.host();
        let is_loopback = host.eq_ignore_ascii_case("localhost")
            || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        if target.has_tls() || is_loopback {
            Ok(Self(target))
        } else {
            Err(TargetError::Unencrypted)
        }
    }
}

impl fmt::Display for DocumentUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a document could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FetchError {
    /// The host's name has no address.
    #[error("the host has no address")]
    Resolve,
    /// Without TLS it is asked for on this machine alone.
    #[error("without TLS it is read from a loopback address alone")]
    Unencrypted,
    /// Nobody took the connection.
    #[error("nobody takes the connection")]
    Connect,
    /// The certificate is not trusted, or the handshake failed.
    #[error("the certificate is not trusted, or TLS failed otherwise")]
    Tls,
    /// It took too long.
    #[error("it took too long")]
    Timeout,
    /// The connection ended, or what came was no answer.
    #[error("the connection ended, or what came was no answer")]
    Interrupted,
    /// It was answered otherwise than with the document.
    #[error("the answer is {0} and not 200")]
    Status(StatusCode),
    /// There is more than is read.
    #[error("it is longer than {0} bytes")]
    TooLarge(usize),
}

/// Reads the document, which has so many bytes at most.
pub async fn fetch(
    url: &DocumentUrl,
    bytes_max: usize,
    patience: Duration,
) -> Result<Bytes, FetchError> {
    // Reads files. Anew each time, so that certificates that were renewed meanwhile are known.
    let roots = tokio::task::spawn_blocking(trusted).await.map_err(|_| FetchError::Tls)?;
    let tls = connector(roots).map_err(|_| FetchError::Tls)?;
    fetch_over(&tls, url, bytes_max, patience).await
}

async fn fetch_over(
    tls: &TlsConnector,
    DocumentUrl(target): &DocumentUrl,
    bytes_max: usize,
    patience: Duration,
) -> Result<Bytes, FetchError> {
    let reading = async { read(connect(tls, target).await?, target, bytes_max).await };
    timeout(patience, reading).await.unwrap_or(Err(FetchError::Timeout))
}

async fn connect(tls: &TlsConnector, target: &Target) -> Result<Link, FetchError> {
    let found = tokio::net::lookup_host((target.host(), target.port())).await;
    let found: Vec<SocketAddr> = found.map_err(|_| FetchError::Resolve)?.collect();
    if !target.has_tls() && !found.iter().all(|address| address.ip().is_loopback()) {
        return Err(FetchError::Unencrypted);
    }
    let mut last = FetchError::Resolve;
    for address in found {
        last = match TcpStream::connect(address).await {
            Ok(stream) => return Ok(link(tls, target, stream).await?),
            Err(_) => FetchError::Connect,
        };
    }
    Err(last)
}

async fn read(mut link: Link, target: &Target, bytes_max: usize) -> Result<Bytes, FetchError> {
    let interrupted = |_| FetchError::Interrupted;
    let request = Request::builder()
        .method(Method::GET)
        .uri(target.path())
        .header(HOST, target.host_header())
        .header(USER_AGENT, AGENT)
        .header(ACCEPT, JSON)
        .body(Full::default());
    let request = request.map_err(|_| FetchError::Interrupted)?;
    link.requests.ready().await.map_err(interrupted)?;
    let response = link.requests.send_request(request).await.map_err(interrupted)?;
    if response.status() != StatusCode::OK {
        return Err(FetchError::Status(response.status()));
    }
    let mut body = response.into_body();
    let mut document = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(interrupted)?;
        let Some(data) = frame.data_ref() else { continue };
        if document.len() + data.len() > bytes_max {
            return Err(FetchError::TooLarge(bytes_max));
        }
        document.extend_from_slice(data);
    }
    Ok(document.freeze())
}

impl From<Failure> for FetchError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Resolve => Self::Resolve,
            Failure::AddressRefused | Failure::Connect => Self::Connect,
            Failure::Tls => Self::Tls,
            Failure::Timeout => Self::Timeout,
            Failure::Interrupted => Self::Interrupted,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::*;
    use crate::test_tls::{acceptor, roots};

    const PATIENCE: Duration = Duration::from_secs(5);

    /// Answers every connection with these bytes; its port.
    async fn server(answer: &'static [u8], tls: Option<TlsAcceptor>) -> u16 {
        async fn talk(
            mut stream: impl AsyncReadExt + AsyncWrite + Unpin,
            answer: &[u8],
        ) -> std::io::Result<()> {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                stream.read_buf(&mut request).await?;
            }
            let text = String::from_utf8(request).unwrap().to_ascii_lowercase();
            assert!(text.starts_with("get /keys?a=b http/1.1\r\n"), "{text}");
            assert!(text.contains("\r\naccept: application/json\r\n"), "{text}");
            stream.write_all(answer).await?;
            stream.shutdown().await
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                match &tls {
                    None => drop(talk(stream, answer).await),
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            drop(talk(stream, answer).await);
                        }
                    }
                }
            }
        });
        port
    }

    fn url(text: &str) -> DocumentUrl {
        text.parse().unwrap()
    }

    #[test]
    fn a_document_is_read_over_tls_or_from_this_machine() {
        for good in [
            "https://id.example.org/keys",
            "https://10.0.0.1/",
            "http://127.0.0.1:9/keys",
            "http://[::1]/",
            "http://localhost/keys",
        ] {
            assert_eq!(url(good).to_string(), good);
        }
        let parsed = |text: &str| text.parse::<DocumentUrl>();
        for bad in
            ["http://id.example.org/keys", "http://10.0.0.1/", "http://localhost.example.org/"]
        {
            assert_eq!(parsed(bad), Err(TargetError::Unencrypted), "{bad}");
        }
        assert_eq!(parsed("https://me:secret@id.example.org/"), Err(TargetError::Credentials));
        assert_eq!(parsed("ftp://id.example.org/"), Err(TargetError::Scheme));
        assert_eq!(parsed("keys.json"), Err(TargetError::Form));
    }

    #[tokio::test]
    async fn only_a_whole_document_of_200_is_taken() {
        let check = async |answer: &'static [u8], expected: Result<&str, FetchError>| {
            let port = server(answer, None).await;
            let found =
                fetch(&url(&format!("http://127.0.0.1:{port}/keys?a=b")), 10, PATIENCE).await;
            assert_eq!(found, expected.map(|text| Bytes::from(text.to_owned())));
        };
        check(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", Ok("{}")).await;
        check(b"HTTP/1.1 200 OK\r\n\r\n{\"to\":1}", Ok("{\"to\":1}")).await;
        let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\n{\"a\":1\r\n1\r\n}\r\n0\r\n\r\n";
        check(chunked, Ok("{\"a\":1}")).await;
        let long = b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n[1,2,3,4,5]";
        check(long, Err(FetchError::TooLarge(10))).await;
        let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[1,";
        check(cut, Err(FetchError::Interrupted)).await;
        let moved =
            b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n";
        check(moved, Err(FetchError::Status(StatusCode::FOUND))).await;
        check(b"nonsense\r\n\r\n", Err(FetchError::Interrupted)).await;
    }

    #[tokio::test]
    async fn nobody_there_and_silence_are_errors() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = url(&format!("http://{}/", listener.local_addr().unwrap()));
        let soon = Duration::from_millis(50);
        assert_eq!(fetch(&here, 10, soon).await, Err(FetchError::Timeout));
        drop(listener);
        assert_eq!(fetch(&here, 10, PATIENCE).await, Err(FetchError::Connect));
    }

    #[tokio::test]
    async fn only_a_trusted_certificate_will_do() {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        let port = server(answer, Some(acceptor())).await;
        let here = url(&format!("https://localhost:{port}/keys?a=b"));
        let tls = connector(roots()).unwrap();
        assert_eq!(fetch_over(&tls, &here, 10, PATIENCE).await, Ok(Bytes::from("{}")));
        // This machine does not know the authority.
        assert_eq!(fetch(&here, 10, PATIENCE).await, Err(FetchError::Tls));
    }
}
