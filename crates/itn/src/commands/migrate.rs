//! `itn migrate`: brings a data folder to this program's format. `serve` does the same at its start.

use std::process::ExitCode;

use crate::commands::{DataFolder, fail};
use crate::console;

/// Bring a data folder to the format of this program
#[derive(Debug, clap::Args)]
pub(crate) struct Migrate {
    #[command(flatten)]
    data: DataFolder,
}

impl Migrate {
    pub(crate) fn run(&self) -> ExitCode {
        let folder = match self.data.with_journal() {
            Ok(folder) => folder,
            Err(code) => return code,
        };
        let applied = match journal::migrate(folder) {
            Ok(applied) => applied,
            Err(error) => return fail(&error),
        };
        if applied.is_empty() {
            console::say("nothing to do: the journal has the current format");
        }
        for migration in &applied {
            console::say(&format!("applied {}: {}", migration.number, migration.name));
        }
        ExitCode::SUCCESS
    }
}
