//! `/api/traders`.

pub(super) mod credits;
pub(super) mod entries;
pub(super) mod list;
pub(super) mod put;
pub(super) mod read;
