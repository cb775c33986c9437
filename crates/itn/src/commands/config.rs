//! `itn config`: the settings that `itn serve` would start with, and where each comes from.

use std::process::ExitCode;

use clap::{ArgMatches, Command};

use crate::console;
use crate::settings::{self, Settings};

/// Show the settings that `itn serve` would start with, and where each comes from, as a file of
/// settings
#[derive(Debug, clap::Args)]
pub(crate) struct Config {
    #[command(flatten)]
    _serve: super::serve::Serve,
}

/// What was read is all there is to it: `matches` are those of the command `config`.
pub(crate) fn run(settings: &Settings, command: &Command, matches: &ArgMatches) -> ExitCode {
    for line in settings::show(settings, command, matches) {
        console::say(&line);
    }
    ExitCode::SUCCESS
}
