//! `/api/transfers`.

pub(super) mod create;
