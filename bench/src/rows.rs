//! The rows of the design's section 9, a file each, and what they share.

mod bulk;
mod flat;
mod history;
mod latency;
mod live;
mod memory;
mod overload;
mod pause;
mod postgres;
mod restart;
mod single;
mod versus;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::Arguments;
use crate::client::Client;
use crate::console;
use crate::economy::Economy;
use crate::failure::{Doing as _, Failure, Outcome};
use crate::machine;
use crate::numbers::{grouped, time};
use crate::report::{Findings, Row, Table};
use crate::server::{self, Server};
use crate::tally::Tally;
use crate::template::Keys;

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowName {
    /// Single trades against the same stack with no ledger.
    Single,
    /// Single trades against a Postgres function.
    Postgres,
    /// Bulk trades.
    Bulk,
    /// Latency at half load against a bare sync.
    Latency,
    /// Ten times as much as it can take.
    Overload,
    /// The longest pause.
    Pause,
    /// The last million against the first.
    Flat,
    /// Memory after these trades.
    Memory,
    /// Restart and replay after these trades.
    Restart,
    /// Live readers.
    Live,
    /// Finding past trades.
    History,
}

/// How large and how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    /// The network.
    pub(crate) economy: Economy,
    /// One side's turn in a comparison.
    pub(crate) turn: Duration,
    /// Turns of each side.
    pub(crate) turns: usize,
    /// A row that is measured once.
    pub(crate) once: Duration,
    /// Trades of the flat row.
    pub(crate) flat_trades: u64,
    /// Trades of one of its windows.
    pub(crate) flat_window: u64,
    /// Trades of the history row.
    pub(crate) history_trades: u64,
    /// Readers whose memory is measured.
    pub(crate) readers: usize,
    /// Readers whose delivery is timed.
    pub(crate) timed_readers: usize,
}

impl Scale {
    const FULL: Self = Self {
        economy: Economy::REFERENCE,
        turn: Duration::from_secs(6),
        turns: 5,
        once: Duration::from_secs(20),
        flat_trades: 5_000_000,
        flat_window: 1_000_000,
        history_trades: 20_000_000,
        readers: 10_000,
        timed_readers: 1_000,
    };
    const QUICK: Self = Self {
        economy: Economy::SMALL,
        turn: Duration::from_secs(2),
        turns: 2,
        once: Duration::from_secs(5),
        flat_trades: 1_000_000,
        flat_window: 250_000,
        history_trades: 1_000_000,
        readers: 1_000,
        timed_readers: 100,
    };
}

/// A run.
#[derive(Debug)]
pub(crate) struct Bench {
    /// How large and how long.
    pub(crate) scale: Scale,
    /// Whether stacks are sampled.
    pub(crate) profile: bool,
    /// What was found so far.
    pub(crate) table: Table,
    /// Keys of all requests of the run.
    pub(crate) keys: Keys,
    /// The most single trades a second that were seen, for the rows that load it by half.
    pub(crate) single_rate: Option<f64>,
    /// The most bulk trades a second that were seen.
    pub(crate) bulk_rate: Option<f64>,
    /// What the flat row left running.
    marathon: Option<Network>,
    folder: Folder,
}

/// A server with a network in it.
#[derive(Debug)]
pub(crate) struct Network {
    /// The server.
    pub(crate) server: Server,
    /// Its data folder.
    pub(crate) data: PathBuf,
    /// What must be in there.
    pub(crate) tally: Tally,
    /// For what is not measured.
    pub(crate) client: Client,
    /// Whether its data folder stays.
    keep: bool,
}

/// The run's folder, removed at its end unless it is to be kept.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.keep {
            console::note(&format!("kept {}", self.path.display()));
        } else {
            // What cannot be removed is in the target folder: `cargo clean` will.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

impl RowName {
    /// Those that are asked for, or all; in the order in which they build on each other.
    pub(crate) fn all(asked: &[Self]) -> Vec<Self> {
        let all = Self::value_variants().iter().copied();
        all.filter(|name| asked.is_empty() || asked.contains(name)).collect()
    }
}

impl fmt::Display for RowName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().as_ref().map_or("", |value| value.get_name()))
    }
}

