//! The one error of the benchmark: what was being done, and what went wrong.
//!
//! Nothing here is retried or worked around: a run in which something failed has no figures.

use std::fmt::Display;

use thiserror::Error;

/// A run that cannot go on.
#[derive(Debug, Error)]
#[error("{doing}: {cause}")]
pub(crate) struct Failure {
    doing: String,
    cause: String,
}

/// What a step of the benchmark returns.
pub(crate) type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// Something was not as it must be.
    pub(crate) fn new(doing: impl Into<String>, cause: impl Display) -> Self {
        Self { doing: doing.into(), cause: cause.to_string() }
    }
}

/// Says what was being done when an error came.
pub(crate) trait Doing<T> {
    /// Turns the error into a [`Failure`] while `doing` something.
    fn doing(self, doing: &str) -> Outcome<T>;
}

impl<T, E: Display> Doing<T> for Result<T, E> {
    fn doing(self, doing: &str) -> Outcome<T> {
        self.map_err(|error| Failure::new(doing, error))
    }
}
