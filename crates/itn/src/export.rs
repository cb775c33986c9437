//! `itn export`: what a server knows, in files that other programs read.
//!
//! Pages come in by the public API, rows go out as they come: what is held is one page. What a list
//! can be filtered by is the server's to say.

use std::fmt;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::client::{ClientError, Filters, NetworkClock, Retry, ServerOptions};
use crate::console::{self, counted, grouped};
use crate::progress::Progress;

mod output;
mod reader;
mod table;
mod writer;

use output::Output;
use reader::{AsOf, Reader};
use writer::Writer;

const EXAMPLES: &str = "\
Examples:
  itn export trades --out trades.csv
  itn export trades --station ceres --from 2200-01-01T00:00:00Z --to 2200-02-01T00:00:00Z
  itn export shipments --status in_transit --format ndjson | jq .shipmentId
  itn export levels --station ceres --by-owner
  itn export events --topic trade,alert --after 4711 --out events.ndjson";

/// What can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum What {
    /// Trades; in CSV a row for each line of each
    Trades,
    /// Shipments without their timelines; in CSV a row for each line of each
    Shipments,
    /// Stock by station and commodity
    Levels,
    /// The events themselves, as live readers get them
    Events,
    /// Alerts
    Alerts,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Comma-separated values (RFC 4180) with a header
    Csv,
    /// The API's items, one a line
    Ndjson,
}

/// Write trades, shipments, stock levels, events or alerts as CSV or NDJSON
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ExportOptions {
    /// What to export
    #[arg(value_enum)]
    what: What,
    #[command(flatten)]
    server: ServerOptions,
    /// How to write it; as the file's name ends if not given, else CSV
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write to this file, which is there whole or not at all; standard output if not given
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// In CSV, put ' before text that a spreadsheet would run as a formula; not to be read back
    #[arg(long)]
    guard_formulas: bool,
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    list_filters: ListFilters,
}

/// What the lists can be filtered by beyond what they share.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Filters of some lists")]
struct ListFilters {
    /// Trades, shipments and alerts of this status
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// With this reference
    #[arg(long, value_name = "TEXT")]
    reference: Option<String>,
    /// Events that this principal caused
    #[arg(long, value_name = "PRINCIPAL")]
    actor: Option<String>,
    /// That happened at this time or after, such as 2200-01-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// That happened before this time
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Shipments from this station
    #[arg(long, value_name = "ID")]
    origin: Option<String>,
    /// Shipments to this station
    #[arg(long, value_name = "ID")]
    destination: Option<String>,
    /// Shipments and stock of this owner
    #[arg(long, value_name = "ID")]
    owner: Option<String>,
    /// Shipments carried by this one
    #[arg(long, value_name = "ID")]
    carrier: Option<String>,
    /// Shipments that are late, or are not
    #[arg(long, value_name = "BOOL")]
    delayed: Option<String>,
    /// Shipments that are stopped, or are not
    #[arg(long, value_name = "BOOL")]
    on_hold: Option<String>,
    /// Alerts that say this
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Levels with at least this much available
    #[arg(long, value_name = "UNITS")]
    min_available: Option<String>,
    /// Levels of each owner instead of their sums
    #[arg(long)]
    by_owner: bool,
    /// Levels as they were at this sequence or time
    #[arg(long, value_name = "WHEN")]
    as_of: Option<String>,
    /// Events behind this position: an event's id or its sequence
    #[arg(long, value_name = "POSITION")]
    after: Option<String>,
}

impl ListFilters {
    fn given(&self) -> impl Iterator<Item = (&'static str, &str)> {
        crate::client::given([
            ("status", &self.status),
            ("reference", &self.reference),
            ("actor", &self.actor),
            ("from", &self.from),
            ("to", &self.to),
            ("origin", &self.origin),
            ("destination", &self.destination),
            ("owner", &self.owner),
            ("carrier", &self.carrier),
            ("delayed", &self.delayed),
            ("onHold", &self.on_hold),
            ("kind", &self.kind),
            ("minAvailable", &self.min_available),
            ("asOf", &self.as_of),
            ("after", &self.after),
        ])
    }
}

