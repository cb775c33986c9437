//! The load generator against a server that answers everything with the same few bytes.

use std::net::TcpListener;
use std::thread;

use super::*;
use crate::economy::Economy;
use crate::template::Results;

const ANSWER: &[u8] = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}";

/// A server that takes `delay` for each answer; requests end with a brace and a line end, or a
/// brace.
fn server(delay: Duration) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || answer(stream.unwrap(), delay));
        }
    });
    address
}

fn answer(mut stream: TcpStream, delay: Duration) {
    let mut request = Vec::new();
    let mut block = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = stream.read(&mut block) {
        request.extend_from_slice(&block[..count]);
        let text = String::from_utf8_lossy(&request);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
        let length = head.split("Content-Length: ").nth(1).map(str::trim);
        if length == Some(&*body.len().to_string()) {
            thread::sleep(delay);
            stream.write_all(ANSWER).unwrap();
            request.clear();
        }
    }
}

/// Drives the server; returns how many were answered, and the longest latency.
fn drive(
    address: SocketAddr,
    lanes: &mut [Vec<Template>],
    (pacing, until): (Pacing, Until<'_>),
) -> (u64, Duration) {
    let (keys, mut count, mut longest) = (Keys::default(), 0, Duration::ZERO);
    let load = Load { address, keys: &keys, pacing, until };
    load.run(lanes, &mut |answered| {
        assert_eq!((answered.status, answered.body), (201, &b"{}"[..]));
        answered.template.acknowledged += 1;
        count += 1;
        longest = longest.max(answered.latency);
        Ok(())
    })
    .unwrap();
    (count, longest)
}

#[test]
fn a_closed_load_sends_so_many_in_turn() {
    let mut lanes = Template::singles(Economy::SMALL, 3, 2);
    let address = server(Duration::ZERO);
    let (count, _) = drive(address, &mut lanes, (Pacing::Closed, Until::Requests(60)));
    assert_eq!(count, 60);
    assert_eq!(lanes.iter().flatten().map(|template| template.acknowledged).sum::<u64>(), 60);
    // How often each has its turn depends on the machine; that each has one does not.
    assert!(lanes.iter().all(|lane| lane[0].acknowledged > 0));
}

#[test]
fn a_request_larger_than_a_socket_buffer_is_sent_whole() {
    let mut lanes = Template::bulks(Economy::SMALL, (1, 1), 8_192, Results::All);
    let address = server(Duration::ZERO);
    let (count, _) = drive(address, &mut lanes, (Pacing::Closed, Until::Requests(3)));
    assert_eq!(count, 3);
}

#[test]
fn an_open_load_counts_from_when_a_request_was_due() {
    // A connection that takes 20 ms for each of 10 requests that are due within 10 ms.
    let mut lanes = Template::singles(Economy::SMALL, 1, 1);
    let address = server(Duration::from_millis(20));
    let (count, longest) = drive(address, &mut lanes, (Pacing::Open(1_000.0), Until::Requests(10)));
    assert_eq!(count, 10);
    assert!(longest >= Duration::from_millis(150), "{longest:?}");
}

#[test]
fn an_open_load_keeps_its_rate() {
    let mut lanes = Template::singles(Economy::SMALL, 8, 1);
    let address = server(Duration::ZERO);
    let until = Until::Elapsed(Duration::from_millis(300));
    let (count, _) = drive(address, &mut lanes, (Pacing::Open(200.0), until));
    // Never more; fewer only if the machine stood still at the end.
    assert!((40..=60).contains(&count), "{count}");
}
