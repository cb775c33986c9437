//! `/api/vessels`.

pub(super) mod list;
pub(super) mod put;
pub(super) mod read;
