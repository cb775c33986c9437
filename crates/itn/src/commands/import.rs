//! `itn import`: other people's records, into a running server.

use std::fmt::Display;
use std::process::ExitCode;

use crate::commands::fail;
use crate::console;
use crate::import::{self, ImportCommand, ImportError};

pub(crate) async fn run(command: ImportCommand) -> ExitCode {
    match command {
        ImportCommand::Market(options) => {
            let ended = import::market(&options).await;
            told(ended.map(|report| (report.is_complete(), report)))
        }
        ImportCommand::Fleet(options) => {
            let ended = import::fleet(&options).await;
            told(ended.map(|report| (report.is_complete(), report)))
        }
    }
}

/// Tells what came of it; success is that the server took all that the rows said.
fn told(ended: Result<(bool, impl Display), ImportError>) -> ExitCode {
    match ended {
        Ok((is_complete, report)) => {
            console::say(&report.to_string());
            ExitCode::from(u8::from(!is_complete))
        }
        Err(error) => fail(&error),
    }
}
