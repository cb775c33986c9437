//! `itn watch`: the live stream, until ctrl-c.

use std::process::ExitCode;

use crate::commands::{fail, serve::told_to_stop};
use crate::console;
use crate::watch::{self, WatchOptions};

pub(crate) async fn run(options: &WatchOptions) -> ExitCode {
    let told = match told_to_stop() {
        Ok(told) => told,
        Err(error) => return fail(&error),
    };
    // From a task of its own: a pipe that nobody reads must not keep ctrl-c from ending the program.
    // There is nothing to finish: what was shown is shown.
    tokio::spawn(async move {
        told.await;
        std::process::exit(0);
    });
    // Whoever reads may have had enough, as `head` has, while nothing happens.
    std::thread::spawn(|| {
        console::wait_until_unread();
        std::process::exit(0);
    });
    match watch::watch(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}
