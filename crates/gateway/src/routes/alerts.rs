//! `/api/alerts`.

pub(super) mod acknowledge;
pub(super) mod list;
pub(super) mod read;
