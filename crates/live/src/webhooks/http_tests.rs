//! Against receivers on this machine that do what receivers do.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::test_tls::{acceptor, roots};

/// A receiver that answers each request with these bytes, and what it saw.
struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

/// What a receiver does with a connection.
#[derive(Clone, Copy)]
enum Manner {
    /// Answers every request on it.
    Keeping,
    /// Ends it after one answer, without a word of that in the answer.
    Closing,
    /// Answers nothing.
    Silent,
}

impl Server {
    async fn start(answer: &'static [u8], manner: Manner) -> Self {
        Self::start_at("127.0.0.1", answer, manner, None).await
    }

    async fn start_at(
        host: &str,
        answer: &'static [u8],
        manner: Manner,
        tls: Option<TlsAcceptor>,
    ) -> Self {
        let listener = TcpListener::bind((host, 0)).await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            connections: Arc::default(),
            requests: Arc::default(),
        };
        let (connections, requests) =
            (Arc::clone(&server.connections), Arc::clone(&server.requests));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                connections.fetch_add(1, Ordering::Relaxed);
                let (tls, requests) = (tls.clone(), Arc::clone(&requests));
                tokio::spawn(async move {
                    match tls {
                        None => talk(stream, answer, manner, &requests).await,
                        Some(tls) => {
                            let Ok(stream) = tls.accept(stream).await else { return };
                            talk(stream, answer, manner, &requests).await;
                        }
                    }
                });
            }
        });
        server
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

async fn talk(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: &[u8],
    manner: Manner,
    requests: &Mutex<Vec<String>>,
) {
    loop {
        let mut request = Vec::new();
        while !request.ends_with(b"{\"body\":1}") {
            match stream.read_buf(&mut request).await {
                Ok(count) if count > 0 => {}
                _ => return,
            }
        }
        requests.lock().push(String::from_utf8(request).unwrap());
        match manner {
            Manner::Silent => std::future::pending().await,
            // The client may hang up in the middle of it.
            Manner::Keeping | Manner::Closing => drop(stream.write_all(answer).await),
        }
        if matches!(manner, Manner::Closing) {
            drop(stream.shutdown().await);
            return;
        }
    }
}

fn options(allowed: &[&str]) -> WebhookOptions {
    let allowed = allowed.iter().map(|net| net.parse().unwrap()).collect();
    WebhookOptions {
        addresses: Addresses { allowed },
        attempt_timeout: Duration::from_millis(700),
        ..WebhookOptions::default()
    }
}

fn sender() -> HttpSender {
    HttpSender::new(&options(&["127.0.0.0/8", "::1"])).unwrap()
}

fn message(url: &str) -> Message {
    Message {
        webhook: WebhookId(1),
        target: Target::parse(url).unwrap(),
        id: "w-1-7-tag".to_owned(),
        at: 1_700_000_000,
        signature: "v1,abc".to_owned(),
        content_type: "application/cloudevents+json",
        body: Bytes::from_static(b"{\"body\":1}"),
    }
}

const ACCEPTED: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

