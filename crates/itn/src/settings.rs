//! Settings: flags, over the environment, over `.env`, over a file, over what is built in.
//!
//! Every flag that can be set in the environment, as `ITN_FREE_SPACE_MIN`, can be set in the file by
//! the same name, as `free-space-min`. The command line's own description is all that is known here:
//! a new flag needs nothing but itself. What the file says becomes the flag's default, so that it is
//! read and refused as any other value is.

mod effective;
mod file;

#[cfg(test)]
mod documents;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::{Arg, Command};
use strsim::levenshtein;
use thiserror::Error;

pub(crate) use self::effective::show;
use self::file::Entry;

/// The flag that names the file, and the variable.
const CONFIG: (&str, &str) = ("--config", "ITN_CONFIG");
/// What variables begin with, and settings in the file do not.
const PREFIX: &str = "ITN_";

/// Settings that cannot be read.
#[derive(Debug, Error)]
pub(crate) enum SettingsError {
    /// `.env` is not to be understood.
    #[error(".env: {0}")]
    Environment(dotenvy::Error),
    /// The file is not there, or cannot be read.
    #[error("{file}: {error}")]
    Unreadable {
        /// Which file.
        file: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A line of it is wrong.
    #[error("{file}, line {line}: {reason}")]
    Line {
        /// Which file.
        file: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong, and what would be right.
        reason: String,
    },
}

/// What is below the command line.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// Variables that were there before `.env` was read.
    environment: BTreeSet<OsString>,
    file: Option<PathBuf>,
    entries: Vec<Entry>,
}

impl Settings {
    /// Reads `.env` and the file. Before anything else reads the environment.
    pub(crate) fn read() -> Result<Self, SettingsError> {
        let environment = std::env::vars_os().map(|(name, _)| name).collect();
        match dotenvy::dotenv() {
            Err(error) if !error.not_found() => return Err(SettingsError::Environment(error)),
            _ => {}
        }
        let named = named_file(std::env::args_os().skip(1));
        let file = named.or_else(|| std::env::var_os(CONFIG.1).filter(|name| !name.is_empty()));
        let file = file.map(PathBuf::from);
        let entries = file.as_deref().map(file::read).transpose()?.unwrap_or_default();
        Ok(Self { environment, file, entries })
    }

    /// The command line with the file's values below it. Refuses what no command has, and what a
    /// command would refuse.
    pub(crate) fn below(&self, mut command: Command) -> Result<Command, SettingsError> {
        let file = self.file.as_deref().unwrap_or(Path::new(""));
        let settings = settings(&command, &[]);
        let plain = without_environment(command.clone());
        for entry in &self.entries {
            let wrong = |reason| {
                let (file, line) = (file.to_owned(), entry.line);
                SettingsError::Line { file, line, reason }
            };
            let name = variable(&entry.key);
            let named = |setting: &&Setting| key(&setting.arg).as_ref() == Some(&entry.key);
            let Some(setting) = settings.iter().find(named) else {
                let known = settings.iter().filter_map(|setting| key(&setting.arg)).collect();
                return Err(wrong(unknown(&entry.key, &known)));
            };
            setting.check(&plain, &entry.value).map_err(wrong)?;
            command = with_default(command, name.as_ref(), &entry.value);
        }
        Ok(command)
    }

    /// Whether the file has this setting.
    fn in_file(&self, arg: &Arg) -> bool {
        let key = key(arg);
        key.is_some_and(|key| self.entries.iter().any(|entry| entry.key == key))
    }
}

/// The last one named on the command line. Looked for by hand, for the file must be read before the
/// command line can be.
fn named_file(mut arguments: impl Iterator<Item = OsString>) -> Option<OsString> {
    let mut found = None;
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            break;
        }
        if argument == CONFIG.0 {
            found = arguments.next();
        } else if let Some(rest) = argument.to_str().and_then(|text| text.strip_prefix(CONFIG.0))
            && let Some(file) = rest.strip_prefix('=')
        {
            found = Some(file.into());
        }
    }
    found
}

