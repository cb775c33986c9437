//! The documents keep what they say: every shell block is run by a test or says why not, and every
//! link leads somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use itn_tests::process;

/// A shell block and what stands before it: how it is run.
enum Block {
    Test(String),
    NotRun,
    Unmarked(usize),
}

#[test]
fn every_shell_block_is_run_by_a_test_or_says_why_not() {
    let tests = sources();
    let mut wrong = Vec::new();
    let mut test_count = 0;
    for path in documents() {
        let name = path.display();
        for block in blocks(&fs::read_to_string(&path).unwrap()) {
            match block {
                Block::Test(mark) if tests.contains(&format!("\"{mark}\"")) => test_count += 1,
                Block::Test(mark) => wrong.push(format!("{name}: no test names \"{mark}\"")),
                Block::NotRun => {}
                Block::Unmarked(line) => wrong.push(format!("{name}:{line}: neither run nor why")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(test_count > 5, "only {test_count} blocks are run");
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut wrong = Vec::new();
    let mut link_count = 0;
    for path in documents() {
        let text = fs::read_to_string(&path).unwrap();
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            link_count += 1;
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target =
                if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            if !target.exists() {
                wrong.push(format!("{}: {link}", path.display()));
            } else if !heading.is_empty() && !headings(&target).contains(heading) {
                wrong.push(format!("{}: {link} has no such heading", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(link_count > 20, "only {link_count} links were found");
}

/// All that people read, by path.
fn documents() -> Vec<PathBuf> {
    let root = process::repository();
    let mut found = Vec::new();
    for folder in [".", "docs", "bench", "dashboard", "deploy"] {
        let Ok(entries) = fs::read_dir(root.join(folder)) else { continue };
        let paths = entries.map(|entry| entry.unwrap().path());
        found.extend(paths.filter(|path| path.extension().is_some_and(|kind| kind == "md")));
    }
    found.sort();
    assert!(found.len() > 10, "{found:?}");
    found
}

/// The end-to-end tests, as one text.
fn sources() -> String {
    let folder = process::repository().join("tests/tests/all");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let (mut last, mut is_within) = ("", false);
    for (number, line) in markdown.lines().enumerate() {
        let line = line.trim();
        if line.starts_with("```") {
            let is_shell = ["```sh", "```bash", "```console", "```shell"].contains(&line);
            if !is_within && is_shell {
                let mark = last.strip_prefix("<!-- ").and_then(|mark| mark.strip_suffix(" -->"));
                found.push(match mark {
                    Some(mark) if mark.starts_with("not run: ") => Block::NotRun,
                    Some(mark) if mark.starts_with("test: ") => Block::Test(mark[6..].to_owned()),
                    _ => Block::Unmarked(number + 1),
                });
            }
            is_within = !is_within;
        }
        if !line.is_empty() {
            last = line;
        }
    }
    found
}

/// The targets of links and pictures, those in code left out.
fn links(markdown: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut is_within = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            is_within = !is_within;
        }
        if is_within {
            continue;
        }
        for part in line.split("](").skip(1) {
            if let Some((target, _)) = part.split_once(')') {
                found.push(target);
            }
        }
    }
    found
}

/// The headings of a document as links name them.
fn headings(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let titles = text.lines().filter(|line| line.starts_with('#'));
    let slug = |title: &str| -> String {
        let title = title.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|sign| sign.is_alphanumeric() || " -_".contains(*sign));
        kept.map(|sign| if sign == ' ' { '-' } else { sign }).collect()
    };
    titles.map(slug).collect()
}
