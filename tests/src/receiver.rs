//! A receiver of webhooks that behaves as receivers do: well, badly, or not at all.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// How long a connection may be silent before its thread ends.
const SILENCE: Duration = Duration::from_mins(1);

/// What a receiver does with a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// Answers with this status.
    Status(u16),
    /// Sends it elsewhere.
    Redirect(String),
    /// Accepts it, with a body of this many bytes.
    Talkative(usize),
    /// Accepts it, announces a body, and never sends that.
    Drawling,
    /// Closes the connection without an answer.
    HangUp,
    /// Answers with what is no HTTP.
    Babble,
    /// Never answers.
    Silence,
}

/// A delivery that came in.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The header fields, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Whether it was answered with a 2xx.
    pub accepted: bool,
}

type React = Box<dyn FnMut(&Delivery) -> Reaction + Send>;

/// A receiver on a free port of this machine. It listens until the test's process ends.
#[derive(Clone)]
pub struct Receiver {
    address: SocketAddr,
    got: Arc<Mutex<Vec<Delivery>>>,
    react: Arc<Mutex<React>>,
}

impl Receiver {
    /// One that does this with each delivery.
    pub fn start(react: impl FnMut(&Delivery) -> Reaction + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self {
            address: listener.local_addr().unwrap(),
            got: Arc::default(),
            react: Arc::new(Mutex::new(Box::new(react))),
        };
        let serving = receiver.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = serving.clone();
                // Whoever was killed in the midst of a request has hung up.
                thread::spawn(move || drop(serving.serve(stream)));
            }
        });
        receiver
    }

    /// Where deliveries go.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Changes its ways.
    pub fn reacts(&self, react: impl FnMut(&Delivery) -> Reaction + Send + 'static) {
        *self.react.lock().unwrap() = Box::new(react);
    }

    /// All that came in so far.
    pub fn got(&self) -> Vec<Delivery> {
        self.got.lock().unwrap().clone()
    }

    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(SILENCE))?;
        let mut bytes = Vec::new();
        while let Some(mut delivery) = next(&mut stream, &mut bytes)? {
            let reaction = (self.react.lock().unwrap())(&delivery);
            delivery.accepted = match reaction {
                Reaction::Status(status) => (200..300).contains(&status),
                Reaction::Talkative(_) | Reaction::Drawling => true,
                _ => false,
            };
            // Noted before it is answered: what comes after the answer stands behind it.
            self.got.lock().unwrap().push(delivery);
            match reaction {
                Reaction::Status(status) => {
                    write!(stream, "HTTP/1.1 {status} So\r\ncontent-length: 2\r\n\r\nok")?;
                }
                Reaction::Redirect(to) => {
                    let head = "HTTP/1.1 307 Elsewhere\r\ncontent-length: 0";
                    write!(stream, "{head}\r\nlocation: {to}\r\n\r\n")?;
                }
                Reaction::Talkative(length) => {
                    write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n")?;
                    stream.write_all(&vec![b'x'; length])?;
                }
                Reaction::Drawling => {
                    write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n")?;
                }
                Reaction::HangUp => return Ok(()),
                Reaction::Babble => return write!(stream, "what?\r\n\r\n"),
                Reaction::Silence => {}
            }
        }
        Ok(())
    }
}

impl Delivery {
    /// A header field; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// The body as an event.
    #[track_caller]
    pub fn event(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The event's place in the sequence.
    #[track_caller]
    pub fn sequence(&self) -> u64 {
        self.event()["sequence"].as_str().unwrap().parse().unwrap()
    }
}

/// The next request on the connection; `None` at its end.
fn next(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<Option<Delivery>> {
    loop {
        let mut fields = [httparse::EMPTY_HEADER; 32];
        let mut request = httparse::Request::new(&mut fields);
        if let Ok(httparse::Status::Complete(head)) = request.parse(bytes) {
            let text = |field: &httparse::Header<'_>| {
                let value = String::from_utf8_lossy(field.value).into_owned();
                (field.name.to_ascii_lowercase(), value)
            };
            let headers: Vec<_> = request.headers.iter().map(text).collect();
            let mut delivery = Delivery { headers, body: Vec::new(), accepted: false };
            let length: usize = delivery.header("content-length").parse().unwrap_or(0);
            if bytes.len() >= head + length {
                delivery.body = bytes[head..head + length].to_vec();
                bytes.drain(..head + length);
                return Ok(Some(delivery));
            }
        }
        let mut chunk = [0; 16 * 1024];
        match stream.read(&mut chunk)? {
            0 => return Ok(None),
            count => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}
