//! How a server is observed, and how it ends.

use std::net::SocketAddr;
use std::time::Duration;

use crate::commands::{address, whole};
use crate::observe::{DRAIN_USUAL, ObserveSettings};

/// The longest that a server may take to end: whoever waits longer forgot it.
const DRAIN_SECONDS_MAX: u64 = 3_600;

/// Flags about logs, metrics and the end.
#[derive(Debug, clap::Args)]
pub(crate) struct Observe {
    /// Milliseconds after which a request is told to the log as slow; 0 for never
    #[arg(long, env = "ITN_LOG_SLOW_MS", default_value_t = 1_000, value_name = "MILLISECONDS",
          value_parser = whole::<u64>(0, u64::MAX))]
    log_slow_ms: u64,
    /// Serve /metrics, /livez and /readyz on this address, too, without asking for a key: whoever
    /// reaches it may read them
    #[arg(long, env = "ITN_METRICS_LISTEN", value_name = "ADDR", value_parser = address)]
    metrics_listen: Option<SocketAddr>,
    /// Seconds that requests under way may take once the server is told to stop
    #[arg(long, env = "ITN_DRAIN_SECONDS", default_value_t = DRAIN_USUAL.as_secs(),
          value_name = "SECONDS",
          value_parser = whole::<u64>(0, DRAIN_SECONDS_MAX))]
    drain_seconds: u64,
    /// Seconds for which a server that is told to stop goes on first, while /readyz says that it is
    /// not ready: as long as a load balancer takes to notice
    #[arg(long, env = "ITN_DRAIN_DELAY", default_value_t = 0, value_name = "SECONDS",
          value_parser = whole::<u64>(0, DRAIN_SECONDS_MAX))]
    drain_delay: u64,
}

impl From<Observe> for ObserveSettings {
    fn from(flags: Observe) -> Self {
        Self {
            slow: (flags.log_slow_ms > 0).then(|| Duration::from_millis(flags.log_slow_ms)),
            metrics_listen: flags.metrics_listen,
            drain: Duration::from_secs(flags.drain_seconds),
            drain_delay: Duration::from_secs(flags.drain_delay),
        }
    }
}
