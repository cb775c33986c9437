//! A Postgres cluster of the run's own, on the same disk, every commit synced.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::economy::{CREDITS, Economy, STOCK};
use crate::failure::{Doing as _, Failure, Outcome};

/// Where Debian and its kin keep the programs of each version.
const PROGRAMS: &str = "/usr/lib/postgresql";
/// Postgres does not run as root.
const USER: &str = "postgres";
const SCHEMA: &str = include_str!("peer/trade.sql");

/// Durable as ours is, over a socket in its folder; with memory for all of its data, and without
/// checkpoints during a turn, which favours Postgres.
const SETTINGS: &str = "
listen_addresses = ''
fsync = on
synchronous_commit = on
full_page_writes = on
max_connections = 100
shared_buffers = 1GB
max_wal_size = 8GB
checkpoint_timeout = 30min
";

/// A running cluster; it is ended when dropped.
#[derive(Debug)]
pub(crate) struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
}

/// Where Postgres is installed, if it is.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir(PROGRAMS).ok()?.flatten().map(|version| version.path().join("bin"));
    versions.filter(|programs| programs.join("initdb").is_file()).max()
}

impl Cluster {
    /// Makes a cluster in a new folder, starts it, and fills it with the economy.
    pub(crate) fn start(programs: PathBuf, folder: &Path, economy: Economy) -> Outcome<Self> {
        fs::create_dir_all(folder).doing("making the cluster's folder")?;
        succeed(Command::new("chown").arg(USER).arg(folder))?;
        let cluster = Self { programs, folder: folder.to_owned() };
        let data = cluster.data();
        let initdb = cluster.programs.join("initdb");
        succeed(as_user(&initdb).args(["-A", "trust", "-E", "UTF8", "-D"]).arg(&data))?;
        let settings = data.join("postgresql.auto.conf");
        let sockets = format!("unix_socket_directories = '{}'\n", folder.display());
        fs::write(&settings, format!("{SETTINGS}{sockets}")).doing("configuring the cluster")?;
        let log = folder.join("log");
        let pg_ctl = cluster.programs.join("pg_ctl");
        succeed(as_user(&pg_ctl).args(["start", "-w", "-D"]).arg(&data).arg("-l").arg(&log))?;
        cluster.run(SCHEMA)?;
        cluster.run(&fill(economy))?;
        Ok(cluster)
    }

    /// How to connect to it.
    pub(crate) fn config(&self) -> String {
        format!("host={} user={USER} dbname=postgres", self.folder.display())
    }

    /// Runs statements; returns what they print.
    pub(crate) fn run(&self, statements: &str) -> Outcome<String> {
        let psql = self.programs.join("psql");
        let mut psql = as_user(&psql);
        psql.args(["-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-h"]);
        let output = succeed(psql.arg(&self.folder).args(["-c", statements]))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let pg_ctl = self.programs.join("pg_ctl");
        // Nothing is to be kept of it: at once, and whatever comes of it.
        let _ = as_user(&pg_ctl).args(["stop", "-m", "immediate", "-D"]).arg(self.data()).output();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The same stock and balances as ours begins with.
fn fill(economy: Economy) -> String {
    let Economy { stations, commodities, traders } = economy;
    format!(
        "INSERT INTO balances SELECT party, {CREDITS} FROM generate_series(0, {}) party;
         INSERT INTO stock
             SELECT s, c, s, {STOCK}
             FROM generate_series(0, {last_station}) s, generate_series(0, {last_commodity}) c;
         INSERT INTO stock
             SELECT s, c, {stations} + (s * 2 + c * 2 / {commodities}) * 7919::bigint % {traders},
                    {STOCK}
             FROM generate_series(0, {last_station}) s, generate_series(0, {last_commodity}) c;
         ANALYZE;",
        stations + traders - 1,
        last_station = stations - 1,
        last_commodity = commodities - 1,
    )
}

/// A command that runs as the user whom Postgres runs as.
fn as_user(program: &Path) -> Command {
    let mut command = Command::new("runuser");
    // A folder that this user may enter.
    command.args(["-u", USER, "--"]).arg(program).current_dir("/");
    command
}

fn succeed(command: &mut Command) -> Outcome<Output> {
    let doing = format!("running {command:?}");
    // `pg_ctl start` leaves a server behind that keeps what it inherited open: not our pipes.
    let output = if doing.contains("\"start\"") {
        let status = command
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status();
        Output { status: status.doing(&doing)?, stdout: Vec::new(), stderr: Vec::new() }
    } else {
        command.output().doing(&doing)?
    };
    if output.status.success() {
        return Ok(output);
    }
    Err(Failure::new(doing, String::from_utf8_lossy(&output.stderr)))
}
