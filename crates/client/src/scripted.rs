//! A tiny scripted server: answers each connection once, and keeps what it was sent.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::{Client, ClientOptions, Retry};

/// A client of a server that plays this script, and what the server was sent.
///
/// An answer that is empty is a connection that is closed when the request has come.
pub(crate) fn scripted(script: &[&str]) -> (Client, Arc<Mutex<Vec<String>>>) {
    let script: Vec<String> = script.iter().map(|answer| (*answer).to_owned()).collect();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let seen_by_server = Arc::clone(&seen);
    std::thread::spawn(move || {
        for answer in script {
            let (mut socket, _) = listener.accept().unwrap();
            let text = request(&mut socket);
            seen_by_server.lock().unwrap().push(text);
            socket.write_all(answer.as_bytes()).unwrap();
        }
    });
    let retry = Retry {
        attempts_max: 3,
        wait_first: Duration::from_millis(1),
        wait_max: Duration::from_millis(2),
        time_max: Duration::from_secs(20),
    };
    let options = ClientOptions { key: Some("k".to_owned()), retry, ..ClientOptions::new(url) };
    (Client::new(&options).unwrap(), seen)
}

/// A client of a server that answers each connection with the next of these, the last one again and again,
/// and then says nothing more. The connections are kept open in what is given, too.
pub(crate) fn silent_after(answers: &[&str]) -> (Client, Arc<Mutex<Vec<TcpStream>>>) {
    let answers: Vec<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let held = Arc::new(Mutex::new(Vec::new()));
    let held_by_server = Arc::clone(&held);
    std::thread::spawn(move || {
        for number in 0.. {
            let (mut socket, _) = listener.accept().unwrap();
            request(&mut socket);
            let answer = answers.get(number).or(answers.last()).unwrap();
            socket.write_all(answer.as_bytes()).unwrap();
            held_by_server.lock().unwrap().push(socket);
        }
    });
    (Client::new(&ClientOptions::new(url)).unwrap(), held)
}

/// A whole request: its head, and as much body as it says.
fn request(socket: &mut impl std::io::Read) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text;
            }
        }
        let length = socket.read(&mut buffer).unwrap();
        assert!(length > 0, "the client broke off: {text}");
        bytes.extend_from_slice(&buffer[..length]);
    }
}

/// An answer with its length.
pub(crate) fn answer(head: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}
