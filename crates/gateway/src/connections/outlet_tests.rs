use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

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

async fn received(client: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    client.read_exact(&mut bytes).await.unwrap();
    bytes
}

#[tokio::test]
async fn it_opens_when_it_was_asked_for_and_hyper_has_flushed() {
    let (mut hyper, outlet, mut client) = connection().await;
    hyper.flush().await.unwrap();
    assert!(!outlet.is_open(), "nobody asked");
    outlet.ask();
    assert!(!outlet.is_open(), "hyper may have something to write");
    hyper.write_all(b"head").await.unwrap();
    hyper.flush().await.unwrap();
    assert!(outlet.is_open());
    assert!(outlet.send(&[Bytes::from_static(b"twelve "), Bytes::from_static(b"bytes")]));
    outlet.shut();
    assert!(!outlet.is_open());
    hyper.write_all(b"hyper").await.unwrap();
    assert_eq!(received(&mut client, 26).await, b"headc\r\ntwelve bytes\r\nhyper");
}

#[tokio::test]
async fn a_client_is_still_heard() {
    let (mut hyper, outlet, mut client) = connection().await;
    outlet.ask();
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
        let (mut hyper, outlet, mut client) = connection().await;
        outlet.ask();
        hyper.flush().await.unwrap();
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
        assert!(!outlet.is_open());
        outlet.ask();
        assert!(!outlet.is_open(), "something is left");
        let flushed = poll_fn(|cx| Poll::Ready(Pin::new(&mut hyper).poll_flush(cx)));
        assert!(flushed.await.is_pending(), "the client does not read");
        let writing = tokio::spawn(async move {
            hyper.write_all(b"hyper").await.unwrap();
            hyper.flush().await.unwrap();
            hyper
        });
        expected.extend(b"hyper");
        assert!(received(&mut client, expected.len()).await == expected);
        drop(writing.await.unwrap());
    }
}

#[tokio::test]
async fn it_shuts_with_the_connection() {
    let (mut hyper, outlet, mut client) = connection().await;
    outlet.ask();
    hyper.flush().await.unwrap();
    drop(hyper);
    assert!(!outlet.is_open());
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0, "nobody else keeps the socket");
}
