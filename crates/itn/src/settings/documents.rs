//! The table of settings in docs/configuration.md, and `.env.example`, both made of the command line's
//! own description. `ITN_BLESS=1 cargo test -p itn settings` renews them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Arg, Command, CommandFactory};

use super::key;

const BEGIN: &str = "<!-- settings -->\n";
const END: &str = "<!-- /settings -->";

/// Settings under the first command that has them, and the other commands that do.
struct Group {
    title: String,
    settings: Vec<(Arg, Vec<String>)>,
}

fn command() -> Command {
    let mut command = crate::Arguments::command();
    // What is passed down to all, and what belongs to each, is known from here on.
    command.build();
    command
}

/// All commands that do something, by their whole name.
fn commands(command: &Command, path: &str) -> Vec<(String, Command)> {
    let below = command.get_subcommands().filter(|below| below.get_name() != "help");
    let named = below.flat_map(|below| commands(below, &format!("{path} {}", below.get_name())));
    std::iter::once((path.to_owned(), command.clone())).chain(named).collect()
}

fn groups() -> Vec<Group> {
    let commands = commands(&command(), "itn");
    let mut seen = BTreeSet::new();
    let mut groups = Vec::new();
    // The server first: most settings are its own.
    let order = |name: &str| match name {
        "itn" => 0,
        "itn serve" => 1,
        _ => 2,
    };
    let mut ordered: Vec<_> = commands.iter().collect();
    ordered.sort_by_key(|(name, _)| order(name));
    for (name, command) in ordered {
        let own =
            command.get_arguments().filter(|arg| key(arg).is_some_and(|key| seen.insert(key)));
        let others = |arg: &Arg| -> Vec<String> {
            let has = |command: &Command| {
                command
                    .get_arguments()
                    .any(|other| other.get_env() == arg.get_env() && !other.is_global_set())
            };
            let all = commands
                .iter()
                .filter(|(other, command)| other != name && other != "itn config" && has(command));
            all.map(|(other, _)| other.clone()).collect()
        };
        let settings: Vec<_> = own.map(|arg| (arg.clone(), others(arg))).collect();
        if !settings.is_empty() {
            let title = if name == "itn" { "every command".to_owned() } else { name.clone() };
            groups.push(Group { title, settings });
        }
    }
    groups
}

fn help(arg: &Arg) -> String {
    arg.get_help().map(ToString::to_string).unwrap_or_default().replace('\n', " ")
}

fn default(arg: &Arg) -> Option<String> {
    let values = arg.get_default_values().iter().map(|value| value.to_string_lossy());
    let value = values.collect::<Vec<_>>().join(",");
    Some(value).filter(|value| !value.is_empty())
}

fn table() -> String {
    let mut text = String::new();
    for Group { title, settings } in groups() {
        let _ = writeln!(text, "**`{title}`**\n");
        text = text.replace("**`every command`**", "**every command**");
        text.push_str("| In the file | Flag, variable | Default | What |\n|---|---|---|---|\n");
        for (arg, others) in settings {
            let key = key(&arg).unwrap_or_default();
            let (long, env) = (arg.get_long().unwrap_or_default(), arg.get_env());
            let env = env.unwrap_or_default().to_string_lossy();
            let default = default(&arg).map_or_else(String::new, |value| format!("`{value}`"));
            let mut what = help(&arg).replace('|', "\\|");
            if !others.is_empty() {
                let others: Vec<_> = others.iter().map(|other| format!("`{other}`")).collect();
                let _ = write!(what, ". Also of {}", others.join(", "));
            }
            let _ = writeln!(text, "| `{key}` | `--{long}`, `{env}` | {default} | {what} |");
        }
        text.push('\n');
    }
    text
}

fn example() -> String {
    let mut text = "\
# Every setting with its default. Copy to `.env` in the folder that `itn` is started from; a flag on the
# command line wins over the environment, which wins over `.env`, which wins over a file of settings
# (ITN_CONFIG). Made of the program's own help: docs/configuration.md has the same as a table.
#ITN_CONFIG=itn.toml
"
    .to_owned();
    for Group { title, settings } in groups() {
        let _ = writeln!(
            text,
            "\n# {}",
            if title == "every command" { "Every command" } else { &title }
        );
        for (arg, _) in settings {
            text.push('\n');
            wrapped(&mut text, &help(&arg));
            let env = arg.get_env().unwrap_or_default().to_string_lossy();
            let _ = match default(&arg) {
                Some(value) => writeln!(text, "{env}={value}"),
                None => writeln!(text, "#{env}="),
            };
        }
    }
    text
}

fn wrapped(text: &mut String, help: &str) {
    let mut length = usize::MAX;
    for word in help.split(' ') {
        if length.saturating_add(word.len() + 1) > 100 {
            if length != usize::MAX {
                text.push('\n');
            }
            text.push('#');
            length = 1;
        }
        let _ = write!(text, " {word}");
        length += word.len() + 1;
    }
    text.push('\n');
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares, or writes if that is asked for.
#[track_caller]
fn hold(file: &str, expected: &str) {
    let path = repository().join(file);
    if std::env::var_os("ITN_BLESS").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap();
    assert!(
        found == expected,
        "{file} is not what the code says: ITN_BLESS=1 cargo test -p itn settings\n{expected}"
    );
}

#[test]
fn the_table_in_the_docs_is_what_the_code_says() {
    let path = repository().join("docs/configuration.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("a place for the table");
    let (_, after) = rest.split_once(END).expect("the table's end");
    hold("docs/configuration.md", &format!("{before}{BEGIN}\n{}{END}{after}", table()));
}

#[test]
fn the_example_of_an_environment_is_what_the_code_says() {
    hold(".env.example", &example());
}

#[test]
fn every_variable_is_a_setting_by_the_name_of_its_flag() {
    for (name, command) in commands(&command(), "itn") {
        for arg in command.get_arguments() {
            let Some(env) = arg.get_env() else { continue };
            let env = env.to_str().unwrap();
            assert!(env.starts_with(super::PREFIX), "{name}: {env}");
            assert!(arg.get_long().is_some(), "{name}: {env} has no flag");
            assert!(!help(arg).is_empty(), "{name}: {env} has no help");
        }
    }
}
