//! `/api/events`.

pub(super) mod ingest;
pub(super) mod list;
