//! `itn`: the economy of a network of planets and stations, in one program.
//!
//! Reads the settings and hands over; each command lives in its own module.

mod client;
mod commands;
mod console;
mod export;
mod galaxy;
mod import;
mod names;
mod progress;
mod random;
mod server;
mod simulate;
mod story;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// Runs the economy of a network of planets and stations
#[derive(Debug, Parser)]
#[command(version, subcommand_required = true, arg_required_else_help = true)]
struct Arguments {
    /// What is logged to standard error: error, warn, info, debug, or per module
    #[arg(long, env = "ITN_LOG", default_value = "info", global = true, value_name = "FILTER",
          value_parser = filter)]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(commands::serve::Serve),
    Demo(commands::demo::Demo),
    Simulate(simulate::SimulateOptions),
    /// Bring other people's records into a running server
    #[command(subcommand)]
    Import(import::ImportCommand),
    Export(Box<export::ExportOptions>),
    Watch(Box<watch::WatchOptions>),
    Verify(commands::verify::Verify),
    Migrate(commands::migrate::Migrate),
    Health(commands::health::Health),
}

fn main() -> ExitCode {
    // Before anything reads the environment, and before there is a second thread.
    if let Err(error) = dotenvy::dotenv()
        && !error.not_found()
    {
        console::note(&format!("itn: .env: {error}"));
        return ExitCode::from(2);
    }
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(EnvFilter::new(&arguments.log))
        .with_ansi(console::is_watched())
        .with_target(false)
        .init();
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
        Command::Verify(verify) => verify.run(),
        Command::Migrate(migrate) => migrate.run(),
        Command::Health(health) => health.run().await,
    }
}

fn filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}
