//! `itn`: the economy of a network of planets and stations, in one program.
//!
//! Reads the settings and hands over; each command lives in its own module.

mod backup;
mod client;
mod commands;
mod console;
mod doctor;
mod export;
mod galaxy;
mod import;
mod logs;
mod names;
mod observe;
mod progress;
mod random;
mod server;
mod settings;
mod simulate;
mod story;
mod watch;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::logs::LogFormat;
use crate::settings::Settings;

/// Runs the economy of a network of planets and stations
#[derive(Debug, Parser)]
#[command(version, subcommand_required = true, arg_required_else_help = true)]
struct Arguments {
    /// What is logged to standard error: error, warn, info, debug, or per module
    #[arg(long, env = "ITN_LOG", default_value = "info", global = true, value_name = "FILTER",
          value_parser = filter)]
    log: String,
    /// How lines of the log look
    #[arg(
        long,
        env = "ITN_LOG_FORMAT",
        default_value = "readable",
        global = true,
        value_name = "FORMAT"
    )]
    log_format: LogFormat,
    /// A file of settings: TOML, each by the name of its flag; flags and the environment win over it
    #[arg(long = "config", env = "ITN_CONFIG", global = true, value_name = "FILE")]
    _config: Option<std::path::PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(Box<commands::serve::Serve>),
    Demo(commands::demo::Demo),
    /// Drive any server with traders and ships, as the demo's
    Simulate(simulate::SimulateOptions),
    /// Bring other people's records into a running server
    #[command(subcommand)]
    Import(import::ImportCommand),
    Export(Box<export::ExportOptions>),
    Watch(Box<watch::WatchOptions>),
    /// The API keys of a running server: create, list, rotate, revoke
    #[command(subcommand)]
    Key(commands::key::KeyCommand),
    Backup(commands::backup::Backup),
    Restore(commands::restore::Restore),
    Verify(commands::verify::Verify),
    Migrate(commands::migrate::Migrate),
    Config(Box<commands::config::Config>),
    Doctor(commands::doctor::Doctor),
    Completions(commands::completions::Completions),
    #[command(name = "man")]
    Manual(commands::completions::Manual),
    Health(commands::health::Health),
}

fn main() -> ExitCode {
    // Before anything reads the environment, and before there is a second thread.
    let read = Settings::read().and_then(|settings| {
        let command = settings.below(Arguments::command())?;
        Ok((settings, command))
    });
    let (settings, mut command) = match read {
        Ok(read) => read,
        Err(error) => {
            console::note(&format!("itn: {error}"));
            return ExitCode::from(2);
        }
    };
    let matches = command.get_matches_mut();
    if let Some(("config", matches)) = matches.subcommand()
        && let Some(command) = command.find_subcommand("config")
    {
        return commands::config::run(&settings, command, matches);
    }
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let _logs = match logs::begin(&arguments.log, arguments.log_format) {
        Ok(logs) => logs,
        Err(error) => return commands::fail(&error),
    };
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(run(arguments.command)),
        Err(error) => commands::fail(&error),
    }
}

async fn run(command: Command) -> ExitCode {
    match command {
        Command::Serve(serve) => serve.run().await,
        Command::Demo(demo) => demo.run().await,
        Command::Simulate(options) => commands::simulate::run(options).await,
        Command::Import(command) => commands::import::run(command).await,
        Command::Export(options) => commands::export::run(&options).await,
        Command::Watch(options) => commands::watch::run(&options).await,
        Command::Key(command) => commands::key::run(command).await,
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Verify(verify) => verify.run(),
        Command::Migrate(migrate) => migrate.run(),
        Command::Doctor(doctor) => doctor.run().await,
        Command::Completions(completions) => completions.run(),
        Command::Manual(manual) => manual.run(),
        // Answered before: by what was read, not by what it came to.
        Command::Config(_) => ExitCode::SUCCESS,
        Command::Health(health) => health.run().await,
    }
}

fn filter(text: &str) -> Result<String, String> {
    let wrong = |error| format!("{error}; such as info, or warn,engine=debug");
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(wrong)
}
