//! `itn import`: other people's records, turned into commands of the public API.

use thiserror::Error;

use crate::client::ClientError;

mod fleet;
mod market;
mod ndjson;
mod planned;
mod report;
mod sender;

pub(crate) use fleet::fleet;
pub(crate) use market::market;

/// What can be imported.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ImportCommand {
    /// Market observations: stations, commodities, stock counts, trades and offers
    Market(MarketOptions),
    /// The log of a fleet: stations, vessels, what is in their holds, and shipments
    Fleet(FleetOptions),
}

/// Options of `itn import market`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct MarketOptions {
    /// The stations: CSV with the columns system, station and x, y, z in light-years (`x_ly` …)
    #[arg(long, value_name = "FILE")]
    pub(crate) stations: std::path::PathBuf,
    /// The observations: NDJSON, one price and quantity of one commodity at one station a line
    #[arg(long, value_name = "FILE")]
    pub(crate) observations: std::path::PathBuf,
    #[command(flatten)]
    pub(crate) server: crate::client::ServerOptions,
}

/// Options of `itn import fleet`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct FleetOptions {
    /// Where the ships were: NDJSON, one poll of one ship's route and status a line
    #[arg(long, value_name = "FILE")]
    pub(crate) navigation: std::path::PathBuf,
    /// What they carried: NDJSON, one commodity in one ship's hold a line
    #[arg(long, value_name = "FILE")]
    pub(crate) cargo: std::path::PathBuf,
    #[command(flatten)]
    pub(crate) server: crate::client::ServerOptions,
}

/// Why an import could not be carried to its end. Bad rows and refused lines are no such reason.
#[derive(Debug, Error)]
pub(crate) enum ImportError {
    /// A file cannot be read at all.
    #[error("cannot read {path}: {error}")]
    File { path: std::path::PathBuf, error: std::io::Error },
    /// The stations file is not the table it should be.
    #[error("{path} is not a table of stations: {why}")]
    NotStations { path: std::path::PathBuf, why: String },
    /// The server could not be asked, or refused everything.
    #[error("{error}{}", resume(*.lines_done))]
    Server { error: ClientError, lines_done: u64 },
}

fn resume(lines_done: u64) -> String {
    if lines_done == 0 {
        return String::new();
    }
    format!(
        "\n{lines_done} commands stand; run the same import again to complete it, nothing is done twice"
    )
}
