//! `itn completions` and `itn man`: the command line's description, for a shell and for `man`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Command, CommandFactory};
use clap_complete::Shell;

use crate::commands::fail;
use crate::console;

/// Write what a shell needs to complete `itn`, to standard output
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Write the manual: one page to standard output, or with --out a page for every command
#[derive(Debug, clap::Args)]
pub(crate) struct Manual {
    /// The folder that the pages are written to; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Completions {
    pub(crate) fn run(&self) -> ExitCode {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command(), "itn", &mut script);
        written(console::results().write_all(&script))
    }
}

impl Manual {
    pub(crate) fn run(&self) -> ExitCode {
        if let Some(folder) = &self.out {
            return written(pages(folder));
        }
        let mut page = Vec::new();
        let rendered = clap_mangen::Man::new(command()).render(&mut page);
        written(rendered.and_then(|()| console::results().write_all(&page)))
    }
}

fn pages(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command(), folder)
}

/// Nothing of this machine is in it: what a variable is set to is nobody else's.
fn command() -> Command {
    fn hidden(command: Command) -> Command {
        command.mut_args(|arg| arg.hide_env_values(true)).mut_subcommands(hidden)
    }
    hidden(crate::Arguments::command())
}

/// Whoever reads may have had enough.
fn written(result: io::Result<()>) -> ExitCode {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => fail(&error),
        _ => ExitCode::SUCCESS,
    }
}
