//! What a machine is like for a server, told before one is trusted to it.
//!
//! Looks and measures, and changes nothing: the one file it writes is gone when it is done.

mod disk;
mod machine;

use std::path::{Path, PathBuf};

use gateway::{Algorithm, KeysFrom};

/// What a server would be started with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) data: &'a Path,
    pub(crate) connections: u64,
    pub(crate) free_bytes_min: u64,
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// As it should be.
    Well,
    /// It cannot be told here.
    Unknown,
    /// A server runs, and something is to be known about it.
    Warning,
    /// A server does not run, or breaks its promises.
    Wrong,
}

impl Level {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Well => "ok",
            Self::Unknown => "unknown",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
        }
    }
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) check: &'static str,
    pub(crate) level: Level,
    pub(crate) found: String,
    /// What to change, where something is to be.
    pub(crate) advice: Option<String>,
}

impl Finding {
    fn well(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, level: Level::Well, found: found.into(), advice: None }
    }

    fn of(
        check: &'static str,
        level: Level,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { check, level, found: found.into(), advice: Some(advice.into()) }
    }
}

/// All that can be told of this machine.
pub(crate) fn examine(wanted: &Wanted<'_>) -> Vec<Finding> {
    let folder = existing(wanted.data);
    let clock = machine::Clocks::read();
    let mut findings = vec![
        disk::folder(wanted.data, &folder),
        disk::file_system(&folder),
        disk::holder(wanted.data),
        disk::schema(wanted.data),
        disk::sync_speed(&folder),
        disk::space(&folder, wanted.free_bytes_min),
    ];
    findings.push(machine::clock_steps(&clock));
    findings.push(machine::clock_source());
    findings.push(machine::descriptors(wanted.connections));
    findings.push(machine::memory());
    findings.push(machine::backlog());
    findings
}

/// Whether the keys can be had that tokens are verified with.
pub(crate) async fn issuer_keys(keys: &KeysFrom, algorithm: Algorithm) -> Finding {
    match gateway::count_issuer_keys(keys, algorithm).await {
        Ok(count) => Finding::well("issuer keys", format!("{count} at {keys}")),
        Err(reason) => {
            let advice = "no token is taken until they are there; API keys are";
            Finding::of("issuer keys", Level::Warning, format!("{keys}: {reason}"), advice)
        }
    }
}

/// The folder, or the nearest one above it that is there.
fn existing(data: &Path) -> PathBuf {
    let absolute = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    let there = absolute.ancestors().find(|path| path.is_dir());
    there.map_or(absolute.clone(), Path::to_owned)
}