#[tokio::test]
async fn a_request_is_what_the_standard_asks_and_connections_are_kept() {
    let server = Server::start(ACCEPTED, Manner::Keeping).await;
    let sender = sender();
    let message = message(&format!("http://127.0.0.1:{}/hook?a=b", server.port));
    for _ in 0..3 {
        assert_eq!(sender.send(&message).await.outcome, Outcome::Answered(204));
    }
    assert_eq!(server.connections(), 1);
    let requests = server.requests.lock().clone();
    let request = requests[0].to_ascii_lowercase();
    assert!(request.starts_with("post /hook?a=b http/1.1\r\n"), "{request}");
    for line in [
        format!("host: 127.0.0.1:{}", server.port).as_str(),
        "webhook-id: w-1-7-tag",
        "webhook-timestamp: 1700000000",
        "webhook-signature: v1,abc",
        "content-type: application/cloudevents+json",
        "content-length: 10",
        "user-agent: itn-webhooks",
    ] {
        assert!(request.contains(&format!("\r\n{line}\r\n")), "{line} in {request}");
    }
    // Another subscription has a connection of its own.
    let other = Message { webhook: WebhookId(2), ..message };
    assert!(sender.send(&other).await.outcome.is_accepted());
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_connection_that_the_receiver_closed_is_no_failure() {
    let server = Server::start(ACCEPTED, Manner::Closing).await;
    let (sender, message) = (sender(), message(&format!("http://127.0.0.1:{}/", server.port)));
    for count in 1..=5 {
        assert!(sender.send(&message).await.outcome.is_accepted());
        assert_eq!(server.connections(), count);
    }
}

#[tokio::test]
async fn of_an_answer_only_the_status_is_taken() {
    async fn check(answer: &'static [u8], outcome: Outcome, connections: usize) {
        let server = Server::start(answer, Manner::Keeping).await;
        let (sender, message) = (sender(), message(&format!("http://127.0.0.1:{}/", server.port)));
        for _ in 0..2 {
            let sent = sender.send(&message).await;
            assert_eq!(sent.outcome, outcome, "{}", String::from_utf8_lossy(answer));
        }
        assert_eq!(server.connections(), connections);
    }
    check(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", Outcome::Answered(200), 1).await;
    check(b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n", Outcome::Answered(410), 1).await;
    // Never followed, wherever to.
    let redirect = b"HTTP/1.1 307 Temporary Redirect\r\nlocation: http://169.254.169.254/\r\n\
                     content-length: 0\r\n\r\n";
    check(redirect, Outcome::Answered(307), 1).await;
    // More than is read, or than ever comes: the status stands, the connection goes.
    let endless = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\nand so on";
    check(endless, Outcome::Answered(200), 2).await;
    let large: Vec<u8> = [
        b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 40000\r\n\r\n".to_vec(),
        vec![b'x'; 40_000],
    ]
    .concat();
    check(large.leak(), Outcome::Answered(500), 2).await;
    // No answer at all: asked twice on one connection, as it may have been the connection's fault.
    check(b"nonsense\r\n\r\n", Outcome::Failed(Failure::Interrupted), 2).await;
    let head: Vec<u8> =
        [b"HTTP/1.1 200 OK\r\nx: ".to_vec(), vec![b'x'; 20_000], b"\r\n\r\n".to_vec()].concat();
    check(head.leak(), Outcome::Failed(Failure::Interrupted), 2).await;
}

#[tokio::test]
async fn a_receiver_that_says_nothing_is_not_waited_for_for_ever() {
    let server = Server::start(ACCEPTED, Manner::Silent).await;
    let message = message(&format!("http://127.0.0.1:{}/", server.port));
    let began = Instant::now();
    let sent = sender().send(&message).await;
    assert_eq!(sent.outcome, Outcome::Failed(Failure::Timeout));
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn an_address_is_judged_after_its_name_is_looked_up() {
    let server = Server::start(ACCEPTED, Manner::Keeping).await;
    let refused = HttpSender::new(&options(&[])).unwrap();
    let other = HttpSender::new(&options(&["10.0.0.0/8"])).unwrap();
    let port = server.port;
    for host in ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0"] {
        for scheme in ["http", "https"] {
            let message = message(&format!("{scheme}://{host}:{port}/"));
            for sender in [&refused, &other] {
                let outcome = sender.send(&message).await.outcome;
                let expected = Outcome::Failed(Failure::AddressRefused);
                // Some resolvers do not know the odd ways of writing an address.
                let unknown = outcome == Outcome::Failed(Failure::Resolve) && host != "127.0.0.1";
                assert!(outcome == expected || unknown, "{scheme} {host}: {outcome:?}");
            }
        }
    }
    assert_eq!(server.connections(), 0);
    let unknown = message("https://no-such-host.invalid/");
    assert_eq!(sender().send(&unknown).await.outcome, Outcome::Failed(Failure::Resolve));
}

#[tokio::test]
async fn nobody_there_is_a_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let message = message(&format!("http://127.0.0.1:{port}/"));
    assert_eq!(sender().send(&message).await.outcome, Outcome::Failed(Failure::Connect));
}

#[tokio::test]
async fn over_tls_only_a_trusted_certificate_of_that_name_will_do() {
    let tls = acceptor();
    let start =
        async |host| Server::start_at(host, ACCEPTED, Manner::Keeping, Some(tls.clone())).await;
    let (server, misnamed) = (start("127.0.0.1").await, start("127.0.0.2").await);
    let trusting = HttpSender::trusting(&options(&["127.0.0.0/8", "::1"]), roots()).unwrap();
    let trusted = message(&format!("https://127.0.0.1:{}/", server.port));
    let misnamed = message(&format!("https://127.0.0.2:{}/", misnamed.port));
    for _ in 0..2 {
        assert_eq!(trusting.send(&trusted).await.outcome, Outcome::Answered(204));
    }
    assert_eq!(server.connections(), 1);
    assert_eq!(trusting.send(&misnamed).await.outcome, Outcome::Failed(Failure::Tls));
    assert_eq!(sender().send(&trusted).await.outcome, Outcome::Failed(Failure::Tls));
    // Who speaks no TLS.
    let plain = Server::start(ACCEPTED, Manner::Keeping).await;
    let message = message(&format!("https://127.0.0.1:{}/", plain.port));
    let outcome = trusting.send(&message).await.outcome;
    assert!(!outcome.is_accepted(), "{outcome:?}");
    assert!(plain.requests.lock().is_empty());
}

#[test]
fn what_a_receiver_asks_for_is_read() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let check = |text: &str, seconds: Option<u64>| {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
        assert_eq!(retry_after(&headers, now), seconds.map(Duration::from_secs), "{text}");
    };
    check("0", Some(0));
    check("120", Some(120));
    check("99999999999999999999999", Some(u64::MAX));
    check("Sun, 06 Nov 1994 08:51:37 GMT", Some(120));
    check("Sun, 06 Nov 1994 06:49:37 GMT", Some(0));
    check("soon", None);
    check("-1", None);
    check("", None);
    assert_eq!(retry_after(&HeaderMap::new(), now), None);
}
