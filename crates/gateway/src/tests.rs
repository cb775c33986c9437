//! The whole gateway, in process, on a journal in memory; the files mirror the URLs.

mod access;
mod bad_input;
mod bulk;
mod cargo;
mod document;
mod events;
mod inventory;
mod network;
mod reference;
mod speed;
mod support;
mod trades;
mod wire;

use crate::problem::Problem;

/// A handler with a bug.
pub(crate) async fn panic() -> Problem {
    panic!("on purpose")
}
