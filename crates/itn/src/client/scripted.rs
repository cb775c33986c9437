//! A tiny scripted server, for tests of what reads from one.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

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
    let client = ServerOptions { url, key: Some("k".into()) }.client().unwrap();
    let wait = Duration::from_millis(1);
    let retry = Retry { attempts_max: 3, wait_first: wait, wait_max: wait, ..Retry::default() };
    (client.with_retry(retry), seen)
}
