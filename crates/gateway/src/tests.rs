//! The whole gateway, in process, on a journal in memory; the files mirror the URLs.

mod access;
mod alerts;
mod analytics;
mod bad_input;
mod bulk;
mod cargo;
mod cargo_life;
mod cors;
mod diagnosis;
mod document;
mod dry_run;
mod events;
mod history;
mod holds;
mod inventory;
mod issuer;
mod keys;
mod limits;
mod network;
mod observe;
mod offers;
mod page;
mod past;
mod reference;
mod scope;
mod session;
mod story;
mod support;
mod tokens;
mod trades;
mod transfers;
mod updates;
mod vessels;
mod walk;
mod webhooks;
mod wire;

use crate::problem::Problem;

/// A handler with a bug.
pub(crate) async fn panic() -> Problem {
    panic!("on purpose")
}
