//! What signs in.

use serde::Deserialize;
use utoipa::ToSchema;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewSession)]
pub(crate) struct SessionBody {
    /// The secret of an API key, or a token of the issuer whose tokens are taken.
    pub(crate) key: String,
}
