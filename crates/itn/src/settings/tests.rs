use clap::{Command, CommandFactory};

use super::file::Entry;
use super::*;

fn with(entries: &[(&str, &str)]) -> Settings {
    let entries = entries.iter().zip(1..).map(|((key, value), line)| Entry {
        key: (*key).to_owned(),
        value: (*value).to_owned(),
        line,
    });
    Settings { entries: entries.collect(), file: Some("itn.toml".into()), ..Settings::default() }
}

fn refused(key: &str, value: &str) -> String {
    with(&[(key, value)]).below(crate::Arguments::command()).unwrap_err().to_string()
}

fn shown(settings: &Settings, arguments: &[&str]) -> Vec<String> {
    let command = settings.below(crate::Arguments::command()).unwrap();
    let mut built = command.clone();
    built.build();
    // Whatever the environment of the test says.
    let matches = without_environment(command).try_get_matches_from(arguments).unwrap();
    let (name, matches) = matches.subcommand().unwrap();
    show(settings, built.find_subcommand(name).unwrap(), matches)
}

#[test]
fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
    let settings = with(&[("listen", "127.0.0.1:1"), ("speed", "7"), ("log", "warn")]);
    let lines = shown(&settings, &["itn", "serve", "--speed", "9"]);
    for line in [
        "listen = \"127.0.0.1:1\"  # from itn.toml",
        "speed = 9  # on the command line",
        "log = \"warn\"  # from itn.toml",
        "data = \"./data\"  # default",
        "# epoch is not set",
    ] {
        assert!(lines.iter().any(|found| found == line), "{line}: {lines:#?}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let key = "itn_0123456789abcdefghijklmnop";
    let settings = with(&[("admin-key", key)]);
    let lines = shown(&settings, &["itn", "serve"]).join("\n");
    assert!(lines.contains("# admin-key is set, from itn.toml, and not shown"), "{lines}");
    assert!(!lines.contains(key), "{lines}");
}

#[test]
fn no_help_text_and_no_error_tells_a_secret() {
    let key = "itn_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
    let settings = with(&[("admin-key", key), ("key", key), ("listen", "127.0.0.1:1")]);
    let mut command = without_environment(settings.below(crate::Arguments::command()).unwrap());
    command.build();
    for (name, shown) in [("serve", "[default: 127.0.0.1:1]"), ("watch", "--key")] {
        let help = command.find_subcommand_mut(name).unwrap().render_long_help().to_string();
        assert!(help.contains(shown), "{help}");
        assert!(!help.contains("itn_0123"), "{help}");
    }
    for wrong in ["itn_0123456789 but wrong", "wrong: 0123"] {
        let said = refused("admin-key", wrong);
        assert!(said.contains("line 1: admin-key: a key must be itn_"), "{said}");
        assert!(!said.contains("0123"), "{said}");
    }
}

#[test]
fn what_is_wrong_is_named_with_what_would_be_right() {
    for (key, value, words) in [
        ("lisen", "x", &["itn.toml, line 1", "no setting lisen", "is listen meant"][..]),
        ("free_space_min", "1", &["is free-space-min meant"]),
        ("zzzzzzzzzz", "1", &["no setting zzzzzzzzzz", "itn config"]),
        ("config", "other.toml", &["no setting config"]),
        ("listen", "nowhere", &["listen = \"nowhere\"", "127.0.0.1:8080"]),
        ("speed", "fast", &["speed = \"fast\"", "1 to 100000"]),
        ("anonymous", "perhaps", &["anonymous", "true, false"]),
        ("demo-no-story", "perhaps", &["true or false"]),
        ("demo-scale", "huge", &["demo-scale", "large"]),
        ("epoch", "yesterday", &["2200-01-01T00:00:00Z"]),
        ("backup-limit-rate", "fast", &["20M"]),
    ] {
        let said = refused(key, value);
        for word in words {
            assert!(said.contains(word), "{key} = {value}: {word:?} is not in: {said}");
        }
    }
}

#[test]
fn a_required_setting_may_be_in_the_file_and_a_switch_too() {
    let settings = with(&[("backup", "/backups"), ("demo-no-story", "true")]);
    let command = without_environment(settings.below(crate::Arguments::command()).unwrap());
    let matches = command.clone().try_get_matches_from(["itn", "backup"]).unwrap();
    let matches = matches.subcommand_matches("backup").unwrap();
    assert_eq!(matches.get_one::<PathBuf>("to"), Some(&PathBuf::from("/backups")));
    let matches = command.try_get_matches_from(["itn", "demo"]).unwrap();
    assert!(matches.subcommand_matches("demo").unwrap().get_flag("no_story"));
}

/// What the standard library says of a wrong value tells nobody what would be right.
#[test]
fn no_flag_answers_with_what_only_its_author_understands() {
    fn all(command: &Command, path: &[String]) -> Vec<Setting> {
        let own = command.get_arguments();
        let own = own.map(|arg| Setting { command: path.to_owned(), arg: arg.clone() });
        let below = command
            .get_subcommands()
            .flat_map(|below| all(below, &[path, &[below.get_name().to_owned()]].concat()));
        own.chain(below).collect()
    }
    let command = crate::Arguments::command();
    let plain = without_environment(command.clone());
    let mut refused = 0;
    for Setting { command, arg } in all(&command, &[]) {
        if !arg.get_action().takes_values() {
            continue;
        }
        for value in ["!", "-1", "99999999999999999999999"] {
            let Some(said) = refusal(&plain, &command, &arg, value) else { continue };
            refused += 1;
            for poor in ["invalid digit", "socket address", "number too large", "provided string"] {
                assert!(!said.contains(poor), "{command:?} {}={value}: {said}", arg.get_id());
            }
        }
    }
    assert!(refused > 20, "only {refused} values were refused");
}

#[test]
fn the_file_is_named_before_the_rest_is_read() {
    let named = |arguments: &[&str]| named_file(arguments.iter().map(OsString::from));
    assert_eq!(named(&["serve", "--config", "a.toml"]), Some("a.toml".into()));
    assert_eq!(named(&["--config=a.toml", "serve", "--config=b.toml"]), Some("b.toml".into()));
    assert_eq!(named(&["serve", "--configure", "a", "--", "--config", "b"]), None);
}
