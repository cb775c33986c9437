//! Requests, encoded before the clock starts; only the digits of their idempotency keys change.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use memchr::memmem;

use crate::economy::{Economy, Trade};
use crate::random::Random;
use crate::server::KEY;

/// Digits of an idempotency key behind its letter: more than a run can use up.
const KEY_DIGITS: usize = 12;
/// What stands where a key's digits go.
const PLACEHOLDER: &[u8; KEY_DIGITS] = b"############";

/// Idempotency keys, each handed out once in a run.
#[derive(Debug, Default)]
pub(crate) struct Keys(AtomicU64);

impl Keys {
    fn take(&self, count: usize) -> u64 {
        self.0.fetch_add(count as u64, Ordering::Relaxed)
    }
}

/// A request that can be sent again and again.
#[derive(Debug)]
pub(crate) struct Template {
    bytes: Vec<u8>,
    keys_at: Vec<usize>,
    /// The trades it asks for, one for each key.
    pub(crate) trades: Vec<Trade>,
    /// How often all of it was acknowledged.
    pub(crate) acknowledged: u64,
}

/// Which answer a bulk request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Results {
    /// A line for every line.
    All,
    /// Failures, and a line with the counts.
    Failures,
}

impl Template {
    /// `POST /api/trades`.
    pub(crate) fn single(economy: Economy, trade: Trade) -> Self {
        let body = economy.trade_body(&trade);
        let key = format!("Idempotency-Key: k{}\r\n", String::from_utf8_lossy(PLACEHOLDER));
        Self::new(request("/api/trades", "application/json", &key, &body), vec![trade])
    }

    /// `POST /api/events` with a line for each trade.
    pub(crate) fn bulk(economy: Economy, trades: Vec<Trade>, results: Results) -> Self {
        let mut body = String::new();
        for trade in &trades {
            body.push_str("{\"type\":\"trade\",\"idempotencyKey\":\"k");
            body.push_str(&String::from_utf8_lossy(PLACEHOLDER));
            body.push_str("\",\"data\":");
            body.push_str(&economy.trade_body(trade));
            body.push_str("}\n");
        }
        let path = match results {
            Results::All => "/api/events",
            Results::Failures => "/api/events?results=failures",
        };
        Self::new(request(path, "application/x-ndjson", "", &body), trades)
    }

    /// Random single trades for each of so many connections.
    pub(crate) fn singles(economy: Economy, connections: usize, each: usize) -> Vec<Vec<Self>> {
        let mut random = Random::new(1);
        let mut lane =
            || (0..each).map(|_| Self::single(economy, economy.trade(&mut random))).collect();
        (0..connections).map(|_| lane()).collect()
    }

    /// Random bulk requests of so many lines for each of so many connections.
    pub(crate) fn bulks(
        economy: Economy,
        (connections, each): (usize, usize),
        lines: usize,
        results: Results,
    ) -> Vec<Vec<Self>> {
        let mut random = Random::new(2);
        let mut one = || {
            let trades = (0..lines).map(|_| economy.trade(&mut random)).collect();
            Self::bulk(economy, trades, results)
        };
        (0..connections).map(|_| (0..each).map(|_| one()).collect()).collect()
    }

    fn new(bytes: Vec<u8>, trades: Vec<Trade>) -> Self {
        let keys_at: Vec<usize> = memmem::find_iter(&bytes, PLACEHOLDER).collect();
        assert_eq!(keys_at.len(), trades.len(), "a key for each trade");
        Self { bytes, keys_at, trades, acknowledged: 0 }
    }

    /// Gives it keys that were never used.
    pub(crate) fn renew(&mut self, keys: &Keys) {
        let first = keys.take(self.keys_at.len());
        for (&at, key) in self.keys_at.iter().zip(first..) {
            write_digits(&mut self.bytes, at..at + KEY_DIGITS, key);
        }
    }

    /// As it goes over the wire.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn write_digits(bytes: &mut [u8], at: Range<usize>, mut number: u64) {
    for digit in bytes.get_mut(at).unwrap_or_default().iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
}

fn request(path: &str, media_type: &str, headers: &str, body: &str) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {KEY}\r\n\
         Content-Type: {media_type}\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sending_has_keys_of_its_own() {
        let keys = Keys::default();
        let mut lanes = Template::bulks(Economy::SMALL, (1, 1), 3, Results::All);
        let template = &mut lanes[0][0];
        for round in 0..2 {
            template.renew(&keys);
            let text = String::from_utf8(template.bytes().to_vec()).unwrap();
            let body = text.split_once("\r\n\r\n").unwrap().1;
            let found: Vec<String> = body
                .lines()
                .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
                .map(|line| line["idempotencyKey"].as_str().unwrap().to_owned())
                .collect();
            let expected = (0..3).map(|line| format!("k{:012}", round * 3 + line));
            assert_eq!(found, expected.collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_length_is_that_of_the_body() {
        let mut lanes = Template::singles(Economy::SMALL, 1, 1);
        let template = &mut lanes[0][0];
        template.renew(&Keys::default());
        let text = String::from_utf8(template.bytes().to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())), "{head}");
        assert!(head.contains("Idempotency-Key: k000000000000"), "{head}");
    }
}
