//! Credits issued or retired.

use serde::Serialize;
use utoipa::ToSchema;

use super::EnvelopeFields;
use crate::wire::CreditReason;

/// Credits that came into being or ceased to be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreditChange)]
pub(crate) struct CreditsAnswer<'a> {
    pub(crate) trader: &'a str,
    /// Above zero for `issued`, below zero for `retired`.
    pub(crate) change: i64,
    pub(crate) reason: CreditReason,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}
