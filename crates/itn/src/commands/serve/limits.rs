//! The flags of `itn serve` that say how much, how long and from where.

use std::str::FromStr;
use std::time::Duration;

use gateway::{LimitOptions, Origin, Proxies, ProxyHeader, Quota};
use live::webhooks::Net;

use crate::commands::whole;

/// Limits; see docs/limits.md.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArguments {
    /// Networks of the proxies in front, such as 10.0.0.0/8, separated by commas: they are believed
    /// when they say who asked them, and nobody else is
    #[arg(long, env = "ITN_TRUSTED_PROXIES", default_value = "", value_name = "NETWORKS",
          value_parser = list::<Net>)]
    trusted_proxies: List<Net>,
    /// The header in which those proxies say so: x-forwarded-for, or forwarded
    #[arg(long, env = "ITN_PROXY_HEADER", default_value = "x-forwarded-for", value_name = "HEADER",
          value_parser = header)]
    proxy_header: ProxyHeader,
    /// What each key may cost a second, and at once after a rest, such as 1000/20000; off: no limit
    #[arg(long, env = "ITN_RATE_PER_KEY", default_value = "off", value_name = "RATE",
          value_parser = quota)]
    rate_per_key: Limit,
    /// What each address may cost a second (of IPv6, each network of 64 bits); off: no limit
    #[arg(long, env = "ITN_RATE_PER_ADDRESS", default_value = "off", value_name = "RATE",
          value_parser = quota)]
    rate_per_address: Limit,
    /// What all together may cost a second; off: no limit
    #[arg(long, env = "ITN_RATE_TOTAL", default_value = "off", value_name = "RATE",
          value_parser = quota)]
    rate_total: Limit,
    /// Wrong keys a second from each address; off: no limit
    #[arg(long, env = "ITN_RATE_WRONG_KEYS", default_value = "100/2000", value_name = "RATE",
          value_parser = quota)]
    rate_wrong_keys: Limit,
    /// Streams that each key opens a second; off: no limit
    #[arg(long, env = "ITN_RATE_STREAMS", default_value = "200/16384", value_name = "RATE",
          value_parser = quota)]
    rate_streams: Limit,
    /// Requests at work at a time
    #[arg(long, env = "ITN_REQUESTS_MAX", default_value_t = 4_096, value_name = "COUNT",
          value_parser = count)]
    requests_max: usize,
    /// Requests of one key at work at a time
    #[arg(long, env = "ITN_REQUESTS_PER_KEY", default_value_t = 2_048, value_name = "COUNT",
          value_parser = count)]
    requests_per_key: usize,
    /// Connections of one address at once, but of trusted proxies; three quarters of all if not given
    #[arg(long, env = "ITN_CONNECTIONS_PER_ADDRESS", value_name = "COUNT", value_parser = count)]
    connections_per_address: Option<usize>,
    /// Seconds that a connection may take to send a request's head, or stay without a request
    #[arg(long, env = "ITN_HEAD_SECONDS", default_value_t = 75, value_name = "SECONDS",
          value_parser = seconds)]
    head_seconds: u64,
    /// Seconds that a body may take to arrive
    #[arg(long, env = "ITN_BODY_SECONDS", default_value_t = 30, value_name = "SECONDS",
          value_parser = seconds)]
    body_seconds: u64,
    /// Bytes a second that a body must come at, after five seconds
    #[arg(long, env = "ITN_BODY_RATE_MIN", default_value_t = 512, value_name = "BYTES",
          value_parser = whole::<u32>(1, u64::from(u32::MAX)))]
    body_rate_min: u32,
    /// Seconds that a client may take without reading any of its answer
    #[arg(long, env = "ITN_WRITE_SECONDS", default_value_t = 30, value_name = "SECONDS",
          value_parser = seconds)]
    write_seconds: u64,
    /// Origins of other sites' pages that may read answers, by a key of theirs, such as
    /// `https://map.example.org`, separated by commas
    #[arg(long, env = "ITN_CORS_ORIGINS", default_value = "", value_name = "ORIGINS",
          value_parser = list::<Origin>)]
    cors_origins: List<Origin>,
}

/// A rate, or none.
#[derive(Debug, Clone, Copy)]
struct Limit(Option<Quota>);

/// Things between commas.
#[derive(Debug, Clone)]
struct List<T>(Vec<T>);

impl LimitArguments {
    /// As the gateway takes them.
    pub(crate) fn options(self) -> LimitOptions {
        let proxies = Proxies { networks: self.trusted_proxies.0, header: self.proxy_header };
        LimitOptions {
            proxies,
            key_rate: self.rate_per_key.0,
            address_rate: self.rate_per_address.0,
            total_rate: self.rate_total.0,
            failure_rate: self.rate_wrong_keys.0,
            stream_rate: self.rate_streams.0,
            at_once: self.requests_max,
            at_once_of_key: self.requests_per_key,
            connections_of_address: self.connections_per_address,
            header_read_timeout: Duration::from_secs(self.head_seconds),
            body_read_timeout: Duration::from_secs(self.body_seconds),
            body_rate_min: self.body_rate_min,
            write_timeout: Duration::from_secs(self.write_seconds),
            cors_origins: self.cors_origins.0,
        }
    }
}

fn header(text: &str) -> Result<ProxyHeader, String> {
    ProxyHeader::try_from(text)
}

fn quota(text: &str) -> Result<Limit, String> {
    if matches!(text, "off") {
        return Ok(Limit(None));
    }
    let quota = text.parse().map_err(|error| format!("{error}, or off"))?;
    Ok(Limit(Some(quota)))
}

fn list<T: FromStr<Err: ToString>>(text: &str) -> Result<List<T>, String> {
    let things = text.split(',').map(str::trim).filter(|thing| !thing.is_empty());
    let read = |thing: &str| {
        thing.parse().map_err(|error: T::Err| format!("{thing}: {}", error.to_string()))
    };
    things.map(read).collect::<Result<_, _>>().map(List)
}

fn count(text: &str) -> Result<usize, String> {
    let count = text.parse::<usize>().ok().filter(|count| (1..=1_000_000).contains(count));
    count.ok_or_else(|| "must be 1 to 1000000".to_owned())
}

fn seconds(text: &str) -> Result<u64, String> {
    let seconds = text.parse::<u64>().ok().filter(|seconds| (1..=3_600).contains(seconds));
    seconds.ok_or_else(|| "must be 1 to 3600".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Program {
        #[command(flatten)]
        limits: LimitArguments,
    }

    #[test]
    fn what_is_not_given_is_what_the_gateway_has() {
        let given = Program::try_parse_from(["itn"]).unwrap();
        assert_eq!(given.limits.options(), LimitOptions::default());
    }

    #[test]
    fn what_cannot_be_is_refused_and_says_what_can() {
        for (flag, bad, said) in [
            ("--rate-per-key", "many", "or off"),
            ("--rate-total", "0", "1 to 1000000000"),
            ("--trusted-proxies", "10.0.0.0/33", "10.0.0.0/8"),
            ("--trusted-proxies", "proxy.example", "must be an address"),
            ("--proxy-header", "via", "x-forwarded-for"),
            ("--cors-origins", "*", "https://map.example.org"),
            ("--requests-max", "0", "1 to 1000000"),
            ("--body-seconds", "0", "1 to 3600"),
        ] {
            let error = Program::try_parse_from(["itn", flag, bad]).unwrap_err().to_string();
            assert!(error.contains(flag) && error.contains(said), "{error}");
        }
    }
}
