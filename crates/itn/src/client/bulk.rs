//! Bulk ingest: many commands in one request, an answer for each.

use bytes::Bytes;
use serde::Deserialize;

use super::{Client, ClientError, Problem, Request};

/// Lines of one request: half of what the API takes, so that a chunk stays well within its bytes.
pub(crate) const LINES_MAX: usize = 8_192;

/// What became of one line. `id` is the server's identifier of what the line made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LineOutcome {
    /// It is new and stands.
    Accepted { id: Option<String> },
    /// It stood already, under the same key.
    Replayed { id: Option<String> },
    /// It said what is so already.
    Unchanged,
    /// The server refused it.
    Refused { code: String, why: String },
}

fn is_not_permitted(outcome: &LineOutcome) -> bool {
    matches!(outcome, LineOutcome::Refused { code, .. } if code == "not_permitted")
}

#[derive(Deserialize)]
struct LineAnswer {
    status: u16,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    sequence: Option<u64>,
    #[serde(default)]
    replayed: bool,
    #[serde(flatten)]
    problem: serde_json::Map<String, serde_json::Value>,
}

impl LineAnswer {
    fn outcome(self) -> LineOutcome {
        if (200..300).contains(&self.status) {
            let id = self.id;
            return match self.sequence {
                _ if self.replayed => LineOutcome::Replayed { id },
                Some(_) => LineOutcome::Accepted { id },
                None => LineOutcome::Unchanged,
            };
        }
        let mut problem = self.problem;
        problem.insert("status".to_owned(), self.status.into());
        match serde_json::from_value::<Problem>(problem.into()) {
            Ok(problem) => LineOutcome::Refused { why: problem.to_string(), code: problem.code },
            Err(_) => {
                LineOutcome::Refused { code: "unknown".to_owned(), why: self.status.to_string() }
            }
        }
    }
}

impl Client {
    /// Posts NDJSON lines; an outcome for each, in order.
    ///
    /// Each line carries its own key, so that the same chunk may be sent again after a lost answer:
    /// what stood already is replayed, the rest is completed.
    pub(crate) async fn post_lines(
        &self,
        lines: &[impl AsRef<str>],
    ) -> Result<Vec<LineOutcome>, ClientError> {
        let bytes = lines.iter().map(|line| line.as_ref().len() + 1).sum();
        let mut body = String::with_capacity(bytes);
        for line in lines {
            body.push_str(line.as_ref());
            body.push('\n');
        }
        let request = Request {
            method: hyper::Method::POST,
            path: "/api/events".to_owned(),
            content_type: "application/x-ndjson",
            idempotency_key: None,
            repeatable: true,
            body: Bytes::from(body),
        };
        let answer = self.accepted(&request).await?;
        let outcomes: Vec<LineOutcome> = answer
            .body
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).map(LineAnswer::outcome))
            .collect::<Result<_, _>>()
            .map_err(ClientError::NotUnderstood)?;
        if outcomes.len() != lines.len() {
            return Err(ClientError::LinesMissing { sent: lines.len(), answered: outcomes.len() });
        }
        // Told once, and not a line each.
        match outcomes.first() {
            Some(LineOutcome::Refused { why, .. }) if outcomes.iter().all(is_not_permitted) => {
                Err(ClientError::NotPermitted(why.clone()))
            }
            _ => Ok(outcomes),
        }
    }
}