impl ExportOptions {
    fn format(&self) -> Format {
        let extension = self.out.as_deref().and_then(Path::extension);
        let is_ndjson = extension.is_some_and(|name| name == "ndjson" || name == "jsonl");
        self.format.unwrap_or(if is_ndjson { Format::Ndjson } else { Format::Csv })
    }

    /// Whether levels are read from each station, as their list does not tell so much.
    fn is_by_station(&self) -> bool {
        let ListFilters { by_owner, as_of, .. } = &self.list_filters;
        self.filters.station.is_some() || *by_owner || as_of.is_some()
    }

    fn parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let by_owner = self.list_filters.by_owner.then_some(("by", "owner"));
        self.filters.given().chain(self.list_filters.given()).chain(by_owner)
    }
}

/// Why an export could not be carried to its end.
#[derive(Debug, Error)]
pub(crate) enum ExportError {
    /// The server could not be asked, or refused.
    #[error(transparent)]
    Server(#[from] ClientError),
    /// An item is not what the API promises.
    #[error("an item is not understood (is it an itn server?): {0}")]
    NotUnderstood(serde_json::Error),
    /// There is more, and the server does not say where.
    #[error("the server's list breaks off: it names a next page and does not link to it")]
    NoLink,
    /// The file cannot be written.
    #[error("cannot write {path}: {error}")]
    File { path: PathBuf, error: std::io::Error },
    /// What is there is no file that another could take the place of.
    #[error("{0} is not a file: leave --out away and send standard output there")]
    NotAFile(PathBuf),
    /// Standard output cannot be written.
    #[error("cannot write to standard output: {0}")]
    Stdout(std::io::Error),
}

impl ExportError {
    /// Whether whoever read standard output has had enough.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Stdout(error) if error.kind() == std::io::ErrorKind::BrokenPipe)
    }
}

/// What was exported.
#[derive(Debug)]
pub(crate) struct Exported {
    what: What,
    items: u64,
    rows: u64,
    /// What the first page had seen, and what the last; none of a network without stations.
    seen: Option<(AsOf, AsOf)>,
}

/// Exports, and returns when the last row is where it belongs.
pub(crate) async fn export(options: &ExportOptions) -> Result<Exported, ExportError> {
    let client = options.server.client()?;
    NetworkClock::read(&client).await?;
    let client = client.with_retry(Retry::LONG);
    let output = Output::open(options.out.as_deref())?;
    let mut writer = Writer::new(output, options.what, options.format(), options.guard_formulas);
    let mut reader = Reader::new(options);
    // Rows and a bar on the same screen would tear each other.
    let is_shown = options.out.is_none() && console::is_terminal();
    let progress = (!is_shown).then(Progress::part);
    let mut seen: Option<(AsOf, AsOf)> = None;
    while let Some(batch) = reader.next(&client).await? {
        for item in &batch.items {
            writer.write(item)?;
        }
        if let Some(progress) = &progress {
            progress.show(options.what.counted(writer.items_count()));
            if let Some((done, total)) = batch.progress {
                progress.of(done, total);
            }
        }
        match &mut seen {
            Some((_, last)) => *last = batch.as_of,
            none => *none = Some((batch.as_of.clone(), batch.as_of)),
        }
    }
    let (items, rows) = writer.finish()?;
    Ok(Exported { what: options.what, items, rows, seen })
}

impl What {
    fn counted(self, count: u64) -> String {
        let (one, many) = match self {
            Self::Trades => ("trade", "trades"),
            Self::Shipments => ("shipment", "shipments"),
            Self::Levels => ("level", "levels"),
            Self::Events => ("event", "events"),
            Self::Alerts => ("alert", "alerts"),
        };
        counted(count, one, many)
    }
}

impl fmt::Display for Exported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exported {}", self.what.counted(self.items))?;
        if self.rows != self.items {
            write!(f, " in {} rows", grouped(self.rows))?;
        }
        let Some((first, last)) = &self.seen else {
            return Ok(());
        };
        write!(f, ", complete up to sequence {} ({})", first.sequence, first.time)?;
        if self.what != What::Events && last.sequence != first.sequence {
            write!(f, ", each as it was when it was read, the last at {}", last.sequence)?;
        }
        Ok(())
    }
}
