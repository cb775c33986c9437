//! `itn export`: what a server knows, for other programs.

use std::process::ExitCode;

use crate::commands::{fail, serve::told_to_stop};
use crate::console;
use crate::export::{self, ExportOptions};

pub(crate) async fn run(options: &ExportOptions) -> ExitCode {
    let exported = match &options.out {
        None => export::export(options).await,
        Some(path) => {
            // A file that is not whole must go; one that is not written to needs no such care, and a
            // pipe that nobody reads must not keep ctrl-c from ending the program.
            let told = match told_to_stop() {
                Ok(told) => told,
                Err(error) => return fail(&error),
            };
            tokio::select! {
                exported = export::export(options) => exported,
                () = told => {
                    console::note(&format!("itn: stopped; {} is as it was", path.display()));
                    return ExitCode::FAILURE;
                }
            }
        }
    };
    match exported {
        // On standard error, so that standard output has rows alone.
        Ok(exported) => {
            console::note(&exported.to_string());
            ExitCode::SUCCESS
        }
        // Whoever reads has had enough, as `head` has: that is no failure.
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}
