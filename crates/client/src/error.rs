//! What can go wrong between a client and a server, in words a person can act on.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why there is no good answer, and what was tried.
#[derive(Debug, Error)]
#[error("{failure}{}", Tried(.what, *.attempts))]
pub struct Error {
    /// What was asked: the method and the path.
    pub what: String,
    /// How often it was sent; 0 if it was not.
    pub attempts: u32,
    /// What became of it, the last time.
    pub failure: Failure,
}

/// What became of a request.
#[derive(Debug, Error)]
pub enum Failure {
    /// The address cannot be used.
    #[error("cannot use the address {url:?}: {why}")]
    BadAddress {
        /// As it was given.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// A header or path that HTTP does not allow, such as a key with a line break.
    #[error("cannot build the request: {0}")]
    BadRequest(String),
    /// No connection could be made: nothing was sent.
    #[error("no answer from {address}: {why}")]
    Unreachable {
        /// Of the server.
        address: String,
        /// The innermost cause.
        why: String,
    },
    /// The connection broke before the answer: whether the request was acted on is not known.
    #[error("no answer from {address}: {why}")]
    Lost {
        /// Of the server.
        address: String,
        /// The innermost cause.
        why: String,
    },
    /// The connection broke in the middle of the answer.
    #[error("the answer broke off: {0}")]
    CutOff(String),
    /// Nothing came in time.
    #[error("no answer within {} s", .0.as_secs())]
    Silent(Duration),
    /// The server refused.
    #[error("the server refused: {0}")]
    Refused(Box<Problem>),
    /// The answer is not what the API promises.
    #[error("the server's answer is not understood (is it an itn server?): {0}")]
    NotUnderstood(String),
}

impl Failure {
    /// Whether the same request may do better later, all else being equal.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Lost { .. } | Self::CutOff(_) | Self::Silent(_) => {
                true
            }
            Self::Refused(problem) => problem.is_passing(),
            Self::BadAddress { .. } | Self::BadRequest(_) | Self::NotUnderstood(_) => false,
        }
    }

    /// Whether nothing of the request can have reached the server.
    pub(crate) fn is_unsent(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }

    pub(crate) fn of(self, what: impl Into<String>, attempts: u32) -> Error {
        Error { what: what.into(), attempts, failure: self }
    }
}

impl Error {
    /// The server's refusal, if it is one.
    pub fn problem(&self) -> Option<&Problem> {
        match &self.failure {
            Failure::Refused(problem) => Some(problem),
            _ => None,
        }
    }

    /// Whether it is a refusal with this code.
    pub fn is(&self, code: &str) -> bool {
        self.problem().is_some_and(|problem| problem.code == code)
    }
}

struct Tried<'a>(&'a str, u32);

impl fmt::Display for Tried<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self("", _) => Ok(()),
            Self(what, 0 | 1) => write!(f, " ({what})"),
            Self(what, attempts) => write!(f, " ({what}, tried {attempts} times)"),
        }
    }
}

/// A refusal (RFC 9457, `application/problem+json`). What there is beside these fields is in `more`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Problem {
    /// The status of HTTP.
    #[serde(default)]
    pub status: u16,
    /// What a program acts on; a code keeps its meaning for ever.
    #[serde(default)]
    pub code: String,
    /// The code in words.
    #[serde(default)]
    pub title: String,
    /// What a person reads.
    #[serde(default)]
    pub detail: String,
    /// Where the code is described.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Whether the same request, unchanged, may do better later.
    #[serde(default)]
    pub retryable: bool,
    /// All that is wrong with the shape of the request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
    /// What `insufficient_stock` and `insufficient_credits` say there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<u64>,
    /// The rest, such as `from` and `to` of `invalid_transition`.
    #[serde(flatten)]
    pub more: serde_json::Map<String, serde_json::Value>,
}

/// One fault of a request's shape.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fault {
    /// Where in the body, as a JSON pointer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pointer: String,
    /// Of the query, where the fault is not in the body.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub parameter: String,
    /// Of the request's head.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub header: String,
    /// What a program acts on.
    #[serde(default)]
    pub code: String,
    /// What a person reads.
    #[serde(default)]
    pub detail: String,
}

impl Problem {
    /// The problem that an answer is, whoever gave it.
    pub(crate) fn of(status: u16, body: &[u8]) -> Self {
        let problem: Self = serde_json::from_slice(body).unwrap_or_else(|_| Self {
            detail: "the answer is no problem document: is it an itn server?".to_owned(),
            // A proxy speaks for a server that is away.
            retryable: true,
            ..Self::default()
        });
        Self { status, ..problem }
    }

    /// Whether another try may do better: what the state refuses stands. 502 is a proxy's word for a
    /// connection that was lost.
    pub fn is_passing(&self) -> bool {
        matches!(self.status, 408 | 429 | 502 | 503 | 504)
            && (self.retryable || self.code.is_empty())
    }

    /// Whether a parameter of the query is refused as one that there is not.
    pub fn knows_no(&self, parameter: &str) -> bool {
        self.errors
            .iter()
            .any(|fault| fault.parameter == parameter && fault.code == "unknown_parameter")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.code)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        for fault in self.errors.iter().filter(|fault| fault.detail != self.detail) {
            let place =
                [&fault.pointer, &fault.parameter, &fault.header].map(String::as_str).concat();
            write!(f, "; {place} {} {}", fault.code, fault.detail)?;
        }
        Ok(())
    }
}
