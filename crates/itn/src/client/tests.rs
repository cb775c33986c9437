//! The client against a tiny scripted server: what is retried, with what, and what is said.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use super::*;

/// Answers each connection once, by the script, and keeps what it was sent.
pub(crate) fn scripted(script: &[&str]) -> (Client, Arc<Mutex<Vec<String>>>) {
    let script: Vec<String> = script.iter().map(|answer| (*answer).to_owned()).collect();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let seen_by_server = Arc::clone(&seen);
    std::thread::spawn(move || {
        for answer in script {
            let (mut socket, _) = listener.accept().unwrap();
            let mut buffer = vec![0; 4096];
            let length = socket.read(&mut buffer).unwrap();
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            seen_by_server.lock().unwrap().push(text);
            socket.write_all(answer.as_bytes()).unwrap();
        }
    });
    let client = Client::new(&ServerOptions { url, key: Some("k".into()) }).unwrap();
    let patience = Patience { tries_max: 3, wait_max: Duration::from_millis(1) };
    (client.with_patience(patience), seen)
}

const CREATED: &str = "HTTP/1.1 201 Created\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 2\r\n\
    connection: close\r\n\r\n{}";
const REFUSED: &str = "HTTP/1.1 409 Conflict\r\nconnection: close\r\n\r\n\
    {\"status\":409,\"code\":\"insufficient_stock\",\"detail\":\"only 3 are\",\"available\":3}";

fn trade() -> Request {
    Request::post("/api/trades", &serde_json::json!({"a": 1}), "key-1".to_owned())
}

#[tokio::test]
async fn a_busy_server_and_a_broken_connection_are_retried_with_the_same_key() {
    let (client, seen) = scripted(&[BUSY, "", CREATED]);
    let answer = client.accepted(&trade()).await.unwrap();
    assert_eq!(answer.status, StatusCode::CREATED);
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|sent| sent == &seen[0] && sent.contains("idempotency-key: key-1")));
    assert!(seen[0].contains("authorization: Bearer k"));
}

#[tokio::test]
async fn a_refusal_stands_and_its_detail_is_shown() {
    let (client, seen) = scripted(&[REFUSED]);
    let error = client.accepted(&trade()).await.unwrap_err();
    assert!(error.to_string().contains("409 insufficient_stock: only 3 are"), "{error}");
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_not_repeatable_is_sent_once() {
    let (client, seen) = scripted(&[BUSY, CREATED]);
    let request = Request { repeatable: false, ..trade() };
    assert_eq!(client.send(&request).await.unwrap().status, 503);
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[test]
fn addresses_are_checked_in_words() {
    for (url, word) in [
        ("https://itn.example", "proxy that ends TLS"),
        ("ftp://itn.example", "begin with http://"),
        ("localhost:8080", "begin with http://"),
        ("http://localhost:8080/api", "end after the port"),
    ] {
        let error = checked_base(url).unwrap_err().to_string();
        assert!(error.contains(word), "{url}: {error}");
    }
    assert_eq!(checked_base("http://[::1]:80/").unwrap(), "http://[::1]:80");
}
