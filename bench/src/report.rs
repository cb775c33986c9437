//! The table: what was measured, against what, and where the time went.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::failure::{Doing as _, Outcome};

/// Where `--out` puts the figures in a file that is there; each a line of its own.
const BEGIN: &str = "\n<!-- figures -->\n";
const END: &str = "\n<!-- /figures -->\n";

/// One row of the design's section 9.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) what: String,
    /// The figure.
    pub(crate) measured: String,
    /// At least this; in brackets the goal.
    pub(crate) target: String,
    /// The figure by its peer, its limit or its target.
    pub(crate) ratio: String,
    /// How much of the processor the load generator took.
    pub(crate) generator: String,
}

/// The rows so far, and what there is to say about each.
#[derive(Debug, Default)]
pub(crate) struct Table {
    facts: Vec<String>,
    rows: Vec<Row>,
    notes: Vec<(String, Vec<String>)>,
}

/// What a row brings: its lines of the table, and what there is to say about them.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Lines of the table.
    pub(crate) rows: Vec<Row>,
    /// Lines below the table.
    pub(crate) notes: Vec<String>,
}

impl Findings {
    /// A single line of the table.
    pub(crate) fn row(row: Row) -> Self {
        Self { rows: vec![row], notes: Vec::new() }
    }

    /// With one more line below the table.
    pub(crate) fn note(&mut self, line: impl Into<String>) {
        self.notes.push(line.into());
    }
}

impl Table {
    /// A table of a run on this machine.
    pub(crate) fn new(facts: Vec<String>) -> Self {
        Self { facts, ..Self::default() }
    }

    /// Takes what a row found.
    pub(crate) fn add(&mut self, name: &str, findings: Findings) {
        self.rows.extend(findings.rows);
        if !findings.notes.is_empty() {
            self.notes.push((name.to_owned(), findings.notes));
        }
    }

    /// As Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        for fact in &self.facts {
            let _ = writeln!(text, "- {fact}");
        }
        let heads = ["row", "measured", "at least (goal)", "ratio", "generator's share of the CPU"];
        let _ = writeln!(text, "\n| {} |\n|---|---|---|---|---|", heads.join(" | "));
        for Row { what, measured, target, ratio, generator } in &self.rows {
            let _ = writeln!(text, "| {what} | {measured} | {target} | {ratio} | {generator} |");
        }
        for (name, notes) in &self.notes {
            let _ = writeln!(text, "\n**{name}**\n");
            for note in notes {
                let _ = writeln!(text, "- {note}");
            }
        }
        text
    }

    /// Writes the table into a file: between the marks if it has them, else as all of it.
    pub(crate) fn write(&self, path: &Path) -> Outcome<()> {
        let doing = path.display().to_string();
        let old = fs::read_to_string(path).unwrap_or_default();
        fs::write(path, fill(&old, &self.markdown())).doing(&doing)
    }
}

/// Puts figures between the marks of a text; a text without marks is replaced.
fn fill(old: &str, figures: &str) -> String {
    let Some((before, rest)) = old.split_once(BEGIN) else { return figures.to_owned() };
    let after = rest.split_once(END).map_or("", |(_, after)| after);
    format!("{before}{BEGIN}\n{figures}{END}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_go_between_the_marks() {
        // A mark within a line is talked about, not meant.
        let old = "# `<!-- figures -->`\n<!-- figures -->\nold\n<!-- /figures -->\nmore\n";
        let first = fill(old, "new\n");
        let whole = "# `<!-- figures -->`\n<!-- figures -->\n\nnew\n\n<!-- /figures -->\nmore\n";
        assert_eq!(first, whole);
        assert_eq!(fill(&first, "new\n"), whole);
        assert_eq!(fill("anything", "new\n"), "new\n");
    }

    #[test]
    fn the_table_is_markdown() {
        let mut table = Table::new(vec!["2 cores".to_owned()]);
        let row = Row { what: "a".to_owned(), measured: "1".to_owned(), ..Row::default() };
        let mut findings = Findings::row(row);
        findings.note("why");
        table.add("single", findings);
        let text = table.markdown();
        assert!(text.contains("| a | 1 |  |  |  |"), "{text}");
        assert!(text.ends_with("**single**\n\n- why\n"), "{text}");
    }
}
