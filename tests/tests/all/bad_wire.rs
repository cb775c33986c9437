//! Bad input below HTTP's meaning: bodies without end, heads that crawl, bytes that are not HTTP.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use itn_tests::client::{Request, Response};
use itn_tests::server::ADMIN_KEY;
use itn_tests::wire::{Body, Connection, Head};
use itn_tests::{Folder, Server, bodies, given, wait};

/// No peer may keep a connection open without saying anything useful for longer than this. (The
/// server allows 75 s, a little more than proxies keep connections open.)
const IDLE_LIMIT: Duration = Duration::from_secs(100);
/// The body that nobody wants: a hundred megabytes.
const HUGE_BYTES: usize = 100_000_000;

/// Sends these bytes, closes the sending side, and returns what came back until the other side
/// closed too.
fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut connection = Connection::open(address, IDLE_LIMIT).unwrap();
    // The server may refuse before it has read everything: then the rest cannot be sent.
    let _ = connection.send(bytes);
    let _ = connection.finish_sending();
    String::from_utf8_lossy(&connection.read_to_close().unwrap()).into_owned()
}

/// The head of a request with a body of JSON, and this field on how long it is.
fn post_head(address: SocketAddr, length: &str) -> String {
    let request = Request::new("POST", "/api/trades").header("content-type", "application/json");
    request.head(address, Some(ADMIN_KEY)).replace("content-length: 0", length)
}

/// The most memory the process ever had, in KiB.
fn memory_peak_kib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_body_of_a_hundred_megabytes() {
    let (mut server, mut client, _folder) = given::open_market();
    let address = server.address();
    let before = given::sequence(&mut client);
    let memory = memory_peak_kib(server.process().id());
    for (path, media_type) in
        [("/api/trades", "application/json"), ("/api/events", "application/x-ndjson")]
    {
        for chunked in [false, true] {
            let response = send_huge(address, path, media_type, chunked);
            assert_eq!(response.status(), 413, "{path} {chunked}: {}", response.text());
            assert_eq!(response.code(), "body_too_large");
        }
    }
    assert_eq!(given::sequence(&mut client), before);
    let grown = memory_peak_kib(server.process().id()) - memory;
    // What a bulk request may hold (16 MiB), twice, is the most that a refused one may cost.
    assert!(grown < 40 * 1024, "memory grew by {grown} KiB");
}

/// Sends the huge body while another thread reads, as the answer comes before the body's end.
fn send_huge(address: SocketAddr, path: &str, media_type: &str, chunked: bool) -> Response {
    let mut connection = Connection::open(address, IDLE_LIMIT).unwrap();
    let mut writer = connection.writer().unwrap();
    let length = if chunked {
        "transfer-encoding: chunked".to_owned()
    } else {
        format!("content-length: {HUGE_BYTES}")
    };
    let head = Request::new("POST", path)
        .header("content-type", media_type)
        .head(address, Some(ADMIN_KEY))
        .replace("content-length: 0", &length);
    let sender = thread::spawn(move || {
        let block = b"{}\n ".repeat(16 * 1024);
        let mut piece =
            if chunked { format!("{:x}\r\n", block.len()).into_bytes() } else { vec![] };
        piece.extend_from_slice(&block);
        piece.extend_from_slice(if chunked { b"\r\n" } else { b"" });
        let mut sent = writer.write_all(head.as_bytes());
        for _ in 0..HUGE_BYTES / block.len() {
            sent = sent.and_then(|()| writer.write_all(&piece));
        }
        // Refused half-way, as it should be; the answer is what counts.
        drop(sent);
    });
    let head = connection.read_head().unwrap_or_else(|error| panic!("{path} {chunked}: {error}"));
    let body = read_rest(&mut connection, &head);
    drop(connection);
    sender.join().unwrap();
    Response { head, body }
}

fn read_rest(connection: &mut Connection, head: &Head) -> Vec<u8> {
    let mut rest = head.body();
    let mut body = Vec::new();
    while rest != Body::Done {
        connection.read_body(&mut rest, &mut body).unwrap();
    }
    body
}

#[test]
fn bytes_that_are_not_http() {
    let (mut server, mut client, _folder) = given::open_market();
    let before = given::sequence(&mut client);
    let binary: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let many_fields = "x: y\r\n".repeat(10_000);
    let long_field = format!("x: {}\r\n", "y".repeat(1_000_000));
    let long_path = "x".repeat(1_000_000);
    let garbage: [Vec<u8>; 10] = [
        b"\r\n\r\n\r\n".to_vec(),
        b"hello, is this the network?\r\n\r\n".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        b"POST /api/trades HTTP/1.1\r\nhost: x\r\ncontent-length: many\r\n\r\n{}".to_vec(),
        binary,
        format!("GET /livez HTTP/1.1\r\nhost: x\r\n{many_fields}\r\n").into_bytes(),
        format!("GET /livez HTTP/1.1\r\nhost: x\r\n{long_field}\r\n").into_bytes(),
        format!("GET /{long_path} HTTP/1.1\r\nhost: x\r\n\r\n").into_bytes(),
    ];
    for bytes in &garbage {
        let answer = exchange(server.address(), bytes);
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]);
        assert!(refused, "{start:?} was answered with {answer}");
    }
    let both = "content-length: 3\r\ntransfer-encoding: chunked";
    let smuggled = post_head(server.address(), both) + "0\r\n\r\nGET /livez HTTP/1.1\r\n\r\n";
    let answer = exchange(server.address(), smuggled.as_bytes());
    assert!(!answer.contains("HTTP/1.1 2"), "{answer}");
    assert_eq!(given::sequence(&mut client), before);
    assert!(!server.process().has_ended());
}

