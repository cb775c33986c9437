//! What can go wrong between us and a server, in words a person can act on.

use std::time::Duration;

use hyper::StatusCode;
use serde::Deserialize;
use thiserror::Error;

use super::Answer;

/// Why there is no good answer.
#[derive(Debug, Error)]
pub(crate) enum ClientError {
    /// The address cannot be used.
    #[error("cannot use the address {url:?}: {why}")]
    BadAddress { url: String, why: String },
    /// A header or path that HTTP does not allow, such as a key with a line break.
    #[error("cannot build the request: {0}")]
    BadRequest(String),
    /// No connection, or it broke before the answer.
    #[error("no answer from {address}: {}", cause(error))]
    Unreachable { address: String, error: hyper_util::client::legacy::Error },
    /// The connection broke in the middle of the answer.
    #[error("the answer broke off: {0}")]
    CutOff(String),
    /// Nothing came in time.
    #[error("no answer within {} s", .0.as_secs())]
    Silent(Duration),
    /// The server refused, and trying again would not help.
    #[error("the server refused: {0}")]
    Refused(Box<Problem>),
    /// The key's role may not do any of what was asked.
    #[error("the server refused every line: {0}; the key needs the role operator or admin")]
    NotPermitted(String),
    /// The answer is not what the API promises.
    #[error("the server's answer is not understood (is it an itn server?): {0}")]
    NotUnderstood(serde_json::Error),
    /// A bulk answer has another number of lines than was sent.
    #[error("{sent} lines were sent and {answered} answered")]
    LinesMissing { sent: usize, answered: usize },
    /// A message of a stream that is longer than any that the API sends.
    #[error(
        "the stream is not understood (is it an itn server?): a message of more than {0} bytes"
    )]
    MessageTooLong(usize),
}

impl ClientError {
    /// Whether the same request may succeed later, all else being equal.
    pub(crate) fn is_worth_a_retry(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::CutOff(_) | Self::Silent(_))
    }
}

/// The innermost cause: "connection refused" says more than "client error (Connect)".
fn cause(error: &hyper_util::client::legacy::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// A problem (RFC 9457) as the API sends it; the parts a client acts on.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Problem {
    #[serde(default)]
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) detail: String,
    #[serde(default)]
    errors: Vec<Fault>,
    /// What `insufficient_stock` and `insufficient_credits` say there is.
    #[serde(default)]
    pub(crate) available: Option<u64>,
}

/// One fault of a request's shape.
#[derive(Debug, Clone, Deserialize)]
struct Fault {
    #[serde(default)]
    pointer: String,
    /// Of the query, where the fault is not in the body.
    #[serde(default)]
    parameter: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    detail: String,
}

impl Problem {
    /// Whether a parameter of the query is refused as one that there is not.
    pub(crate) fn knows_no(&self, parameter: &str) -> bool {
        let fault =
            |fault: &Fault| fault.parameter == parameter && fault.code == "unknown_parameter";
        self.errors.iter().any(fault)
    }

    /// The problem that an answer is.
    pub(crate) fn of(answer: &Answer) -> Self {
        let status = answer.status;
        serde_json::from_slice(&answer.body).unwrap_or_else(|_| Self {
            status: status.as_u16(),
            code: String::new(),
            detail: "the answer is no problem document: is it an itn server?".to_owned(),
            errors: Vec::new(),
            available: None,
        })
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, self.code)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        for fault in self.errors.iter().filter(|fault| fault.detail != self.detail) {
            let place = [&fault.pointer, &fault.parameter].map(String::as_str).concat();
            write!(f, "; {place} {} {}", fault.code, fault.detail)?;
        }
        if self.status == StatusCode::UNAUTHORIZED {
            write!(f, " (give a key with --key or ITN_KEY)")?;
        }
        Ok(())
    }
}
