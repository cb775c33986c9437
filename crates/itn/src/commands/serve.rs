//! `itn serve`: a server until SIGTERM or ctrl-c.

mod limits;
mod observe;
mod oidc;
mod ops;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use domain::Timestamp;
use domain::limits::SPEED_MAX;
use gateway::Secret;
use live::webhooks::{Addresses, Net, PAUSE_MAX, PAUSES_MAX, Schedule, WebhookOptions};
use tokio::signal::unix::{SignalKind, signal};

use crate::commands::{DataFolder, address, fail, whole};
use crate::server::{Server, ServerOptions};
use crate::{console, logs};

/// Run a server
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    data: DataFolder,
    /// Address and port to listen on; port 0 takes any free one
    #[arg(long, env = "ITN_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR",
          value_parser = address)]
    listen: SocketAddr,
    /// Let anyone read without a key; on a loopback address alone
    #[arg(long, env = "ITN_ANONYMOUS", num_args = 0..=1, default_value_t = false,
          default_missing_value = "true", action = clap::ArgAction::Set)]
    anonymous: bool,
    /// The first administrator's key of a new data folder; random and printed once if not given
    #[arg(long, env = "ITN_ADMIN_KEY", value_name = "KEY", hide_env_values = true,
          value_parser = secret)]
    admin_key: Option<Secret>,
    /// Network time when a new network is created, such as 2200-01-01T00:00:00Z; the clock's if
    /// not given
    #[arg(long, env = "ITN_EPOCH", value_name = "TIME", value_parser = time)]
    epoch: Option<Timestamp>,
    /// Seconds of network time a second of wall time, for a new network
    #[arg(long, env = "ITN_SPEED", default_value_t = 1, value_name = "FACTOR",
          value_parser = whole::<u32>(1, u64::from(SPEED_MAX)))]
    speed: u32,
    /// Bytes of free disk space below which writes are refused and reads go on
    #[arg(long, env = "ITN_FREE_SPACE_MIN", default_value_t = 256 * 1024 * 1024,
          value_name = "BYTES", value_parser = whole::<u64>(0, u64::MAX))]
    free_space_min: u64,
    /// Connections at once
    #[arg(long, env = "ITN_CONNECTIONS_MAX", default_value_t = 16_384, value_name = "COUNT",
          value_parser = whole::<usize>(1, 10_000_000))]
    connections_max: usize,
    /// Networks that webhooks may go to besides public addresses, there also without TLS, such as
    /// 127.0.0.0/8 or 10.1.2.3, separated by commas
    #[arg(long, env = "ITN_WEBHOOK_ALLOW", default_value = "", value_name = "NETWORKS",
          value_parser = addresses)]
    webhook_allow: Addresses,
    /// Seconds before a webhook's second attempt, its third and so on, separated by commas; after
    /// the last one it is disabled. What Standard Webhooks proposes if not given
    #[arg(long, env = "ITN_WEBHOOK_RETRY_SECONDS", value_name = "SECONDS",
          value_parser = schedule)]
    webhook_retry_seconds: Option<Schedule>,
    #[command(flatten)]
    observe: observe::Observe,
    #[command(flatten)]
    limits: limits::LimitArguments,
    #[command(flatten)]
    keeping: ops::Keeping,
    #[command(flatten)]
    oidc: oidc::OidcArguments,
}

impl Serve {
    pub(crate) async fn run(self) -> ExitCode {
        let webhooks = WebhookOptions {
            addresses: self.webhook_allow,
            schedule: self.webhook_retry_seconds.unwrap_or_default(),
            ..WebhookOptions::default()
        };
        let options = ServerOptions {
            data: self.data.path,
            listen: self.listen,
            anonymous: self.anonymous,
            admin_key: self.admin_key,
            epoch: self.epoch,
            speed: self.speed,
            free_bytes_min: self.free_space_min,
            connections_max: self.connections_max,
            retention: self.keeping.retention(),
            webhooks,
            observe: self.observe.into(),
            limits: self.limits.options(),
            oidc: self.oidc.options(),
        };
        // Caught from here on, so that a signal while recovering ends the program as any other.
        let told = match told_to_stop() {
            Ok(told) => told,
            Err(error) => return fail(&error),
        };
        // Recovering blocks its thread, so it has a task of its own; nothing is acknowledged before it
        // is over, so the program may end in the middle of it.
        let starting = tokio::spawn(Server::start(options));
        tokio::pin!(told);
        let server = tokio::select! {
            () = &mut told => {
                logs::flush();
                std::process::exit(0)
            }
            started = starting => match started {
                Ok(Ok(server)) => server,
                Ok(Err(error)) => return fail(&error),
                Err(error) => return fail(&error),
            },
        };
        console::say(&format!("listening on http://{}", server.address));
        if let Some(address) = server.metrics_address {
            console::say(&format!("metrics on http://{address}/metrics"));
        }
        run_until(server, told).await
    }
}

/// Serves until told to stop, or until the engine fails.
pub(crate) async fn run_until(server: Server, told: impl Future<Output = ()>) -> ExitCode {
    let failure = server.failure();
    let failed = tokio::select! {
        () = told => false,
        reason = failure => {
            logs::say(&format!("itn: {reason}"));
            true
        }
    };
    let stopped = if failed {
        server.stop_failed().await
    } else {
        server.leave().await;
        server.stop().await
    };
    match stopped {
        Ok(()) if failed => ExitCode::FAILURE,
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// Completes at SIGTERM or ctrl-c.
pub(crate) fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

fn secret(text: &str) -> Result<Secret, String> {
    Secret::parse(text).ok_or_else(|| Secret::FORM.to_owned())
}

fn addresses(text: &str) -> Result<Addresses, String> {
    let networks = text.split(',').map(str::trim).filter(|network| !network.is_empty());
    let allowed = networks
        .map(|network| network.parse::<Net>().map_err(|error| format!("{network}: {error}")));
    Ok(Addresses { allowed: allowed.collect::<Result<_, _>>()? })
}

fn schedule(text: &str) -> Result<Schedule, String> {
    let pause = |seconds: &str| {
        let pause = seconds.trim().parse().map(Duration::from_secs).ok();
        pause.filter(|pause| *pause <= PAUSE_MAX)
    };
    let pauses: Option<Vec<_>> = text.split(',').map(pause).collect();
    let pauses = pauses.filter(|pauses| pauses.len() <= PAUSES_MAX);
    let wrong = || format!("1 to {PAUSES_MAX} numbers from 0 to {}", PAUSE_MAX.as_secs());
    pauses.map(|pauses| Schedule { pauses }).ok_or_else(wrong)
}

fn time(text: &str) -> Result<Timestamp, String> {
    let wrong = |_| "a time such as 2200-01-01T00:00:00Z".to_owned();
    let time = text.parse::<jiff::Timestamp>().map_err(wrong)?;
    Timestamp::new(time.as_microsecond()).ok_or_else(|| "between the years 1 and 9999".to_owned())
}