#[test]
fn a_body_cut_in_half() {
    let (server, mut client, _folder) = given::open_market();
    let before = given::sequence(&mut client);
    let body = bodies::trade().to_string();
    let head = post_head(server.address(), &format!("content-length: {}", body.len()));
    let cut = head.clone() + &body[..body.len() / 2];
    let answer = exchange(server.address(), cut.as_bytes());
    assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    let chunked = post_head(server.address(), "transfer-encoding: chunked");
    let cut = chunked + &format!("{:x}\r\n{body}\r\n", body.len());
    let answer = exchange(server.address(), cut.as_bytes());
    assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    assert_eq!(given::sequence(&mut client), before);
    // The same, whole, goes through: it was the cut.
    let mut connection = Connection::open(server.address(), IDLE_LIMIT).unwrap();
    connection.send((head + &body).as_bytes()).unwrap();
    assert_eq!(connection.read_head().unwrap().status, 201);
}

#[test]
fn connections_past_the_bound_are_told_so_and_the_others_go_on() {
    let folder = Folder::new();
    let server = Server::options(&folder.data()).env("ITN_CONNECTIONS_MAX", "8");
    // All of them may come from one address.
    let server = server.env("ITN_CONNECTIONS_PER_ADDRESS", "8").start();
    let mut others: Vec<_> = (0..8).map(|_| server.client()).collect();
    for client in &mut others {
        client.get("/livez").expect(200);
    }
    let mut connection = Connection::open(server.address(), IDLE_LIMIT).unwrap();
    // It may be closed before the request is sent, but not before it is told why.
    let _ = connection.send(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n");
    let head = connection.read_head().unwrap();
    let body = read_rest(&mut connection, &head);
    let refusal = Response { head, body };
    assert_eq!((refusal.status(), refusal.code().as_str()), (503, "too_many_connections"));
    assert!(refusal.header("retry-after").is_some());
    others.pop();
    for client in &mut others {
        client.get("/livez").expect(200);
    }
    wait::until("room for one more", IDLE_LIMIT, || {
        let answer = server.client().try_send(&Request::new("GET", "/livez"));
        answer.is_ok_and(|answer| answer.status() == 200).then_some(())
    });
}

#[test]
fn peers_that_stall_are_cut_off_and_harm_no_other() {
    let (server, mut client, _folder) = given::open_market();
    let address = server.address();
    let before = given::sequence(&mut client);
    let body_stalls = post_head(address, "content-length: 500") + "{\"station\":";
    let stalled: Vec<(&str, Vec<u8>)> = vec![
        ("a head that stops", b"GET /livez HTTP/1.1\r\nhost: ".to_vec()),
        ("a body that stops", body_stalls.into_bytes()),
    ];
    let mut peers: Vec<_> = stalled
        .into_iter()
        .map(|(what, bytes)| {
            thread::spawn(move || {
                let mut connection = Connection::open(address, IDLE_LIMIT).unwrap();
                connection.send(&bytes).unwrap();
                let answer = connection.read_to_close();
                let answer = answer.unwrap_or_else(|error| panic!("{what} is let be: {error}"));
                (what, String::from_utf8_lossy(&answer).into_owned())
            })
        })
        .collect();
    peers.push(thread::spawn(move || ("a head that crawls", crawl(address))));
    let mut reads = 0;
    while peers.iter().any(|peer| !peer.is_finished()) {
        // Others are served all the while.
        let asked = Instant::now();
        client.get("/api/network").expect(200);
        assert!(asked.elapsed() < Duration::from_secs(5), "a reader waited {:?}", asked.elapsed());
        reads += 1;
        thread::sleep(Duration::from_millis(50));
    }
    assert!(reads > 0);
    for peer in peers {
        let (what, answer) = peer.join().unwrap();
        let cut = answer.is_empty() || answer.starts_with("HTTP/1.1 408");
        assert!(cut, "{what}: {answer}");
    }
    assert_eq!(given::sequence(&mut client), before);
}

/// Sends a head a byte at a time, for ever, and returns what the server says when it cuts that off.
fn crawl(address: SocketAddr) -> String {
    let mut connection = Connection::open(address, Duration::from_millis(200)).unwrap();
    connection.send(b"GET /livez HTTP/1.1\r\nx: ").unwrap();
    let start = Instant::now();
    loop {
        assert!(start.elapsed() < IDLE_LIMIT, "a head may crawl for ever");
        // The read's time limit is the pace.
        match connection.read_to_close() {
            Ok(answer) => return String::from_utf8_lossy(&answer).into_owned(),
            Err(_) if connection.send(b"y").is_err() => return String::new(),
            Err(_) => {}
        }
    }
}
