//! What is built in: its licences, and no library in two versions, as `deny.toml` says.
//!
//! `cargo deny` checks the same where it is installed. This is for everywhere else: building it takes
//! longer than building the product, and a check that is only sometimes made is none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use itn_tests::process;
use serde_json::Value;

/// The resolved packages of the workspace, as cargo sees them on this platform.
fn packages() -> Vec<Value> {
    let host = Command::new("rustc").arg("-vV").output().unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform", &host])
        .current_dir(process::repository())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let used: BTreeSet<&str> = nodes.iter().map(|node| node["id"].as_str().unwrap()).collect();
    let mut packages = metadata["packages"].as_array().unwrap().clone();
    packages.retain(|package| used.contains(package["id"].as_str().unwrap()));
    packages
}

/// The quoted words of the list `name = [ … ]` in `deny.toml` that stand first on their line, or
/// after `crate = `.
fn listed(name: &str) -> Vec<String> {
    let text = fs::read_to_string(process::repository().join("deny.toml")).unwrap();
    let start = format!("{name} = [");
    let lines = text.lines().skip_while(|line| *line != start).skip(1);
    let word = |line: &str| line.split('"').nth(1).map(Into::into);
    lines.take_while(|line| *line != "]").filter_map(word).collect()
}

/// Whether a licence expression can be met with these licences.
fn is_met(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (met, rest) = either(&words, allowed);
    assert!(rest.is_empty(), "not a licence expression: {expression}");
    met
}

fn either<'a>(words: &'a [&'a str], allowed: &[String]) -> (bool, &'a [&'a str]) {
    let (mut met, mut rest) = both(words, allowed);
    while let Some((&"OR", more)) = rest.split_first() {
        let (other, after) = both(more, allowed);
        (met, rest) = (met || other, after);
    }
    (met, rest)
}

fn both<'a>(words: &'a [&'a str], allowed: &[String]) -> (bool, &'a [&'a str]) {
    let (mut met, mut rest) = one(words, allowed);
    while let Some((&"AND", more)) = rest.split_first() {
        let (other, after) = one(more, allowed);
        (met, rest) = (met && other, after);
    }
    (met, rest)
}

fn one<'a>(words: &'a [&'a str], allowed: &[String]) -> (bool, &'a [&'a str]) {
    match words {
        ["(", inside @ ..] => {
            let (met, rest) = either(inside, allowed);
            (met, rest.strip_prefix(&[")"]).unwrap_or(rest))
        }
        [licence, "WITH", exception, rest @ ..] => {
            let name = format!("{licence} WITH {exception}");
            (allowed.contains(&name), rest)
        }
        [licence, rest @ ..] => (allowed.iter().any(|name| name == licence), rest),
        [] => (false, words),
    }
}

#[test]
fn every_licence_is_one_that_is_allowed() {
    let allowed = listed("allow");
    assert!(allowed.iter().any(|name| name == "MIT"), "deny.toml is not read right: {allowed:?}");
    assert!(is_met("(MIT OR GPL-3.0) AND Zlib", &allowed));
    assert!(!is_met("MIT AND GPL-3.0", &allowed));
    assert!(is_met("Unlicense/MIT", &allowed));
    for package in packages() {
        let licence = package["license"].as_str().unwrap_or("none stated");
        assert!(is_met(licence, &allowed), "{}: {licence}", package["name"]);
        let registry = package["source"].as_str().is_none_or(|s| s.starts_with("registry+"));
        assert!(registry, "{} does not come from the registry", package["name"]);
    }
}

#[test]
fn no_library_is_built_in_two_versions() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages() {
        let [name, version] = ["name", "version"].map(|field| package[field].as_str().unwrap());
        versions.entry(name.into()).or_default().insert(version.into());
    }
    versions.retain(|_, versions| versions.len() > 1);
    let skipped = listed("skip");
    for (name, versions) in &versions {
        assert!(
            skipped.contains(name),
            "{name}: {versions:?}; if it must be, say why in deny.toml"
        );
    }
    let needless = skipped.iter().find(|name| !versions.contains_key(*name));
    assert_eq!(needless, None, "no longer there twice: remove it from deny.toml");
}
