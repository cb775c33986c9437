//! Commands that an import has planned: each a line of bulk, with the row it comes from.

use serde_json::{Value, json};

use super::report::{Effect, Input};

/// A command, and which row it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlannedLine {
    pub(super) input: Input,
    pub(super) line: u64,
    pub(super) effect: Effect,
    /// The credits it is about, for the tally.
    pub(super) amount: u64,
    /// What stands once this does, for lines that need it.
    pub(super) gives: Option<String>,
    pub(super) needs: Option<Need>,
    pub(super) json: String,
}

/// What must stand before a line makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) subject: String,
    /// The member of the line that names it by the identifier the server gave it, if one does.
    pub(super) member: Option<&'static str>,
    /// Whether it stands no more after this line.
    pub(super) ends: bool,
}

/// What the lines of one row have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    /// What the keys of this import begin with.
    pub(super) prefix: &'a str,
    pub(super) input: Input,
    pub(super) line: u64,
}

impl Origin<'_> {
    /// A line whose key is made of the step and of `facts`, so that the same facts act once.
    /// `address` is the member beside `data` that says where it goes, if there is one.
    pub(super) fn line(
        self,
        step: &str,
        facts: &str,
        effect: Effect,
        address: Option<(&str, &str)>,
        data: Value,
    ) -> PlannedLine {
        let key = format!("{}:{step}:{}", self.prefix, digest(facts));
        let mut json = json!({ "type": effect.line_type(), "idempotencyKey": key });
        json["data"] = data;
        if let Some((member, name)) = address {
            json[member] = name.into();
        }
        PlannedLine {
            input: self.input,
            line: self.line,
            effect,
            amount: 0,
            gives: None,
            needs: None,
            json: json.to_string(),
        }
    }

    /// A line that creates or replaces a thing of reference.
    pub(super) fn put(self, effect: Effect, id: &str, body: Value) -> PlannedLine {
        let facts = format!("{id}\n{body}");
        self.line(effect.line_type(), &facts, effect, Some(("id", id)), body)
    }
}

impl PlannedLine {
    pub(super) fn worth(self, amount: u64) -> Self {
        Self { amount, ..self }
    }

    pub(super) fn giving(self, subject: String) -> Self {
        Self { gives: Some(subject), ..self }
    }

    pub(super) fn needing(self, need: Need) -> Self {
        Self { needs: Some(need), ..self }
    }

    /// Names what the line needs by the server's identifier of it.
    pub(super) fn name(&mut self, member: &str, id: &str) {
        // Identifiers need no escaping, and a line is an object that is not empty.
        self.json.insert_str(1, &format!("\"{member}\":{},", json!(id)));
    }
}

fn digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
}
