//! What the binary does, a file each.

pub(crate) mod demo;
pub(crate) mod export;
pub(crate) mod health;
pub(crate) mod import;
pub(crate) mod migrate;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod verify;
pub(crate) mod watch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::console;

/// The folder that a command works on.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct DataFolder {
    /// The folder that holds the journal
    #[arg(long = "data", env = "ITN_DATA", default_value = "./data", value_name = "DIR")]
    pub(crate) path: PathBuf,
}

impl DataFolder {
    /// For commands that work on what is there: a mistyped name must not make a new folder.
    pub(crate) fn with_journal(&self) -> Result<&Path, ExitCode> {
        if self.path.join("journal.db").is_file() {
            return Ok(&self.path);
        }
        console::note(&format!("itn: there is no journal in {}", self.path.display()));
        Err(ExitCode::FAILURE)
    }
}

/// Says what went wrong, cause by cause.
pub(crate) fn fail(error: &dyn std::error::Error) -> ExitCode {
    let mut text = format!("itn: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    console::note(&text);
    ExitCode::FAILURE
}
