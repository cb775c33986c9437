//! One blocking connection for whatever is not measured: filling a network, and reading it back.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use crate::economy::Economy;
use crate::failure::{Doing as _, Failure, Outcome};
use crate::http::AnswerBuffer;
use crate::server::KEY;

/// Longer than anything that is asked for may take.
const TIMEOUT: Duration = Duration::from_mins(2);
/// Lines and bytes of a bulk request that fills a network; the contract allows twice as many.
const SETUP_LINES_MAX: usize = 8_192;
const SETUP_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A keep-alive connection with the administrator's key.
#[derive(Debug)]
pub(crate) struct Client {
    stream: TcpStream,
    answer: AnswerBuffer,
}

impl Client {
    /// Connects.
    pub(crate) fn connect(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).doing("connecting")?;
        stream.set_nodelay(true).doing("connecting")?;
        stream.set_read_timeout(Some(TIMEOUT)).doing("connecting")?;
        Ok(Self { stream, answer: AnswerBuffer::default() })
    }

    /// Sends a request that is already encoded.
    pub(crate) fn send(&mut self, request: &[u8]) -> Outcome<(u16, Vec<u8>)> {
        self.stream.write_all(request).doing("sending")?;
        loop {
            let count = self.stream.read(self.answer.space()).doing("receiving")?;
            if count == 0 {
                return Err(Failure::new("receiving", "the server closed the connection"));
            }
            if let Some((status, body)) = self.answer.filled(count)? {
                let answer = (status, body.to_vec());
                self.answer.clear();
                return Ok(answer);
            }
        }
    }

    /// `GET`, which must succeed.
    pub(crate) fn get(&mut self, path: &str) -> Outcome<Value> {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {KEY}\r\n\r\n");
        let (status, body) = self.send(request.as_bytes())?;
        let doing = format!("GET {path}");
        if status != 200 {
            return Err(Failure::new(
                doing,
                format!("{status} {}", String::from_utf8_lossy(&body)),
            ));
        }
        serde_json::from_slice(&body).doing(&doing)
    }

    /// The last sequence of the network.
    pub(crate) fn sequence(&mut self) -> Outcome<u64> {
        let network = self.get("/api/network")?;
        let sequence = network.get("sequence").and_then(Value::as_u64);
        sequence.ok_or_else(|| Failure::new("GET /api/network", format!("no sequence: {network}")))
    }

    /// Makes all that there is in an economy.
    pub(crate) fn fill(&mut self, economy: Economy) -> Outcome<()> {
        let mut body = String::new();
        let mut lines = 0;
        for line in economy.setup() {
            if lines == SETUP_LINES_MAX || body.len() + line.len() > SETUP_BYTES_MAX {
                self.ingest(&body, lines)?;
                body.clear();
                lines = 0;
            }
            body.push_str(&line);
            lines += 1;
        }
        self.ingest(&body, lines)
    }

    fn ingest(&mut self, body: &str, lines: usize) -> Outcome<()> {
        let head = format!(
            "POST /api/events?results=failures HTTP/1.1\r\nHost: bench\r\n\
             Authorization: Bearer {KEY}\r\nContent-Type: application/x-ndjson\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        let (status, answer) = self.send(&[head.as_bytes(), body.as_bytes()].concat())?;
        match accepted_of(&answer) {
            Some(accepted) if status == 200 && accepted == lines => Ok(()),
            _ => {
                let answer = String::from_utf8_lossy(&answer);
                let start: String = answer.chars().take(600).collect();
                Err(Failure::new("filling the network", format!("{status} {start}")))
            }
        }
    }
}

/// The accepted lines, from the counts at the end of an answer with `results=failures`.
pub(crate) fn accepted_of(answer: &[u8]) -> Option<usize> {
    let last = answer.trim_ascii_end().rsplit(|byte| *byte == b'\n').next()?;
    let counts: Value = serde_json::from_slice(last).ok()?;
    usize::try_from(counts.get("accepted")?.as_u64()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_are_in_the_last_line() {
        let answer = b"{\"line\":2,\"status\":409}\n{\"lines\":9,\"accepted\":8,\"failed\":1}\n";
        assert_eq!(accepted_of(answer), Some(8));
        assert_eq!(accepted_of(b""), None);
    }
}
