//! `itn health`: whether the server here is ready, for the health checks of containers, which have
//! neither a shell nor curl.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::commands::{address, fail};
use crate::console;

/// How long the answer may take: below what container engines give a check.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// The answer's head and a few words.
const ANSWER_BYTES_MAX: u64 = 16 * 1024;

/// Ask the server that listens here whether it is ready; fails if it is not
#[derive(Debug, clap::Args)]
pub(crate) struct Health {
    /// Where it listens; of all addresses, the loopback one is asked
    #[arg(long, env = "ITN_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR",
          value_parser = address)]
    listen: SocketAddr,
}

impl Health {
    pub(crate) async fn run(self) -> ExitCode {
        let address = reachable(self.listen);
        let answer = tokio::time::timeout(WAIT_MAX, ask(address)).await;
        let answer = answer.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        match answer {
            Ok(answer) if answer.is_ready() => {
                console::say("ready");
                ExitCode::SUCCESS
            }
            Ok(answer) => {
                console::note(&format!("itn: {address} is not ready: {}", answer.words()));
                ExitCode::FAILURE
            }
            Err(error) => fail(&io::Error::new(error.kind(), format!("{address}: {error}"))),
        }
    }
}

/// Whoever listens on all addresses is reached by loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// What a server says, head and body.
struct Answer(String);

impl Answer {
    fn is_ready(&self) -> bool {
        let mut words = self.0.split(' ');
        words.next().is_some_and(|version| version.starts_with("HTTP/1."))
            && words.next() == Some("200")
    }

    /// Its body, else its first line.
    fn words(&self) -> &str {
        let body = self.0.split_once("\r\n\r\n").map(|(_, body)| body.trim());
        let line = self.0.lines().next().unwrap_or("it says nothing");
        body.filter(|body| !body.is_empty()).unwrap_or(line)
    }
}

async fn ask(address: SocketAddr) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await?;
    Ok(Answer(String::from_utf8_lossy(&answer).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_are_reached_by_loopback() {
        for (listen, reached) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:1", "[::1]:1"),
            ("10.0.0.7:8080", "10.0.0.7:8080"),
        ] {
            assert_eq!(reachable(listen.parse().unwrap()), reached.parse().unwrap());
        }
    }

    #[test]
    fn only_200_is_ready() {
        let answer = |text: &str| Answer(text.to_owned());
        assert!(answer("HTTP/1.1 200 OK\r\n\r\n{}").is_ready());
        for other in
            ["HTTP/1.1 503 Service Unavailable\r\n\r\n{\"status\":\"recovering\"}", "200", ""]
        {
            assert!(!answer(other).is_ready(), "{other}");
        }
        let starting =
            answer("HTTP/1.1 503 Service Unavailable\r\n\r\n{\"status\":\"recovering\"}\n");
        assert_eq!(starting.words(), "{\"status\":\"recovering\"}");
        assert_eq!(answer("").words(), "it says nothing");
    }
}
