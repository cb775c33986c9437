//! How the commands reach a server: their options, and `itn_client` with them.
//!
//! Retries, bulk and streams are the crate's. This module adds what a person at a console needs.

use itn_client::{ClientOptions, Failure};
use thiserror::Error;

mod filters;
mod network;

pub(crate) use filters::{Filters, given};
pub(crate) use itn_client::{Client, LINES_MAX, Line, LineOutcome, Problem, Retry};
pub(crate) use network::{NetworkClock, position};

/// Where the server is and who asks; the same options on every command that talks to one.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ServerOptions {
    /// Address of the server, http or https
    #[arg(long, env = "ITN_URL", default_value = "http://127.0.0.1:8080")]
    pub(crate) url: String,
    /// API key; import and simulate need one with the role operator or admin
    #[arg(long, env = "ITN_KEY", hide_env_values = true)]
    pub(crate) key: Option<String>,
}

impl ServerOptions {
    /// Checks the address; connects to nothing yet.
    pub(crate) fn client(&self) -> Result<Client, ClientError> {
        let user_agent = concat!("itn/", env!("CARGO_PKG_VERSION")).to_owned();
        let key = self.key.clone();
        Ok(Client::new(&ClientOptions { key, user_agent, ..ClientOptions::new(&self.url) })?)
    }
}

/// Why there is no good answer, with what to do about it.
#[derive(Debug, Error)]
pub(crate) enum ClientError {
    /// Of one request.
    #[error("{}{}", .0, advice(.0))]
    Request(itn_client::Error),
    /// The key's role may not do any of what was asked.
    #[error("the server refused every line: {0}; the key needs the role operator or admin")]
    NotPermitted(String),
}

impl From<itn_client::Error> for ClientError {
    fn from(error: itn_client::Error) -> Self {
        Self::Request(error)
    }
}

impl ClientError {
    /// What is refused, if it is.
    pub(crate) fn refusal(&self) -> Option<&Problem> {
        match self {
            Self::Request(error) => error.problem(),
            Self::NotPermitted(_) => None,
        }
    }
}

fn advice(error: &itn_client::Error) -> &'static str {
    match &error.failure {
        Failure::Refused(problem) if problem.status == 401 => " (give a key with --key or ITN_KEY)",
        _ => "",
    }
}

/// Posts lines; an outcome for each, in order. That the key may do none of it is told once, and not a
/// line each.
pub(crate) async fn post_lines(
    client: &Client,
    lines: &[Line],
) -> Result<Vec<LineOutcome>, ClientError> {
    let outcomes = client.post_lines(lines).await?;
    match outcomes.first() {
        Some(LineOutcome::Refused(problem)) if outcomes.iter().all(is_not_permitted) => {
            Err(ClientError::NotPermitted(problem.to_string()))
        }
        _ => Ok(outcomes),
    }
}

fn is_not_permitted(outcome: &LineOutcome) -> bool {
    matches!(outcome, LineOutcome::Refused(problem) if problem.code == "not_permitted")
}

#[cfg(test)]
pub(crate) mod scripted;
