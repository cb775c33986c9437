//! `itn import`: other people's records, into a running server.

use std::process::ExitCode;

use crate::commands::fail;
use crate::console;
use crate::import::{self, ImportCommand};

pub(crate) async fn run(command: ImportCommand) -> ExitCode {
    let ImportCommand::Market(options) = command;
    match import::market(&options).await {
        Ok(report) => {
            console::say(&report.to_string());
            ExitCode::from(u8::from(!report.is_complete()))
        }
        Err(error) => fail(&error),
    }
}
