//! What is in effect, and where each of it comes from: itself a file of settings.

use std::path::Path;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::{Settings, key};

/// Every setting of a command: its value, and where that comes from. Secrets are not shown.
pub(crate) fn show(settings: &Settings, command: &Command, matches: &ArgMatches) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for arg in command.get_arguments() {
        if let Some(key) = key(arg) {
            lines.push(line(settings, arg, &key, matches));
        }
    }
    lines
}

fn line(settings: &Settings, arg: &Arg, key: &str, matches: &ArgMatches) -> String {
    let id = arg.get_id().as_str();
    let raw = matches.try_get_raw(id).ok().flatten();
    let values: Vec<_> = raw.into_iter().flatten().map(|value| value.to_string_lossy()).collect();
    let source = origin(settings, arg, matches);
    if values.is_empty() {
        return format!("# {key} is not set");
    }
    if arg.is_hide_env_values_set() {
        return format!("# {key} is set, {source}, and not shown");
    }
    format!("{key} = {}  # {source}", quoted(&values.join(",")))
}

fn origin(settings: &Settings, arg: &Arg, matches: &ArgMatches) -> String {
    match matches.value_source(arg.get_id().as_str()) {
        Some(ValueSource::CommandLine) => "on the command line".to_owned(),
        Some(ValueSource::EnvVariable) => {
            let name = arg.get_env().unwrap_or_default();
            let from = if settings.environment.contains(name) { "environment" } else { ".env" };
            format!("from {} in {from}", name.to_string_lossy())
        }
        _ if settings.in_file(arg) => {
            let file = settings.file.as_deref().unwrap_or(Path::new(""));
            format!("from {}", file.display())
        }
        _ => "default".to_owned(),
    }
}

/// As TOML has it.
fn quoted(value: &str) -> String {
    let plain = matches!(value, "true" | "false")
        || (value.parse::<i64>().is_ok_and(|number| number.to_string() == value));
    if plain { value.to_owned() } else { serde_json::Value::from(value).to_string() }
}