/// The variable of a setting in the file.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_ascii_uppercase().replace('-', "_"))
}

/// The name that a flag has in the file: none of one that cannot be in the environment either.
fn key(arg: &Arg) -> Option<String> {
    let name = arg.get_env()?.to_str()?;
    // The file does not name another.
    let name = (name != CONFIG.1).then_some(name)?;
    Some(name.strip_prefix(PREFIX)?.to_ascii_lowercase().replace('_', "-"))
}

/// A flag, and the words of the command that it belongs to.
struct Setting {
    command: Vec<String>,
    arg: Arg,
}

/// All flags with a variable, of this command and those below.
fn settings(command: &Command, path: &[String]) -> Vec<Setting> {
    let own = command.get_arguments().filter(|arg| key(arg).is_some());
    let own = own.map(|arg| Setting { command: path.to_owned(), arg: arg.clone() });
    let below = command.get_subcommands().flat_map(|below| {
        let path = [path, &[below.get_name().to_owned()]].concat();
        settings(below, &path)
    });
    own.chain(below).collect()
}

/// A command line that is asked about one flag alone.
fn without_environment(command: Command) -> Command {
    let command = command.mut_args(|arg| arg.env(None::<&str>));
    command.mut_subcommands(without_environment)
}

impl Setting {
    /// What the flag says of a value.
    fn check(&self, plain: &Command, value: &str) -> Result<(), String> {
        let key = key(&self.arg).unwrap_or_default();
        if !self.arg.get_action().takes_values() {
            let right = matches!(value, "true" | "false");
            return if right { Ok(()) } else { Err(format!("{key} is true or false")) };
        }
        match refusal(plain, &self.command, &self.arg, value) {
            None => Ok(()),
            // It is most of a secret: lines of errors go to logs that others read.
            Some(why) if self.arg.is_hide_env_values_set() => Err(format!("{key}: {why}")),
            Some(why) => Err(format!("{key} = {value:?}: {why}")),
        }
    }
}

/// Why the flag does not take the value, if that is so.
fn refusal(plain: &Command, command: &[String], arg: &Arg, value: &str) -> Option<String> {
    use clap::error::ErrorKind::{InvalidValue, ValueValidation};
    let long = arg.get_long()?;
    let words = std::iter::once("itn".to_owned()).chain(command.iter().cloned());
    let words = words.chain([format!("--{long}={value}")]);
    // What else the command wants is not asked here.
    let error = plain.clone().try_get_matches_from(words).err()?;
    if !matches!(error.kind(), InvalidValue | ValueValidation) {
        return None;
    }
    let text = error.to_string();
    let reason = text.split("\n\nFor more information").next().unwrap_or(&text).trim();
    let reason = reason.strip_prefix("error: ").unwrap_or(reason);
    // Behind the value and the flag, which are named by whoever asks.
    let reason = reason.replacen(value, "", 1);
    let why = reason.split_once(": ").map_or(reason.as_str(), |(_, why)| why);
    Some(why.trim().to_owned())
}

fn with_default(command: Command, variable: &OsStr, value: &str) -> Command {
    let is_it = |arg: &Arg| arg.get_env() == Some(variable);
    let set = |arg: Arg| {
        if !is_it(&arg) {
            return arg;
        }
        // Help texts tell defaults, and a secret is nobody's to read.
        let is_hidden = arg.is_hide_env_values_set() || arg.is_hide_default_value_set();
        arg.default_value(value.to_owned()).hide_default_value(is_hidden).required(false)
    };
    let command = command.mut_args(set);
    command.mut_subcommands(|below| with_default(below, variable, value))
}

fn unknown(key: &str, known: &BTreeSet<String>) -> String {
    let nearest = known.iter().min_by_key(|name| levenshtein(name, key));
    match nearest.filter(|name| levenshtein(name, key) <= name.len().max(key.len()) / 2) {
        Some(nearest) => format!("there is no setting {key}; is {nearest} meant?"),
        None => format!("there is no setting {key}: `itn config` lists all"),
    }
}
