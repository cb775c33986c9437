//! What an operator may say about limits: rates, how much at once, how long, from where.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::client_address::Proxies;
use crate::cors::Origin;
use crate::limits::{
    AT_ONCE_OF_KEY_USUAL, AT_ONCE_USUAL, BODY_RATE_USUAL, BODY_READ_USUAL, FAILURES_USUAL,
    HEADER_READ_USUAL, RATE_MAX, STREAM_OPENINGS_USUAL, WRITE_USUAL,
};

/// The limits of a gateway. The default lets whoever has a key do what the machine can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitOptions {
    /// Whom to believe about the address of a client.
    pub proxies: Proxies,
    /// What each key may cost.
    pub key_rate: Option<Quota>,
    /// What each address may cost, an IPv6 network of 64 bits counting as one.
    pub address_rate: Option<Quota>,
    /// What all may cost together.
    pub total_rate: Option<Quota>,
    /// Keys that are none, of each address.
    pub failure_rate: Option<Quota>,
    /// Streams that are opened, of each key, or address where there is none.
    pub stream_rate: Option<Quota>,
    /// Requests at work at a time.
    pub at_once: usize,
    /// Requests of one key at work at a time.
    pub at_once_of_key: usize,
    /// Connections of one address at a time; three quarters of all if not given.
    pub connections_of_address: Option<usize>,
    /// How long a connection may take to send a request's head, and stay without a request.
    pub header_read_timeout: Duration,
    /// How long a request's body may take to arrive.
    pub body_read_timeout: Duration,
    /// Bytes a second that a body must have arrived at, on average, after a grace.
    pub body_rate_min: u32,
    /// How long a response may make no progress because the client does not read.
    pub write_timeout: Duration,
    /// The pages that may read answers from a browser, besides our own.
    pub cors_origins: Vec<Origin>,
}

impl Default for LimitOptions {
    fn default() -> Self {
        Self {
            proxies: Proxies::default(),
            key_rate: None,
            address_rate: None,
            total_rate: None,
            failure_rate: Some(FAILURES_USUAL),
            stream_rate: Some(STREAM_OPENINGS_USUAL),
            at_once: AT_ONCE_USUAL,
            at_once_of_key: AT_ONCE_OF_KEY_USUAL,
            connections_of_address: None,
            header_read_timeout: HEADER_READ_USUAL,
            body_read_timeout: BODY_READ_USUAL,
            body_rate_min: BODY_RATE_USUAL,
            write_timeout: WRITE_USUAL,
            cors_origins: Vec::new(),
        }
    }
}

impl LimitOptions {
    /// Connections of one address, of so many in all.
    pub(crate) fn connections_of_address(&self, connections_max: usize) -> usize {
        self.connections_of_address.unwrap_or((connections_max / 4 * 3).max(1))
    }
}

/// So much a second, and so much at once after a rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// A second, 1 to 1,000,000,000.
    pub(crate) rate: u32,
    /// After a rest, 1 to 1,000,000,000.
    pub(crate) burst: u32,
}

impl Quota {
    /// `None` if either is out of bounds.
    pub const fn new(rate: u32, burst: u32) -> Option<Self> {
        let bounded = rate >= 1 && rate <= RATE_MAX && burst >= 1 && burst <= RATE_MAX;
        if bounded { Some(Self { rate, burst }) } else { None }
    }
}

/// A text that is no quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaError;

impl fmt::Display for QuotaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "must be so many a second, 1 to {RATE_MAX}, and, behind a slash, how many at once \
             after a rest (ten times as many if left out): 100 or 100/2000"
        )
    }
}

impl std::error::Error for QuotaError {}

impl FromStr for Quota {
    type Err = QuotaError;

    fn from_str(text: &str) -> Result<Self, QuotaError> {
        let number = |digits: &str| -> Result<u32, QuotaError> {
            let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| digits.parse().ok()).flatten().ok_or(QuotaError)
        };
        let (rate, burst) = text.split_once('/').unwrap_or((text, ""));
        let rate = number(rate)?;
        let burst = match burst {
            "" if !text.contains('/') => rate.saturating_mul(10).min(RATE_MAX),
            burst => number(burst)?,
        };
        Self::new(rate, burst).ok_or(QuotaError)
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.rate, self.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_a_rate_and_what_may_come_at_once() {
        let read = |text: &str| text.parse::<Quota>().map(|quota| (quota.rate, quota.burst));
        assert_eq!(read("100"), Ok((100, 1_000)));
        assert_eq!(read("100/7"), Ok((100, 7)));
        assert_eq!(read("1000000000"), Ok((1_000_000_000, 1_000_000_000)));
        for bad in ["", "0", "1/0", "-1", "+1", "1/", "/1", "1/2/3", "1000000001", "9999999999"] {
            assert_eq!(read(bad), Err(QuotaError), "{bad}");
        }
        assert_eq!("5/50".parse::<Quota>().unwrap().to_string(), "5/50");
    }
}
