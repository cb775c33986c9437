//! What the binary does, a file each.

pub(crate) mod backup;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod export;
pub(crate) mod health;
pub(crate) mod import;
pub(crate) mod key;
pub(crate) mod migrate;
pub(crate) mod restore;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod verify;
pub(crate) mod watch;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::{console, logs};

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
        let folder = self.path.display();
        console::note(&if self.path.join("journal.backup").is_file() {
            format!("itn: {folder} is a backup: restore it first (`itn restore --from {folder}`)")
        } else {
            format!("itn: there is no journal in {folder}")
        });
        Err(ExitCode::FAILURE)
    }
}

/// Reads a whole number within these bounds, and says which they are if it is none.
pub(crate) fn whole<T: TryFrom<u64>>(
    min: u64,
    max: u64,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.parse().ok().filter(|number| (min..=max).contains(number));
        let number = number.and_then(|number: u64| T::try_from(number).ok());
        number.ok_or_else(|| match max {
            u64::MAX => format!("a whole number, {min} or more"),
            _ => format!("a whole number from {min} to {max}"),
        })
    }
}

/// Reads where to listen.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    let wrong = |_| "an address and a port, such as 127.0.0.1:8080 or [::1]:0".to_owned();
    text.parse().map_err(wrong)
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
    logs::say(&text);
    ExitCode::FAILURE
}
