//! The demo, as someone sees it who has just typed the first command of the README; its page is
//! looked at in `page.rs`.

use std::process::Command;
use std::time::{Duration, Instant};

use itn_tests::process;
use itn_tests::stream::Stream;
use itn_tests::{Server, wait};

/// From its start to the first trade and shipment.
const LIFE_LIMIT: Duration = Duration::from_secs(10);

#[test]
fn trades_and_shipments_move_within_ten_seconds() {
    let started = Instant::now();
    let server = Server::demo().start();
    // Anyone may look.
    let mut stream = match Stream::open(server.address(), None, "?after=0", None) {
        Ok(stream) => stream,
        Err(response) => panic!("{}", response.text()),
    };
    let mut wanted = vec!["trade.settled", "shipment.booked", "shipment.departed"];
    while !wanted.is_empty() {
        let left = LIFE_LIMIT.saturating_sub(started.elapsed());
        let event = stream
            .event(left)
            .unwrap_or_else(|error| panic!("{error}: no {wanted:?} in {LIFE_LIMIT:?}"));
        let kind = event.data["type"].as_str().unwrap_or_default();
        wanted.retain(|wanted| *wanted != kind);
    }
    server.stop();
}

#[test]
fn what_it_prints_buys_something() {
    let mut server = Server::demo().start();
    let command = wait::until("a curl to paste", LIFE_LIMIT, || {
        paste(&(server.process().stdout() + &server.process().stderr()))
    });
    let ended = process::run(Command::new("bash").args(["-c", &command]), LIFE_LIMIT);
    assert!(ended.stdout.contains("transactionId"), "{command}\n{}", ended.said());
    assert!(ended.stdout.contains("settled"), "{command}\n{}", ended.said());
}

/// The command that begins with `curl`, with the lines it goes on in.
pub(crate) fn paste(said: &str) -> Option<String> {
    let start = said.lines().position(|line| line.trim_start().starts_with("curl "))?;
    let mut command = String::new();
    for line in said.lines().skip(start) {
        command += line.trim_start();
        command += "\n";
        let quotes = command.matches('\'').count();
        if !line.ends_with('\\') && quotes.is_multiple_of(2) {
            return Some(command);
        }
    }
    None
}
