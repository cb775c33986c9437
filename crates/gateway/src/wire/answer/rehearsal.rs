//! What a dry run answers.

use serde::Serialize;
use utoipa::ToSchema;

use super::Data;

/// What a request would do; nothing was done.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DryRun)]
pub(crate) struct RehearsalAnswer<'a> {
    /// True.
    pub(crate) dry_run: bool,
    /// The events that would be recorded; none if nothing would change.
    pub(crate) events: Vec<RehearsedEvent<'a>>,
}

/// An event that would be recorded. Its sequence, its time, and identifiers made of them are those
/// that it would have now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DryRunEvent)]
pub(crate) struct RehearsedEvent<'a> {
    /// The topic, a dot, what would happen.
    pub(crate) r#type: &'static str,
    /// What it would happen to.
    pub(crate) subject: String,
    /// As in the event itself.
    #[schema(value_type = Object)]
    pub(crate) data: Data<'a>,
}
