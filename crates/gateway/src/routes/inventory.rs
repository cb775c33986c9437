//! `/api/inventory`.

pub(super) mod adjust;
pub(super) mod list;
pub(super) mod read;
