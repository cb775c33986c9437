//! `itn restore`: a data folder from a backup.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::backup;
use crate::commands::fail;
use crate::console::{self, counted, grouped};

/// Make a data folder of a backup, checking all of it
#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    /// The folder that holds the backup
    #[arg(long, env = "ITN_BACKUP", value_name = "DIR")]
    from: PathBuf,
    /// The data folder to be made: empty, or not there. Never taken from the environment, so that a
    /// restore goes where it is told
    #[arg(long = "data", value_name = "DIR")]
    to: PathBuf,
}

impl Restore {
    pub(crate) fn run(&self) -> ExitCode {
        let (restored, webhook_count) = match backup::restore(&self.from, &self.to) {
            Ok(done) => done,
            Err(error) => return fail(&error),
        };
        console::say(&format!("journal {:032x}", restored.journal.0));
        console::say(&format!("sequence {}", restored.last));
        console::say(&format!("chain hash {}", blake3::Hash::from_bytes(restored.chain)));
        let webhooks = counted(webhook_count as u64, "webhook", "webhooks");
        console::say(&format!("size {} bytes; {webhooks}", grouped(restored.bytes)));
        console::say("ok");
        ExitCode::SUCCESS
    }
}
