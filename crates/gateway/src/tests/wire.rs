//! Over a socket: what only a connection can do wrong.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::support::{ADMIN, Network, trade};
use crate::GatewayOptions;

/// A gateway that listens.
struct Served {
    address: std::net::SocketAddr,
    network: Network,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

/// No test waits longer.
const PATIENCE: Duration = Duration::from_secs(20);

async fn served(set: impl FnOnce(&mut GatewayOptions)) -> Served {
    let network = Network::with(set);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let stopped = async {
        let _ = stopped.await;
        Duration::from_secs(5)
    };
    let gateway = network.gateway.clone();
    let serving = tokio::spawn(gateway.serve(listener, stopped));
    Served { address, network, stop, serving }
}

impl Served {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

/// Reads until the other side closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset after the answer is an end, too.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the end in time");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads until this is there.
async fn until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.contains(wanted) {
        let read = timeout(PATIENCE, stream.read(&mut buffer)).await.expect("an answer in time");
        let count = read.unwrap();
        assert!(count > 0, "closed after: {text}");
        text.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
    }
    text
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {ADMIN}\r\n\r\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_is_kept_for_the_next_request() {
    let served = served(|_| {}).await;
    let mut stream = served.connect().await;
    for _ in 0..3 {
        stream.write_all(get("/readyz").as_bytes()).await.unwrap();
        until(&mut stream, "\"ready\"}").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunked_body_that_is_too_large_is_refused_before_its_end() {
    let served = served(|_| {}).await;
    let mut stream = served.connect().await;
    let head = format!(
        "POST /api/trades HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {ADMIN}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    for _ in 0..8 {
        if stream.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("body_too_large"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_does_not_come_ends_the_connection() {
    let served =
        served(|options| options.limits.header_read_timeout = Duration::from_millis(100)).await;
    let mut silent = served.connect().await;
    let mut slow = served.connect().await;
    slow.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
    rest(&mut silent).await;
    rest(&mut slow).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_does_not_come_is_answered_and_ends_the_connection() {
    let served =
        served(|options| options.limits.body_read_timeout = Duration::from_millis(100)).await;
    let mut stream = served.connect().await;
    let head = format!(
        "POST /api/trades HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {ADMIN}\r\n\
         content-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("request_timeout"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_connections_than_allowed_are_told_so() {
    let served = served(|options| options.connections_max = 1).await;
    let mut first = served.connect().await;
    first.write_all(get("/readyz").as_bytes()).await.unwrap();
    until(&mut first, "\"ready\"}").await;
    let mut second = served.connect().await;
    second.write_all(get("/readyz").as_bytes()).await.unwrap();
    let answer = until(&mut second, "}").await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    let body: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(body["code"], "too_many_connections");
    drop(first);
    // The place is free as soon as the server has seen the end.
    loop {
        let mut third = served.connect().await;
        third.write_all(get("/readyz").as_bytes()).await.unwrap();
        if until(&mut third, "\r\n\r\n").await.starts_with("HTTP/1.1 200") {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_ends_idle_connections_and_streams_and_refuses_new_ones() {
    let served = served(|_| {}).await;
    let mut idle = served.connect().await;
    idle.write_all(get("/readyz").as_bytes()).await.unwrap();
    until(&mut idle, "\"ready\"}").await;
    let mut stream = served.connect().await;
    stream.write_all(get("/api/updates/real-time").as_bytes()).await.unwrap();
    until(&mut stream, "retry: 1000").await;
    served.stop.send(()).unwrap();
    timeout(PATIENCE, served.serving).await.expect("ends in time").unwrap();
    rest(&mut idle).await;
    rest(&mut stream).await;
    assert!(TcpStream::connect(served.address).await.is_err());
    // In process, what is still asked is answered.
    served.network.post("/api/trades", trade(1)).await.expect(422);
    served.network.get("/readyz").await.expect(503);
}

/// Connects from this address of this machine.
async fn connect_from(address: &str, to: std::net::SocketAddr) -> TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(format!("{address}:0").parse().unwrap()).unwrap();
    socket.connect(to).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_cannot_take_all_places() {
    let served = served(|options| options.limits.connections_of_address = Some(2)).await;
    let ask = async |stream: &mut TcpStream, wanted: &str| {
        stream.write_all(get("/readyz").as_bytes()).await.unwrap();
        until(stream, wanted).await
    };
    let mut crowd = [served.connect().await, served.connect().await];
    for stream in &mut crowd {
        ask(stream, "\"ready\"}").await;
    }
    let mut third = served.connect().await;
    let refused = ask(&mut third, "too_many_connections").await;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(refused.contains("x-content-type-options: nosniff"), "{refused}");
    let mut other = connect_from("127.0.0.2", served.address).await;
    ask(&mut other, "\"ready\"}").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_rests_makes_room_for_whoever_comes() {
    let served = served(|options| {
        options.connections_max = 4;
        options.limits.connections_of_address = Some(4);
    })
    .await;
    let mut stream = served.connect().await;
    stream.write_all(get("/api/updates/real-time").as_bytes()).await.unwrap();
    until(&mut stream, "retry: 1000").await;
    let mut silent = served.connect().await;
    let mut slow = served.connect().await;
    slow.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
    let mut asked = served.connect().await;
    asked.write_all(get("/readyz").as_bytes()).await.unwrap();
    until(&mut asked, "\"ready\"}").await;

    // All places are taken, until those that do nothing have done so for long.
    let mut newcomer = loop {
        let mut newcomer = connect_from("127.0.0.2", served.address).await;
        newcomer.write_all(get("/readyz").as_bytes()).await.unwrap();
        if until(&mut newcomer, "}").await.starts_with("HTTP/1.1 200") {
            break newcomer;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    for left in [&mut silent, &mut slow] {
        rest(left).await;
    }
    newcomer.write_all(get("/readyz").as_bytes()).await.unwrap();
    until(&mut newcomer, "\"ready\"}").await;
    // A stream is no rest.
    served.network.put("/api/traders/late", json!({"name": "Late"})).await.expect(201);
    until(&mut stream, "trader.created").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_behind_a_proxy_have_budgets_of_their_own() {
    let served = served(|options| {
        options.limits.proxies.networks = vec!["127.0.0.1".parse().unwrap()];
        options.limits.address_rate = Some(crate::Quota::new(1, 2).unwrap());
    })
    .await;
    let ask = async |stream: &mut TcpStream, client: &str, wanted: &str| {
        let head = format!("GET /nothing HTTP/1.1\r\nhost: x\r\nx-forwarded-for: {client}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        until(stream, wanted).await
    };
    let mut proxy = served.connect().await;
    for client in ["192.0.2.1", "192.0.2.2", "192.0.2.1, 192.0.2.3"] {
        for wanted in ["unknown_route", "unknown_route", "rate_limited"] {
            ask(&mut proxy, client, wanted).await;
        }
    }
    // Whoever comes by themselves is who they are, whatever they say.
    let mut stream = connect_from("127.0.0.2", served.address).await;
    for (client, wanted) in [
        ("192.0.2.8", "unknown_route"),
        ("192.0.2.9", "unknown_route"),
        ("192.0.2.10", "rate_limited"),
    ] {
        ask(&mut stream, client, wanted).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_does_not_wait_is_not_heard_for_a_while() {
    let served = served(|options| {
        options.limits.key_rate = Some(crate::Quota::new(1, 1).unwrap());
    })
    .await;
    let mut stream = served.connect().await;
    let began = std::time::Instant::now();
    let mut ask = async || {
        stream.write_all(get("/api/whoami").as_bytes()).await.unwrap();
        until(&mut stream, "}").await
    };
    assert!(ask().await.starts_with("HTTP/1.1 200"));
    // At once, and then not before it may be asked again.
    assert!(ask().await.starts_with("HTTP/1.1 429"));
    assert!(ask().await.starts_with("HTTP/1.1 200"));
    assert!(began.elapsed() >= Duration::from_millis(900), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_that_was_refused_together_comes_back_spread_out() {
    let served = served(|options| {
        options.limits.key_rate = Some(crate::Quota::new(1, 1).unwrap());
    })
    .await;
    let mut crowd = Vec::new();
    for _ in 0..17 {
        let mut stream = served.connect().await;
        stream.write_all(get("/api/whoami").as_bytes()).await.unwrap();
        until(&mut stream, "}").await;
        crowd.push(stream);
    }
    // One of them was let in, and one waits as it is told.
    let mut patient = crowd.pop().unwrap();
    let rests = crowd.into_iter().skip(1).map(async |mut stream| {
        let began = std::time::Instant::now();
        stream.write_all(get("/api/whoami").as_bytes()).await.unwrap();
        until(&mut stream, "}").await;
        began.elapsed()
    });
    let rests = futures_util::future::join_all(rests).await;
    let (least, most) = (rests.iter().min().unwrap(), rests.iter().max().unwrap());
    assert!(*most >= *least + Duration::from_millis(700), "{rests:?}");

    let began = std::time::Instant::now();
    patient.write_all(get("/api/whoami").as_bytes()).await.unwrap();
    until(&mut patient, "}").await;
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
}
