//! How a server is observed and how it ends; and what its process and machine say of themselves.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, SystemTime};

use gateway::{AskMachine, Machine, ObserveOptions};
use rustix::param::clock_ticks_per_second;
use rustix::process::{Resource, getrlimit};

use crate::logs;

/// How long answers under way may take to be sent once the server is told to stop, if nothing is said.
pub(crate) const DRAIN_USUAL: Duration = Duration::from_secs(8);

/// Files of the data folder that are told of: there are about a dozen.
const FILES_MAX: usize = 64;

/// What an operator may say of it.
#[derive(Debug, Clone)]
pub(crate) struct ObserveSettings {
    /// A request that takes so long is told to the log; none, if not given.
    pub(crate) slow: Option<Duration>,
    /// Where metrics are served to whoever reaches it.
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// How long answers under way may take once the server is told to stop.
    pub(crate) drain: Duration,
    /// How long it goes on before that, saying that it is not ready.
    pub(crate) drain_delay: Duration,
}

impl Default for ObserveSettings {
    fn default() -> Self {
        let slow = ObserveOptions::default().slow;
        Self { slow, metrics_listen: None, drain: DRAIN_USUAL, drain_delay: Duration::ZERO }
    }
}

impl ObserveSettings {
    /// For the gateway of a server with this data folder.
    pub(crate) fn options(&self, data: &Path) -> ObserveOptions {
        let (data, started) = (data.to_owned(), SystemTime::now());
        let started = started.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let machine = AskMachine::new(move || Machine {
            started_at: Some(started.as_secs_f64()),
            ..machine(&data)
        });
        ObserveOptions { slow: self.slow, machine }
    }
}

fn machine(data: &Path) -> Machine {
    let read = |path: &str| fs::read_to_string(path).ok();
    Machine {
        resident_bytes: read("/proc/self/status").as_deref().and_then(resident_bytes),
        cpu_seconds: read("/proc/self/stat").as_deref().and_then(cpu_seconds),
        started_at: None,
        // Itself is one of them, being read.
        open_files: fs::read_dir("/proc/self/fd")
            .ok()
            .map(|files| (files.count() as u64).max(1) - 1),
        open_files_max: getrlimit(Resource::Nofile).current,
        storage: storage(data),
        log_lines_lost: logs::lost_count(),
    }
}

/// `VmRSS` of `proc_pid_status(5)`, which is in KiB.
fn resident_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// `utime` and `stime` of `proc_pid_stat(5)`, which are in ticks.
#[expect(clippy::cast_precision_loss, reason = "ticks since the start are few")]
fn cpu_seconds(stat: &str) -> Option<f64> {
    // The name of the program may have any characters, but ends with the last bracket.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = |at| fields.split_whitespace().nth(at)?.parse::<u64>().ok();
    Some((ticks(11)? + ticks(12)?) as f64 / clock_ticks_per_second() as f64)
}

/// The files of the data folder, and its folders as a whole.
fn storage(data: &Path) -> Vec<(String, u64)> {
    let mut found: Vec<_> = entries(data)
        .take(FILES_MAX)
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let bytes = if is_folder {
                entries(&entry.path()).map(|file| length(&file)).sum()
            } else {
                length(&entry)
            };
            (name, bytes)
        })
        .collect();
    found.sort_unstable();
    found
}

fn entries(folder: &Path) -> impl Iterator<Item = fs::DirEntry> {
    fs::read_dir(folder).into_iter().flatten().flatten()
}

/// A file may be gone a moment after it was listed.
fn length(entry: &fs::DirEntry) -> u64 {
    entry.metadata().map_or(0, |about| about.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_knows_itself() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("journal.db"), [0; 7]).unwrap();
        fs::create_dir(folder.path().join("snapshots")).unwrap();
        fs::write(folder.path().join("snapshots/one"), [0; 3]).unwrap();
        fs::write(folder.path().join("snapshots/two"), [0; 4]).unwrap();
        let machine = machine(folder.path());
        assert!(machine.resident_bytes.is_some_and(|bytes| bytes > 1024 * 1024), "{machine:?}");
        assert!(machine.cpu_seconds.is_some_and(|seconds| seconds < 3_600.0), "{machine:?}");
        assert!(machine.open_files.is_some_and(|files| files >= 3), "{machine:?}");
        let expected = [("journal.db".to_owned(), 7), ("snapshots".to_owned(), 7)];
        assert_eq!(machine.storage, expected);
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "a hundred ticks or so")]
    fn processor_time_is_read_behind_any_name() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 1 0 5 6 7";
        let ticks = clock_ticks_per_second() as f64;
        assert!((cpu_seconds(stat).unwrap() - 200.0 / ticks).abs() < 1e-9);
    }
}