impl Bench {
    /// Finds the server and says what the machine is.
    pub(crate) fn prepare(arguments: &Arguments) -> Outcome<Self> {
        let binary = server::binary()?;
        let mut scale = if arguments.quick { Scale::QUICK } else { Scale::FULL };
        scale.flat_trades = arguments.flat.unwrap_or(scale.flat_trades).max(2 * scale.flat_window);
        scale.history_trades = arguments.history.unwrap_or(scale.history_trades);
        scale.readers = arguments.readers.unwrap_or(scale.readers);
        let name = format!("itn-bench-{}", std::process::id());
        let folder = Folder { path: binary.with_file_name(name), keep: arguments.keep };
        fs::create_dir_all(&folder.path).doing("making the run's folder")?;
        console::note(&format!("server: {}", binary.display()));
        console::note(&format!("data: {}", folder.path.display()));
        let mut facts = machine::facts(&folder.path, scale.turn)?;
        if arguments.quick {
            facts.push(
                "a quick run on a small network: its figures are not to be quoted".to_owned(),
            );
        }
        if cfg!(debug_assertions) {
            let said = "built without --release: the peers are slow, no ratio is to be quoted";
            facts.push(said.to_owned());
        }
        for fact in &facts {
            console::note(fact);
        }
        Ok(Self {
            scale,
            profile: arguments.profile,
            table: Table::new(facts),
            keys: Keys::default(),
            single_rate: None,
            bulk_rate: None,
            marathon: None,
            folder,
        })
    }

    /// Measures a row.
    pub(crate) fn measure(&mut self, name: RowName) -> Outcome<Findings> {
        // Later rows go on with what the flat row left; any other row needs the machine for itself.
        if !matches!(name, RowName::Flat | RowName::Memory | RowName::Restart) {
            self.marathon = None;
        }
        match name {
            RowName::Single => single::measure(self),
            RowName::Postgres => postgres::measure(self),
            RowName::Bulk => bulk::measure(self),
            RowName::Latency => latency::measure(self),
            RowName::Overload => overload::measure(self),
            RowName::Pause => pause::measure(self),
            RowName::Flat => flat::measure(self),
            RowName::Memory => memory::measure(self),
            RowName::Restart => restart::measure(self),
            RowName::Live => live::measure(self),
            RowName::History => history::measure(self),
        }
    }

    /// The run's folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder.path
    }

    /// Starts a server with the network of this run in it.
    pub(crate) fn network(&self, name: &str) -> Outcome<Network> {
        self.network_with(name, &[])
    }

    /// As [`Self::network`], with more arguments for the server.
    pub(crate) fn network_with(&self, name: &str, arguments: &[&str]) -> Outcome<Network> {
        let data = self.folder().join(name);
        let server = Server::start_with(&data, arguments)?;
        let mut client = Client::connect(server.address)?;
        let began = Instant::now();
        client.fill(self.scale.economy)?;
        let tally = Tally::new(self.scale.economy, &mut client)?;
        console::note(&format!(
            "filled {} stock entries in {}",
            grouped(self.scale.economy.entries().into()),
            time(began.elapsed())
        ));
        Ok(Network { server, data, tally, client, keep: self.folder.keep })
    }
}

impl Network {
    /// Ends the server and removes what it stored, unless it is to be kept.
    pub(crate) fn end(self) -> Outcome<()> {
        self.server.stop()?;
        if self.keep {
            return Ok(());
        }
        fs::remove_dir_all(&self.data).doing("removing a data folder")
    }

    /// A new connection, where the old one may have been closed for being idle.
    pub(crate) fn reconnect(&mut self) -> Outcome<&mut Client> {
        self.client = Client::connect(self.server.address)?;
        Ok(&mut self.client)
    }
}

/// A row that could not be measured.
pub(crate) fn failed(name: RowName, failure: &Failure) -> Findings {
    let mut findings = Findings::row(Row {
        what: name.to_string(),
        measured: "FAILED".to_owned(),
        ..Row::default()
    });
    findings.note(failure.to_string());
    findings
}
