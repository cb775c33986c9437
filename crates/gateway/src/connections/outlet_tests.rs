use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use live::Outlet as _;
use tokio::io::{AsyncReadExt, AsyncWrite as _, AsyncWriteExt};
use tokio::net::TcpListener;

use super::super::patient::Patient;
use super::*;

/// What hyper writes to, its outlet, and the client.
async fn connection() -> (Patient, Arc<Outlet>, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    let outlet = Arc::new(Outlet::default());
    let patient = Patient::new(stream, (Arc::clone(&outlet), None), Duration::from_mins(1));
    (patient, outlet, client)
}

fn is_open(outlet: &Outlet) -> bool {
    matches!(*outlet.state.lock(), State::Open(..))
}

async fn received(client: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    client.read_exact(&mut bytes).await.unwrap();
    bytes
}

/// What was left comes first, and then what hyper writes.
async fn hyper_writes_behind(left: Vec<u8>, mut hyper: Patient, mut client: TcpStream) {
    let writing = tokio::spawn(async move {
        hyper.write_all(b"hyper").await.unwrap();
        hyper.flush().await.unwrap();
        hyper
    });
    let expected = [&*left, b"hyper"].concat();
    assert!(received(&mut client, expected.len()).await == expected);
    drop(writing.await.unwrap());
}

#[tokio::test]
async fn it_opens_when_it_was_asked_for_and_hyper_has_flushed() {
    let (mut hyper, outlet, mut client) = connection().await;
    hyper.flush().await.unwrap();
    assert!(!is_open(&outlet), "nobody asked");
    outlet.ask(outlet.turn());
    assert!(!is_open(&outlet), "hyper may have something to write");
    hyper.write_all(b"head").await.unwrap();
    hyper.flush().await.unwrap();
    assert!(is_open(&outlet));
    let data = [Bytes::from_static(b"twelve "), Bytes::from_static(b"bytes")];
    assert!(!outlet.send(&data), "it is not held");
    assert!(outlet.hold());
    assert!(!outlet.hold());
    assert!(outlet.send(&data));
    outlet.release();
    assert!(is_open(&outlet));
    outlet.shut();
    assert!(!is_open(&outlet));
    hyper.write_all(b"hyper").await.unwrap();
    assert_eq!(received(&mut client, 26).await, b"headc\r\ntwelve bytes\r\nhyper");
}

#[tokio::test]
async fn a_client_is_still_heard() {
    let (mut hyper, outlet, mut client) = connection().await;
    outlet.ask(outlet.turn());
    hyper.flush().await.unwrap();
    client.write_all(b"a word").await.unwrap();
    let mut word = [0; 6];
    hyper.read_exact(&mut word).await.unwrap();
    assert_eq!(&word, b"a word");
    drop(client);
    assert_eq!(hyper.read(&mut word).await.unwrap(), 0);
}

#[tokio::test]
async fn what_a_socket_does_not_take_comes_before_what_hyper_writes() {
    for size in [100, COPIED_BYTES_MAX * 3] {
        let (mut hyper, outlet, client) = connection().await;
        outlet.ask(outlet.turn());
        hyper.flush().await.unwrap();
        assert!(outlet.hold());
        let mut expected = Vec::new();
        for number in 0_u8.. {
            let data = Bytes::from(vec![number; size]);
            expected.extend(format!("{size:x}\r\n").into_bytes());
            expected.extend(&data);
            expected.extend(b"\r\n");
            if !outlet.send(&[data.slice(..7), data.slice(7..)]) {
                break;
            }
            // Small ones alone would take long to fill it.
            if size == 100 {
                let large = Bytes::from(vec![number; 1 << 20]);
                expected.extend(format!("{:x}\r\n", large.len()).into_bytes());
                expected.extend(&large);
                expected.extend(b"\r\n");
                if !outlet.send(&[large.slice(..1_000), large.slice(1_000..)]) {
                    break;
                }
            }
        }
        assert!(!is_open(&outlet));
        outlet.ask(outlet.turn());
        assert!(!is_open(&outlet), "something is left");
        let flushed = poll_fn(|cx| Poll::Ready(Pin::new(&mut hyper).poll_flush(cx)));
        assert!(flushed.await.is_pending(), "the client does not read");
        hyper_writes_behind(expected, hyper, client).await;
    }
}

#[tokio::test]
async fn whom_it_is_lent_to_may_write_for_the_body_whose_turn_it_is() {
    let (mut hyper, outlet, mut client) = connection().await;
    let chunk = chunk_of(&[Bytes::from_static(b"twelve "), Bytes::from_static(b"bytes")]);
    let (first, second) = (outlet.turn(), outlet.turn());
    assert_eq!(outlet.tell(first, &chunk), Told::Refused, "nobody asked");
    outlet.ask(first);
    assert_eq!(outlet.tell(first, &chunk), Told::Refused, "hyper may have something to write");
    hyper.flush().await.unwrap();
    assert_eq!(outlet.tell(first, &chunk), Told::Written);
    // What the body has in its hands comes first.
    assert!(outlet.hold());
    assert_eq!(outlet.tell(first, &chunk), Told::Refused);
    assert!(outlet.send(&[Bytes::from_static(b"held")]));
    outlet.release();
    assert_eq!(outlet.tell(first, &chunk), Told::Written);
    assert!(outlet.hold());
    outlet.shut();
    outlet.release();
    assert_eq!(outlet.tell(first, &chunk), Told::Refused, "hyper writes");
    // The next response on the connection is another client's as far as anybody knows.
    outlet.ask(second);
    hyper.flush().await.unwrap();
    assert_eq!(outlet.tell(first, &chunk), Told::Refused, "the body is gone");
    assert_eq!(outlet.tell(second, &Bytes::from_static(b"2\r\nhi\r\n")), Told::Written);
    drop(hyper);
    assert_eq!(outlet.tell(second, &chunk), Told::Refused, "the connection is gone");
    let mut all = Vec::new();
    client.read_to_end(&mut all).await.unwrap();
    assert_eq!(all, b"c\r\ntwelve bytes\r\n4\r\nheld\r\nc\r\ntwelve bytes\r\n2\r\nhi\r\n");
}

#[tokio::test]
async fn what_is_taken_and_not_written_comes_before_what_hyper_writes() {
    let (mut hyper, outlet, client) = connection().await;
    let turn = outlet.turn();
    outlet.ask(turn);
    hyper.flush().await.unwrap();
    let mut expected = Vec::new();
    for number in 0_u8.. {
        let chunk = chunk_of(&[Bytes::from(vec![number; 1 << 20])]);
        expected.extend_from_slice(&chunk);
        match outlet.tell(turn, &chunk) {
            Told::Written => {}
            Told::Taken => break,
            Told::Refused => panic!("it is open"),
        }
    }
    assert_eq!(outlet.tell(turn, &Bytes::from_static(b"0")), Told::Refused, "something is left");
    hyper_writes_behind(expected, hyper, client).await;
}

#[tokio::test]
async fn it_shuts_with_the_connection() {
    let (mut hyper, outlet, mut client) = connection().await;
    outlet.ask(outlet.turn());
    hyper.flush().await.unwrap();
    drop(hyper);
    assert!(!is_open(&outlet));
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0, "nobody else keeps the socket");
}
