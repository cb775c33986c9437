//! `itn-bench`: drives the release server of this repository and prints the figures of its design.
//!
//! Builds nothing and installs nothing: it starts the `itn` binary beside its own on a data folder
//! beside that, so that the figures are those of the disk the repository is on. Every figure stands
//! beside a peer or a physical limit measured in the same run (see README.md).

mod client;
mod clock;
mod cluster;
mod console;
mod disk;
mod economy;
mod failure;
mod http;
mod latencies;
mod load;
mod machine;
mod numbers;
mod peer;
mod process;
mod profile;
mod random;
mod readers;
mod report;
mod rows;
mod server;
mod tally;
mod template;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Outcome;
use crate::rows::{Bench, RowName};

/// Measures the server of this repository against peers and physical limits
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    role: Option<Role>,
    /// Only these rows
    #[arg(long, value_delimiter = ',', value_enum)]
    rows: Vec<RowName>,
    /// A small network and short times: to see that it works, not for figures to be quoted
    #[arg(long)]
    quick: bool,
    /// Writes the table to this file, too: between its marks, or as all of it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Samples the server's stacks with `perf` while rows are measured
    #[arg(long)]
    profile: bool,
    /// Trades of the flat row, which memory and restart come after
    #[arg(long, value_name = "TRADES")]
    flat: Option<u64>,
    /// Trades of the history row
    #[arg(long, value_name = "TRADES")]
    history: Option<u64>,
    /// Readers whose memory is measured
    #[arg(long, value_name = "COUNT")]
    readers: Option<usize>,
    /// Keeps the data folders
    #[arg(long)]
    keep: bool,
}

#[derive(Debug, Subcommand)]
enum Role {
    /// Serves as a peer; started by the benchmark itself
    #[command(hide = true)]
    Peer(peer::PeerArguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match &arguments.role {
        Some(Role::Peer(peer)) => peer::run(peer),
        None => measure(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            console::note(&format!("itn-bench: {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> Outcome<()> {
    let mut bench = Bench::prepare(arguments)?;
    let mut failed = None;
    for name in RowName::all(&arguments.rows) {
        console::note(&format!("--- {name}"));
        match bench.measure(name) {
            Ok(findings) => bench.table.add(&name.to_string(), findings),
            // The rows that are done are worth having: they are printed before it ends.
            Err(failure) => {
                console::note(&format!("{name}: {failure}"));
                bench.table.add(&name.to_string(), rows::failed(name, &failure));
                failed = Some(failure);
            }
        }
    }
    console::say(&bench.table.markdown());
    if let Some(path) = &arguments.out {
        bench.table.write(path)?;
    }
    failed.map_or(Ok(()), Err)
}
