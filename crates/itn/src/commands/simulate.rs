//! `itn simulate`: traders and ships on any server, until the time is over or ctrl-c.

use std::process::ExitCode;

use tokio::sync::watch;

use crate::commands::{fail, serve::told_to_stop};
use crate::console;
use crate::simulate::{SimulateOptions, Simulation};

pub(crate) async fn run(options: SimulateOptions) -> ExitCode {
    let told = match told_to_stop() {
        Ok(told) => told,
        Err(error) => return fail(&error),
    };
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        told.await;
        stop.send_replace(true);
    });
    let last_words = async { Simulation::prepare(options).await?.run(stopped, None).await };
    match last_words.await {
        Ok(last_words) => {
            console::say(&last_words);
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}
