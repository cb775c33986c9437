//! A client of the HTTP interface that keeps one connection and never sends anything twice.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;

use crate::wire::{Body, Connection, Head};

/// How long any one answer may take; generous, as the tests share two cores with others.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// One client with one connection, opened when needed.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    key: Option<String>,
    connection: Option<Connection>,
    patience: Duration,
}

/// What is asked: the method, the path, and what makes this request differ from a plain one.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Further header fields.
    pub headers: Vec<(String, String)>,
    /// The body, empty for none.
    pub body: Vec<u8>,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Response {
    /// Status and header fields.
    pub head: Head,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without a body.
    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.into(), path: path.into(), ..Self::default() }
    }

    /// A request with a JSON body.
    pub fn json(method: &str, path: &str, body: &Value) -> Self {
        Self::new(method, path)
            .header("content-type", "application/json")
            .body(body.to_string().into_bytes())
    }

    /// A bulk request: one JSON document a line.
    pub fn lines(path: &str, lines: &[Value]) -> Self {
        let mut body = Vec::new();
        for line in lines {
            body.extend_from_slice(line.to_string().as_bytes());
            body.push(b'\n');
        }
        Self::new("POST", path).header("content-type", "application/x-ndjson").body(body)
    }

    /// The same with one more header field.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same with an idempotency key.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// The same with this body.
    #[must_use]
    pub fn body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// The bytes of the request's head, ready to be sent.
    pub fn head(&self, address: SocketAddr, key: Option<&str>) -> String {
        let mut fields = vec![("host".to_owned(), address.to_string())];
        fields.extend(key.map(|key| ("authorization".to_owned(), format!("Bearer {key}"))));
        fields.extend_from_slice(&self.headers);
        let has_body = !self.body.is_empty() || matches!(self.method.as_str(), "POST" | "PUT");
        if has_body {
            fields.push(("content-length".to_owned(), self.body.len().to_string()));
        }
        let fields: Vec<String> =
            fields.into_iter().map(|(name, value)| name + ": " + &value).collect();
        format!("{} {} HTTP/1.1\r\n{}\r\n\r\n", self.method, self.path, fields.join("\r\n"))
    }
}

impl Response {
    /// The status code.
    pub fn status(&self) -> u16 {
        self.head.status
    }

    /// The value of a header field (name in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.header(name)
    }

    /// The body as text, for messages.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {} {}", self.status(), self.text()))
    }

    /// The body as one JSON document a line.
    #[track_caller]
    pub fn json_lines(&self) -> Vec<Value> {
        let parse =
            |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        self.text().lines().map(parse).collect()
    }

    /// The stable code of a problem; empty where there is none.
    pub fn code(&self) -> String {
        let parsed: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        parsed["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The same answer, or a panic that shows it if its status is another.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "the status alone is often all there is")]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status(), status, "{}", self.text());
        self
    }
}

impl Client {
    /// A client of the server at this address, with this key.
    pub fn new(address: SocketAddr, key: Option<&str>) -> Self {
        Self { address, key: key.map(Into::into), connection: None, patience: PATIENCE }
    }

    /// Bounds each answer.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// `GET`; panics if there is no answer.
    #[track_caller]
    pub fn get(&mut self, path: &str) -> Response {
        self.send(&Request::new("GET", path))
    }

    /// `PUT` with a JSON body; panics if there is no answer.
    #[track_caller]
    pub fn put(&mut self, path: &str, body: &Value) -> Response {
        self.send(&Request::json("PUT", path, body))
    }

    /// `POST` with a JSON body; panics if there is no answer.
    #[track_caller]
    pub fn post(&mut self, path: &str, body: &Value) -> Response {
        self.send(&Request::json("POST", path, body))
    }

    /// `PATCH` with a JSON body; panics if there is no answer.
    #[track_caller]
    pub fn patch(&mut self, path: &str, body: &Value) -> Response {
        self.send(&Request::json("PATCH", path, body))
    }

    /// Sends a request and panics if there is no answer.
    #[track_caller]
    pub fn send(&mut self, request: &Request) -> Response {
        match self.try_send(request) {
            Ok(response) => response,
            Err(error) => panic!("{} {}: no answer: {error}", request.method, request.path),
        }
    }

    /// Sends a request once. An error means that the outcome is not known.
    pub fn try_send(&mut self, request: &Request) -> io::Result<Response> {
        let (response, end) = self.try_send_partial(request)?;
        end.map(|()| response)
    }

    /// As [`Self::try_send`], but what was read of an answer that broke off is kept: the lines of a
    /// bulk answer are promises, each by itself.
    pub fn try_send_partial(
        &mut self,
        request: &Request,
    ) -> io::Result<(Response, io::Result<()>)> {
        let mut connection = match self.connection.take().filter(|kept| !kept.is_stale()) {
            Some(kept) => kept,
            None => Connection::open(self.address, self.patience)?,
        };
        let mut bytes = request.head(self.address, self.key.as_deref()).into_bytes();
        bytes.extend_from_slice(&request.body);
        connection.send(&bytes)?;
        let head = connection.read_head()?;
        let mut rest = head.body();
        let mut body = Vec::new();
        while rest != Body::Done {
            if let Err(error) = connection.read_body(&mut rest, &mut body) {
                return Ok((Response { head, body }, Err(error)));
            }
        }
        if head.header("connection").is_none_or(|value| !value.eq_ignore_ascii_case("close")) {
            self.connection = Some(connection);
        }
        Ok((Response { head, body }, Ok(())))
    }
}
