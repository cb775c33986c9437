//! `/api/cargo`.

pub(super) mod create;
pub(super) mod list;
pub(super) mod read;
pub(super) mod report;
